"""Rule sets and what they said."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, Organisation
from campaigns.models import Revision
from core.models import UUIDModel
from core.versions import VersionedDefinition


class RuleSet(VersionedDefinition):
    """A versioned list of rules, `[{rule, mode, params}]`, bound to one scope or, with none, to everything (R-11, R-53)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="+")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, blank=True, related_name="+")
    rules = models.JSONField(_("rules"))

    bound_by = ("organisation_id", "brand_id", "ad_account_id")

    class Meta:
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        ordering = ("key", "-version")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("key", "version"), name="rule_set_version_once"),)


class CheckRun(UUIDModel):
    """One evaluation of one revision (CI on a commit). `state` is how far it is, `outcome` what it found; errored is
    never passed (R-03). Queued rows are the queue; `leased_until` says when a worker that died may be replaced.

    `context` is the canonical snapshot that the rules saw, so that the evaluation can be repeated exactly.
    """

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="check_runs", verbose_name=_("revision"))
    state = models.CharField(_("state"), max_length=10, default="queued")
    outcome = models.CharField(_("outcome"), max_length=10, blank=True)
    rule_sets = models.JSONField(_("rule sets"))
    context = models.TextField()
    context_digest = models.CharField(max_length=64)
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
        )

    def __str__(self) -> str:
        return f"{self.revision_id} {self.state} {self.outcome}"


class Finding(UUIDModel):
    """What one rule said about one revision, with evidence; texts come from `governance.messages` by code."""

    check_run = models.ForeignKey(CheckRun, models.PROTECT, related_name="findings")
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
