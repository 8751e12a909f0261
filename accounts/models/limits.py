"""Up to how much money somebody may approve (R-25)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.conferred import Conferred, conferred_constraints
from accounts.models.people import User
from accounts.models.scopes import AdAccount, Brand, Organisation


class AuthorityLimit(Conferred):
    """That a person approves what can spend up to `amount_minor` of `currency`, on a place and all below it, from when to when.

    It gives no permission: it counts on stages that ask for authority, for whoever holds their permission anyway. Of several the
    largest counts; they never add up (R-25).
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="authority_limits", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="authority_limits")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="authority_limits")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, blank=True, related_name="authority_limits")
    amount_minor = models.BigIntegerField(_("limit"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("authority limit")
        verbose_name_plural = _("authority limits")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False, brand__isnull=True, ad_account__isnull=True)
                | models.Q(organisation__isnull=True, brand__isnull=False, ad_account__isnull=True)
                | models.Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=False),
                name="authority_limit_one_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0) & ~models.Q(currency=""), name="authority_limit_of_money"
            ),
            *conferred_constraints("authority_limit"),
        )

    def __str__(self) -> str:
        return f"{self.user} ≤ {self.amount_minor} {self.currency} @ {self.scope}"

    @property
    def scope(self) -> Organisation | Brand | AdAccount:
        return self.organisation or self.brand or self.ad_account  # type: ignore[return-value]
