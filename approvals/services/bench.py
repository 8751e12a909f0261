"""What a decision is judged by, read once under the lock of its request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery, UUIDField
from django.utils.translation import gettext_lazy as _

from accounts.placing import Place, place_of
from approvals import eligibility, quorum
from approvals.models import ApprovalRequest, Clearance, Decision, RequestItem, Stage
from approvals.models.comments import standing_blockers
from approvals.policy_queries import came_into_force
from approvals.quorum import Electorate
from approvals.states import StageState
from core.errors import Invalid, say
from core.statements import prepared


@dataclass(slots=True)
class Bench:
    """A locked request, its stages in their order, its decisions in theirs, where its ad account lies, and the one clock. It is
    `held_up` while a blocking comment stands: nothing of it is approved (R-51)."""

    request: ApprovalRequest
    stages: list[Stage]
    decisions: list[Decision]
    place: Place
    now: datetime
    held_up: bool = False

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

    def elsewhere(self, stage: Stage) -> set[UUID]:
        """Who approves another stage: every stage needs different people (docs/adr/0006)."""
        return {p for each in self.stages if each.pk != stage.pk for p in quorum.approvers(self.decisions, each.pk)}

    def has_met(self, stage: Stage, known: Iterable[UUID] = ()) -> bool:
        """Whether a stage has the decisions it needs, judged by who may decide it at this moment (R-13). Of those `known` that was
        just found out; where they alone approve, nobody has to be asked for."""
        terms, sure = eligibility.terms(stage), set(known)
        if quorum.approvers(self.decisions, stage.pk) <= sure and not (terms.everyone or terms.groups):
            return quorum.met(self.decisions, stage.pk, terms, Electorate(sure))
        may = eligibility.electorate(stage, self.request, self.now, self.elsewhere(stage))
        return quorum.met(self.decisions, stage.pk, terms, Electorate({*may.people, *sure}, may.awaited, may.groups))


@prepared
def stages_of(request: UUID) -> QuerySet[Stage]:
    """The stages of a request, each with whether a blocking comment stands (`held_up`), and whether any policy came into force
    since it was submitted (`policies_moved`)."""
    held_up = Exists(standing_blockers().filter(request=request))
    moved = came_into_force("request__submitted_at")
    return Stage.objects.filter(request=request).annotate(held_up=held_up, policies_moved=moved)


@prepared
def decisions_of(request: UUID) -> QuerySet[Decision]:
    return Decision.objects.filter(request=request)


@prepared
def items_of(request: UUID) -> QuerySet[RequestItem]:
    """The items with what was cleared last of each entity by now (`base_now`)."""
    cleared = Clearance.objects.filter(entity_id=OuterRef("entity_id"), revocation__isnull=True).exclude(request=request)
    rows = RequestItem.objects.filter(request=request).select_related("revision", "check_run")
    latest = cleared.order_by("-issued_at", "-pk").values("revision_id")[:1]
    return rows.annotate(base_now=Subquery(latest, output_field=UUIDField()))


def bench_of(request: ApprovalRequest, now: datetime) -> Bench:
    """The bench of a locked request."""
    stages = stages_of(request.pk)
    held_up = any(vars(stage)["held_up"] for stage in stages)
    return Bench(request, stages, decisions_of(request.pk), place_of(request.ad_account_id), now, held_up)
