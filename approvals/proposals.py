"""From the policies that govern an ad account to the route of one request: which of them match it, and what is remembered of
them (R-11, R-12). Pure, but for what conditions ask of the database through a Proposal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from approvals import checklists
from approvals.conditions import Condition, Proposal, condition
from approvals.models import ApprovalPolicy
from approvals.routing import route
from approvals.stage_specs import StageSpec, parse_stages
from core import clock
from governance.contract import CannotJudge
from governance.expressions.evaluating import holds
from governance.expressions.vocabulary import Entry
from governance.queries import SETTLES_AFTER


@dataclass(frozen=True, slots=True)
class Matching:
    """The policies that a request needs: their versions as it remembers them, and their stages. Those that wait for what the checks
    find are remembered with all else that their conditions read. `asking` are the versions that ask for the stages, `waiting` those
    that wait."""

    pinned: list[dict[str, Any]]
    stages: list[StageSpec]
    authors: list[str]
    asking: list[ApprovalPolicy] = field(default_factory=list)
    waiting: list[ApprovalPolicy] = field(default_factory=list)


def matching(policies: Iterable[ApprovalPolicy], proposal: Proposal, people: Collection[str] = ()) -> Matching:
    """Of the policies that govern an ad account (policy_queries.policies_for) those that match. Whoever changed one of them last,
    by writing or confirming it, decides nothing under it (R-16). `people` (ids) worked on what is put forward."""
    pinned, stages, authors = [], [], set()
    asking: list[ApprovalPolicy] = []
    waiting: list[ApprovalPolicy] = []
    for policy in policies:
        if policy.is_retired and _settled(policy, proposal.now):
            continue
        asked = condition(policy.condition)
        waits = _awaited(asked, proposal) if asked.awaits_findings and not policy.is_retired else None
        holds_now = None if waits is not None else asked.verdict(proposal)
        if holds_now is False:
            continue
        changers = {each for each in _changers(policy).values() if each}
        pinned.append(_pinned(policy, waits))
        authors |= changers
        if policy.is_retired:
            continue
        (asking if waits is None else waiting).append(policy)
        if waits is None:
            specs = parse_stages(policy.stages)
            stages.append(specs if holds_now and not changers & set(people) else by_people(specs))
    return Matching(pinned, route(stages, proposal.sections_changed), sorted(authors), asking, waiting)


def by_people(stages: Iterable[StageSpec]) -> list[StageSpec]:
    """The same stages, none of them left out by a rule: where it is not certain that the condition of the policy holds, or whoever
    wrote it would pass by their own rule (R-16)."""
    return [replace(spec, automatic=False) for spec in stages]


def _pinned(policy: ApprovalPolicy, waits: dict[str, Any] | None) -> dict[str, Any]:
    """A version of a policy as the request remembers it (R-12)."""
    told: dict[str, Any] = {"id": str(policy.pk), "key": policy.key, "version": policy.version, **_changers(policy)}
    if any(line.get("automatic") for line in policy.stages):
        told["automatic"] = True
    return told if waits is None else told | {"awaits": waits}


def may_be_automatic(pinned: Iterable[dict[str, Any]]) -> bool:
    """Whether a policy of a request leaves stages out by a rule (R-20)."""
    return any(each.get("automatic") for each in pinned)


def _changers(policy: ApprovalPolicy) -> dict[str, str | None]:
    """Who changed it last: whoever wrote this version, and whoever put it in force (R-16, R-55)."""
    confirmed_by = getattr(policy, "confirmed_by", None)
    return {
        "author": str(policy.author_id) if policy.author_id else None,
        "confirmed_by": str(confirmed_by) if confirmed_by else None,
    }


def _settled(policy: ApprovalPolicy, now: datetime) -> bool:
    """Whether it came into force more than a day ago: until then who retired a policy decides nothing that it spoke of (R-55)."""
    since: datetime = getattr(policy, "confirmed_at", None) or policy.created_at
    return since + SETTLES_AFTER <= now


def _awaited(asked: Condition, proposal: Proposal) -> dict[str, Any] | None:
    """All that a condition reads beside findings, for when the checks have ended; None where it cannot be read: then it holds."""
    try:
        return {entry.name: _plain(entry.read(proposal)) for entry in _known(asked)}
    except CannotJudge:
        return None


def _known(asked: Condition) -> Sequence[Entry]:
    entries = () if asked.program is None else asked.program.entries
    return [entry for entry in entries if not entry.name.startswith("findings.")]


def _plain(value: Any) -> Any:
    return clock.rfc3339(value) if isinstance(value, datetime) else value


def awaiting_findings(pinned: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By id of a policy what its condition reads beside findings, of those that wait for what the checks find."""
    return {each["id"]: each["awaits"] for each in pinned if each.get("awaits") is not None}


def asked_for_by(policy: ApprovalPolicy, known: dict[str, Any], codes: Sequence[str]) -> bool:
    """Whether the condition of a policy holds now that the codes of the findings are known. What cannot be judged holds (R-03)."""
    asked = condition(policy.condition)
    if asked.program is None:
        return True
    times = {name: datetime.fromisoformat(value) for name, value in known.items() if name == "now"}
    try:
        return holds(asked.program, {**known, **times, "findings.codes": sorted(set(codes))})
    except CannotJudge:
        return True


def additional(policies: Iterable[ApprovalPolicy], changed: Iterable[str], there: Sequence[StageSpec]) -> list[StageSpec]:
    """The stages that these policies ask for and that are not `there` as strict already: keys are new, steps those of the policy.
    Stages are only added to a request, never changed (R-12), and what is added is for people."""
    sections = set(changed)
    wanted = [spec for policy in policies for spec in by_people(parse_stages(policy.stages)) if sections & set(spec.sections)]
    missing = [spec for spec in wanted if not any(spec.is_covered_by(held) for held in there)]
    return _renamed(missing, {spec.key for spec in there})


def owed(
    policies: Iterable[ApprovalPolicy], changed: Iterable[str], there: Sequence[StageSpec], left_out: Sequence[StageSpec] = ()
) -> list[StageSpec]:
    """The stages by which these policies ask for more than is `there`: of those that ask the same people for more of them, only as
    many as are missing, since every stage has people of its own (R-12). What was `left_out` by a rule is enough for what is
    automatic still, and for nothing else (R-20)."""
    sections = set(changed)
    wanted = [spec for policy in policies for spec in parse_stages(policy.stages) if sections & set(spec.sections)]
    missing: list[StageSpec] = []
    for spec in wanted:
        counted = (*there, *missing, *(left_out if spec.automatic else ()))
        held = [each for each in counted if _answers(each, spec)]
        lacking = spec.quorum - sum(each.quorum for each in held)
        alike = (not spec.everyone or any(e.everyone for e in held)) and (not spec.each_group or any(e.each_group for e in held))
        if lacking > 0 or not alike:
            missing.append(spec if spec.each_group else replace(spec, quorum=max(1, lacking)))
    return _renamed(by_people(missing), {spec.key for spec in (*there, *left_out)})


def _answers(held: StageSpec, spec: StageSpec) -> bool:
    """Whether who approves `held` is one of those whom `spec` asks, and answered all that it asks of each of them."""
    alike = held.asked == spec.asked and set(spec.sections) <= set(held.sections)
    strict = (held.reauthenticate or not spec.reauthenticate) and (held.authority or not spec.authority)
    return alike and checklists.covers(held.checklist, spec.checklist) and strict


def _renamed(stages: Sequence[StageSpec], taken: set[str]) -> list[StageSpec]:
    found = []
    for spec in stages:
        key, number = spec.key, 2
        while key in taken:
            key, number = f"{spec.key}_{number}", number + 1
        taken = {*taken, key}
        found.append(replace(spec, key=key))
    return found
