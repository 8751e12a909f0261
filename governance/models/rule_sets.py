"""Rule sets, and the word with which a version begins to govern."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import models
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, Organisation, User
from core.models import UUIDModel
from core.versions import WordedDefinition
from governance.states import Word

LAPSES_AFTER: Final = timedelta(days=30)
"""So long a version may run on trial before it has to be proposed again."""


class ScopeBound(models.Model):
    """What holds for one organisation, brand or ad account; with none, for everything."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="+")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def scope(self) -> Organisation | Brand | AdAccount | None:
        return self.organisation or self.brand or self.ad_account


class RuleSet(WordedDefinition, ScopeBound):
    """A versioned list of rules, `[{rule, mode, params}]`, bound to one scope or, with none, to everything (R-11, R-53).

    `markets` (countries, ISO 3166-1), `formats` and `objectives` narrow it further; an empty list narrows nothing. A version
    governs from its confirmation on; until then it is a proposal, which runs along on trial (R-55). `author` is the person
    who answers for it; none where a command on the server made it. `needs_second`: only another person confirms it.
    """

    rules = models.JSONField(_("rules"))
    markets = models.JSONField(_("markets"), default=list)
    formats = models.JSONField(_("formats"), default=list)
    objectives = models.JSONField(_("objectives"), default=list)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("author"))
    needs_second = models.BooleanField(default=False)

    bound_by = ("organisation_id", "brand_id", "ad_account_id")

    class Meta:
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        ordering = ("key", "-version")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("key", "version"), name="rule_set_version_once"),)

    @classmethod
    def words(cls, *words: str) -> QuerySet[Any]:
        found = Confirmation.objects.filter(rule_set=OuterRef("pk"))
        return found.filter(word__in=words) if words else found


class Confirmation(UUIDModel):
    """What was said of a proposed version or waiver: `confirmed`, and it governs from `at` on; `declined`, and it does not,
    or no longer. Insert-only: what governs never changes, its end is a row of its own (docs/adr/0005)."""

    rule_set = models.ForeignKey(RuleSet, models.PROTECT, null=True, related_name="confirmations")
    waiver = models.ForeignKey("governance.Waiver", models.PROTECT, null=True, related_name="confirmations")
    word = models.CharField(_("word"), max_length=10, choices=Word)
    said_by = models.CharField(_("by"), max_length=254)
    said_by_id = models.UUIDField(null=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ("id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=models.Q(rule_set__isnull=True, waiver__isnull=False)
                | models.Q(rule_set__isnull=False, waiver__isnull=True),
                name="confirmation_of_one_thing",
            ),
            models.CheckConstraint(condition=models.Q(word__in=Word.values), name="confirmation_word_known"),
            models.UniqueConstraint(fields=("rule_set",), name="confirmation_rule_set_once"),
            models.UniqueConstraint(fields=("waiver", "word"), name="confirmation_waiver_word_once"),
        )

    def __str__(self) -> str:
        return f"{self.rule_set or self.waiver}: {self.word}"
