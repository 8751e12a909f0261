"""Who may decide one request (R-13): who holds the permission now, by something that counts for this request, and is asked.

What somebody was given after the request was put forward counts only if nobody who contributed gave or confirmed it, and once
it is old enough: otherwise a submitter who manages access makes approvers for their own request. Whoever also holds it by
something older is not touched. The guards in the database say the same (approvals.views).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When

from accounts import permissions
from accounts.models import (
    Absence,
    AuthorityLimit,
    Conferred,
    Delegation,
    Membership,
    RoleGrant,
    RolePermission,
    User,
    live_at,
)
from accounts.permissions import AD_ACCOUNT, BRAND, ORGANISATION, Held
from accounts.roles import APPROVING
from approvals.models import ApprovalRequest, Decision, Stage
from approvals.quorum import Electorate, Terms
from core.statements import prepared

HELD_TOO_BRIEFLY, GIVEN_BY_CONTRIBUTOR, ABOVE_LIMIT = "held_too_briefly", "given_by_contributor", "above_limit"
_FACTS: Final[dict[str, type[Conferred]]] = {
    "grant_id": RoleGrant, "role_permission_id": RolePermission, "membership_id": Membership,
}  # fmt: skip
"""Column of EffectiveGrant → the fact that it names: all of them make a holding."""


def _given_by(people: Sequence[UUID], submitted: datetime) -> Q:
    """The condition on EffectiveGrant: a part of it was given after the submission by one of these, or by a machine of theirs."""
    own = User.objects.filter(Q(pk__in=people) | Q(owner__in=people)).values("pk")

    def given(column: str, fact: type[Conferred]) -> Exists:
        late = fact._default_manager.filter(pk=OuterRef(column), since__gt=submitted)
        return Exists(late.filter(Q(granted_by_id__in=own) | Q(confirmed_by_id__in=own)))

    grant, *rest = [given(column, fact) for column, fact in _FACTS.items()]
    return Q(grant | rest[0] | rest[1])


def _named_by(people: Sequence[UUID]) -> Q:
    """The condition on facts: given or confirmed by one of these, or by a machine of theirs."""
    own = User.objects.filter(Q(pk__in=people) | Q(owner__in=people)).values("pk")
    return Q(granted_by_id__in=own) | Q(confirmed_by_id__in=own)


def _untouched(people: Sequence[UUID], submitted: datetime) -> Q:
    """The condition on EffectiveGrant: from before the submission, or given by nobody who contributed."""
    return Q(since__lte=submitted) | ~_given_by(people, submitted)


def _counting(people: Sequence[UUID], submitted: datetime, oldest: datetime) -> Q:
    """The condition on EffectiveGrant: counts for a request of these people, put forward then; `oldest` is when the last thing was
    given that is old enough."""
    return Q(since__lte=submitted) | (Q(since__lte=oldest) & ~_given_by(people, submitted))


def _of(request: ApprovalRequest, now: datetime) -> tuple[list[UUID], datetime, datetime]:
    """Who worked on a request, when it was put forward, and what was given after this moment is not old enough."""
    oldest = now - timedelta(minutes=request.minimum_holding_minutes)
    return [request.submitted_by_id, *map(UUID, request.contributors)], request.submitted_at, oldest


@prepared
def _counting_rows(
    user: UUID, now: datetime, people: Sequence[UUID], submitted: datetime, oldest: datetime
) -> QuerySet[Any]:
    return permissions.held_rows(user, now, _only_counting(people, submitted, oldest))


def _only_counting(people: Sequence[UUID], submitted: datetime, oldest: datetime) -> Q:
    return ~Q(codename__in=sorted(APPROVING)) | _counting(people, submitted, oldest)


def held_for(request: ApprovalRequest) -> Held:
    """What a principal holds that counts for `request`: of what approves; everything else as it is."""

    def rows(user: UUID, now: datetime, beyond: Set[str]) -> Iterable[Any]:
        if beyond:
            return permissions.held_rows(user, now, _only_counting(*_of(request, now)), beyond)
        return _counting_rows(user, now, *_of(request, now))

    return rows


def held_before(moment: datetime) -> Held:
    """What a principal holds that counts for every request put forward since `moment`: of what approves, what is from before it.
    Less than `held_for` of each of them, and one statement for all."""
    early = ~Q(codename__in=sorted(APPROVING)) | Q(since__lte=moment)
    return lambda user, now, beyond: permissions.held_rows(user, now, early, beyond)


@prepared
def _holders(
    permission: str, account: UUID, brand: UUID, organisation: UUID, now: datetime, people: Sequence[UUID],
    submitted: datetime, oldest: datetime,
) -> QuerySet[User]:  # fmt: skip
    chain = [(AD_ACCOUNT, account), (BRAND, brand), (ORGANISATION, organisation)]
    mine = permissions.live(permission, chain, now).filter(user_id=OuterRef("pk"))
    noted = Q(since__lte=submitted) | ~_named_by(people)
    away = Absence.objects.filter(live_at(now), noted, user=OuterRef("pk")).order_by("-expires_at").values("expires_at")
    return permissions.people_on(permission, chain, now).annotate(
        counts=Exists(mine.filter(_counting(people, submitted, oldest))),
        untouched=Exists(mine.filter(_untouched(people, submitted))),
        early=Exists(mine.filter(since__lte=submitted)),
        away=Subquery(away[:1]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holder:
    """An active person who holds a permission on the ad account of a request; why it does not count (empty: it does), whether
    they held it when the request was submitted, and until when they are away; where a stage asks for authority up to how much they
    approve."""

    person: User
    reason: str
    early: bool
    away: datetime | None = None
    limit_minor: int | None = None


def holders(permission: str, request: ApprovalRequest, now: datetime) -> list[Holder]:
    """By name, all who hold `permission` on the ad account of `request`: one statement."""
    rows: list[Any] = _holders(permission, *permissions.ids_of(request.ad_account), now, *_of(request, now))
    return [Holder(row, _why_not(row), row.early, row.away) for row in rows]


def _why_not(row: Any) -> str:
    return "" if row.counts else HELD_TOO_BRIEFLY if row.untouched else GIVEN_BY_CONTRIBUTOR


# --- up to how much (R-25) ---------------------------------------------------------------------------------------------------


@prepared
def _limits(
    account: UUID, brand: UUID, organisation: UUID, currency: str, now: datetime, people: Sequence[UUID], submitted: datetime,
    oldest: datetime,
) -> QuerySet[AuthorityLimit]:  # fmt: skip
    place = Q(ad_account=account) | Q(brand=brand) | Q(organisation=organisation)
    counts = Q(since__lte=submitted) | (Q(since__lte=oldest) & ~_named_by(people))
    return AuthorityLimit.objects.filter(live_at(now), place, counts, currency=currency).order_by("amount_minor", "pk")


def limits(request: ApprovalRequest, now: datetime) -> dict[UUID, int]:
    """By person the largest limit that counts for a request, minor units of its currency: limits never add up, and those in other
    currencies are none. One that was given after the submission counts like anything given (R-13). One statement."""
    rows = _limits(*permissions.ids_of(request.ad_account), request.currency, now, *_of(request, now))
    return {row.user_id: row.amount_minor for row in rows}


def covers(limit_minor: int | None, request: ApprovalRequest) -> bool:
    """Whether somebody with this limit (None: without one) may approve what a request can spend."""
    return limit_minor is not None and request.exposure_minor <= limit_minor


def seated(stage: Stage, request: ApprovalRequest, now: datetime) -> list[Holder]:
    """The holders of a stage's permission; where it asks for authority, whoever's limit is not enough does not count. One
    statement, and one more where it does."""
    held = holders(stage.permission, request, now)
    if not stage.asks_authority:
        return held
    known = limits(request, now)
    return [_limited(each, known.get(each.person.pk), request) for each in held]


def _limited(holder: Holder, limit_minor: int | None, request: ApprovalRequest) -> Holder:
    reason = holder.reason or ("" if covers(limit_minor, request) else ABOVE_LIMIT)
    return replace(holder, reason=reason, limit_minor=limit_minor)


# --- whom a stage asks -------------------------------------------------------------------------------------------------------


@prepared
def _members(
    groups: Sequence[UUID], now: datetime, people: Sequence[UUID], submitted: datetime, oldest: datetime
) -> QuerySet[Membership]:
    counts = Q(since__lte=submitted) | (Q(since__lte=oldest) & ~_named_by(people))
    rows = Membership.objects.filter(live_at(now), counts, group__public_id__in=groups).select_related("group")
    return rows.annotate(early=Case(When(since__lte=submitted, then=True), default=False)).order_by("pk")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a stage asks of those who hold its permission: people by id, and by person the groups (ids) among those it names, by
    memberships that count for the request; `early` whom it asked when it was submitted. Who is asked since it was escalated is
    asked as well (R-20), and who stands in for those of the people who were deactivated (R-17)."""

    everybody: bool
    people: frozenset[UUID]
    groups: Mapping[UUID, frozenset[str]]
    early: frozenset[UUID]
    successors: frozenset[UUID] = frozenset()

    def asks(self, person: UUID) -> bool:
        return self.everybody or person in self.people or person in self.groups or person in self.successors

    def awaits(self, person: UUID) -> bool:
        """Whether it asked this person when the request was submitted."""
        return self.everybody or person in self.early


def asked(stage: Stage, request: ApprovalRequest, now: datetime) -> Asked:
    """Whom a stage asks: no statement where it names no group, else one."""
    own = frozenset(map(UUID, stage.people))
    if not own and not stage.groups:
        return Asked(True, own, {}, frozenset())
    escalated = stage.escalated_at is not None
    people = own | frozenset(map(UUID, stage.escalate_to_people if escalated else ()))
    asked_groups = {*stage.groups, *(stage.escalate_to_groups if escalated else ())}
    rows: list[Any] = _members(sorted(map(UUID, asked_groups)), now, *_of(request, now)) if asked_groups else []
    groups: dict[UUID, frozenset[str]] = {}
    for row in rows:
        groups[row.user_id] = groups.get(row.user_id, frozenset()) | {str(row.group.public_id)}
    early = {row.user_id for row in rows if row.early and str(row.group.public_id) in stage.groups}
    return Asked(False, people, groups, own | early)


def asked_now(stage: Stage, request: ApprovalRequest, now: datetime, held: Iterable[Holder]) -> Asked:
    """`asked`, with those who took over from people who left: one statement more where somebody named does not hold the permission
    (any more)."""
    asks = asked(stage, request, now)
    if asks.people <= {each.person.pk for each in held}:
        return asks
    rows = [row for row in standing_in(request, now) if row.counts and stage.permission in row.permissions]
    gone = {row.delegate_id for row in rows if not row.delegator.is_active and row.delegator_id in asks.people}
    return replace(asks, successors=frozenset(gone))


def asks(stage: Stage, request: ApprovalRequest, now: datetime, person: UUID) -> bool:
    """Whether a stage asks this person, or somebody who left and for whom they stand in (R-17)."""
    return asked(stage, request, now).asks(person) or asked_now(stage, request, now, ()).asks(person)


def electorate(stage: Stage, request: ApprovalRequest, now: datetime, elsewhere: Collection[UUID] = ()) -> Electorate:
    """Who may decide a stage now; `elsewhere` are those who approve another stage of it. At most two statements, and two more where
    somebody is away or left."""
    held = seated(stage, request, now)
    asks = asked_now(stage, request, now, held)
    found = [
        each for each in held
        if not each.reason and asks.asks(each.person.pk) and not contributed(each.person.pk, request)
    ]  # fmt: skip
    awaited = [each for each in found if each.early and asks.awaits(each.person.pk)]
    missed = _missed(stage, request, now, held) if any(each.away for each in awaited) and stage.everyone else frozenset()
    return Electorate(
        frozenset(each.person.pk for each in found),
        frozenset(each.person.pk for each in awaited) - frozenset(elsewhere) - missed,
        asks.groups,
    )  # fmt: skip


def _missed(stage: Stage, request: ApprovalRequest, now: datetime, held: Sequence[Holder]) -> frozenset[UUID]:
    """Who is away, and nobody stands in for them (R-15): one statement."""
    kept = {row.delegator_id for row in usable(stage, request, standing_in(request, now), held)}
    return frozenset(each.person.pk for each in held if each.away and each.person.pk not in kept)


# --- who stands in for whom (R-15) -------------------------------------------------------------------------------------------


@prepared
def _standing_in(
    account: UUID, brand: UUID, organisation: UUID, now: datetime, people: Sequence[UUID], submitted: datetime, oldest: datetime
) -> QuerySet[Delegation]:
    place = Q(ad_account=account) | Q(brand=brand) | Q(organisation=organisation)
    early, named = Q(since__lte=submitted), _named_by(people)
    rows = Delegation.objects.filter(live_at(now), place).select_related("delegator", "delegate").annotate(
        counts=Case(When(early | (Q(since__lte=oldest) & ~named), then=True), default=False),
        untouched=Case(When(early | ~named, then=True), default=False),
    )  # fmt: skip
    return rows.order_by("-pk")


def standing_in(request: ApprovalRequest, now: datetime) -> list[Any]:
    """The delegations in force on the ad account of a request, the latest first, each with whether it counts for the request like
    anything given (`counts`, `untouched`; R-13): one statement."""
    return _standing_in(*permissions.ids_of(request.ad_account), now, *_of(request, now))


def why_not_by(row: Any) -> str:
    """Why a delegation does not count for the request it was read for; empty: it does."""
    return _why_not(row)


def is_within(row: Delegation, request: ApprovalRequest) -> bool:
    """Whether a delegation is for requests of so much money."""
    return row.limit_minor is None or (row.currency == request.currency and request.exposure_minor <= row.limit_minor)


def usable(stage: Stage, request: ApprovalRequest, rows: Iterable[Any], held: Iterable[Holder]) -> list[Any]:
    """Of `standing_in` those by which somebody may decide a stage for somebody; `held` are the holders of its permission. That the
    delegator may decide it is another question."""
    own = {each.person.pk for each in held if not each.reason}
    return [
        row for row in rows
        if row.counts and stage.permission in row.permissions and is_within(row, request)
        and row.delegate.is_active and (row.conveyed or row.delegate_id in own)
        and not contributed(row.delegate_id, request) and not contributed(row.delegator_id, request)
    ]  # fmt: skip


def lapsed(stage: Stage, request: ApprovalRequest, now: datetime, votes: Iterable[Decision]) -> frozenset[UUID]:
    """The seats for which somebody decided a stage, and may do so no longer. No statement where nobody decided for another."""
    last = {vote.seat_id: vote for vote in votes if vote.stage_id == stage.pk}
    acted = [vote for vote in last.values() if vote.delegation_id is not None]
    if not acted:
        return frozenset()
    held = seated(stage, request, now)
    ways = {row.pk for row in usable(stage, request, standing_in(request, now), held)}
    return frozenset(vote.seat_id for vote in acted if vote.delegation_id not in ways)


def tied_to(people: Collection[UUID], rows: Iterable[Delegation]) -> frozenset[UUID]:
    """These, and for whom each of them stands in now, and who for them: with these they hold one vote (R-15)."""
    pairs = [(row.delegator_id, row.delegate_id) for row in rows]
    return frozenset({*people, *(b for a, b in pairs if a in people), *(a for a, b in pairs if b in people)})


def contributed(person: UUID, request: ApprovalRequest) -> bool:
    """Whether somebody submitted a request or worked on what is in it (R-16)."""
    return person == request.submitted_by_id or str(person) in request.contributors


def terms(stage: Stage) -> Terms:
    """What a stage asks for."""
    return Terms(stage.quorum, stage.everyone, frozenset(stage.groups if stage.each_group else ()))
