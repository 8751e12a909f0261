"""The states of `approvals` (product.md)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestState(TextChoices):
    AWAITING_CHECKS = "awaiting_checks", _("awaiting checks")
    BLOCKED = "blocked", _("blocked by checks")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    CHANGES_REQUESTED = "changes_requested", _("changes requested")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SUPERSEDED = "superseded", _("superseded")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")


OPEN_STATES = (RequestState.AWAITING_CHECKS, RequestState.IN_REVIEW, RequestState.CHANGES_REQUESTED)
"""While a request is in one of these, its entities have no other open request."""


class AdStatus(TextChoices):
    """How an ad stands: that of the latest request which holds it."""

    DRAFT = "draft", _("draft")
    AWAITING_CHECKS = "awaiting_checks", RequestState.AWAITING_CHECKS.label
    BLOCKED = "blocked", RequestState.BLOCKED.label
    IN_REVIEW = "in_review", RequestState.IN_REVIEW.label
    APPROVED = "approved", RequestState.APPROVED.label
    CHANGES_REQUESTED = "changes_requested", RequestState.CHANGES_REQUESTED.label
    REJECTED = "rejected", RequestState.REJECTED.label
    WITHDRAWN = "withdrawn", RequestState.WITHDRAWN.label
    SUPERSEDED = "superseded", RequestState.SUPERSEDED.label
    EXPIRED = "expired", RequestState.EXPIRED.label
    REVOKED = "revoked", RequestState.REVOKED.label


class StageState(TextChoices):
    PENDING = "pending", _("pending")
    OPEN = "open", _("open")
    SATISFIED = "satisfied", _("satisfied")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("skipped")
    CANCELLED = "cancelled", _("cancelled")


class Verdict(TextChoices):
    APPROVE = "approve", _("approve")
    REQUEST_CHANGES = "request_changes", _("request changes")
    REJECT = "reject", _("reject")
    ABSTAIN = "abstain", _("abstain")


class RecallOutcome(TextChoices):
    """What became of a request in which a compromised account had voted (R-32)."""

    REOPENED = "reopened", _("stages are open again")
    RESUMED = "resumed", _("in review again")
    REVOKED = "revoked", _("approval revoked before it was used")
    LIVE = "live", _("live, to be looked at again")
    STANDS = "stands", _("stands without the vote")
    CLOSED = "closed", _("was closed already")


class CommentStep(TextChoices):
    """What is said of a comment."""

    RESOLVE = "resolve", _("resolved")
    REOPEN = "reopen", _("opened again")


class PublishMode(TextChoices):
    ON_APPROVAL = "on_approval", _("as soon as it is approved")
    MANUAL = "manual", _("by hand")


class EntryKind(TextChoices):
    """Why an envelope's book has an entry."""

    RESERVE = "reserve", _("approved")
    COMMIT = "commit", _("published")
    RELEASE = "release", _("lowered or revoked")
    EXPIRE = "expire", _("approval ran out")
    CONTINUE = "continue", _("runs on")


class AmountState(TextChoices):
    """How an amount of an envelope stands; found out, never written."""

    AWAITED = "awaited", _("awaits a second person")
    LAPSED = "lapsed", _("not confirmed in time")
    DECLINED = "declined", _("declined")
    TO_COME = "to_come", _("to come")
    IN_FORCE = "in_force", _("in force")
    REPLACED = "replaced", _("replaced")


class PolicyState(TextChoices):
    """Where a version of a policy stands: judged, not stored."""

    PROPOSED = "proposed", _("proposed")
    IN_FORCE = "in_force", _("in force")
    RETIRED = "retired", _("retired")
    REPLACED = "replaced", _("replaced")
    DECLINED = "declined", _("declined")
    LAPSED = "lapsed", _("lapsed")
