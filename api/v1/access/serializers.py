"""Why, who, and who has what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.explain import Explanation, Holder, Missing, Reason
from accounts.models import Conferred, RoleGrant, State
from api.fields import Id, Moment, PersonOut, Strict
from api.v1.conferred import ClashOut, GroupOut
from api.v1.scopes import ScopeOut, shown

MOST = 1000


class ReasonOut(serializers.Serializer[Any]):
    """One grant that gives it."""

    grant = serializers.UUIDField()
    role = serializers.CharField()
    title = serializers.CharField(help_text="The role in words.")
    scope = ScopeOut()
    group = GroupOut(allow_null=True, help_text="Through which user group.")
    since = Moment()
    until = Moment(allow_null=True)
    counts_for_earlier_from = Moment(
        allow_null=True,
        help_text="Of what approves: from when it counts for requests that were submitted before `since`, unless somebody who"
        " contributed to them gave it.",
    )
    second_factor = serializers.BooleanField(
        help_text="The role demands a second factor: a person's token made without one does not give this."
    )


class MissingOut(serializers.Serializer[Any]):
    """What stands in the way."""

    code = serializers.CharField(help_text="Permanent; for programs.")
    detail = serializers.CharField()
    grant = serializers.UUIDField(allow_null=True, help_text="The grant that nearly gives it.")


class AskedOut(serializers.Serializer[Any]):
    """What was asked."""

    permission = serializers.CharField()
    object = serializers.CharField()
    scope = ScopeOut(help_text="Where it was judged: of what lies below an ad account, the ad account.")
    at = Moment()


class ExplanationOut(AskedOut):
    """Whether somebody may, and why or why not."""

    user = PersonOut()
    allowed = serializers.BooleanField()
    because = ReasonOut(many=True)
    missing = MissingOut(many=True)


class HolderOut(serializers.Serializer[Any]):
    """Somebody who may, and why."""

    user = PersonOut()
    because = ReasonOut(many=True)


class HoldersOut(AskedOut):
    """Who may."""

    holders = HolderOut(many=True)


class ReviewIn(Strict):
    """What an access manager looked at and found right."""

    grants = serializers.ListField(child=Id(), max_length=MOST, default=[])
    memberships = serializers.ListField(child=Id(), max_length=MOST, default=[])

    def validate(self, attrs: Any) -> Any:
        if not attrs["grants"] and not attrs["memberships"]:
            words = ErrorDetail(_("Name what you reviewed, in `grants` or `memberships`."), code="required")
            raise serializers.ValidationError({"grants": [words]})
        return attrs


class ReviewedOut(serializers.Serializer[Any]):
    """How many were marked."""

    reviewed = serializers.IntegerField()


class UserUseOut(PersonOut):
    """Somebody, and when they were last seen."""

    email = serializers.CharField()
    is_active = serializers.BooleanField()
    last_login = Moment(allow_null=True)
    last_token_use = Moment(allow_null=True)


class HoldingOut(serializers.Serializer[Any]):
    """A role grant or a membership, as it is reviewed."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=("role_grant", "membership"))
    status = serializers.ChoiceField(choices=State.values)
    user = UserUseOut(allow_null=True)
    group = GroupOut(allow_null=True)
    role = serializers.CharField(allow_null=True)
    scope = ScopeOut(allow_null=True)
    granted_by = serializers.CharField()
    granted_at = Moment()
    since = Moment(allow_null=True)
    expires_at = Moment(allow_null=True)
    reviewed_at = Moment(allow_null=True, help_text="When an access manager last found it right.")
    clashes = ClashOut(many=True)


# --- from what the packages answer ------------------------------------------------------------------------------------------


def _reason(reason: Reason) -> dict[str, Any]:
    grant = reason.grant
    return {
        "grant": grant.pk, "role": grant.role_id, "title": str(grant.role), "scope": shown(grant.scope),
        "group": reason.membership and reason.membership.group, "since": reason.since, "until": reason.until,
        "counts_for_earlier_from": reason.counts_for_earlier_from,
        "second_factor": reason.second_factor,
    }  # fmt: skip


def _missing(missing: Missing) -> dict[str, Any]:
    return {"code": missing.code, "detail": str(missing.words), "grant": missing.grant and missing.grant.pk}


def explanation(found: Explanation) -> dict[str, Any]:
    return {
        "user": {"id": found.user.pk, "name": str(found.user)},
        "allowed": found.allowed,
        "because": [_reason(each) for each in found.because],
        "missing": [_missing(each) for each in found.missing],
    }


def holders(found: Iterable[Holder]) -> list[dict[str, Any]]:
    return [
        {"user": {"id": each.user.pk, "name": str(each.user)}, "because": [_reason(reason) for reason in each.because]}
        for each in found
    ]


def holding(fact: Conferred, uses: Any, clashes: Any, now: Any) -> dict[str, Any]:
    """A fact of the review from rows in hand; `uses` say when tokens were last used, by user."""
    row: Any = fact
    user = row.user and {
        "id": row.user_id, "name": str(row.user), "email": row.user.email, "is_active": row.user.is_active,
        "last_login": row.user.last_login, "last_token_use": uses.get(row.user_id),
    }  # fmt: skip
    is_grant = isinstance(fact, RoleGrant)
    return {
        "id": fact.pk, "kind": "role_grant" if is_grant else "membership", "status": fact.state_at(now).value,
        "user": user, "group": row.group, "role": row.role_id if is_grant else None,
        "scope": shown(fact.scope) if isinstance(fact, RoleGrant) else None,
        "granted_by": fact.granted_by, "granted_at": fact.granted_at, "since": fact.since, "expires_at": fact.expires_at,
        "reviewed_at": row.reviewed_at, "clashes": clashes.get(fact.pk, []),
    }  # fmt: skip
