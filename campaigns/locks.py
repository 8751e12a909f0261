"""Row locks of `campaigns`, in the one order: ad account → campaign → ad group → ad (product.md).

On SQLite the transaction itself is the lock (BEGIN IMMEDIATE); on PostgreSQL these are FOR NO KEY UPDATE of the row
alone, ordered by key so that two callers cannot meet crosswise.
"""

from __future__ import annotations

from django.db.models import QuerySet

from campaigns.models import Ad, AdGroup, Campaign

_SCOPE = ("ad_account__brand__organisation",)


def campaigns() -> QuerySet[Campaign]:
    return Campaign.objects.select_for_update(of=("self",), no_key=True).select_related(*_SCOPE).order_by("pk")


def ad_groups() -> QuerySet[AdGroup]:
    return AdGroup.objects.select_for_update(of=("self",), no_key=True).select_related(*_SCOPE).order_by("pk")


def ads() -> QuerySet[Ad]:
    return Ad.objects.select_for_update(of=("self",), no_key=True).select_related(*_SCOPE, "page").order_by("pk")
