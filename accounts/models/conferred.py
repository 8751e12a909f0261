"""What is conferred on somebody for a time: role grants, memberships, the permissions of a role, the access policy.

Each row is one fact with an interval, `[since, the earliest of its ends)`. It is never rewritten: it begins once and ends
once, so that “who may do what” has one answer for now and for any moment of the past (R-57, R-58).
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel


class State(models.TextChoices):
    """Where a fact stands at a moment."""

    IN_FORCE = "in_force", _("in force")
    AWAITED = "awaited", _("awaits a second access manager")
    UPCOMING = "upcoming", _("still to come")
    ENDED = "ended", _("ended")


class Conferred(UUIDModel):
    """`since` is null while a second access manager is awaited (R-55), and never before `granted_at`: nothing is given
    backwards in time. `…_by` are names at the time, `…_by_id` the person or machine (null: the service itself)."""

    granted_at = models.DateTimeField(_("granted"))
    granted_by = models.CharField(_("granted by"), max_length=254)
    granted_by_id = models.UUIDField(null=True, blank=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    since = models.DateTimeField(_("in force since"), null=True, blank=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=254, blank=True)
    confirmed_by_id = models.UUIDField(null=True, blank=True)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.CharField(_("revoked by"), max_length=254, blank=True)

    class Meta:
        abstract = True

    @property
    def until(self) -> datetime | None:
        """The earliest of its ends."""
        return min((end for end in (self.expires_at, self.revoked_at) if end is not None), default=None)

    @property
    def is_awaited(self) -> bool:
        """Whether a second access manager is still asked for."""
        return self.since is None and self.revoked_at is None

    def holds_at(self, moment: datetime) -> bool:
        """Whether it is in force at a moment."""
        until = self.until
        return self.since is not None and self.since <= moment and (until is None or until > moment)

    def state_at(self, moment: datetime) -> State:
        """Where it stands at a moment; `in_state` is the same for rows."""
        until = self.until
        if until is not None and until <= moment:
            return State.ENDED
        if self.since is None:
            return State.AWAITED
        return State.UPCOMING if self.since > moment else State.IN_FORCE


def live_at(moment: datetime) -> models.Q:
    """The condition for rows that are in force at a moment."""
    started = models.Q(since__lte=moment)
    unexpired = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=moment)
    unrevoked = models.Q(revoked_at__isnull=True) | models.Q(revoked_at__gt=moment)
    return started & unexpired & unrevoked


def standing_at(moment: datetime) -> models.Q:
    """The condition for rows that are in force or still to come: what counts when duties are kept apart."""
    unexpired = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=moment)
    return models.Q(revoked_at__isnull=True) & unexpired


def in_state(state: str, moment: datetime) -> models.Q:
    """The condition for rows of one State."""
    ended = models.Q(expires_at__lte=moment) | models.Q(revoked_at__lte=moment)
    if state == State.ENDED:
        return ended
    begun = {
        State.AWAITED: models.Q(since__isnull=True),
        State.UPCOMING: models.Q(since__gt=moment),
        State.IN_FORCE: models.Q(since__lte=moment),
    }
    unexpired = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=moment)
    unrevoked = models.Q(revoked_at__isnull=True) | models.Q(revoked_at__gt=moment)
    return begun[State(state)] & unexpired & unrevoked


def conferred_constraints(name: str) -> tuple[models.CheckConstraint, ...]:
    """What every table of facts holds to."""
    return (
        models.CheckConstraint(
            condition=models.Q(since__isnull=True) | models.Q(since__gte=models.F("granted_at")),
            name=f"{name}_never_backwards",
        ),
        models.CheckConstraint(
            condition=models.Q(revoked_at__isnull=True) | models.Q(revoked_at__gte=models.F("granted_at")),
            name=f"{name}_ends_after_it_began",
        ),
    )
