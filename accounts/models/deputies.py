"""Who decides for whom while they are away (R-15)."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.conferred import Conferred, conferred_constraints
from accounts.models.people import User
from accounts.models.scopes import AdAccount, Brand, Organisation

LONGEST_DELEGATION_DAYS: Final = 60


class Delegation(Conferred):
    """That a person decides for another, on a place and all below it, from when to when: it always ends.

    `permissions` are those of the stages that it is for. With `limit_minor` it is for requests that can spend no more, in
    `currency`. The delegate decides such stages by what they hold themselves, unless it is `conveyed`: then what the
    delegator holds at that moment is enough, and an access manager has allowed it. Both together hold one vote.
    """

    delegator = models.ForeignKey(User, models.PROTECT, related_name="delegations", verbose_name=_("stands in for"))
    delegate = models.ForeignKey(User, models.PROTECT, related_name="deputies_of", verbose_name=_("delegate"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="delegations")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="delegations")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, blank=True, related_name="delegations")
    permissions = models.JSONField(_("permissions"), default=list)
    limit_minor = models.BigIntegerField(_("limit"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    conveyed = models.BooleanField(_("also where the delegate may not decide themselves"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=~models.Q(delegator=models.F("delegate")), name="delegation_of_two_people"),
            models.CheckConstraint(condition=models.Q(expires_at__isnull=False), name="delegation_ends"),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False, brand__isnull=True, ad_account__isnull=True)
                | models.Q(organisation__isnull=True, brand__isnull=False, ad_account__isnull=True)
                | models.Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=False),
                name="delegation_one_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(limit_minor__isnull=True, currency="") | (models.Q(limit_minor__gte=0) & ~models.Q(currency="")),
                name="delegation_limit_in_a_currency",
            ),
            *conferred_constraints("delegation"),
        )

    def __str__(self) -> str:
        return f"{self.delegate} for {self.delegator} @ {self.scope}"

    @property
    def scope(self) -> Organisation | Brand | AdAccount:
        return self.organisation or self.brand or self.ad_account  # type: ignore[return-value]


class Absence(Conferred):
    """That a person is away, from when to when: until then nobody waits for them, unless somebody stands in for them."""

    user = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name=_("person"))

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=models.Q(expires_at__isnull=False), name="absence_ends"),
            *conferred_constraints("absence"),
        )

    def __str__(self) -> str:
        return f"{self.user} → {self.expires_at}"
