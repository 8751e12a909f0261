"""A version of a rule set run over past revisions, to see what it would have blocked or let through."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import UUIDModel
from governance.models.check_runs import CheckRun
from governance.models.rule_sets import RuleSet
from governance.states import CheckState, ReplayState


class Replay(UUIDModel):
    """One try of a version (`rule_set`) over the check runs that were queued from `since` until `until` in its scope, the
    latest of each revision, at most `total` of them, newest first. It is held against the version that governed when it was
    started (`instead_of`; none: there was none) beside everything else that governed then. Nothing that is in force changes.
    """

    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="replays", verbose_name=_("rule set"))
    instead_of = models.ForeignKey(RuleSet, models.PROTECT, null=True, related_name="+", verbose_name=_("instead of"))
    state = models.CharField(_("state"), max_length=10, choices=ReplayState, default=ReplayState.RUNNING)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    total = models.PositiveIntegerField(_("revisions"))
    started_by = models.CharField(_("by"), max_length=254)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("replay")
        verbose_name_plural = _("replays")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=ReplayState.values), name="replay_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="running", finished_at__isnull=True)
                | ~models.Q(state="running") & models.Q(finished_at__isnull=False),
                name="replay_finished_fits_state",
            ),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("since")), name="replay_until_after_since"),
        )

    def __str__(self) -> str:
        return f"{self.rule_set_id} {self.state}"


class ReplayChunk(UUIDModel):
    """A part of a replay that one worker does at a time: the selected check runs from key `first` to `last`. Queued rows are
    the queue; `leased_until` says when a worker that died may be replaced. `unseen` counts by rule what could not be said
    because nothing was noted then of what the rule reads (a page that nobody visited)."""

    replay = models.ForeignKey(Replay, models.PROTECT, related_name="chunks")
    number = models.PositiveIntegerField()
    first = models.UUIDField()
    last = models.UUIDField()
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=CheckState, default=CheckState.QUEUED)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    unseen = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("part of a replay")
        verbose_name_plural = _("parts of replays")
        ordering = ("replay", "number")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("replay", "number"), name="replay_chunk_once"),
            models.CheckConstraint(condition=models.Q(state__in=CheckState.values), name="replay_chunk_state_known"),
        )
        indexes = (
            models.Index(fields=("state", "leased_until"), name="replay_chunk_owed", condition=~models.Q(state="completed")),
        )

    def __str__(self) -> str:
        return f"{self.replay_id} {self.number}"


class ReplayVerdict(UUIDModel):
    """A revision of which the version would have said another thing: outcome before and after, and the findings that came
    (`appeared`) and went (`gone`), `{rule, mode, result, code, params}` each. What stays the same has no row."""

    replay = models.ForeignKey(Replay, models.PROTECT, related_name="verdicts")
    chunk = models.ForeignKey(ReplayChunk, models.PROTECT, related_name="verdicts")
    check_run = models.ForeignKey(CheckRun, models.PROTECT, related_name="+")
    before = models.CharField(_("before"), max_length=10)
    after = models.CharField(_("after"), max_length=10)
    appeared = models.JSONField(_("appeared"))
    gone = models.JSONField(_("gone"))

    class Meta:
        verbose_name = _("verdict of a replay")
        verbose_name_plural = _("verdicts of replays")
        ordering = ("-check_run",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("replay", "check_run"), name="replay_verdict_once"),)
        indexes = (models.Index(fields=("replay", "before", "after", "-check_run"), name="replay_verdict_change"),)

    def __str__(self) -> str:
        return f"{self.check_run_id}: {self.before} → {self.after}"
