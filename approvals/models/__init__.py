"""Models of `approvals`."""

from approvals.models.ad_states import AdState
from approvals.models.claims import Claim
from approvals.models.clearances import Clearance, Revocation
from approvals.models.envelopes import Envelope, EnvelopeAmount, EnvelopeConsent, EnvelopeDecline, EnvelopeEntry
from approvals.models.policies import ApprovalPolicy
from approvals.models.requests import ApprovalRequest, Decision, RequestItem, Stage

__all__ = [
    "AdState", "ApprovalPolicy", "ApprovalRequest", "Claim", "Clearance", "Decision", "Envelope", "EnvelopeAmount",
    "EnvelopeConsent", "EnvelopeDecline", "EnvelopeEntry", "RequestItem", "Revocation", "Stage",
]  # fmt: skip
