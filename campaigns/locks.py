"""Row locks of `campaigns`, in the one order: ad account → campaign → ad group → ad (product.md).

On SQLite the transaction itself is the lock (BEGIN IMMEDIATE); on PostgreSQL these are FOR NO KEY UPDATE of the row
alone, ordered by key so that two callers cannot meet crosswise.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.locks import kept
from accounts.models import AdAccount
from campaigns.models import Ad, AdGroup, Campaign

_SCOPE = ("ad_account__brand__organisation",)


def keep_ad_account(campaign: UUID, visible: Q) -> bool:
    """Keep the ad account of a campaign where it is, if it meets a condition: whether it does. Nothing else is locked."""
    return kept(AdAccount.objects.filter(visible, pk__in=Campaign.objects.filter(pk=campaign).values("ad_account")))


def campaigns() -> QuerySet[Campaign]:
    return Campaign.objects.select_for_update(of=("self",), no_key=True).select_related(*_SCOPE).order_by("pk")


def ad_groups() -> QuerySet[AdGroup]:
    return AdGroup.objects.select_for_update(of=("self",), no_key=True).select_related(*_SCOPE, "campaign").order_by("pk")


def ads() -> QuerySet[Ad]:
    rows = Ad.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return rows.select_related(*_SCOPE, "page", "effect_icon__uploaded_by")
