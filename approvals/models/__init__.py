"""Models of `approvals`."""

from approvals.models.ad_states import AdState
from approvals.models.calendars import BusinessCalendar
from approvals.models.claims import Claim
from approvals.models.clearances import Clearance, Revocation
from approvals.models.comments import Comment, CommentWord
from approvals.models.compromises import Compromise, Recall
from approvals.models.envelopes import Envelope, EnvelopeAmount, EnvelopeConsent, EnvelopeDecline, EnvelopeEntry
from approvals.models.freezes import Freeze, FreezeEnd, FreezePass
from approvals.models.policies import ApprovalPolicy, PolicyWord
from approvals.models.requests import ApprovalRequest, Decision, RequestItem, Stage

__all__ = [
    "AdState", "ApprovalPolicy", "ApprovalRequest", "BusinessCalendar", "Claim", "Clearance", "Comment", "CommentWord",
    "Compromise", "Decision", "Envelope", "EnvelopeAmount", "EnvelopeConsent", "EnvelopeDecline", "EnvelopeEntry", "Freeze",
    "FreezeEnd", "FreezePass", "PolicyWord", "Recall", "RequestItem", "Revocation", "Stage",
]  # fmt: skip
