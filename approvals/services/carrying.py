"""Decisions on the version before that still stand (R-07): nothing changed of what their stage reads, the policy lets them be
carried over, the route has the stage still, and whoever decided may decide it still. The guards ask for the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from approvals import eligibility, quorum
from approvals.models import ApprovalRequest, Decision, RequestItem, Stage
from approvals.services.bench import Bench, decisions_of
from approvals.states import Verdict
from core.statements import insert

PLANNED: Final = "schedule"
"""The section that how it is to be published belongs to."""

Digests = Mapping[UUID, Mapping[str, str]]
"""By entity the digests of its sections."""


def unchanged(sections: Sequence[str], seen: Sequence[str], before: Digests, now: Digests, *, planned_alike: bool) -> bool:
    """Whether all `sections` that a stage reads were among those `seen`, and each entity of now has the same as before. An entity
    that was dropped since does not matter; one that was added does, when it has any of them. Pure."""
    if not set(sections) <= set(seen) or (PLANNED in sections and not planned_alike):
        return False
    return all(now[entity].get(name) == before.get(entity, {}).get(name) for entity in now for name in sections)


def _digests(request: UUID) -> Digests:
    items = RequestItem.objects.filter(request=request).select_related("revision")
    return {item.entity_id: item.revision.sections for item in items.defer("revision__canonical")}


@dataclass(frozen=True, slots=True)
class Earlier:
    """The version before, as far as it is asked."""

    stages: Mapping[tuple[str, str], Stage]
    votes: Sequence[Decision]
    before: Digests
    now: Digests
    planned_alike: bool

    def approvals(self, stage: Stage) -> list[Decision]:
        """The decisions by which people approved a stage there, as things stood."""
        held = self.stages.get((stage.key, stage.permission))
        people = frozenset() if held is None else quorum.approvers(self.votes, held.pk)
        last = {vote.seat_id: vote for vote in self.votes if held is not None and vote.stage_id == held.pk}
        return [vote for person, vote in last.items() if person in people]

    def stands(self, stage: Stage) -> bool:
        """Whether what was decided there stands for this stage."""
        held = self.stages.get((stage.key, stage.permission))
        return held is not None and stage.carries and unchanged(
            stage.sections, held.sections, self.before, self.now, planned_alike=self.planned_alike
        )  # fmt: skip


def earlier_than(request: ApprovalRequest, previous: UUID, now: datetime) -> Earlier:
    """The version before a request, of which it took the place: five statements."""
    before = ApprovalRequest.objects.prefetch_related("stages").get(pk=previous)
    return Earlier(
        {(stage.key, stage.permission): stage for stage in before.stages.all()},
        decisions_of(before.pk, now),
        _digests(before.pk),
        _digests(request.pk),
        (before.publish, before.publish_at) == (request.publish, request.publish_at),
    )


def carried_to(bench: Bench, opened: Sequence[Stage], earlier: Earlier) -> tuple[list[Decision], list[Decision]]:
    """Write, for stages that were just opened, the approvals of the version before which stand still; and name those whose
    people may not decide any more."""
    rows: list[Decision] = []
    lost: list[Decision] = []
    for stage in opened:
        approvals = earlier.approvals(stage) if earlier.stands(stage) else []
        may = eligibility.electorate(stage, bench.request, bench.now).people if approvals else frozenset()
        gone = eligibility.lapsed(stage, bench.request, bench.now, _as_of(stage, approvals))
        tied = any(each.tied for each in approvals)  # type: ignore[attr-defined]
        ways = eligibility.standing_in(bench.request, bench.now) if tied else ()
        for each in approvals:
            taken = eligibility.tied_to({person for row in (*bench.approving(), *rows) for person in row.parties}, ways)
            if each.seat_id in may and each.seat_id not in gone and not each.parties & taken:
                rows.append(_repeated(bench, stage, each))
            else:
                lost.append(each)
    insert(rows)
    return rows, lost


def _as_of(stage: Stage, votes: Iterable[Decision]) -> list[Decision]:
    """Votes of the version before, as if they had been cast on this stage."""
    names = ("decided_by_id", "on_behalf_of_id", "delegation_id")
    return [Decision(stage=stage, **{name: getattr(each, name) for name in names}) for each in votes]


def _repeated(bench: Bench, stage: Stage, decision: Decision) -> Decision:
    told: dict[str, Any] = {
        name: getattr(decision, name)
        for name in ("comment", "decided_by_id", "name", "eligible_by", "channel", "address", "on_behalf_of_id", "delegation_id")
    }
    return Decision(
        request=bench.request, stage=stage, digest=bench.request.digest, verdict=Verdict.APPROVE, carried_from=decision,
        checks={"policies": bench.request.policies}, decided_at=bench.now, **told,
    )  # fmt: skip
