"""Stages that are added to a request after it was submitted: only ever more of them (R-12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from approvals import checklists, deadlines
from approvals.authority import with_next_by_limit
from approvals.conditions import Proposal, condition
from approvals.models import ApprovalPolicy, ApprovalRequest, RequestItem, Stage
from approvals.policy_queries import UNSEEN_FOR, policies_for
from approvals.proposals import additional, asked_for_by, awaiting_findings, owed
from approvals.stage_specs import StageSpec
from approvals.states import StageState
from core.statements import insert
from governance.contract import CannotJudge
from governance.models import Finding

UNSOUND = ("fail", "error")


def add_stages(request: ApprovalRequest, now: datetime) -> list[Stage]:
    """Add the stages of the policies whose conditions name what the checks find, now that it is known. No statement where the
    request remembers none; else four, and one where a deadline is counted."""
    waiting = awaiting_findings(request.policies)
    if not waiting:
        return []
    codes = _codes(request.pk)
    policies = ApprovalPolicy.objects.in_bulk(list(map(UUID, waiting))).values()
    asking = [policy for policy in policies if asked_for_by(policy, waiting[str(policy.pk)], codes)]
    there = list(request.stages.all())
    changed = {section for item in request.items.all() for section in item.sections_changed}
    return _added(request, there, additional(asking, changed, _specs(there)), now)


def add_owed(request: ApprovalRequest, there: Sequence[Stage], now: datetime) -> list[Stage]:
    """Add the stages by which policies that came into force since a request was submitted ask for more than it has (R-12); what
    they ask for less of changes nothing. Called where `policies_moved` says that any did: four statements.

    Conditions are judged by what the request itself says; what it does not say cannot be judged, and holds (R-03).
    """
    pinned = {each["id"] for each in request.policies}
    since = request.submitted_at - UNSEEN_FOR
    found: list[Any] = policies_for(request.ad_account)
    moved = [each for each in found if str(each.pk) not in pinned and each.confirmed_at > since and not each.is_retired]
    if not moved:
        return []
    items = list(RequestItem.objects.filter(request=request).select_related("revision"))
    proposal = replace(_proposal(request, items, now), findings=_codes(request.pk))

    def asks(policy: Any) -> bool:
        # One that came into force just before may have been seen, and not have matched: then it is pinned nowhere either.
        return condition(policy.condition).holds(proposal, in_doubt=policy.confirmed_at > request.submitted_at)

    left_out = [stage for stage in there if stage.state == StageState.SKIPPED]
    counted = _specs(stage for stage in there if stage not in left_out)
    return _added(request, there, owed(filter(asks, moved), proposal.sections_changed, counted, _specs(left_out)), now)


def _added(request: ApprovalRequest, there: Sequence[Stage], specs: Sequence[StageSpec], now: datetime) -> list[Stage]:
    found = with_next_by_limit(specs, request, now, {stage.key for stage in there})
    rows = [
        Stage(
            request=request, position=len(there) + index, state=_state(spec, there), authority_by=spec.authority_by,
            **spec.as_json(),
        )
        for index, spec in enumerate(found)
    ]
    deadlines.start([stage for stage in rows if stage.state == StageState.OPEN], request.ad_account, now)
    insert(rows)
    return rows


class _Unknown(Mapping[str, Any]):
    """What a request does not say: whatever is read of it cannot be judged."""

    def __getitem__(self, name: str) -> NoReturn:
        raise CannotJudge("check.context_missing", what=name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _unknown(*_asked: object) -> NoReturn:
    raise CannotJudge("check.context_missing", what="request")


def _proposal(request: ApprovalRequest, items: Sequence[RequestItem], now: datetime) -> Proposal:
    """A request that is open, as conditions read it."""
    account = request.ad_account
    put_forward: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        put_forward.setdefault(item.entity_type, []).append(item.revision.content["sections"])
    return Proposal(
        account={
            "name": account.name, "external_id": account.external_id, "brand": account.brand.name, "channel": account.channel,
            "country": account.country, "currency": account.currency,
        },
        campaign=next(iter(put_forward.get("campaign", ())), _Unknown()),
        put_forward=put_forward,
        sections_changed=frozenset(section for item in items for section in item.sections_changed),
        is_new=any(item.entity_type == "campaign" and item.base_id is None for item in items),
        by_machine=request.submitted_by.is_service_account,
        exposure_minor=request.exposure_minor,
        cleared_exposure=_unknown,
        raised=_unknown,
        now=now,
    )  # fmt: skip


def _codes(request: UUID) -> list[str]:
    """The codes of what the checks of a request found and did not pass, rule sets on trial left out."""
    rows = Finding.objects.filter(check_run__request_items__request=request, result__in=UNSOUND, intended="")
    return list(rows.order_by("code").values_list("code", flat=True).distinct())


def _specs(stages: Iterable[Stage]) -> list[StageSpec]:
    return [StageSpec(*(_term(stage, field.name) for field in fields(StageSpec))) for stage in stages]


def _term(stage: Stage, name: str) -> Any:
    value = getattr(stage, name)
    if name == "checklist":
        return checklists.stored(value)
    return tuple(value) if isinstance(value, list) else value


def _state(spec: StageSpec, there: Sequence[Stage]) -> StageState:
    """Open with the earliest step that is not through, or before it; where all are, at once. Else its turn comes."""
    left = [stage.step for stage in there if stage.state in (StageState.PENDING, StageState.OPEN)]
    return StageState.OPEN if spec.step <= min(left, default=spec.step) else StageState.PENDING
