"""Models of `approvals`."""

from approvals.models.ad_states import AdState
from approvals.models.clearances import Clearance, Revocation
from approvals.models.envelopes import Envelope, EnvelopeAmount, EnvelopeConsent, EnvelopeDecline, EnvelopeEntry
from approvals.models.policies import ApprovalPolicy, PolicyWord
from approvals.models.requests import ApprovalRequest, Decision, RequestItem, Stage

__all__ = [
    "AdState", "ApprovalPolicy", "ApprovalRequest", "Clearance", "Decision", "Envelope", "EnvelopeAmount", "EnvelopeConsent",
    "EnvelopeDecline", "EnvelopeEntry", "PolicyWord", "RequestItem", "Revocation", "Stage",
]  # fmt: skip
