"""Changes of access that await a second access manager, whatever their kind."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import changes
from accounts.models import (
    AccessPolicy,
    AuthorityLimit,
    Conferred,
    Delegation,
    Membership,
    Placement,
    RoleGrant,
    RolePermission,
    State,
    User,
)
from accounts.second_manager import LAPSES_AFTER
from api.fields import Moment, MoneyOut, PersonOut
from api.v1.budgets import money
from api.v1.conferred import GroupOut
from api.v1.scopes import ScopeOut, shown
from core import clock


class PlaceNameOut(serializers.Serializer[Any]):
    """A brand or an ad account, by name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class PolicyTermsOut(serializers.Serializer[Any]):
    """What a version of the access policy says."""

    version = serializers.IntegerField()
    two_managers = serializers.BooleanField(help_text="What widens access needs a second access manager.")
    second_factor_roles = serializers.ListField(
        child=serializers.CharField(), help_text="Roles whose holders log in with a second factor."
    )
    forbidden_pairs = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Roles that nobody holds together on one place."
    )


class AccessChangeOut(serializers.Serializer[Any]):
    """One change. Members that its kind does not have are null."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=list(changes.KINDS))
    status = serializers.ChoiceField(choices=State.values)
    scope = ScopeOut(help_text="Where one has to manage access to confirm it.")
    role = serializers.CharField(allow_null=True)
    permission = serializers.CharField(allow_null=True)
    user = PersonOut(allow_null=True, help_text="Who gains.")
    on_behalf_of = PersonOut(allow_null=True, help_text="For whom they would decide.")
    group = GroupOut(allow_null=True)
    ad_account = PlaceNameOut(allow_null=True)
    brand = PlaceNameOut(allow_null=True)
    policy = PolicyTermsOut(allow_null=True)
    limit = MoneyOut(allow_null=True, help_text="Up to how much they would approve.")
    proposed_by = serializers.CharField()
    proposed_at = Moment()
    confirmed_by = serializers.CharField(allow_blank=True)
    starts_at = Moment(allow_null=True)
    expires_at = Moment(allow_null=True)
    lapses_at = Moment(help_text="From then on it can only be declined.")


def change(fact: Conferred) -> dict[str, Any]:
    """A change from a row in hand."""
    return {
        "id": fact.pk,
        "kind": changes.kind(fact),
        "status": fact.state_at(clock.now()).value,
        "scope": shown(changes.scope(fact)),
        "proposed_by": fact.granted_by,
        "proposed_at": fact.granted_at,
        "confirmed_by": fact.confirmed_by,
        "starts_at": fact.starts_at,
        "expires_at": fact.expires_at,
        "lapses_at": fact.granted_at + LAPSES_AFTER,
        **dict.fromkeys(("role", "permission", "user", "on_behalf_of", "group", "ad_account", "brand", "policy", "limit")),
        **_of_kind(fact),
    }


def _of_kind(fact: Conferred) -> dict[str, Any]:
    if isinstance(fact, RoleGrant):
        return {"role": fact.role_id, "user": fact.user and _person(fact.user), "group": fact.group}
    if isinstance(fact, Membership):
        return {"user": _person(fact.user), "group": fact.group}
    if isinstance(fact, RolePermission):
        return {"role": fact.role_id, "permission": fact.codename}
    if isinstance(fact, Delegation):
        return {"user": _person(fact.delegate), "on_behalf_of": _person(fact.delegator)}
    if isinstance(fact, AuthorityLimit):
        return {"user": _person(fact.user), "limit": money(fact.amount_minor, fact.currency)}
    if isinstance(fact, Placement):
        return {"ad_account": fact.ad_account, "brand": fact.brand}
    return {"policy": fact} if isinstance(fact, AccessPolicy) else {}


def _person(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": str(user)}
