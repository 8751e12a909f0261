"""The authority to publish, and its end."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, User
from approvals.models.requests import ApprovalRequest, RequestItem
from campaigns.models import Revision
from campaigns.vocabulary import EntityType
from core.models import UUIDModel


class Clearance(UUIDModel):
    """The authority to publish one exact revision within a window and a money limit (the merge). Insert-only.

    The database accepts a row only when every stage of its request has the decisions it needs from distinct eligible
    people who did not contribute. `limit_minor` is the budget amount cleared, in minor units; none for ads and
    unlimited budgets.
    """

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="clearances")
    item = models.OneToOneField(RequestItem, models.PROTECT, related_name="clearance")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="clearances")
    digest = models.CharField(_("digest"), max_length=64)
    request_digest = models.CharField(max_length=64)
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="clearances", verbose_name=_("ad account"))
    entity_type = models.CharField(max_length=10, choices=EntityType)
    entity_id = models.UUIDField()
    limit_minor = models.BigIntegerField(_("money limit"), null=True)
    currency = models.CharField(max_length=3)
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"))
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("entity_id", "-id"), name="clearance_entity"),
            models.Index(fields=("ad_account", "-id"), name="clearance_account"),
            # The sweep starts from what is valid today, not from all that was ever approved.
            models.Index(fields=("valid_until",), name="clearance_valid_until"),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(valid_until__gt=models.F("valid_from")), name="clearance_window"),
        )

    def __str__(self) -> str:
        return f"{self.entity_type} {self.digest[:12]}"


class Revocation(UUIDModel):
    """The end of a clearance before its time (R-32). Insert-only."""

    clearance = models.OneToOneField(Clearance, models.PROTECT, related_name="revocation")
    reason = models.TextField(_("reason"))
    revoked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        default_permissions = ()

    def __str__(self) -> str:
        return self.reason
