"""Where an ad account lies and as whom its ads may speak: what an approval rests on, asked again whenever it is used.

The brand's policies routed it, and its pages are identities of the brand (approvals, publishing).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.id_sets import IdSet, Listed
from accounts.models import AdAccount, Page, Placement
from core.statements import prepared


@dataclass(frozen=True, slots=True)
class Place:
    """The id of the latest placement in force of an ad account, and the ids of the pages that its ads may speak as."""

    placement: UUID | None
    pages: Set[UUID]


def speaking_pages(account: Any, brand: Any) -> QuerySet[Page]:
    """The pages that ads of an ad account may speak as: linked to it, and of the brand at which it lies."""
    return Page.objects.filter(ad_accounts=account, brand=brand)


def columns(account: str, brand: str) -> dict[str, Subquery]:
    """What makes a Place, beside rows that name an ad account and its brand by these paths."""
    placed = Placement.objects.filter(ad_account=OuterRef(account), since__isnull=False).order_by("-since", "-pk")
    pages = speaking_pages(OuterRef(account), OuterRef(brand)).order_by().values("brand").annotate(ids=Listed("pk"))
    return {"placement_now": Subquery(placed.values("pk")[:1]), "pages_now": Subquery(pages.values("ids"))}


def from_columns(placement: UUID | None, pages: str | None) -> Place:
    """The Place that a row with `columns` tells of."""
    return Place(placement, IdSet(pages or ""))


@prepared
def _place(account: UUID) -> QuerySet[Any]:
    rows: QuerySet[Any, Any] = AdAccount.objects.filter(pk=account).annotate(**columns("pk", "brand_id"))
    return rows.order_by().values_list("placement_now", "pages_now")


def places_of(accounts: Iterable[UUID]) -> dict[UUID, Place]:
    """`place_of` of several ad accounts: one statement."""
    rows: QuerySet[Any, Any] = AdAccount.objects.filter(pk__in=list(accounts)).annotate(**columns("pk", "brand_id"))
    found = rows.order_by().values_list("pk", "placement_now", "pages_now")
    return {account: from_columns(placement, pages) for account, placement, pages in found}


def place_of(account: UUID) -> Place:
    """The place of an ad account at this moment, whatever was read before: one statement."""
    ((placement, pages),) = _place(account)
    return from_columns(placement, pages)
