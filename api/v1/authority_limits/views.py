"""GET, POST, DELETE authority-limits/: up to how much money people approve (R-25)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import AuthorityLimit, Page
from accounts.queries import visible_limits, visible_users
from accounts.services import end_limit, give_limit
from accounts.services.limits import MAX_REASON
from api.fields import Amount, Id, Moment, MoneyOut, PersonOut, Strict, Text
from api.filters import Filters, Key
from api.v1.budgets import money
from api.v1.conferred import Ahead, ConferredOut, StateFilters
from api.v1.scopes import ScopeFilter, ScopeIn, ScopeOut, place, shown
from api.views import Resource
from campaigns.queries import get
from core.money import Money, known_currencies, parse_amount


class AuthorityIn(Strict):
    """Up to how much money, in one currency; no rate of exchange is ever used."""

    amount = Amount()
    currency = Text(max_length=3)


class AuthorityLimitIn(Strict):
    """Somebody approves up to so much, on a place and all below it."""

    user = Id(help_text="A person; never yourself.")
    scope = ScopeIn()
    limit = AuthorityIn()
    starts_at = Moment(allow_null=True, default=None)
    expires_at = Ahead(allow_null=True, default=None)
    reason = Text(max_length=MAX_REASON, allow_blank=True, default="")

    def validate_limit(self, value: Mapping[str, Any]) -> Money:
        if value["currency"] not in known_currencies():
            words = _("Give a currency in three capital letters, such as EUR.")
            raise ValidationError({"currency": [ErrorDetail(words, code="unknown")]})
        return parse_amount(value["amount"], value["currency"], "limit")


class AuthorityLimitOut(ConferredOut):
    """Up to how much somebody approves."""

    user = PersonOut()
    scope = serializers.SerializerMethodField()
    limit = serializers.SerializerMethodField()
    reason = serializers.CharField(allow_blank=True)

    @extend_schema_field(ScopeOut)
    def get_scope(self, row: AuthorityLimit) -> dict[str, Any]:
        return ScopeOut(shown(row.scope)).data

    @extend_schema_field(MoneyOut)
    def get_limit(self, row: AuthorityLimit) -> dict[str, str]:
        return money(row.amount_minor, row.currency)


class AuthorityLimitFilters(StateFilters, Filters):
    user = Key(field_name="user_id")
    scope = ScopeFilter()


class AuthorityLimitResource(Resource):
    """Limits on places where you manage access or audit, and your own; ended ones included. On a stage that asks for `authority`
    whoever decides has one that covers what the request can spend."""

    queryset = AuthorityLimit.objects.none()
    reference = ""
    serializer_class = AuthorityLimitOut
    filterset_class = AuthorityLimitFilters

    def rows(self) -> QuerySet[AuthorityLimit]:
        return visible_limits(self.actor)

    @extend_schema(request=AuthorityLimitIn, responses={201: AuthorityLimitOut})
    def create(self, request: Request) -> Response:
        """Let somebody approve up to an amount, as an access manager of the place. It gives no permission, and does not add up with
        other limits. Its `status` is `awaited` where the organisation asks for two access managers."""
        values = self.valid(AuthorityLimitIn)
        self.reference = "user"
        user = get(visible_users(self.actor), values["user"])
        self.reference = "scope"
        scope = place(self.actor, values["scope"]["type"], values["scope"]["id"])
        if isinstance(scope, Page):
            raise ValidationError({"scope": [ErrorDetail(_("Nobody decides on a page alone."), code="page")]})
        row = give_limit(
            actor=self.actor, user=user, scope=scope, amount=values["limit"],
            **{name: values[name] for name in ("starts_at", "expires_at", "reason")},
        )  # fmt: skip
        return Response(AuthorityLimitOut(row).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        """End a limit at once, also one that is awaited or still to begin. What was approved by it counts no more on requests
        that are not cleared yet. The row stays."""
        end_limit(actor=self.actor, limit=self.one(id).pk)
        return Response(status=204)
