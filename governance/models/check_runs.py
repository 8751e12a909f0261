"""What the rules said of a revision."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Revision
from core.models import UUIDModel
from governance.models.rule_sets import RuleSet


class CheckRun(UUIDModel):
    """One evaluation of one revision (CI on a commit). `state` is how far it is, `outcome` what it found; errored is
    never passed (R-03). Queued rows are the queue; `leased_until` says when a worker that died may be replaced.

    `context` is the canonical snapshot taken when it was queued, `observations` what the worker saw before it judged (landing
    page, what is in the media; empty when no rule asks), so that the evaluation can be repeated exactly. `key` stands for what
    the answer depends on: revision, versions of rule sets and of their rules, and of the context what these read. One key is
    judged once.

    `passed` is what the rules let through or had nothing to say of, as a list: most of what is said, which nobody acts on. Null
    before it is completed; of old runs these are findings.
    """

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="check_runs", verbose_name=_("revision"))
    state = models.CharField(_("state"), max_length=10, default="queued")
    outcome = models.CharField(_("outcome"), max_length=10, blank=True)
    rule_sets = models.JSONField(_("rule sets"))
    context = models.TextField()
    context_digest = models.CharField(max_length=64)
    observations = models.TextField(blank=True)
    passed = models.JSONField(_("passed"), null=True)
    key = models.CharField(max_length=64, blank=True)
    queued_at = models.DateTimeField(_("queued"))
    leased_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("check run")
        verbose_name_plural = _("check runs")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("state", "leased_until"), name="check_run_owed", condition=~models.Q(state="completed")),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="completed", outcome__in=("passed", "warned", "blocked"), finished_at__isnull=False)
                | models.Q(state="errored", outcome="blocked", finished_at__isnull=False)
                | models.Q(state__in=("queued", "running"), outcome="", finished_at__isnull=True),
                name="check_run_outcome_fits_state",
            ),
            models.UniqueConstraint(
                fields=("key",), condition=~models.Q(state="errored") & ~models.Q(key=""), name="check_run_judged_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.revision_id} {self.state} {self.outcome}"


class Finding(UUIDModel):
    """What one rule found wrong with one revision, or could not judge, with evidence; texts come from `governance.messages` by
    code. Of a version on trial it is everything that was said, since that is counted.

    `rule_set` is the version that bound the rule (none: the platform's own rules, when nothing is bound). A version on trial
    only audits; `intended` is the mode that its finding would have.
    """

    check_run = models.ForeignKey(CheckRun, models.PROTECT, related_name="findings")
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, null=True, related_name="+")
    intended = models.CharField(_("intended mode"), max_length=10, blank=True)
    rule = models.CharField(_("rule"), max_length=60)
    rule_version = models.PositiveSmallIntegerField()
    mode = models.CharField(_("mode"), max_length=10)
    result = models.CharField(_("result"), max_length=20)
    code = models.CharField(_("code"), max_length=60)
    sections = models.JSONField(_("sections"))
    params = models.JSONField()
    evidence = models.JSONField(_("evidence"))

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ("id",)
        default_permissions = ()

    def __str__(self) -> str:
        return self.code
