"""What a submission would bring about (D-10): which stages, whom they ask and why, how long that usually takes, and what would
spare some of them. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Scope, User
from approvals import eligibility, quorum
from approvals.authority import as_put_forward
from approvals.conditions import Proposal, condition
from approvals.models import ApprovalPolicy
from approvals.paces import Pace, paces
from approvals.plans import Plan
from approvals.proposals import matching
from approvals.queries import Seats, seats_of
from approvals.savings import Saving, savings
from approvals.services.submitting import stage_of
from approvals.stage_specs import StageSpec, parse_stages
from governance.contract import CannotJudge
from governance.expressions.vocabulary import Entry

NOBODY, TOO_FEW, SHARED, NO_AUTHORITY = "nobody", "too_few", "shared", quorum.NO_AUTHORITY
WARNINGS: Final[dict[str, Promise]] = {
    NOBODY: _("Nobody may decide this stage now; the request would wait until somebody is given the role."),
    TOO_FEW: _("Fewer people may decide this stage now than it needs; the request would wait for more."),
    NO_AUTHORITY: _("Too few people may approve what this can spend; the request would wait until somebody has a higher limit."),
    SHARED: _("Each person decides one stage of a request, and the stages together ask for more people than there are."),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a condition reads, and what it was; None where it could not be read, so that the condition holds (R-03)."""

    entry: Entry
    value: Any


@dataclass(frozen=True, slots=True)
class Cause:
    """A policy that asks for a stage: what it is bound to (None: everything), and what its condition read."""

    policy: ApprovalPolicy
    scope: Scope | None
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A stage as it would be: whom it asks (`seats`), which policies ask for it (none: it is the default stage, R-03), how long
    such stages take, and what stands in its way (a name of WARNINGS, or nothing). `added_for` is the stage for which it was
    added, because too few of those whom that one asks have the authority (R-25)."""

    spec: StageSpec
    seats: Seats
    causes: Sequence[Cause]
    pace: Pace
    warning: str
    added_for: StageSpec | None = None


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """A plan with its stages as they would be; `later` are policies that would add stages by what the checks find."""

    plan: Plan
    stages: Sequence[Foreseen]
    later: Sequence[Cause]
    savings: Sequence[Saving]

    def titles(self, keys: Iterable[str]) -> list[str]:
        """The titles of stages by their keys."""
        named = {each.spec.key: each.spec.title for each in self.stages}
        return [named[key] for key in keys]


def foresee(user: User, plan: Plan, now: datetime) -> RoutePreview:
    """What would come of a plan if this user submitted it at this moment. Called inside the transaction that made the plan."""
    found = matching(plan.governing, plan.proposal)
    request = as_put_forward(plan.account, user, plan.contributors, plan.policies, plan.exposure_minor, now)
    stages = [stage_of(request, index, spec) for index, spec in enumerate(plan.stages)]
    seated = seats_of(request, stages, [], now)
    took = paces([plan.account.pk], [spec.key for spec in plan.stages], now)
    crowded = quorum.short([(each.stage.key, each.stage.quorum, each.able.people) for each in seated])
    below = {spec.authority_by: spec for spec in plan.stages if spec.authority_by}
    foreseen = [
        Foreseen(
            spec, seats, _causes(found.asking, below.get(spec.key, spec), plan), took[spec.key], _warning(seats, crowded),
            below.get(spec.key),
        )
        for spec, seats in zip(plan.stages, seated, strict=True)
    ]
    later = [_cause(policy, plan.account, plan.proposal) for policy in found.waiting]
    return RoutePreview(plan, foreseen, later, savings(plan))


def _warning(seats: Seats, crowded: set[str]) -> str:
    if seats.obstacle == quorum.NO_AUTHORITY:
        return NO_AUTHORITY
    if not seats.eligible:
        return NOBODY
    if not quorum.reachable(eligibility.terms(seats.stage), seats.able):
        return TOO_FEW
    return SHARED if seats.stage.key in crowded else ""


# --- why ---------------------------------------------------------------------------------------------------------------------


def _causes(asking: Sequence[ApprovalPolicy], spec: StageSpec, plan: Plan) -> list[Cause]:
    return [_cause(policy, plan.account, plan.proposal) for policy in asking if _asks_for(policy, spec)]


def _asks_for(policy: ApprovalPolicy, spec: StageSpec) -> bool:
    """Whether a stage of a route is, or contains, one of the policy's; keys that were taken have something behind them."""
    own = (each for each in parse_stages(policy.stages) if spec.key == each.key or spec.key.startswith(f"{each.key}_"))
    return any(each.is_covered_by(spec) for each in own)


def _cause(policy: ApprovalPolicy, account: AdAccount, proposal: Proposal) -> Cause:
    return Cause(policy, scope_of(policy, account), facts(policy.condition, proposal))


def scope_of(policy: ApprovalPolicy, account: AdAccount) -> Scope | None:
    """What a policy that governs an ad account is bound to."""
    if policy.ad_account_id:
        return account
    if policy.brand_id:
        return account.brand
    return account.brand.organisation if policy.organisation_id else None


def facts(text: str, proposal: Proposal) -> list[Fact]:
    """What a condition reads of a proposal."""
    program = condition(text).program
    return [] if program is None else [Fact(entry, _value(entry, proposal)) for entry in program.entries]


def _value(entry: Entry, proposal: Proposal) -> Any:
    try:
        return entry.read(proposal)
    except CannotJudge:
        return None
