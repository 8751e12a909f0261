"""Stages that are added to a request after it was submitted: only ever more of them (R-12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from approvals import checklists, deadlines
from approvals.models import ApprovalPolicy, ApprovalRequest, Stage
from approvals.proposals import additional, asked_for_by, awaiting_findings
from approvals.stage_specs import StageSpec
from approvals.states import StageState
from core.statements import insert
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
    rows = [
        Stage(request=request, position=len(there) + index, state=_state(spec, there), **spec.as_json())
        for index, spec in enumerate(additional(asking, changed, _specs(there)))
    ]
    deadlines.start([stage for stage in rows if stage.state == StageState.OPEN], request.ad_account, now)
    insert(rows)
    return rows


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
    """Open with the first step, or before it; else its turn comes."""
    first = min((stage.step for stage in there), default=spec.step)
    return StageState.OPEN if spec.step <= first else StageState.PENDING
