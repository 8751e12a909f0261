"""Deciding for somebody else (R-15): whether a person stands in for another on a stage, by which delegation, and by what the other
holds. Judged under the lock of the request, like everything about a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import authentication, permissions
from accounts.access_policy import current_policy
from accounts.errors import SecondFactorRequired
from accounts.models import Delegation, User
from accounts.permissions import Grants
from approvals import eligibility
from approvals.eligibility import Holder
from approvals.errors import (
    AboveLimit,
    BeyondLimit,
    GivenByContributor,
    HeldTooBriefly,
    MachineDecision,
    NotAsked,
    NotDeputy,
    SelfApproval,
)
from approvals.models import Stage
from approvals.services.bench import Bench
from core.actor import Actor
from core.errors import Forbidden, say
from core.money import Money


@dataclass(frozen=True, slots=True)
class Proxy:
    """For whom somebody decides, by which delegation, and what of theirs counts for the request."""

    person: User
    delegation: Delegation
    grants: Grants


def check_person(bench: Bench, user: User) -> None:
    """A person who did not contribute (R-16, R-33). Raises MachineDecision, SelfApproval."""
    if user.is_service_account:
        raise MachineDecision(_("A decision is made by a person; a service account can only propose."))
    if eligibility.contributed(user.pk, bench.request):
        raise SelfApproval(_("You contributed to this request or changed its policy, so somebody else has to decide it."))


def check_asked(bench: Bench, stage: Stage, person: UUID) -> None:
    """Whether the stage asks this person, or somebody who left and for whom they stand in (R-17). Raises NotAsked."""
    if not eligibility.asks(stage, bench.request, bench.now, person):
        words = say(_("The stage “{stage}” asks other people or groups."), stage=stage.title)
        raise NotAsked(words, stage=stage.key)


def check_authority(bench: Bench, stage: Stage, person: UUID) -> None:
    """Whether somebody's limit covers what the request can spend, where the stage asks for that (R-25). Raises AboveLimit. No
    statement where it does not."""
    if not stage.asks_authority:
        return
    request = bench.request
    limit = eligibility.limits(request, bench.now).get(person)
    if eligibility.covers(limit, request):
        return
    exposure = Money(request.exposure_minor, request.currency)
    told = None if limit is None else Money(limit, request.currency)
    words = _("This can spend {exposure}, and the limit is {limit}; the stage “{stage}” asks for somebody who may approve as much.")
    if told is None:
        words = _("This can spend {exposure}, and there is no limit in {currency}; the stage “{stage}” asks for authority over it.")
    said = say(words, exposure=str(exposure), limit=str(told or ""), currency=request.currency, stage=stage.title)
    raise AboveLimit(said, stage=stage.key, limit=_shown(told), exposure=_shown(exposure))


def _shown(money: Money | None) -> dict[str, str] | None:
    return None if money is None else {"amount": f"{money.amount:f}", "currency": money.currency}


def proxy_for(bench: Bench, actor: Actor, user: User, grants: Grants, stage: Stage, delegator: UUID) -> Proxy:
    """What lets `user` decide a stage for somebody. Raises MachineDecision, SelfApproval, NotDeputy, BeyondLimit, HeldTooBriefly,
    GivenByContributor, NotAsked, AboveLimit, SecondFactorRequired, Forbidden."""
    check_person(bench, user)
    rows = [
        row for row in eligibility.standing_in(bench.request, bench.now)
        if (row.delegator_id, row.delegate_id) == (delegator, user.pk) and stage.permission in row.permissions
    ]  # fmt: skip
    if not rows:
        raise NotDeputy(_("You do not stand in for this person on such stages now."))
    if eligibility.contributed(delegator, bench.request):
        words = _("The person for whom you stand in contributed to this request, so somebody else has to decide it.")
        raise SelfApproval(words)
    check_authority(bench, stage, delegator)
    held = eligibility.seated(stage, bench.request, bench.now)
    chosen = _chosen(bench, stage, rows, held)
    _check_own(bench, actor, grants, stage, chosen)
    check_asked(bench, stage, delegator)
    return Proxy(chosen.delegator, chosen, _of_delegator(bench, actor, stage, chosen))


def _chosen(bench: Bench, stage: Stage, rows: Sequence[Any], held: Sequence[Holder]) -> Any:
    """The delegation by which it is decided. Raises GivenByContributor, HeldTooBriefly, BeyondLimit, AboveLimit, NotDeputy."""
    counting = [row for row in rows if row.counts]
    if not counting:
        if eligibility.why_not_by(rows[0]) == eligibility.GIVEN_BY_CONTRIBUTOR:
            raise GivenByContributor(_("Somebody who worked on this gave the delegation after it was put forward."))
        brief = _("You stand in for this person since a moment ago; it counts for this after {minutes} minutes.")
        raise HeldTooBriefly(say(brief, minutes=bench.request.minimum_holding_minutes))
    if not any(eligibility.is_within(row, bench.request) for row in counting):
        raise BeyondLimit(_("This can spend more than the delegation is for."))
    found = eligibility.usable(stage, bench.request, counting, held)
    if not found:
        if any(each.reason == eligibility.ABOVE_LIMIT and each.person.pk == rows[0].delegate_id for each in held):
            check_authority(bench, stage, rows[0].delegate_id)
        words = _("You stand in for this person where you may decide yourself, and you may not decide this stage.")
        raise NotDeputy(words, permission=stage.permission)
    return found[0]


def _check_own(bench: Bench, actor: Actor, grants: Grants, stage: Stage, chosen: Delegation) -> None:
    """What the delegate holds themselves, as far as whatever speaks for them gives it. Raises Forbidden, SecondFactorRequired."""
    account = bench.request.ad_account
    if grants.allows(stage.permission, account):
        return
    if not chosen.conveyed:
        words = say(_("This needs the permission “{permission}” on {scope}."), permission=stage.permission, scope=str(account))
        raise permissions.lacking(grants, stage.permission, account, words)
    if permissions.is_narrowed(actor):
        raise Forbidden(_("This token is narrowed: it does what its permissions say, and nothing else in your name."))


def _of_delegator(bench: Bench, actor: Actor, stage: Stage, chosen: Delegation) -> Grants:
    """What the delegator holds at this moment and counts for the request; what demands a second factor of them demands it of
    whoever stands in for them. Raises SecondFactorRequired, Forbidden."""
    account, person = bench.request.ad_account, chosen.delegator
    counting = eligibility.held_for(bench.request)
    marked: frozenset[str] = frozenset()
    if not authentication.second(authentication.made_with(actor)):
        marked = current_policy(account.brand.organisation_id, bench.now).second_factor_roles
    given = permissions.grants_of(person, bench.now, counting, marked)
    if given.allows(stage.permission, account):
        return given
    if marked and permissions.grants_of(person, bench.now, counting).allows(stage.permission, account):
        words = _("The role of the person for whom you stand in demands a second factor; log in with yours.")
        raise SecondFactorRequired(words, permission=stage.permission)
    raise Forbidden(_("The person for whom you stand in may not decide this stage now."), permission=stage.permission)
