"""What a decision is judged by, read once under the lock of its request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.utils.translation import gettext_lazy as _

from accounts.models import Delegation, live_at
from accounts.placing import Place, place_of, places_of
from approvals import eligibility, quorum
from approvals.compromises import counting
from approvals.models import ApprovalRequest, Clearance, Decision, RequestItem, Stage
from approvals.models.comments import standing_blockers
from approvals.policy_queries import came_into_force
from approvals.quorum import Electorate
from approvals.states import StageState, Verdict
from core.errors import Invalid, say
from core.statements import prepared


@dataclass(slots=True)
class Bench:
    """A locked request, its stages in their order, its decisions in theirs, where its ad account lies, and the one clock. It is
    `held_up` while a blocking comment stands: nothing of it is approved (R-51). `told`: whether stages have what they need, where
    that was asked of the database for many requests at once."""

    request: ApprovalRequest
    stages: list[Stage]
    decisions: list[Decision]
    place: Place
    now: datetime
    held_up: bool = False
    told: dict[UUID, bool] = field(default_factory=dict)

    @property
    def policies_moved(self) -> bool:
        """Whether any policy came into force since the request was submitted."""
        return any(getattr(each, "policies_moved", False) for each in self.stages)

    def stage(self, key: str) -> Stage:
        """The stage `key`. Raises Invalid."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        known = ", ".join(stage.key for stage in self.stages)
        raise Invalid.field("stage", "unknown", say(_("The stages of this request are {stages}."), stages=known))

    def in_state(self, state: StageState) -> list[Stage]:
        return [each for each in self.stages if each.state == state]

    def approving(self) -> list[Decision]:
        """The decisions that stand as approving, of all stages."""
        last = {(each.stage_id, each.seat_id): each for each in self.decisions}
        return [each for each in last.values() if each.verdict == Verdict.APPROVE]

    def next_step(self) -> list[Stage]:
        """The pending stages of the lowest step."""
        pending = self.in_state(StageState.PENDING)
        step = min((stage.step for stage in pending), default=0)
        return [stage for stage in pending if stage.step == step]

    def elsewhere(self, stage: Stage) -> set[UUID]:
        """Who approves another stage, for themselves or for another: every stage needs different people (docs/adr/0006)."""
        return {person for each in self.approving() if each.stage_id != stage.pk for person in each.parties}

    def spoken_for(self, stage: Stage, seat: UUID | None = None) -> frozenset[UUID]:
        """Who approves already, besides `seat` on this stage, and who holds one vote with them (R-15). No statement where nobody
        stands in for anybody."""
        others = [each for each in self.approving() if (each.stage_id, each.seat_id) != (stage.pk, seat)]
        people = frozenset(person for each in others for person in each.parties)
        if not any(getattr(each, "tied", False) for each in others):
            return people
        return eligibility.tied_to(people, eligibility.standing_in(self.request, self.now))

    def has_met(self, stage: Stage, known: Iterable[UUID] = ()) -> bool:
        """Whether a stage has the decisions it needs, judged by who may decide it at this moment (R-13). Of those `known` that was
        just found out; where they alone approve, nobody has to be asked for."""
        if stage.pk in self.told:
            return self.told[stage.pk]
        terms, sure = eligibility.terms(stage), set(known)
        if self.is_plain(stage, sure):
            return quorum.met(self.decisions, stage.pk, terms, Electorate(sure))
        may = eligibility.electorate(stage, self.request, self.now, self.elsewhere(stage))
        people = {*may.people, *sure} - eligibility.lapsed(stage, self.request, self.now, self.decisions)
        # Who approves, whoever for, is not waited for, nor who holds one vote with them.
        awaited = frozenset(may.awaited) - (self.spoken_for(stage) if stage.everyone else frozenset())
        return quorum.met(self.decisions, stage.pk, terms, Electorate(people, awaited, may.groups))

    def is_plain(self, stage: Stage, known: Iterable[UUID]) -> bool:
        """Whether those `known` to be eligible settle a stage: they alone approve it, and it waits for nobody in particular."""
        plain = not (stage.everyone or stage.each_group)
        return plain and quorum.approvers(self.decisions, stage.pk) <= set(known)


@prepared
def stages_of(request: UUID) -> QuerySet[Stage]:
    return _with_what_moved(Stage.objects.filter(request=request))


def _with_what_moved(rows: QuerySet[Stage]) -> QuerySet[Stage]:
    """Stages, each with whether a blocking comment stands (`held_up`), and whether any policy came into force since their request
    was submitted (`policies_moved`)."""
    held_up = Exists(standing_blockers().filter(request=OuterRef("request")))
    return rows.annotate(held_up=held_up, policies_moved=came_into_force("request__submitted_at"))


@prepared
def decisions_of(request: UUID, now: datetime) -> QuerySet[Decision]:
    return _with_ties(Decision.objects.filter(request=request), now)


def _with_ties(rows: QuerySet[Decision], now: datetime) -> QuerySet[Decision]:
    """Decisions that count (R-32), in their order, each with whether anybody who spoke by it stands in for somebody now, or
    somebody for them (`tied`)."""
    pairs = [
        Q(**{side: OuterRef(person)}) for side in ("delegator", "delegate") for person in ("decided_by", "on_behalf_of")
    ]
    ties = Delegation.objects.filter(live_at(now), reduce(or_, pairs))
    return counting(rows).annotate(tied=Exists(ties))


@prepared
def items_of(request: UUID) -> QuerySet[RequestItem]:
    return _with_base(RequestItem.objects.filter(request=request))


def _with_base(rows: QuerySet[RequestItem]) -> QuerySet[Any]:
    """Items with revision and check run, and what was cleared last of each entity by now (`base_now`)."""
    cleared = Clearance.objects.filter(entity_id=OuterRef("entity_id"), revocation__isnull=True)
    latest = cleared.exclude(request=OuterRef("request")).order_by("-issued_at", "-pk").values("revision_id")[:1]
    return rows.select_related("revision", "check_run").annotate(base_now=Subquery(latest, output_field=UUIDField()))


def bench_of(request: ApprovalRequest, now: datetime) -> Bench:
    """The bench of a locked request."""
    stages = stages_of(request.pk)
    return Bench(request, stages, decisions_of(request.pk, now), place_of(request.ad_account_id), now, _held_up(stages))


def _held_up(stages: Iterable[Stage]) -> bool:
    return any(vars(stage)["held_up"] for stage in stages)


def benches_of(requests: Mapping[UUID, ApprovalRequest], now: datetime) -> dict[UUID, Bench]:
    """The benches of several locked requests: three statements."""
    places = places_of({each.ad_account_id for each in requests.values()})
    stages = _by_request(_with_what_moved(Stage.objects.filter(request__in=list(requests))))
    decisions = _by_request(_with_ties(Decision.objects.filter(request__in=list(requests)), now))

    def bench(key: UUID, row: ApprovalRequest) -> Bench:
        mine = stages.get(key, [])
        return Bench(row, mine, decisions.get(key, []), places[row.ad_account_id], now, _held_up(mine))

    return {key: bench(key, row) for key, row in requests.items()}


def items_among(requests: Sequence[UUID]) -> dict[UUID, list[RequestItem]]:
    """The items of several requests, as `items_of`: one statement."""
    return _by_request(_with_base(RequestItem.objects.filter(request__in=list(requests))))


def _by_request(rows: QuerySet[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.request_id, []).append(row)
    return found
