"""envelopes/: what may be spent a month, and what of it is spoken for (R-24)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import AdAccount, Brand
from api.filters import Filters, Text
from api.v1.budgets import amount as shown_amount
from api.v1.envelopes.serializers import EnvelopeDetailOut, EnvelopeIn, EnvelopeOut, WhichIn
from api.v1.scopes import ScopeFilter, place
from api.views import Resource
from approvals.books import Month, months_of
from approvals.models import Envelope
from approvals.queries import visible_envelopes
from approvals.services import confirm_envelope, decline_envelope, set_envelope
from core.errors import NotFound
from core.money import known_currencies, parse_amount


class EnvelopeFilters(Filters):
    currency = Text(max_length=3)
    scope = ScopeFilter()


class EnvelopeResource(Resource):
    """Envelopes of the brands and ad accounts all of which you may see."""

    queryset = Envelope.objects.none()
    serializer_class = EnvelopeOut
    filterset_class = EnvelopeFilters

    def rows(self) -> QuerySet[Envelope]:
        return visible_envelopes(self.actor)

    @extend_schema(responses=EnvelopeDetailOut)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One envelope with its months."""
        return Response(self._shown(id))

    @extend_schema(request=EnvelopeIn, responses={201: EnvelopeDetailOut})
    def create(self, request: Request) -> Response:
        """Set what may be spent from a month on; needs manage_policy. A new envelope takes up what is approved already. A higher
        amount waits for another policy manager where the organisation asks for two."""
        values = self.valid(EnvelopeIn)
        if values["currency"] not in known_currencies():
            words = _("Give a currency in three capital letters, such as EUR.")
            raise ValidationError({"currency": [ErrorDetail(words, code="unknown")]})
        scope = cast("Brand | AdAccount", place(self.actor, values["scope"]["type"], values["scope"]["id"]))
        row = set_envelope(
            actor=self.actor, scope=scope, title=values["title"], first_month=values["first_month"],
            amount=parse_amount(values["amount"], values["currency"], "amount"), reason=values.get("reason", ""),
        )  # fmt: skip
        return Response(self._shown(row.envelope_id), status=201)

    @extend_schema(request=WhichIn, responses=EnvelopeDetailOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: UUID) -> Response:
        """Another policy manager's word for a higher amount (R-55)."""
        return Response(self._shown(confirm_envelope(actor=self.actor, amount=self._asked(id)).envelope_id))

    @extend_schema(request=WhichIn, responses=EnvelopeDetailOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, id: UUID) -> Response:
        """A policy manager's word that a higher amount never counts; whoever asked for it may take it back."""
        return Response(self._shown(decline_envelope(actor=self.actor, amount=self._asked(id)).envelope_id))

    def _asked(self, identifier: UUID) -> UUID:
        """The amount that the body names. Raises NotFound for one of another envelope."""
        asked: UUID = self.valid(WhichIn)["amount"]
        if not self.one(identifier).amounts.filter(pk=asked).exists():
            raise NotFound()
        return asked

    def _shown(self, identifier: UUID) -> Any:
        row = self.one(identifier)
        row.months = _months(row, months_of(row))
        return EnvelopeDetailOut(row).data


def _months(row: Envelope, months: Sequence[Month]) -> list[dict[str, Any]]:
    names = ("amount", "reserved", "committed", "left")
    return [
        {"month": each.month} | {name: shown_amount(getattr(each, f"{name}_minor"), row.currency) for name in names}
        for each in months
    ]
