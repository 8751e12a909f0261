"""Models of `approvals`."""

from approvals.models.clearances import Clearance, Revocation
from approvals.models.policies import ApprovalPolicy
from approvals.models.requests import ApprovalRequest, Decision, RequestItem, Stage

__all__ = ["ApprovalPolicy", "ApprovalRequest", "Clearance", "Decision", "RequestItem", "Revocation", "Stage"]
