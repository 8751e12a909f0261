"""GET access-policy/; GET, POST access-policies/"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access_policy import current_policy
from accounts.models import AccessPolicy
from accounts.queries import governs_somewhere, visible_access_policies
from accounts.services import set_access_policy
from api.fields import Flag, Strict, Text, texts
from api.v1.access_changes.serializers import PolicyTermsOut
from api.v1.conferred import ConferredOut, StateFilters
from api.v1.scopes import own_organisation
from api.views import Resource
from core import clock
from core.errors import Forbidden

MOST = 200


class AccessPolicyIn(Strict):
    """The next version, whole: nothing of it may be left out, since what is not said would be given up."""

    two_managers = Flag()
    second_factor_roles = texts(40, MOST)
    forbidden_pairs = serializers.ListField(
        child=serializers.ListField(child=Text(max_length=40), min_length=2, max_length=2), max_length=MOST
    )


class AccessPolicyOut(ConferredOut, PolicyTermsOut):
    """A version of the access policy."""


class AccessPolicyResource(Resource):
    """Versions of your organisation's access policy, to whoever manages access or audits in it."""

    queryset = AccessPolicy.objects.none()
    serializer_class = AccessPolicyOut
    filterset_class = StateFilters

    def rows(self) -> QuerySet[AccessPolicy]:
        return visible_access_policies(self.actor)

    @extend_schema(responses=PolicyTermsOut)
    def current(self, request: Request) -> Response:
        """The version in force; version 0, which demands nothing, before there is any."""
        organisation = own_organisation(self.actor)
        if not governs_somewhere(self.actor):
            raise Forbidden(_("The access policy is told to access managers and auditors."))
        policy = current_policy(organisation.pk, clock.now())
        found: dict[str, Any] = {
            "version": policy.version, "two_managers": policy.two_managers,
            "second_factor_roles": sorted(policy.second_factor_roles), "forbidden_pairs": [list(pair) for pair in policy.pairs],
        }  # fmt: skip
        return Response(PolicyTermsOut(found).data)

    @extend_schema(request=AccessPolicyIn, responses={201: AccessPolicyOut})
    def create(self, request: Request) -> Response:
        """The next version; needs manage_access on the organisation. Stricter is in force at once; what is looser is
        `awaited` where two access managers are asked for."""
        values = self.valid(AccessPolicyIn)
        values["forbidden_pairs"] = [(one, other) for one, other in values["forbidden_pairs"]]
        made = set_access_policy(actor=self.actor, organisation=own_organisation(self.actor), **values)
        return Response(AccessPolicyOut(made).data, status=201)
