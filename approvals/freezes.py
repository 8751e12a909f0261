"""Which freezes hold what (R-21). The guards in the database say the same (approvals.guards_freezes)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import AdAccount
from accounts.permissions import ids_of
from approvals.models import Freeze, FreezePass
from core.actor import Actor
from governance.excuses import bound_along
from governance.queries import bound_in_sight


def visible_freezes(actor: Actor) -> QuerySet[Freeze]:
    """Freezes of what the actor sees anything of."""
    rows = Freeze.objects.filter(bound_in_sight(actor))
    rows = rows.select_related("organisation", "brand__organisation", "ad_account__brand__organisation", "end")
    return rows.prefetch_related(Prefetch("passes", FreezePass.objects.select_related("allowed_by")))


def in_force(now: datetime) -> QuerySet[Freeze]:
    """Those that hold at a moment, whatever they hold."""
    return Freeze.objects.filter(begins_at__lte=now, ends_at__gt=now, end__isnull=True)


def holds(freeze: Freeze, account: AdAccount) -> bool:
    """Whether a freeze is of this ad account or of something above it. Needs the account's brand loaded."""
    return Freeze.objects.filter(bound_along(*ids_of(account)), pk=freeze.pk).exists()


def frozen_until(now: datetime) -> Any:
    """For an outer clearance: until when a freeze holds it that its request was not let through; NULL when none does."""
    place = (
        Q(ad_account=OuterRef("ad_account"))
        | Q(brand=OuterRef("ad_account__brand"))
        | Q(organisation=OuterRef("ad_account__brand__organisation"))
    )
    passed = FreezePass.objects.filter(freeze=OuterRef("pk"), request=OuterRef(OuterRef("request")))
    return Subquery(in_force(now).filter(place, ~Exists(passed)).order_by("-ends_at").values("ends_at")[:1])
