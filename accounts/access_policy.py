"""What an organisation demands of its own access management, as it stands at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from accounts import authentication
from accounts.duties import Pair
from accounts.models import AccessPolicy, ApiToken, RoleGrant, User, live_at


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy in force. Version 0: none was ever set."""

    version: int = 0
    two_managers: bool = False
    second_factor_roles: frozenset[str] = frozenset()
    pairs: Sequence[Pair] = ()

    def loosened_by(self, other: Policy) -> bool:
        """Whether another policy would demand less anywhere."""
        return (
            (self.two_managers and not other.two_managers)
            or not self.second_factor_roles <= other.second_factor_roles
            or not set(map(frozenset, self.pairs)) <= set(map(frozenset, other.pairs))
        )


NONE = Policy()


def as_policy(row: AccessPolicy) -> Policy:
    """A version as it is judged by."""
    pairs = tuple((one, other) for one, other in row.forbidden_pairs)
    return Policy(row.version, row.two_managers, frozenset(row.second_factor_roles), pairs)


def current_policy(organisation: UUID, now: datetime) -> Policy:
    """The latest version in force: one statement."""
    row = AccessPolicy.objects.filter(live_at(now), organisation_id=organisation).order_by("-version").first()
    return as_policy(row) if row else NONE


def roles_beyond(token: ApiToken, now: datetime) -> frozenset[str]:
    """Ids of roles of which this token gives nothing but to see: those that demand a second factor, where a person's token
    was made without one. A machine's token is its own: it holds what was given to it alone and never approves (R-33). No
    statement for a token that was read `with_marked_roles`."""
    user = token.user
    if user.is_service_account or user.organisation_id is None or authentication.second(token.made_with):
        return frozenset()
    if "marked_roles" in token.__dict__:
        return frozenset(token.__dict__["marked_roles"] or ())
    return current_policy(user.organisation_id, now).second_factor_roles


def with_marked_roles(tokens: QuerySet[ApiToken], now: datetime) -> QuerySet[ApiToken]:
    """Tokens with `marked_roles`, those of their user's organisation that demand a second factor: no statement more."""
    policies = AccessPolicy.objects.filter(live_at(now), organisation_id=OuterRef("user__organisation_id"))
    latest = policies.order_by("-version").values("second_factor_roles")[:1]
    found: QuerySet[ApiToken] = tokens.annotate(marked_roles=Subquery(latest))
    return found


def second_factor_required(user: User, now: datetime) -> bool:
    """Whether this person holds a role, directly or through a group, whose holders log in with a second factor: two
    statements, one where the organisation marks no role."""
    if user.organisation_id is None:
        return False
    marked = current_policy(user.organisation_id, now).second_factor_roles
    if not marked:
        return False
    held = RoleGrant.objects.filter(live_at(now), role_id__in=marked)
    mine = held.filter(user=user) | held.filter(group__in=user.groups.values("pk"))
    return mine.exists()
