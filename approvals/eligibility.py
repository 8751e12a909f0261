"""Who may decide one request (R-13): who holds the permission now, by something that counts for this request.

What somebody was given after the request was put forward counts only if nobody who contributed gave or confirmed it, and once
it is old enough: otherwise a submitter who manages access makes approvers for their own request. Whoever also holds it by
something older is not touched. The guards in the database say the same (approvals.guards).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts import permissions
from accounts.models import Conferred, Membership, RoleGrant, RolePermission, User
from accounts.roles import APPROVING
from approvals.models import ApprovalRequest

HELD_TOO_BRIEFLY, GIVEN_BY_CONTRIBUTOR = "held_too_briefly", "given_by_contributor"
_FACTS: Final[dict[str, type[Conferred]]] = {
    "grant_id": RoleGrant, "role_permission_id": RolePermission, "membership_id": Membership,
}  # fmt: skip
"""Column of EffectiveGrant → the fact that it names: all of them make a holding."""


def _given_by_contributor(request: ApprovalRequest) -> Q:
    """The condition on EffectiveGrant: a part of it was given after the submission by a contributor, or by a machine of one."""
    people = [request.submitted_by_id, *map(UUID, request.contributors)]
    own = User.objects.filter(Q(pk__in=people) | Q(owner__in=people)).values("pk")

    def given(column: str, fact: type[Conferred]) -> Exists:
        late = fact._default_manager.filter(pk=OuterRef(column), since__gt=request.submitted_at)
        return Exists(late.filter(Q(granted_by_id__in=own) | Q(confirmed_by_id__in=own)))

    grant, *rest = [given(column, fact) for column, fact in _FACTS.items()]
    return Q(grant | rest[0] | rest[1])


def _untouched(request: ApprovalRequest) -> Q:
    """The condition on EffectiveGrant: from before the submission, or given by nobody who contributed."""
    return Q(since__lte=request.submitted_at) | ~_given_by_contributor(request)


def counting(request: ApprovalRequest, now: datetime) -> Q:
    """The condition on EffectiveGrant: counts for `request` at this moment."""
    oldest = now - timedelta(minutes=request.minimum_holding_minutes)
    return Q(since__lte=request.submitted_at) | (Q(since__lte=oldest) & ~_given_by_contributor(request))


def only_counting(request: ApprovalRequest, now: datetime) -> Q:
    """`counting` for what approves; everything else as it is."""
    return ~Q(codename__in=sorted(APPROVING)) | counting(request, now)


def holders(permission: str, request: ApprovalRequest, now: datetime) -> list[tuple[User, str]]:
    """Active people who hold `permission` on the ad account of `request`, by name, and why it does not count (empty: it
    does): one statement."""
    mine = permissions.live(permission, request.ad_account, now).filter(user_id=OuterRef("pk"))
    rows = permissions.people_with(permission, request.ad_account, now).annotate(
        counts=Exists(mine.filter(counting(request, now))), untouched=Exists(mine.filter(_untouched(request))),
    )  # fmt: skip
    return [(row, "" if row.counts else HELD_TOO_BRIEFLY if row.untouched else GIVEN_BY_CONTRIBUTOR) for row in rows]


def people(permission: str, request: ApprovalRequest, now: datetime) -> frozenset[UUID]:
    """Ids of those whose holding counts: one statement."""
    return frozenset(person.pk for person, reason in holders(permission, request, now) if not reason)
