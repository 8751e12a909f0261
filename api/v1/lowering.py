"""POST {campaigns,ad-groups}/{id}/lower/: spending less needs nobody's approval (R-04)."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Moment, Strict, Text
from api.v1.approval_requests.serializers import SubmittedOut
from api.v1.approval_requests.shapes import submitted
from api.v1.drafts import DraftResource
from approvals.lowering import Lowering
from publishing.services import lower


class LoweringIn(Strict):
    """What is to be lowered; what is left out stays. Amounts in the ad account's currency."""

    budget = Text(max_length=30, required=False, help_text="A decimal lower than the approved amount, such as “40.00”.")
    bid = Text(max_length=30, required=False, help_text="A decimal lower than the approved bid.")
    end = Moment(required=False, help_text="Earlier than the approved end, and ahead.")


class LowerableResource(DraftResource):
    """A kind of draft whose spending can be lowered once it is on the channel."""

    @extend_schema(request=LoweringIn, responses={202: SubmittedOut})
    @action(detail=True, methods=["post"])
    def lower(self, request: Request, id: UUID) -> Response:
        """Lower the budget or bid, or end it earlier; needs `operate`, nobody's approval, and waits for no open request."""
        made = lower(actor=self.actor, entity_type=self.entity_type.value, entity=id, to=Lowering(**self.valid(LoweringIn)))
        return Response(submitted(made), status=202)
