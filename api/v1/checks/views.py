"""POST checks/evaluate/"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.ads.views import as_input
from api.v1.checks.serializers import EvaluateIn, EvaluationOut
from api.views import Resource
from campaigns.sketches import Wanted, sketch
from core import clock
from core.errors import FieldError, Invalid
from governance.contract import Outcome
from governance.sketches import opinions

ABOVE = {"campaign": ("ad_account", None), "ad_group": ("campaign", "campaign"), "ad": ("ad_group", "ad_group")}
"""Of each kind the name of its parent's id, and the kind of the parent."""
WORST_FIRST = (Outcome.BLOCKED, Outcome.WARNED, Outcome.PASSED)


class EvaluationResource(Resource):
    """Judging what is not saved."""

    @extend_schema(request=EvaluateIn, responses=EvaluationOut)
    def evaluate(self, request: Request) -> Response:
        """What the rules would say if it were submitted now; needs `submit` on the ad account. Nothing is kept. What is above
        speaks as its draft is now."""
        now = clock.now()
        found = opinions(sketch(self.actor, _wanted(self.valid(EvaluateIn)), now), now)
        outcomes = {each.outcome for each in found}
        worst = next(each for each in WORST_FIRST if each in outcomes)
        return Response(EvaluationOut({"outcome": worst, "results": found}).data)

    def is_kept(self) -> bool:
        return False


def _wanted(given: dict[str, Any]) -> Wanted:
    """Raises Invalid unless what is given is one branch, its top alone naming a parent that is saved."""
    kinds = [kind for kind in ABOVE if kind in given]
    if not kinds:
        raise Invalid.field("campaign", "required", _("Give a campaign, an ad group or an ad."))
    if kinds == ["campaign", "ad"]:
        raise Invalid.field("ad_group", "required", _("Give the ad group between the campaign and the ad as well."))
    parents = {kind: given[kind].pop(ABOVE[kind][0], None) for kind in kinds}
    errors = [error for kind in kinds if (error := _misplaced(kind, parents[kind], top=kind == kinds[0]))]
    if errors:
        raise Invalid(errors)
    if "ad" in given:
        given["ad"] = as_input(given["ad"])
    return Wanted(cast(UUID, parents[kinds[0]]), **given)


def _misplaced(kind: str, parent: UUID | None, *, top: bool) -> FieldError | None:
    field = f"{kind}.{ABOVE[kind][0]}"
    if top and parent is None:
        return FieldError(field, "required", _("Say where it would belong."))
    if not top and parent is not None:
        return FieldError(field, "not_applicable", _("Leave this out: it belongs to what is given beside it."))
    return None
