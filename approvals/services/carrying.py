"""Decisions on the version before that still stand (R-07): nothing changed of what their stage reads, the policy lets them be
carried over, the route has the stage still, and whoever decided may decide it still. The guards ask for the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from approvals import eligibility, quorum
from approvals.digests import planned
from approvals.models import ApprovalRequest, Comment, Decision, RequestItem, Stage
from approvals.models.comments import standing_blockers
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
    request: UUID

    def approvals(self, stage: Stage) -> list[Decision]:
        """The decisions by which people approved a stage there, as things stood."""
        held = self.stages.get((stage.key, stage.permission))
        people = frozenset() if held is None else quorum.approvers(self.votes, held.pk)
        last = {vote.seat_id: vote for vote in self.votes if held is not None and vote.stage_id == held.pk}
        return [vote for person, vote in last.items() if person in people]

    def kept(self, entity: UUID, section: str) -> bool:
        """Whether a section of an entity is as it was."""
        return self.now[entity].get(section) == self.before[entity].get(section)

    def stands(self, stage: Stage) -> bool:
        """Whether what was decided there stands for this stage. What was ticked there answers no other checklist (R-51)."""
        held = self.stages.get((stage.key, stage.permission))
        return held is not None and stage.carries and _asks_alike(held, stage) and unchanged(
            stage.sections, held.sections, self.before, self.now, planned_alike=self.planned_alike
        )  # fmt: skip


def _asks_alike(held: Stage, stage: Stage) -> bool:
    """Whether whoever decided there answered all that is asked here."""
    return held.checklist == stage.checklist and (held.reauthenticate or not stage.reauthenticate)


def earlier_than(request: ApprovalRequest, previous: UUID, now: datetime) -> Earlier:
    """The version before a request, of which it took the place: five statements."""
    before = ApprovalRequest.objects.prefetch_related("stages").get(pk=previous)
    return Earlier(
        {(stage.key, stage.permission): stage for stage in before.stages.all()},
        decisions_of(before.pk, now),
        _digests(before.pk),
        _digests(request.pk),
        planned(before) == planned(request),
        before.pk,
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
        for name in (
            "comment", "decided_by_id", "name", "eligible_by", "channel", "address", "checked", "authentication",
            "authenticated_at", "on_behalf_of_id", "delegation_id",
        )
    }
    return Decision(
        request=bench.request, stage=stage, digest=bench.request.digest, verdict=Verdict.APPROVE, carried_from=decision,
        checks={"policies": bench.request.policies}, decided_at=bench.now, **told,
    )  # fmt: skip


def comments_carried_to(bench: Bench, earlier: Earlier) -> list[Comment]:
    """Write again the blocking comments on the version before that stand, where their section did not change: to submit again is
    no way past them (docs/adr/0020). One statement where there are none."""
    standing = list(standing_blockers().filter(request=earlier.request).select_related("item"))
    items = {item.entity_id: item for item in RequestItem.objects.filter(request=bench.request)} if standing else {}
    rows = [
        _written_again(bench, items[each.item.entity_id], each) for each in standing
        if each.item.entity_id in items and earlier.kept(each.item.entity_id, each.section)
    ]  # fmt: skip
    insert(rows)
    return rows


def _written_again(bench: Bench, item: RequestItem, comment: Comment) -> Comment:
    told: dict[str, Any] = {
        name: getattr(comment, name)
        for name in ("section", "path", "region", "at_ms", "text", "is_blocking", "author_id", "name", "written_at")
    }
    return Comment(request=bench.request, item=item, carried_from=comment, **told)
