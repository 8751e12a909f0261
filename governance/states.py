"""The states of `governance` (product.md)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CheckState(TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    COMPLETED = "completed", _("completed")
    ERRORED = "errored", _("could not be checked")


class Word(TextChoices):
    """What is said of a proposed version or waiver."""

    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")


class RuleSetState(TextChoices):
    """Where a version of a rule set stands: judged, not stored."""

    PROPOSED = "proposed", _("proposed, on trial")
    IN_FORCE = "in_force", _("in force")
    REPLACED = "replaced", _("replaced")
    DECLINED = "declined", _("declined")
    LAPSED = "lapsed", _("lapsed")


class WaiverState(TextChoices):
    """Where a waiver stands."""

    PROPOSED = "proposed", _("proposed")
    IN_FORCE = "in_force", _("in force")
    ENDED = "ended", _("ended")


class ReplayState(TextChoices):
    """How far a replay is."""

    RUNNING = "running", _("running")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")
    ERRORED = "errored", _("could not be finished")
