"""GET, POST, PATCH roles/"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role
from accounts.queries import visible_roles, with_permissions
from accounts.roles import PERMISSIONS
from accounts.services import change_role, create_role
from api.fields import Strict, Text, choices
from api.filters import Filters, Word
from api.v1.scopes import own_organisation
from api.v1.users.views import TRUTH
from api.views import Resource
from core import clock

NAMES = list(PERMISSIONS)


class RoleIn(Strict):
    """A role of your organisation's own; `view` comes with every role."""

    title = Text(max_length=100)
    permissions = choices(NAMES)


class RoleEdit(RoleIn):
    """What can be changed of a role of your own, for all who hold it."""

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if not attrs:
            raise serializers.ValidationError({"title": [ErrorDetail(_("Say what is to be changed."), code="required")]})
        return attrs


class RoleOut(serializers.Serializer[Any]):
    """A named set of permissions."""

    id = serializers.CharField(help_text="Built-in roles are called by their names.")
    title = serializers.CharField(source="__str__")
    is_built_in = serializers.BooleanField()
    permissions = serializers.SerializerMethodField(help_text="In force now.")
    awaited = serializers.SerializerMethodField(help_text="Permissions that await a second access manager.")

    def _standing(self, role: Role, awaited: bool) -> list[str]:
        return [row.codename for row in role.permissions.all() if row.is_awaited is awaited]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=NAMES)))
    def get_permissions(self, role: Role) -> list[str]:
        return self._standing(role, awaited=False)

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=NAMES)))
    def get_awaited(self, role: Role) -> list[str]:
        return self._standing(role, awaited=True)


class RoleFilters(Filters):
    is_built_in = Word(choices=TRUTH, method="built_in")

    def built_in(self, rows: QuerySet[Role], name: str, value: str) -> QuerySet[Role]:
        return rows.filter(organisation__isnull=value == "true")


class RoleResource(Resource):
    """The built-in roles, which are the same everywhere, and those of your organisation."""

    queryset = Role.objects.none()
    serializer_class = RoleOut
    filterset_class = RoleFilters
    lookup_value_converter = "role"
    key_kind = str

    def rows(self) -> QuerySet[Role]:
        return with_permissions(visible_roles(self.actor).select_related("organisation"), clock.now())

    @extend_schema(request=RoleIn, responses={201: RoleOut})
    def create(self, request: Request) -> Response:
        """Add a role; needs manage_access on the organisation."""
        values = self.valid(RoleIn)
        made = create_role(actor=self.actor, organisation=own_organisation(self.actor), **values)
        return Response(RoleOut(self.one(made.pk)).data, status=201)

    def retrieve(self, request: Request, id: str) -> Response:
        """One role."""
        return super().retrieve(request, id)

    @extend_schema(request=RoleEdit, responses=RoleOut)
    def partial_update(self, request: Request, id: str) -> Response:
        """Rename a role of your own or give it other permissions; needs manage_access on the organisation. What is added
        is `awaited` where a second access manager is asked for; what is taken away ends at once."""
        row, values = self.one(id), self.valid(RoleEdit, partial=True)
        change_role(actor=self.actor, role=row, **values)
        return Response(RoleOut(self.one(id)).data)
