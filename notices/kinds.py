"""What people are told about, why, and when by mail. Codes are permanent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What happened; the words head a notice, and the subject of a mail."""

    REVIEW_ASKED = "review_asked", _("A review waits for you")
    REVIEW_DUE = "review_due", _("A review is due soon")
    REVIEW_OVERDUE = "review_overdue", _("A review is overdue")
    REVIEW_STALLED = "review_stalled", _("Nobody may decide a review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    REJECTED = "rejected", _("Request rejected")
    TIGHTENED = "tightened", _("Stages added by a stricter policy")
    APPROVED = "approved", _("Request approved and cleared")
    APPROVED_LATE = "approved_late", _("Approved late: to be planned anew")
    BLOCKED = "blocked", _("Checks blocked the request")
    WITHDRAWN = "withdrawn", _("Request withdrawn")
    EXPIRED = "expired", _("Request expired")
    REVOKED = "revoked", _("Approval revoked")
    LATE_REFUSAL = "late_refusal", _("A refusal came after the approval")
    LIVE_IN_DOUBT = "live_in_doubt", _("Live by the vote of a compromised account")
    DECISION_OUTDATED = "decision_outdated", _("Approval of the version before outdated")
    DECISION_CARRIED = "decision_carried", _("Approval of the version before carried over")
    COMMENTED = "commented", _("New comment")
    COMMENT_RESOLVED = "comment_resolved", _("Comment resolved")
    COMMENT_REOPENED = "comment_reopened", _("Comment opened again")
    LOWERED = "lowered", _("Spending lowered")


class Reason(TextChoices):
    """Why somebody is told."""

    STAGE_WAITS = "stage_waits", _("Your stage waits for you.")
    ESCALATED = "escalated", _("The deadline passed, and you are asked as well.")
    SUBMITTED = "submitted", _("You submitted this.")
    CONTRIBUTED = "contributed", _("You are a contributor.")
    DECISION_OUTDATED = "decision_outdated", _("You decided an earlier version, and that decision is outdated.")
    DECISION_CARRIED = "decision_carried", _("You decided an earlier version, and that decision was carried over.")
    APPROVED_IT = "approved_it", _("You approved this.")
    COMMENTED = "commented", _("You commented on this.")
    WROTE_COMMENT = "wrote_comment", _("You wrote the comment.")
    PUBLISHES = "publishes", _("You publish for this ad account.")
    BUDGETS = "budgets", _("You approve budgets of this ad account.")
    REVOKES = "revokes", _("You may revoke approvals in this ad account.")
    ANSWERS = "answers", _("A policy names you for when this stage is late or nobody may decide it.")
    MANAGES_ACCOUNT = "manages_account", _("You manage this ad account.")


class Delivery(TextChoices):
    """When a mail is sent; the notice itself is in the workplace in any case."""

    IMMEDIATE = "immediate", _("at once")
    DAILY = "daily", _("once a day")
    OFF = "off", _("no mail")


_DAILY: Final = (Kind.WITHDRAWN, Kind.EXPIRED, Kind.DECISION_CARRIED, Kind.COMMENT_RESOLVED, Kind.LOWERED)
DEFAULTS: Final[Mapping[str, Delivery]] = {
    kind.value: Delivery.DAILY if kind in _DAILY else Delivery.IMMEDIATE for kind in Kind
}
"""What holds for whoever chose nothing: what asks for an act at once, what is only to be known once a day."""
