"""What would spare a submission some of its stages: found by routing it again without one of its changes, without one of its
ads, or with less money. Pure, but for what conditions ask of the database through a Proposal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from approvals.conditions import Proposal, condition
from approvals.plans import Plan, PlannedItem
from approvals.proposals import matching
from approvals.stage_specs import StageSpec
from campaigns.vocabulary import SECTIONS

MONEY: Final = frozenset({"budget", "schedule"})
"""The sections that the exposure follows from."""
EXPOSURES: Final = frozenset({"request.exposure_minor", "request.exposure_increase_minor"})
MOST_ADS: Final = 20
KINDS: Final = ("section", "item", "exposure")


@dataclass(frozen=True, slots=True)
class Saving:
    """A smaller submission, and the stages (keys) that it would not ask: without the change of a `section`, without an ad (`item`,
    by name), or with another `exposure`, in minor units."""

    kind: Literal["section", "item", "exposure"]
    what: str
    exposure_minor: int | None
    stages: tuple[str, ...]


def savings(plan: Plan) -> list[Saving]:
    """All that were found, the sections first."""
    found = [*_without_a_section(plan), *_without_an_ad(plan), *_with_less(plan)]
    return [each for each in found if each.stages]


def spared(now: Sequence[StageSpec], then: Sequence[StageSpec]) -> tuple[str, ...]:
    """The keys of the stages of one route that another has not, or with fewer people."""
    held = {(spec.key, spec.asked): spec.quorum for spec in then}
    return tuple(spec.key for spec in now if held.get((spec.key, spec.asked), 0) < spec.quorum)


def _routed(plan: Plan, other: Proposal) -> tuple[str, ...]:
    """Stages by limit are spared with those for which they were added (R-25)."""
    added = {spec.authority_by: spec.key for spec in plan.stages if spec.authority_by}
    own = [spec for spec in plan.stages if spec.key not in added]
    found = spared(own, matching(plan.governing, other).stages)
    return (*found, *(key for key, below in added.items() if below in found))


def _without_a_section(plan: Plan) -> Iterator[Saving]:
    """What is new cannot be left as it was."""
    fresh = {section for item in plan.items if item.base is None for section in item.changed}
    changed = plan.proposal.sections_changed
    for section in (each for each in SECTIONS if each in changed - fresh):
        rest = changed - {section}
        if not rest:
            continue
        same_money = not rest & MONEY and section in MONEY
        exposure = plan.proposal.cleared_exposure() if same_money else plan.exposure_minor
        other = replace(plan.proposal, sections_changed=rest, exposure_minor=exposure)
        yield Saving("section", section, None, _routed(plan, other))


def _without_an_ad(plan: Plan) -> Iterator[Saving]:
    ads = [item for item in plan.items if item.head.type == "ad"]
    if len(plan.items) < 2 or len(ads) > MOST_ADS:
        return
    for ad in ads:
        rest = [item for item in plan.items if item is not ad]
        changed = frozenset(section for item in rest for section in item.changed)
        if changed:
            other = replace(plan.proposal, put_forward=_put_forward(rest), sections_changed=changed)
            yield Saving("item", ad.head.draft.name, None, _routed(plan, other))


def _put_forward(items: Sequence[PlannedItem]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        found.setdefault(item.head.type, []).append(item.head.content["sections"])
    return found


def _with_less(plan: Plan) -> Iterator[Saving]:
    """For each policy that money is a condition of, the exposure next below this one at which it does not ask."""
    limits = {_limit(policy.condition, plan.proposal) for policy in matching(plan.governing, plan.proposal).asking}
    for limit in sorted((each for each in limits if each is not None), reverse=True):
        other = replace(plan.proposal, exposure_minor=limit)
        yield Saving("exposure", "exposure", limit, _routed(plan, other))


def _limit(text: str, proposal: Proposal) -> int | None:
    """An exposure below this one, minor units, at which a condition does not hold, and does with one unit more; None where it
    holds with none at all, or says nothing of exposure."""
    asked = condition(text)
    if not asked.reads & EXPOSURES or asked.holds(replace(proposal, exposure_minor=0)):
        return None
    free, held = 0, proposal.exposure_minor
    while held - free > 1:
        middle = (free + held) // 2
        if asked.holds(replace(proposal, exposure_minor=middle)):
            held = middle
        else:
            free = middle
    return free
