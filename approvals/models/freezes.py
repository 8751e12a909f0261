"""Times in which nothing goes out."""

from __future__ import annotations

from typing import cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, Organisation, User
from approvals.models.requests import ApprovalRequest
from core.models import UUIDModel


class Freeze(UUIDModel):
    """From `begins_at` until `ends_at`, or its end before, no clearance of this organisation, brand or ad account is used (R-21).
    Insert-only. Pausing and revoking never wait on it (R-04)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, related_name="+")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, related_name="+")
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.TextField(_("reason"))
    created_by = models.CharField(_("by"), max_length=254)
    created_at = models.DateTimeField(_("set"))

    class Meta:
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (models.Index(fields=("ends_at",), name="freeze_ends"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("begins_at")), name="freeze_lasts"),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False, brand__isnull=True, ad_account__isnull=True)
                | models.Q(organisation__isnull=True, brand__isnull=False, ad_account__isnull=True)
                | models.Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=False),
                name="freeze_of_one_thing",
            ),
        )

    def __str__(self) -> str:
        return self.reason

    @property
    def scope(self) -> Organisation | Brand | AdAccount:
        """What it holds. The database holds none without."""
        return cast("Organisation | Brand | AdAccount", self.organisation or self.brand or self.ad_account)


class FreezeEnd(UUIDModel):
    """The word with which a freeze ends before its time. Insert-only."""

    freeze = models.OneToOneField(Freeze, models.PROTECT, related_name="end")
    reason = models.TextField(_("reason"))
    said_by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("end of a freeze")
        verbose_name_plural = _("ends of freezes")
        default_permissions = ()

    def __str__(self) -> str:
        return self.reason


class FreezePass(UUIDModel):
    """That one approved request is let through one freeze, by somebody who did not contribute to it. Insert-only."""

    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="passes")
    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="freeze_passes")
    reason = models.TextField(_("reason"))
    allowed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("request let through a freeze")
        verbose_name_plural = _("requests let through freezes")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("freeze", "request"), name="freeze_pass_once"),)

    def __str__(self) -> str:
        return self.reason
