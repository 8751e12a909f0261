"""GET, POST, DELETE delegations/: who stands in for whom (R-15)."""

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

from accounts.models import LONGEST_DELEGATION_DAYS, Delegation, Page, User
from accounts.permissions import principal_of
from accounts.queries import possible_deputies, visible_delegations, visible_users
from accounts.roles import APPROVING
from accounts.services import delegate, end_delegation
from accounts.services.deputies import MAX_REASON
from api.fields import Amount, Id, Moment, MoneyOut, PersonOut, Strict, Text, choices
from api.filters import Filters, Key
from api.v1.budgets import money
from api.v1.conferred import Ahead, ConferredOut, StateFilters
from api.v1.scopes import ScopeFilter, ScopeIn, ScopeOut, place, shown
from api.views import Resource
from campaigns.queries import get
from core import clock
from core.money import Money, known_currencies, parse_amount


class LimitIn(Strict):
    """How much money a request may be about, at most."""

    amount = Amount()
    currency = Text(max_length=3)


class DelegationIn(Strict):
    """Somebody decides for somebody, on a place and all below it."""

    delegator = Id(required=False, help_text="Who is stood in for; yourself, unless you manage access.")
    delegate = Id(help_text="Who stands in.")
    scope = ScopeIn()
    permissions = choices(sorted(APPROVING), help_text="Of the stages that it is for.")
    starts_at = Moment(allow_null=True, default=None)
    expires_at = Ahead(help_text=f"At most {LONGEST_DELEGATION_DAYS} days after it begins.")
    limit = LimitIn(allow_null=True, default=None, help_text="Only requests that can spend no more.")
    conveyed = serializers.BooleanField(
        default=False, help_text="Also where the delegate may not decide themselves; an access manager has to allow it."
    )
    reason = Text(max_length=MAX_REASON, allow_blank=True, default="")

    def validate_limit(self, value: Mapping[str, Any] | None) -> Money | None:
        if value is None:
            return None
        if value["currency"] not in known_currencies():
            words = _("Give a currency in three capital letters, such as EUR.")
            raise ValidationError({"currency": [ErrorDetail(words, code="unknown")]})
        return parse_amount(value["amount"], value["currency"], "limit")


class DelegationOut(ConferredOut):
    """That somebody decides for somebody."""

    delegator = PersonOut()
    delegate = PersonOut()
    scope = serializers.SerializerMethodField()
    permissions = serializers.ListField(child=serializers.CharField())
    limit = serializers.SerializerMethodField()
    conveyed = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)

    @extend_schema_field(ScopeOut)
    def get_scope(self, row: Delegation) -> dict[str, Any]:
        return ScopeOut(shown(row.scope)).data

    @extend_schema_field(MoneyOut(allow_null=True))
    def get_limit(self, row: Delegation) -> dict[str, str] | None:
        return None if row.limit_minor is None else money(row.limit_minor, row.currency)


class DelegationFilters(StateFilters, Filters):
    delegator = Key(field_name="delegator_id")
    delegate = Key(field_name="delegate_id")
    scope = ScopeFilter()


class DelegationResource(Resource):
    """Delegations that you gave or were given, and those on places where you manage access or audit; ended ones included."""

    queryset = Delegation.objects.none()
    reference = ""
    serializer_class = DelegationOut
    filterset_class = DelegationFilters

    def rows(self) -> QuerySet[Delegation]:
        return visible_delegations(self.actor)

    @extend_schema(request=DelegationIn, responses={201: DelegationOut})
    def create(self, request: Request) -> Response:
        """Let somebody decide for you, or as an access manager for somebody else. Its `status` is `awaited` where an access manager
        has to allow it first (`conveyed`). Both together hold one vote."""
        values = self.valid(DelegationIn)
        self.reference = "delegator"
        own = principal_of(self.actor)
        delegator = get(visible_users(self.actor), values["delegator"]) if "delegator" in values else own
        self.reference = "scope"
        scope = place(self.actor, values["scope"]["type"], values["scope"]["id"])
        if isinstance(scope, Page):
            raise ValidationError({"scope": [ErrorDetail(_("Nobody decides on a page alone."), code="page")]})
        self.reference = "delegate"
        deputy: User = get(possible_deputies(self.actor, scope, clock.now()), values["delegate"])
        row = delegate(
            actor=self.actor, delegator=delegator, deputy=deputy, scope=scope,
            **{name: values[name] for name in ("permissions", "starts_at", "expires_at", "limit", "conveyed", "reason")},
        )  # fmt: skip
        return Response(DelegationOut(row).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        """End a delegation at once, also one that is awaited or still to begin: as one of the two, or with manage_access on its
        place. The row stays."""
        end_delegation(actor=self.actor, delegation=self.one(id).pk)
        return Response(status=204)
