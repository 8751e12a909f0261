"""Why somebody may or may not, and who could (R-58): the same relation as `accounts.permissions`, for now or for a past day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.access_policy import current_policy
from accounts.models import Conferred, EffectiveGrant, Membership, RoleGrant, RolePermission, Scope, User
from accounts.roles import APPROVING, PERMISSIONS
from core import clock
from core.actor import Actor
from core.dates import moment_lazy
from core.errors import Forbidden, NotFound, Words, say

_Fact = TypeVar("_Fact", bound=Conferred)
_SCOPES = ("organisation", "brand__organisation", "ad_account__brand__organisation", "page__brand__organisation")


@dataclass(frozen=True, slots=True)
class Reason:
    """One grant that gives the permission: on which scope, through which membership, until when.

    `counts_for_earlier_from`: from when it counts for what was put forward before `since`, unless a contributor gave it
    (R-13); None for what approves nothing. `second_factor`: its role demands one, so that a person's token made without it
    gives nothing of this."""

    grant: RoleGrant
    membership: Membership | None
    since: datetime
    until: datetime | None
    counts_for_earlier_from: datetime | None
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands in the way: a permanent code, and words to act on."""

    code: str
    words: Words
    grant: RoleGrant | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one person, permission and object at one moment."""

    user: User
    permission: str
    scope: Scope
    at: datetime
    because: list[Reason]
    missing: list[Missing]

    @property
    def allowed(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who could, and why."""

    user: User
    because: list[Reason]


def explain(
    user: User, permission: str, scope: Scope, at: datetime | None = None, told: QuerySet[RoleGrant] | None = None
) -> Explanation:
    """Whether `user` may do `permission` on `scope`, and by which grants, or what is missing (R-58).

    `at` is a past moment; without it the answer is for now, and the same as that of `accounts.permissions`. `told` are the
    grants that whoever asks may see (None: all): one that lies elsewhere would name a place that is not there for them.
    """
    moment = at or clock.now()
    rows = list(permissions.holdings(permission, scope, moment).filter(user_id=user.pk))
    because = list(_reasons(rows, moment))
    if not user.is_active and at is None:
        words = _("This person is deactivated.")
        return Explanation(user, permission, scope, moment, [], [Missing("deactivated", words)])
    missing = [] if because else list(_missing(user, permission, scope, moment, told))
    return Explanation(user, permission, scope, moment, because, missing)


def through_token(found: Explanation, held: permissions.Grants) -> Explanation:
    """The answer for whoever asks about themselves with a token that gives `held`: what it leaves out is missing."""
    if not found.allowed or held.allows(found.permission, found.scope):
        return found
    if held.withheld is not None and held.withheld.allows(found.permission, found.scope):
        why = Missing("second_factor_required", _("Your role demands a second factor, and this token was made without one."))
    else:
        why = Missing("token_narrowed", _("You hold it, but this token is narrowed and does not give it."))
    return replace(found, missing=[why])


def holders(permission: str, scope: Scope, at: datetime | None = None) -> list[Holder]:
    """Who may do `permission` on `scope`, now or at a past moment, by name: the question the other way round."""
    moment = at or clock.now()
    return _held(permissions.holdings(permission, scope, moment), moment, at is not None).get(permission, [])


def everybody(chain: Iterable[tuple[str, UUID]], at: datetime | None = None) -> dict[str, list[Holder]]:
    """Permission → who may do it on the lowest scope of a chain (permissions.scope_chain): `holders` of all at once, in
    five statements. The chain need not be one that exists: an ad account under another brand shows what moving it does."""
    moment = at or clock.now()
    return _held(EffectiveGrant.objects.filter(permissions.at(moment), permissions.on(chain)), moment, at is not None)


def managing_after(
    now: datetime, *, grants: Collection[UUID] = (), memberships: Collection[UUID] = (), users: Collection[UUID] = ()
) -> list[tuple[Scope, set[UUID], set[UUID]]]:
    """Where somebody manages access by what is to end together (ids of role grants, of memberships, of people):
    (scope, people who manage access on it now, those of them who still will). One statement a scope, and two."""
    live = EffectiveGrant.objects.filter(permissions.at(now), codename="manage_access")
    ending = Q(grant_id__in=[*grants]) | Q(membership_id__in=[*memberships]) | Q(user_id__in=[*users])
    gone = RoleGrant.objects.filter(pk__in=live.filter(ending).values("grant_id")).select_related(*_SCOPES)
    people, found = User.objects.filter(is_active=True, kind="person").values("pk"), []
    for scope in {grant.scope.pk: grant.scope for grant in gone}.values():
        listed = live.filter(permissions.on(permissions.scope_chain(scope)), user_id__in=people)
        rows = list(listed.values_list("user_id", "grant_id", "membership_id"))
        left = {
            user for user, grant, membership in rows
            if user not in users and grant not in grants and membership not in memberships
        }  # fmt: skip
        found.append((scope, {user for user, *_by in rows}, left))
    return found


def _held(holdings: Iterable[EffectiveGrant], moment: datetime, past: bool) -> dict[str, list[Holder]]:
    """Permission → who holds it, by name; whoever is deactivated only in the past."""
    rows = sorted(holdings, key=lambda row: row.grant_id)
    people = {user.pk: user for user in User.objects.filter(pk__in={row.user_id for row in rows})}
    found: dict[str, dict[UUID, Holder]] = {}
    for row, reason in zip(rows, _reasons(rows, moment), strict=True):
        user = people[row.user_id]
        if user.is_active or past:
            found.setdefault(row.codename, {}).setdefault(user.pk, Holder(user, [])).because.append(reason)
    return {
        permission: sorted(held.values(), key=lambda each: (each.user.name, each.user.pk)) for permission, held in found.items()
    }


def _reasons(rows: Iterable[EffectiveGrant], moment: datetime) -> Iterator[Reason]:
    """The rows with their grants and memberships, by grant: three statements."""
    listed = list(rows)
    grants = RoleGrant.objects.select_related("role", "group", "user", *_SCOPES).in_bulk([row.grant_id for row in listed])
    wanted = [row.membership_id for row in listed if row.membership_id]
    memberships: Mapping[UUID, Membership] = Membership.objects.select_related("group").in_bulk(wanted)
    marked = _marked(next(iter(grants.values())), moment) if grants else frozenset()
    for row in sorted(listed, key=lambda each: each.grant_id):
        membership, grant = memberships[row.membership_id] if row.membership_id else None, grants[row.grant_id]
        earlier = row.since + timedelta(minutes=settings.MINIMUM_HOLDING_MINUTES) if row.codename in APPROVING else None
        demanded = grant.role_id in marked and row.codename != "view"
        yield Reason(grant, membership, row.since, row.until, earlier, demanded)


def _marked(grant: RoleGrant, moment: datetime) -> frozenset[str]:
    """Ids of the roles that demand a second factor where a grant is: grants that are told together are of one organisation."""
    _kind, organisation = permissions.scope_chain(grant.scope)[-1]
    return current_policy(organisation, moment).second_factor_roles


# --- what is missing -----------------------------------------------------------------------------------------------------


def _missing(
    user: User, permission: str, scope: Scope, moment: datetime, told: QuerySet[RoleGrant] | None
) -> Iterator[Missing]:
    """Why not: what nearly gives it, or that nothing does."""
    if user.is_service_account and permission in APPROVING:
        yield Missing("machine", _("A service account never satisfies a human stage, whatever it holds."))
        return
    roles = RolePermission.objects.filter(codename=permission)
    memberships = _nearest_by_group(Membership.objects.filter(user=user), moment)
    held = RoleGrant.objects.filter(Q(user=user) | Q(group_id__in=memberships), role__in=roles.values("role_id"))
    found = list(held.select_related("role", "group", *_SCOPES).order_by("pk"))
    chain = {identifier for _kind, identifier in permissions.scope_chain_at(scope, moment)}
    near = [grant for grant in found if grant.scope.pk in chain]
    for grant in near:
        if why := _not_in_force(grant, memberships.get(grant.group_id or 0), permission, moment):
            yield why
    if near:
        return
    elsewhere = [each for each in found if not _not_in_force(each, memberships.get(each.group_id or 0), permission, moment)]
    if told is not None and elsewhere:
        seen = set(told.filter(pk__in=[each.pk for each in elsewhere]).values_list("pk", flat=True))
        elsewhere = [each for each in elsewhere if each.pk in seen]
    for grant in elsewhere:
        words = _("“{role}” on {where} gives it, but {scope} does not lie below that.")
        yield Missing("elsewhere", say(words, role=grant.role, where=str(grant.scope), scope=str(scope)), grant)
    if not elsewhere:
        words = _("No role gives “{permission}” on {scope} or above it.")
        yield Missing("no_grant", say(words, permission=PERMISSIONS.get(permission, permission), scope=str(scope)))


def _nearest(facts: Iterable[_Fact], moment: datetime) -> _Fact | None:
    """Of several facts that say the same the one to tell of: in force at the moment, or else the last that was given."""
    ordered = sorted(facts, key=lambda each: (each.holds_at(moment), each.granted_at <= moment, each.granted_at, each.pk))
    return ordered[-1] if ordered else None


def _nearest_by_group(memberships: Iterable[Membership], moment: datetime) -> dict[int, Membership]:
    by_group: dict[int, list[Membership]] = {}
    for row in memberships:
        by_group.setdefault(row.group_id, []).append(row)
    return {group: found for group, rows in by_group.items() if (found := _nearest(rows, moment))}


def _not_in_force(grant: RoleGrant, membership: Membership | None, permission: str, moment: datetime) -> Missing | None:
    """Why a grant gives nothing at this moment; None when it does."""
    given = _nearest(RolePermission.objects.filter(role=grant.role_id, codename=permission), moment)
    facts: list[tuple[str, Conferred | None]] = [("grant", grant), ("membership", membership), ("permission", given)]
    for name, fact in facts:
        if fact is None or fact.holds_at(moment):
            continue
        code, when = _why_not(fact, moment)
        said = {"when": moment_lazy(when)} if when else {}
        return Missing(f"{name}_{code}", say(_WORDS[code], **said, **_names(grant, name)), grant)
    return None


def _why_not(fact: Conferred, moment: datetime) -> tuple[str, datetime | None]:
    """Why a fact is not in force at a moment, and when it was or will be otherwise."""
    until = fact.until
    if until is not None and until <= moment:
        return ("revoked" if until == fact.revoked_at else "expired"), until
    return ("awaits_second", None) if fact.since is None else ("not_begun", fact.since)


_WHAT = {"grant": _("The grant"), "membership": _("The membership behind it"), "permission": _("The permission in it")}
_WORDS = {
    "awaits_second": _("“{role}” on {where}{group}: {what} awaits a second access manager."),
    "not_begun": _("“{role}” on {where}{group}: {what} begins later, on {when}."),
    "revoked": _("“{role}” on {where}{group}: {what} was ended on {when}."),
    "expired": _("“{role}” on {where}{group}: {what} expired on {when}."),
}


def _names(grant: RoleGrant, what: str) -> dict[str, object]:
    group = f" ({grant.group.title})" if grant.group else ""
    return {"role": grant.role, "where": str(grant.scope), "group": group, "what": _WHAT[what]}


# --- who may ask ----------------------------------------------------------------------------------------------------------


def check_may_ask(actor: Actor, scope: Scope, about: User | None = None) -> None:
    """Everybody may ask about themselves, where they see the object; about others whoever manages access or audits there.

    Raises NotFound (object or person not visible), Forbidden.
    """
    permissions.check_visible(actor, scope)
    if about is not None and str(about.pk) == actor.id:
        return
    held = permissions.grants_of_actor(actor)
    if not (held.allows("manage_access", scope) or held.allows("audit", scope)):
        raise Forbidden(_("Who may do what is told to access managers and auditors of this place."))
    if about is not None and about.organisation_id != permissions.scope_chain(scope)[-1][1]:
        raise NotFound()
