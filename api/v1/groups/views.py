"""GET, POST, PATCH groups/ and their members."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Membership, UserGroup
from accounts.queries import visible_groups, visible_memberships, visible_users
from accounts.services import add_member, create_user_group, remove_member, rename_user_group
from api.filters import Filters, Key, Text
from api.v1.conferred import StateFilters
from api.v1.groups.serializers import GroupEdit, GroupIn, MembershipIn, MembershipOut, UserGroupOut
from api.v1.scopes import named_organisation
from api.views import Resource
from campaigns.queries import get
from core.errors import NotFound


class GroupFilters(Filters):
    title = Text(max_length=100)


class GroupResource(Resource):
    """User groups of your organisation, to whoever manages access or audits in it; to others those they belong to."""

    queryset = UserGroup.objects.none()
    reference = "organisation"
    serializer_class = UserGroupOut
    filterset_class = GroupFilters
    key = "public_id"

    def rows(self) -> QuerySet[UserGroup]:
        return visible_groups(self.actor)

    @extend_schema(request=GroupIn, responses={201: UserGroupOut})
    def create(self, request: Request) -> Response:
        """Add a user group; needs manage_access on the organisation."""
        values = self.valid(GroupIn)
        organisation = named_organisation(self.actor, values.pop("organisation", None))
        made = create_user_group(actor=self.actor, organisation=organisation, **values)
        return Response(UserGroupOut(made).data, status=201)

    @extend_schema(request=GroupEdit, responses=UserGroupOut)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Rename a user group; needs manage_access on the organisation."""
        row, values = self.one(id), self.valid(GroupEdit)
        return Response(UserGroupOut(rename_user_group(actor=self.actor, group=row, **values)).data)


class MemberFilters(StateFilters):
    user = Key(field_name="user_id")


class MemberResource(Resource):
    """Memberships of a user group, those that ended included; to those who do not govern, their own."""

    queryset = Membership.objects.none()
    reference = ""
    serializer_class = MembershipOut
    filterset_class = MemberFilters

    def rows(self) -> QuerySet[Membership]:
        return visible_memberships(self.actor).filter(group=self.group())

    def group(self) -> UserGroup:
        """The user group of the address. Raises NotFound."""
        row = visible_groups(self.actor).filter(public_id=self.kwargs["group"]).first()
        if row is None:
            raise NotFound()
        return row

    def check_still_seen(self, told: Any) -> None:
        self.group()
        super().check_still_seen(told)

    def list(self, request: Request, group: UUID) -> Response:  # type: ignore[override]
        """One page."""
        return super().list(request)

    @extend_schema(request=MembershipIn, responses={201: MembershipOut})
    def create(self, request: Request, group: UUID) -> Response:
        """Add a member; needs manage_access on the organisation. Its `status` is `awaited` where a second access manager is
        asked for. Nobody adds themselves."""
        values, row = self.valid(MembershipIn), self.group()
        self.reference = "user"
        user = get(visible_users(self.actor), values.pop("user"))
        return Response(MembershipOut(add_member(actor=self.actor, group=row, user=user, **values)).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, group: UUID, user: UUID) -> Response:
        """Remove a member, at once; needs manage_access on the organisation."""
        row = self.group()
        remove_member(actor=self.actor, group=row, user=get(visible_users(self.actor), user))
        return Response(status=204)
