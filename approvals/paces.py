"""How long stages usually take: from the stages of the same key that people decided in an ad account lately."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from approvals.models import Stage
from approvals.states import StageState

LOOKS_BACK: Final = timedelta(days=90)
FEWEST: Final = 5
"""Below so many there is no experience to speak of."""
MOST: Final = 5000


@dataclass(frozen=True, slots=True)
class Pace:
    """How many such stages were decided; how long half of them took at most, and nine of ten (seconds). Without experience none."""

    stages: int = 0
    median_seconds: int | None = None
    ninth_seconds: int | None = None


def pace(seconds: Iterable[float]) -> Pace:
    """Of how long each took. Pure."""
    found = sorted(seconds)
    if len(found) < FEWEST:
        return Pace(len(found))
    return Pace(len(found), round(median(found)), round(found[math.ceil(0.9 * len(found)) - 1]))


def paces(accounts: Collection[UUID], keys: Collection[str], now: datetime) -> dict[str, Pace]:
    """By key of a stage. A stage begins when the step before it ended, or with the submission: one statement."""
    earlier = Stage.objects.filter(request=OuterRef("request"), step__lt=OuterRef("step"))
    before: QuerySet[Any] = earlier.order_by().values("request").annotate(ended=Max("closed_at")).values("ended")
    decided = Stage.objects.filter(
        request__ad_account__in=accounts, key__in=keys, state__in=(StageState.SATISFIED, StageState.FAILED),
        closed_at__gte=now - LOOKS_BACK,
    )  # fmt: skip
    rows = decided.annotate(begun=Coalesce(Subquery(before), F("request__submitted_at"))).order_by("-closed_at")
    took: dict[str, list[float]] = {key: [] for key in keys}
    for key, begun, closed in rows.values_list("key", "begun", "closed_at")[:MOST]:
        took[key].append(max(0.0, (closed - begun).total_seconds()))
    return {key: pace(each) for key, each in took.items()}
