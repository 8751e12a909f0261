"""GET, POST, PATCH users/"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.queries import members, visible_users
from accounts.services import (
    create_person,
    deactivate_user,
    edit_user,
    end_sessions,
    invite_person,
    reactivate_user,
    reset_second_factor,
    unlock_user,
)
from api.filters import Filters, Key, Text, Word
from api.v1.approval_requests.serializers import Empty
from api.v1.scopes import own_organisation
from api.v1.users.serializers import UserEdit, UserIn, UserOut
from api.views import Resource
from core import clock

TRUTH = (("true", "true"), ("false", "false"))


class PrincipalFilters(Filters):
    email = Text(max_length=254, lookup_expr="iexact")
    is_active = Word(choices=TRUTH, method="active")
    group = Key(method="belonging")

    def active(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(is_active=value == "true")

    def belonging(self, rows: QuerySet[User], name: str, value: UUID) -> QuerySet[User]:
        """Who belongs to a user group now."""
        return rows.filter(pk__in=members(value, clock.now()))


class PrincipalResource(Resource):
    """What people and machines share."""

    def change(self, row: User, values: dict[str, Any]) -> User:
        """Edit, deactivate or reactivate."""
        if "is_active" not in values:
            return edit_user(actor=self.actor, user=row.pk, **values)
        return (reactivate_user if values["is_active"] else deactivate_user)(actor=self.actor, user=row.pk)


class CountOut(serializers.Serializer[Any]):
    """How many were ended or taken away."""

    ended = serializers.IntegerField()


class UserResource(PrincipalResource):
    """People of your organisation, to whoever manages access or audits in it; to others themselves."""

    queryset = User.objects.none()
    serializer_class = UserOut
    filterset_class = PrincipalFilters

    def rows(self) -> QuerySet[User]:
        return visible_users(self.actor).filter(kind="person")

    @extend_schema(request=UserIn, responses={201: UserOut})
    def create(self, request: Request) -> Response:
        """Add a person, who is sent a link for setting a password; needs manage_access on the organisation."""
        values = self.valid(UserIn)
        made = create_person(actor=self.actor, organisation=own_organisation(self.actor), **values)
        return Response(UserOut(made).data, status=201)

    @extend_schema(request=UserEdit, responses=UserOut)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Edit a person (people may edit themselves), deactivate or reactivate one; needs manage_access on the
        organisation. Deactivated people lose all that they held, and their machines with them (R-17)."""
        row, values = self.one(id), self.valid(UserEdit)
        return Response(UserOut(self.change(row, values)).data)

    @extend_schema(request=Empty, responses=UserOut)
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, id: UUID) -> Response:
        """Send a person the link with which they set their password, again; needs manage_access on the organisation."""
        row = self._asked(id)
        return Response(UserOut(invite_person(actor=self.actor, user=row.pk)).data)

    @extend_schema(request=Empty, responses=UserOut)
    @action(detail=True, methods=["post"])
    def unlock(self, request: Request, id: UUID) -> Response:
        """Lift a person's lock-out after wrong tries; 409 without one. Needs manage_access on the organisation."""
        row = self._asked(id)
        return Response(UserOut(unlock_user(actor=self.actor, user=row.pk)).data)

    @extend_schema(request=Empty, responses=CountOut)
    @action(detail=True, methods=["post"], url_path="end-sessions", url_name="end-sessions")
    def end_sessions(self, request: Request, id: UUID) -> Response:
        """End all sessions of a person, at their next request; needs manage_access on the organisation."""
        row = self._asked(id)
        return Response(CountOut({"ended": end_sessions(actor=self.actor, user=row.pk)}).data)

    @extend_schema(request=Empty, responses=CountOut)
    @action(detail=True, methods=["post"], url_path="reset-second-factor", url_name="reset-second-factor")
    def reset_second_factor(self, request: Request, id: UUID) -> Response:
        """Take a person's second factors away, with their sessions, for somebody who lost them; 409 when there is none.
        Needs manage_access on the organisation; nobody resets their own."""
        row = self._asked(id)
        return Response(CountOut({"ended": reset_second_factor(actor=self.actor, user=row.pk)}).data)

    def _asked(self, id: UUID) -> User:
        """The person of the address; the body says nothing. Raises NotFound, ValidationError."""
        self.valid(Empty)
        row: User = self.one(id)
        return row
