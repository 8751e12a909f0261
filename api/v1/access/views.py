"""GET access/explain/, access/holders/; GET, POST access/review/"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.explain import check_may_ask, explain, holders, through_token
from accounts.models import RoleGrant, Scope
from accounts.permissions import grants_of_actor, principal_of
from accounts.queries import (
    governs_somewhere,
    last_token_uses,
    reviewed_access,
    visible_memberships,
    visible_role_grants,
    visible_users,
)
from accounts.roles import PERMISSIONS
from accounts.services import mark_reviewed
from api.fields import Id, Moment
from api.v1.access import serializers as shapes
from api.v1.access.serializers import ExplanationOut, HoldersOut, HoldingOut, ReviewedOut, ReviewIn
from api.v1.role_grants.views import clashes_shown
from api.v1.scopes import MOMENT, PARAMETER, parse, place, shown
from api.views import Rendered, Resource
from campaigns.queries import get
from core import clock
from core.errors import Forbidden, NotFound

PERMISSION = OpenApiParameter("permission", enum=list(PERMISSIONS), required=True)
OBJECT = OpenApiParameter("object", PARAMETER, required=True, description="Such as `ad_account:<id>` or `ad:<id>`.")
AT = OpenApiParameter("at", MOMENT, description="A past moment; without it, now.")
USER = OpenApiParameter("user", {"type": "string", "format": "uuid"}, description="Without it, yourself.")
BATCH = 500


def _refuse(field: str, words: str, code: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(words, code=code)]})


class QuestionResource(Resource):
    """Why somebody may or may not, and who may (R-58)."""

    parameters = {"explain": ("user", "permission", "object", "at"), "holders": ("permission", "object", "at")}

    @extend_schema(parameters=[USER, PERMISSION, OBJECT, AT], responses=ExplanationOut)
    def explain(self, request: Request) -> Response:
        """Whether somebody may do something with an object, by which grants, or what is missing. About yourself, with the
        token that asks, wherever you see the object; about others where you manage access or audit."""
        permission, asked, at, user = self._permission(), self._object(), self._moment(), self._user()
        scope = place(self.actor, *asked)
        about = principal_of(self.actor) if user is None else get(visible_users(self.actor), user)
        check_may_ask(self.actor, scope, about)
        found = explain(about, permission, scope, at, told=visible_role_grants(self.actor))
        if at is None and about.pk == principal_of(self.actor).pk:
            found = through_token(found, grants_of_actor(self.actor))
        return Response(ExplanationOut({**self._asked(scope, found.at), **shapes.explanation(found)}).data)

    @extend_schema(parameters=[PERMISSION, OBJECT, AT], responses=HoldersOut)
    def holders(self, request: Request) -> Response:
        """Who may do something with an object, and by which grants; told where you manage access or audit."""
        permission, asked, at = self._permission(), self._object(), self._moment()
        scope = place(self.actor, *asked)
        check_may_ask(self.actor, scope)
        now = at or clock.now()
        found = shapes.holders(holders(permission, scope, at))
        return Response(HoldersOut({**self._asked(scope, now), "holders": found}).data)

    def _asked(self, scope: Scope, at: datetime) -> dict[str, Any]:
        given = self.request.query_params
        return {"permission": given["permission"], "object": given["object"], "scope": shown(scope), "at": at}

    def _given(self, name: str) -> str:
        text = self.request.query_params.get(name)
        if text is None:
            raise _refuse(name, _("This parameter is required."), "required")
        return text

    def _permission(self) -> str:
        text = self._given("permission")
        if text not in PERMISSIONS:
            raise _refuse("permission", _("Choose one of {names}.").format(names=", ".join(PERMISSIONS)), "unknown_permission")
        return text

    def _object(self) -> tuple[str, UUID]:
        return parse("object", self._given("object"))

    def _user(self) -> UUID | None:
        text = self.request.query_params.get("user")
        found: UUID | None = None if text is None else self._judged("user", Id(), text)
        return found

    def _moment(self) -> datetime | None:
        text = self.request.query_params.get("at")
        if text is None:
            return None
        found: datetime = self._judged("at", Moment(), text)
        if found > clock.now():
            raise _refuse("at", _("Give a moment that is past."), "in_the_future")
        return found

    def _judged(self, name: str, field: serializers.Field[Any, Any, Any, Any], text: str) -> Any:
        try:
            return field.run_validation(text)
        except ValidationError as error:
            raise ValidationError({name: error.detail}) from error


class ReviewResource(Resource):
    """Who has what: the role grants and memberships that stand where you manage access or audit."""

    queryset = RoleGrant.objects.none()
    serializer_class = HoldingOut

    def rows(self) -> Any:
        if not governs_somewhere(self.actor):
            raise Forbidden(_("Who has what is told to access managers and auditors."))
        return reviewed_access(self.actor, clock.now())

    def list(self, request: Request) -> Response:
        """One page; as CSV, and without a cursor or page size, everything."""
        paged = {"cursor", "page_size"} & set(request.query_params)
        if request.accepted_renderer.format != "csv" or paged:
            return super().list(request)
        names = self.thinned(HoldingOut)
        found = sorted((row for rows in self.rows() for row in rows), key=attrgetter("pk"), reverse=True)
        rendered: Rendered = []
        for start in range(0, len(found), BATCH):
            rendered += self.render(found[start : start + BATCH])
        return Response({"results": [{name: row[name] for name in names or row} for row in rendered]})

    def render(self, rows: Sequence[Model]) -> Rendered:
        facts: Sequence[Any] = rows
        grants = [row for row in facts if isinstance(row, RoleGrant)]
        memberships = [row for row in facts if not isinstance(row, RoleGrant)]
        clashes = clashes_shown(self.actor, grants, memberships)
        uses, now = last_token_uses(row.user_id for row in facts if row.user_id), clock.now()
        return list(HoldingOut([shapes.holding(row, uses, clashes, now) for row in facts], many=True).data)

    @extend_schema(request=ReviewIn, responses=ReviewedOut)
    def create(self, request: Request) -> Response:
        """Note that you looked at these and found them right; needs manage_access on the place of each."""
        values = self.valid(ReviewIn)
        for name, rows in (("grants", visible_role_grants(self.actor)), ("memberships", visible_memberships(self.actor))):
            self.reference = name
            if len(set(values[name])) != rows.filter(pk__in=values[name]).count():
                raise NotFound()
        return Response(ReviewedOut({"reviewed": mark_reviewed(actor=self.actor, **values)}).data)
