"""The least that a channel takes as a budget (R-23)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.vocabulary import BudgetMode, EntityType, Objective
from core.models import UUIDModel


class BudgetMinimum(UUIDModel):
    """What a budget has to reach at least, from day to day (UTC, both included; no end: until further notice).

    `amount_minor` is in minor units of `currency`: for a day, for the lifetime of a campaign, or of an ad group's lifetime
    budget for each scheduled day. No `objective` means any. Insert-only: of rows in force the one that names the objective
    counts, then the one that begins later, then the one recorded later; so a row is corrected by another.
    """

    channel = models.CharField(_("channel"), max_length=20)
    currency = models.CharField(_("currency"), max_length=3)
    objective = models.CharField(_("objective"), max_length=40, choices=Objective, blank=True)
    entity_type = models.CharField(_("entity type"), max_length=10, choices=EntityType)
    mode = models.CharField(_("budget mode"), max_length=20, choices=BudgetMode)
    amount_minor = models.BigIntegerField(_("amount"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.CharField(_("recorded by"), max_length=254)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("author"))

    class Meta:
        verbose_name = _("minimum budget")
        verbose_name_plural = _("minimum budgets")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (models.Index(fields=("channel", "currency", "starts_on"), name="budget_minimum_currency"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="budget_minimum_above_zero"),
            models.CheckConstraint(condition=models.Q(entity_type__in=("campaign", "ad_group")), name="budget_minimum_entity"),
            models.CheckConstraint(condition=models.Q(mode__in=("daily", "lifetime")), name="budget_minimum_mode"),
            models.CheckConstraint(condition=~models.Q(source=""), name="budget_minimum_source"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="budget_minimum_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.currency} {self.entity_type} {self.mode}"
