"""How each ad stands in approval, so that ads are listed by it at a million rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount
from approvals.models.requests import ApprovalRequest
from approvals.states import AdStatus
from campaigns.models import Ad


class AdState(models.Model):
    """The state of the latest request that holds an ad; `draft` until there is one. One row an ad, written by the database
    itself (approvals.guards_ads) with the ad, the item and the request's steps, so that no writer can forget it.

    It stands beside the ad and not on it: submitting locks ads before requests, a decision holds its request and must
    not touch ads. Editing a draft does not change it: what was approved stays approved (docs/adr/0011).
    """

    ad = models.OneToOneField(Ad, models.CASCADE, primary_key=True, related_name="approval")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="+", db_index=False)
    request = models.ForeignKey(ApprovalRequest, models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=20, choices=AdStatus, default=AdStatus.DRAFT)

    class Meta:
        verbose_name = _("state of an ad")
        verbose_name_plural = _("states of ads")
        default_permissions = ()
        indexes = (
            models.Index(fields=("state", "-ad"), name="ad_state"),
            models.Index(fields=("ad_account", "state", "-ad"), name="ad_state_account"),
        )

    def __str__(self) -> str:
        return f"{self.ad_id}: {self.state}"
