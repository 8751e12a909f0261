"""Models of `approvals`."""

from approvals.models.ad_states import AdState
from approvals.models.calendars import BusinessCalendar
from approvals.models.clearances import Clearance, Revocation
from approvals.models.envelopes import Envelope, EnvelopeAmount, EnvelopeConsent, EnvelopeDecline, EnvelopeEntry
from approvals.models.freezes import Freeze, FreezeEnd, FreezePass
from approvals.models.policies import ApprovalPolicy
from approvals.models.requests import ApprovalRequest, Decision, RequestItem, Stage

__all__ = [
    "AdState", "ApprovalPolicy", "ApprovalRequest", "BusinessCalendar", "Clearance", "Decision", "Envelope", "EnvelopeAmount",
    "EnvelopeConsent", "EnvelopeDecline", "EnvelopeEntry", "Freeze", "FreezeEnd", "FreezePass", "RequestItem", "Revocation",
    "Stage",
]  # fmt: skip
