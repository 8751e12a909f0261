"""Who must approve which sections."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, Organisation, User
from core.models import UUIDModel
from core.versions import WordedDefinition
from governance.states import Word


class ApprovalPolicy(WordedDefinition):
    """A versioned policy bound to one scope (none: everything): stages as `approvals.stage_specs` reads them, and the condition
    under which requests need them (CEL over `approvals.conditions`; empty: all). Saved only through `services.publish_policy`,
    which refuses a quorum below 1 (R-03). A version without stages is a policy that was retired: it asks for nothing.

    A version governs from its confirmation on; until then it is a proposal (R-55). `author` is the person who answers for it; none
    where a command on the server made it. Neither they nor whoever confirmed it decide what it governs (R-16). `needs_second`: only
    another person confirms it.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="+")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, blank=True, related_name="+")
    stages = models.JSONField(_("stages"))
    condition = models.TextField(_("condition"), blank=True, default="")
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("author"))
    needs_second = models.BooleanField(default=False)

    bound_by = ("organisation_id", "brand_id", "ad_account_id")

    class Meta:
        verbose_name = _("approval policy")
        verbose_name_plural = _("approval policies")
        ordering = ("key", "-version")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("key", "version"), name="policy_version_once"),)

    @property
    def scope(self) -> Organisation | Brand | AdAccount | None:
        return self.organisation or self.brand or self.ad_account

    @property
    def is_retired(self) -> bool:
        """Whether it asks for nothing."""
        return not self.stages

    @classmethod
    def words(cls, *words: str) -> QuerySet[Any]:
        found = PolicyWord.objects.filter(policy=OuterRef("pk"))
        return found.filter(word__in=words) if words else found


class PolicyWord(UUIDModel):
    """What was said of a version of a policy: `confirmed`, and it governs from `at` on; `declined`, and it never does.
    Insert-only."""

    policy = models.OneToOneField(ApprovalPolicy, models.PROTECT, related_name="said")
    word = models.CharField(_("word"), max_length=10, choices=Word)
    said_by = models.CharField(_("by"), max_length=254)
    said_by_id = models.UUIDField(null=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("word on a policy")
        verbose_name_plural = _("words on policies")
        ordering = ("id",)
        default_permissions = ()
        # Every decision asks whether anything came into force since its request was submitted.
        indexes = (models.Index(fields=("at",), name="policy_word_at"),)
        constraints = (models.CheckConstraint(condition=models.Q(word__in=Word.values), name="policy_word_known"),)

    def __str__(self) -> str:
        return f"{self.policy_id} {self.word}"
