"""From rows in hand to answers: no statement is made here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from accounts.models import User
from api.v1.budgets import money
from api.v1.scopes import shown
from approvals import diffs
from approvals.deadlines import Deadline
from approvals.late import LateWord
from approvals.lineage import Lineage
from approvals.models import ApprovalRequest, Claim, Decision, RequestItem
from approvals.plans import Plan
from approvals.queries import Seats
from approvals.route_previews import WARNINGS, Cause, Foreseen, RoutePreview
from approvals.services.bulk import Outcome
from approvals.services.splitting import Split
from approvals.services.submitting import Submitted
from approvals.stage_specs import StageSpec
from approvals.states import RequestState, StageState
from core import clock
from governance.states import CheckState

SHOWN = ("fail", "error")


def person(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": str(user)}


# --- submitting -----------------------------------------------------------------------------------------------------------


def submitted(made: Submitted) -> dict[str, Any]:
    """The answer to a submission."""
    return {
        "id": made.request.pk,
        "status": str(made.request.state),
        "digest": made.request.digest,
        "items": [_item(item) for item in made.items],
        "stages": [_stage(stage, stage.state) for stage in made.stages],
        "checks": [check(item) for item in made.items],
    }


def planned(plan: Plan) -> dict[str, Any]:
    """The same answer for what would be submitted."""
    return {
        "id": None,
        "status": RequestState.AWAITING_CHECKS.value,
        "digest": plan.digest,
        "items": [
            {
                "type": each.head.type, "id": each.head.key, "revision": None, "digest": each.head.digest,
                "sections_changed": each.changed,
            }
            for each in plan.items
        ],
        "stages": [
            _stage(spec, StageState.PENDING if spec.step > 1 else StageState.OPEN) for spec in plan.stages
        ],
        "checks": [
            {"id": None, "type": each.head.type, "entity": each.head.key, "status": CheckState.QUEUED.value, "outcome": None}
            for each in plan.items
        ],
    }  # fmt: skip


def _item(item: RequestItem) -> dict[str, Any]:
    return {
        "type": item.entity_type, "id": item.entity_id, "revision": item.revision_id, "digest": item.revision.digest,
        "sections_changed": item.sections_changed,
    }  # fmt: skip


def _stage(stage: Any, state: str) -> dict[str, Any]:
    return {**{field.name: getattr(stage, field.name) for field in fields(StageSpec)}, "status": str(state)}


def check(item: RequestItem) -> dict[str, Any]:
    """How far the check of an item is."""
    run = item.check_run
    return {
        "id": run.pk, "type": item.entity_type, "entity": item.entity_id, "status": str(run.state), "outcome": run.outcome or None,
    }  # fmt: skip


# --- listing and detail ---------------------------------------------------------------------------------------------------


def summary(request: ApprovalRequest) -> dict[str, Any]:
    """A request in a listing; needs `submitted_by` loaded."""
    return {
        "id": request.pk,
        "title": request.title,
        "status": str(request.state),
        "digest": request.digest,
        "ad_account": request.ad_account_id,
        "submitted_by": person(request.submitted_by),
        "submitted_at": request.submitted_at,
        "deadline": request.expires_at,
        "closed_at": request.closed_at,
        "exposure": money(request.exposure_minor, request.currency),
        "note": request.note,
        "publish": str(request.publish),
        "publish_at": request.publish_at,
        "late_is_fine": request.late_is_fine,
    }


def claims(found: Sequence[Claim]) -> list[dict[str, Any]]:
    """Who is looking at a request."""
    return [{"person": person(each.person), "until": each.until} for each in found]


def late(found: Sequence[LateWord]) -> list[dict[str, Any]]:
    """What people said too late."""
    return [
        {
            "stage": each.stage, "verdict": each.verdict, "comment": each.comment,
            "person": {"id": each.person, "name": each.name}, "at": each.at,
        }
        for each in found
    ]  # fmt: skip


def detail(
    request: ApprovalRequest, seats: Sequence[Seats], due: Mapping[UUID, Deadline], claimed: Sequence[Claim], line: Lineage
) -> dict[str, Any]:
    """A request with all that was fetched by `approvals.queries.get_request` and `seats`, `deadlines.of_stages`, `claims_on` and
    `lineage`."""
    items: Sequence[RequestItem] = list(request.items.all())
    decisions: Sequence[Decision] = list(request.decisions.all())
    return {
        **summary(request),
        "previous": request.previous_id,
        "split_by": request.split_by and _split_by(request.split_by),
        "successors": [each.pk for each in line.successors],
        "claims": claims(claimed),
        "items": [
            {
                **_item(item), "name": item.revision.name, "base": item.base_id,
                "returned": item.entity_id in line.entities_returned,
            }
            for item in items
        ],
        "checks": [check(item) for item in items],
        "stages": [_seated(each, decisions, due.get(each.stage.pk)) for each in seats],
        "findings": [finding for item in items for finding in _findings(item)],
        "diffs": [section for item in items for section in _diffs(item)],
    }


def _split_by(decision: Decision) -> dict[str, Any]:
    by = {"id": decision.decided_by_id, "name": decision.name}
    return {"person": by, "comment": decision.comment, "decided_at": decision.decided_at}


def divided(found: Split) -> dict[str, Any]:
    """A request that was split."""
    before = found.decision.request
    return {
        "id": before.pk,
        "status": str(before.state),
        "decision": found.decision.pk,
        "returned": [{"type": each.entity_type, "id": each.entity_id, "name": each.revision.name} for each in found.returned],
        "rest": submitted(found.rest),
    }


def _seated(seats: Seats, decisions: Sequence[Decision], due: Deadline | None) -> dict[str, Any]:
    latest = {each.seat_id: each for each in decisions if each.stage_id == seats.stage.pk}
    return {
        **_stage(seats.stage, seats.stage.state),
        **_timed(seats, due),
        "eligible": [person(user) for user in seats.eligible],
        "absent": [
            {"person": person(user), "until": seats.absent[user.pk]} for user in seats.eligible if user.pk in seats.absent
        ],
        "deputies": [
            {"person": person(each.delegate), "on_behalf_of": person(each.delegator), "until": each.expires_at}
            for each in seats.deputies
        ],
        "decided": [
            {
                "person": {"id": each.decided_by_id, "name": each.name}, "verdict": str(each.verdict),
                "comment": each.comment, "decided_at": each.decided_at, "carried_over": each.carried_from_id is not None,
                "void": getattr(each, "is_void", False),
                "on_behalf_of": each.on_behalf_of and person(each.on_behalf_of),
                "checked": each.checked,
            }
            for each in latest.values()
        ],
        "outdated": [
            {"person": {"id": each.decided_by_id, "name": each.name}, "decided_at": each.decided_at} for each in seats.outdated
        ],
        "excluded": [{"person": person(user), "reason": reason} for user, reason in seats.excluded],
    }  # fmt: skip


def _timed(seats: Seats, due: Deadline | None) -> dict[str, Any]:
    stage = seats.stage
    return {
        "stalled": seats.stalled, "stalled_reason": seats.obstacle or None,
        "stalled_since": stage.stalled_since if seats.stalled else None,
        "due_at": stage.due_at, "overdue": due is not None and due.is_over, "working_hours": due.hours if due else None,
        "time": str(due.words) if due else None, "reminded_at": stage.reminded_at, "escalated_at": stage.escalated_at,
    }  # fmt: skip


def _findings(item: RequestItem) -> list[dict[str, Any]]:
    names = (
        "id", "check_run_id", "rule_set_id", "rule", "rule_version", "mode", "intended", "result", "code", "sections", "params",
        "evidence",
    )  # fmt: skip
    whose = {"type": item.entity_type, "entity": item.entity_id}
    rows = [row for row in item.check_run.findings.all() if row.result in SHOWN]
    return [{**whose, **{name: getattr(row, name) for name in names}} for row in rows]


def _diffs(item: RequestItem) -> list[dict[str, Any]]:
    base = None if item.base is None else item.base.content["sections"]
    changes = diffs.diff(base, item.revision.content["sections"])
    return [
        {
            "type": item.entity_type, "entity": item.entity_id, "section": section,
            "changes": [{"path": c.path, "before": meant(c.before), "after": meant(c.after)} for c in group],
        }
        for section, group in groupby(changes, key=lambda change: change.section)
    ]  # fmt: skip


def meant(value: Any) -> Any:
    """A value as what it means: minor units with a currency are an amount."""
    if isinstance(value, Mapping) and set(value) == {"minor", "currency"}:
        return money(value["minor"], value["currency"])
    return value


def decided(decision: Decision) -> dict[str, Any]:
    """A decision as the service returned it."""
    return {
        "id": decision.pk,
        "approval_request": decision.request_id,
        "status": str(decision.request.state),
        "stage": decision.stage.key,
        "verdict": str(decision.verdict),
        "digest": decision.digest,
        "comment": decision.comment,
        "checked": decision.checked,
        "decided_by": {"id": decision.decided_by_id, "name": decision.name},
        "on_behalf_of": decision.on_behalf_of and person(decision.on_behalf_of),
        "decided_at": decision.decided_at,
    }


def ended(request: ApprovalRequest) -> dict[str, Any]:
    """A request that was withdrawn or revoked."""
    return {"id": request.pk, "status": str(request.state), "digest": request.digest, "closed_at": request.closed_at}


# --- before submitting ----------------------------------------------------------------------------------------------------


def foreseen(found: RoutePreview) -> dict[str, Any]:
    """What a submission would bring about."""
    currency = found.plan.account.currency
    whole = planned(found.plan)
    return {
        "digest": whole["digest"],
        "items": whole["items"],
        "exposure": money(found.plan.exposure_minor, currency),
        "stages": [_foreseen_stage(each) for each in found.stages],
        "later": [_cause(each) for each in found.later],
        "shorter": [
            {
                "kind": each.kind, "what": each.what, "stages": each.stages,
                "exposure": None if each.exposure_minor is None else money(each.exposure_minor, currency),
            }
            for each in found.savings
        ],
        "warnings": [
            {"stage": each.spec.key, "code": each.warning, "detail": str(WARNINGS[each.warning])}
            for each in found.stages if each.warning
        ],
    }  # fmt: skip


def _foreseen_stage(found: Foreseen) -> dict[str, Any]:
    return {
        **_stage(found.spec, found.seats.stage.state),
        "eligible": [person(user) for user in found.seats.eligible],
        "excluded": [{"person": person(user), "reason": reason} for user, reason in found.seats.excluded],
        "because": [_cause(each) for each in found.causes],
        "added_for": found.added_for and found.added_for.key,
        "pace": asdict(found.pace),
    }


def _cause(found: Cause) -> dict[str, Any]:
    policy, german = found.policy, get_language() == "de"
    return {
        "policy": policy.pk, "key": policy.key, "version": policy.version, "title": policy.title, "condition": policy.condition,
        "scope": None if found.scope is None else shown(found.scope),
        "read": [
            {
                "name": each.entry.name, "words": each.entry.de if german else each.entry.en, "unit": each.entry.unit,
                "value": clock.rfc3339(each.value) if isinstance(each.value, datetime) else each.value,
            }
            for each in found.facts
        ],
    }  # fmt: skip
def outcomes(found: Sequence[Outcome]) -> dict[str, Any]:
    """What became of many, each by itself."""
    recorded = sum(each.decision is not None for each in found)
    return {"recorded": recorded, "refused": len(found) - recorded, "results": [_outcome(each) for each in found]}


def _outcome(each: Outcome) -> dict[str, Any]:
    request, decision, error = each.request, each.decision, each.error
    return {
        "approval_request": each.choice.request,
        "recorded": decision is not None,
        "status": request and str(request.state),
        "digest": request and request.digest,
        "decision": decision and decision.pk,
        "stage": decision and decision.stage.key,
        "problem": error and {"code": error.code, "detail": error.detail, **error.extra},
    }
