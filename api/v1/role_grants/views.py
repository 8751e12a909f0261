"""GET, POST, DELETE role-grants/"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_for
from accounts.duties import Clash
from accounts.holdings import clashes_of_facts
from accounts.models import RoleGrant, User, UserGroup
from accounts.queries import last_reviewed, visible_groups, visible_role_grants, visible_roles, visible_users
from accounts.services import grant_role, revoke_role
from api.filters import Filters, Key, Text
from api.v1.conferred import StateFilters
from api.v1.role_grants.serializers import RoleGrantIn, RoleGrantOut, clashes, people
from api.v1.scopes import ScopeFilter, place
from api.views import Rendered, Resource
from campaigns.queries import get
from core import clock
from core.actor import Actor, Channel
from core.errors import NotFound

Clashes = dict[UUID, list[tuple[UUID, Clash]]]
"""Grant or membership → who holds by it what excludes something else of theirs."""


class RoleGrantFilters(StateFilters, Filters):
    user = Key(field_name="user_id")
    group = Key(field_name="group__public_id")
    role = Text(max_length=40, method="of_role")
    scope = ScopeFilter()

    def of_role(self, rows: QuerySet[RoleGrant], name: str, value: str) -> QuerySet[RoleGrant]:
        """Raises ValidationError for a role that there is not: a misspelt one would list nobody."""
        if not visible_roles(actor_for(cast(User, self.request.user), Channel.API)).filter(pk=value).exists():
            raise ValidationError({name: [ErrorDetail(_("There is no such role here."), code="unknown_role")]})
        return rows.filter(role_id=value)


def clashes_shown(actor: Actor, grants: Sequence[Any], memberships: Sequence[Any] = ()) -> dict[UUID, list[dict[str, Any]]]:
    """Who holds by these facts what is kept apart, as far as the actor may know them: both grants are there for them."""
    if actor.organisation is None or not (grants or memberships):
        return {}
    found = clashes_of_facts(actor.organisation, grants, memberships, clock.now())
    found = _told(actor, found)
    names = {user.pk: str(user) for user in visible_users(actor).filter(pk__in=people(found.values()))} if found else {}
    return clashes(found, names)


def _told(actor: Actor, found: Clashes) -> Clashes:
    """Those of which both grants are visible: one that is not would name a place that is not there for the actor (R-57)."""
    wanted = {held.grant for each in found.values() for _user, clash in each for held in (clash.one, clash.other)}
    seen = set(visible_role_grants(actor).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    return {
        fact: [(user, clash) for user, clash in each if {clash.one.grant, clash.other.grant} <= seen]
        for fact, each in found.items()
    }


class RoleGrantResource(Resource):
    """Role grants on and below the places where you manage access or audit, and your own; ended ones included."""

    queryset = RoleGrant.objects.none()
    reference = ""
    serializer_class = RoleGrantOut
    filterset_class = RoleGrantFilters

    def rows(self) -> QuerySet[RoleGrant]:
        return last_reviewed(visible_role_grants(self.actor))

    def render(self, rows: Sequence[Model]) -> Rendered:
        context = {**self.get_serializer_context(), "clashes": clashes_shown(self.actor, rows)}
        return list(RoleGrantOut(rows, many=True, context=context).data)

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One role grant."""
        return Response(self.render([self.one(id)])[0])

    @extend_schema(request=RoleGrantIn, responses={201: RoleGrantOut})
    def create(self, request: Request) -> Response:
        """Give a role; needs manage_access on the place. Its `status` is `awaited` where a second access manager is asked
        for. Duties that are kept apart are refused (409 `duties_clash`); what arises through a user group is told in
        `clashes`. Nobody gives a role to themselves."""
        values = self.valid(RoleGrantIn)
        principal = self._principal(values)
        self.reference = "scope"
        scope = place(self.actor, values["scope"]["type"], values["scope"]["id"])
        grant = grant_role(
            actor=self.actor, role=values["role"], principal=principal, scope=scope,
            starts_at=values["starts_at"], expires_at=values["expires_at"],
        )  # fmt: skip
        return Response(self.render([grant])[0], status=201)

    def _principal(self, values: dict[str, Any]) -> User | UserGroup:
        if "user" in values:
            self.reference = "user"
            return get(visible_users(self.actor), values["user"])
        self.reference = "group"
        group = visible_groups(self.actor).filter(public_id=values["group"]).first()
        if group is None:
            raise NotFound()
        return group

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        """End a role grant at once, also one that is awaited; needs manage_access on its place. The row stays."""
        revoke_role(actor=self.actor, grant=self.one(id).pk)
        return Response(status=204)
