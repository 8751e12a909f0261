"""Sending parts of a bundle back, while the rest stays under review (R-27; docs/bundles.md).

What stays is a request of its own, in the place of the one that was put forward: the same submitter, the same times, the same
people who may not decide it, the same revisions, checks and bases. Whoever splits changes no content, and is no contributor by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from approvals import bundles, deadlines, policy_queries, subjects
from approvals.digests import published
from approvals.errors import BaseMoved, ChecksFailNow
from approvals.models import ApprovalRequest, Decision, RequestItem, Stage
from approvals.plans import Instead, Plan, Tree, lock_items, plan
from approvals.proposals import by_people
from approvals.services.bench import Bench
from approvals.services.checking import open_review
from approvals.services.deciding import (
    Act,
    Decider,
    check_now,
    check_shown,
    check_who,
    check_words,
    decision_of,
    read,
    recorded,
)
from approvals.services.ending import close
from approvals.services.submitting import Submitted, stage_of
from approvals.states import StageState, Verdict
from approvals.transitions import REQUEST
from audit.recording import event, record, service
from campaigns.snapshots import head_again
from core import transitions
from core.actor import Actor
from core.errors import ImprimaturError, NotFound, say
from core.statements import insert
from governance import checks
from governance.contract import Outcome


@dataclass(frozen=True, slots=True)
class Split:
    """A request that was split: the decision, what was sent back, and what stays."""

    decision: Decision
    returned: list[RequestItem]
    rest: Submitted


@service("approvals.request.split")
def split(*, actor: Actor, request: UUID, digest: str, returned: Collection[UUID], comment: str) -> Split:
    """Send these entities of a request under review back to their authors, with a reason, and go on with the rest (R-27).

    The old request is superseded; on it stands that the actor asked for changes. The new one has what stays, asks for no less than
    the policies of then and of now do, and keeps what was decided as far as that still stands (R-07).

    Raises NotFound, Forbidden (SelfApproval, MachineDecision, SecondSeat, NotAsked, HeldTooBriefly, GivenByContributor,
    ReauthenticationRequired), StaleDigest, IllegalTransition, RequestExpired, Invalid (nothing, everything, unknown, a child left,
    no reason), AccountMoved, BaseMoved, ChecksFailNow; and, where nothing is left to decide, what the last decision does.
    """
    items = list(RequestItem.objects.filter(request=request).select_related("revision", "check_run"))  # fixed when put forward
    if not items:
        raise NotFound()
    tree = lock_items([(item.entity_type, item.entity_id) for item in items], permissions.grants_of_actor(actor))
    bench, by = read(actor, request)
    act = Act(Verdict.REQUEST_CHANGES, digest, comment)
    stage = _stage(bench, by, act)
    check_words(act)
    bundles.check_division(bundles.parts_of(items), returned)
    decision = decision_of(bench, by, stage, act)
    insert([decision])
    close(bench.request, "split", bench.now)
    kept = [item for item in items if item.entity_id not in returned]
    rest = _write(bench, decision, kept, _plan(bench, tree, kept))
    back = [item for item in items if item.entity_id in returned]
    told = event(
        actor, "approvals.request.split", subjects.of_request(bench.request), bench.now, digest=digest, comment=comment,
        returned=[str(item.entity_id) for item in back], rest=str(rest.request.pk),
    )  # fmt: skip
    opened = open_review(actor, rest.request, bench.now, split_from=str(request))
    record(recorded(actor, bench, stage, decision), told, *opened)
    return Split(decision, back, rest)


def _stage(bench: Bench, by: Decider, act: Act) -> Stage:
    """The open stage on which the person may ask for changes now. Raises what a decision does, of the first open stage where they
    may on none."""
    transitions.check(REQUEST, "split", bench.request)
    refused: list[ImprimaturError] = []
    for stage in bench.in_state(StageState.OPEN):
        try:
            check_who(bench, by, stage, act.verdict)
            check_shown(bench, by, stage)
        except ImprimaturError as error:
            refused.append(error)
        else:
            check_now(bench, by, stage, act)
            return stage
    raise refused[0]


def _plan(bench: Bench, tree: Tree, kept: Sequence[RequestItem]) -> Plan:
    """What stays, planned anew from what was put forward, not from drafts as they are by now; by the policies of today, and by
    those that it was put forward under: no change of policy since makes it easier (R-12). Raises BaseMoved, Invalid."""
    request = bench.request
    drafts: dict[UUID, Any] = {each.pk: each for each in (tree.campaign, *tree.groups, *tree.ads)}
    heads = [head_again(drafts[item.entity_id], item.revision) for item in kept]
    mine = replace(tree, asked=frozenset(item.entity_id for item in kept))
    today = {str(each.pk) for each in policy_queries.policies_for(request.ad_account)}
    pinned = [UUID(each["id"]) for each in request.policies if each["id"] and each["id"] not in today]
    instead = Instead(heads, policy_queries.versions(pinned) if pinned else ())
    found = plan(mine, bench.now, published(request), request.submitted_by, instead)
    bases = {item.head.key: item.base and item.base.pk for item in found.items}
    if moved := [item for item in kept if bases.get(item.entity_id, item) != item.base_id]:
        words = _("Of “{name}” something else is approved by now than when this was put forward; submit it again.")
        raise BaseMoved(say(words, name=moved[0].revision.name), items=[str(item.entity_id) for item in moved])
    return found


def _write(bench: Bench, decision: Decision, kept: Sequence[RequestItem], planned: Plan) -> Submitted:
    """The rows of what stays. None of its stages is left out by a rule: somebody found fault with it. Raises ChecksFailNow."""
    before = bench.request
    changers = (policy.get(who) for policy in planned.policies for who in ("author", "confirmed_by"))
    names = (
        "ad_account", "placement_id", "submitted_by", "submitted_at", "note", "publish", "publish_at", "late_is_fine", "currency", "expires_at",
        "minimum_holding_minutes",
    )  # fmt: skip
    request = ApprovalRequest(
        **{name: getattr(before, name) for name in names}, title=kept[0].revision.name, digest=planned.digest,
        contributors=sorted({*before.contributors, *filter(None, changers)}), policies=planned.policies,
        exposure_minor=planned.exposure_minor, previous=before, split_by=decision,
    )  # fmt: skip
    stages = [stage_of(request, index, spec) for index, spec in enumerate(by_people(planned.stages))]
    items = [_item(request, index, item) for index, item in enumerate(kept)]
    _check_passed(kept, bench)
    _go_on(stages, bench)
    insert([request])
    insert(stages)
    insert(items)
    _escalated(stages, bench)
    return Submitted(request, items, stages)


def _item(request: ApprovalRequest, position: int, item: RequestItem) -> RequestItem:
    names = ("revision", "base_id", "check_run", "entity_type", "entity_id", "sections_changed")
    return RequestItem(request=request, position=position, **{name: getattr(item, name) for name in names})


def _check_passed(kept: Iterable[RequestItem], bench: Bench) -> None:
    """What the checks found is let pass still: an exception may have run out meanwhile. Raises ChecksFailNow."""
    doubtful = [item.check_run_id for item in kept if item.check_run.outcome == Outcome.BLOCKED]
    if doubtful and checks.blocked(doubtful, bench.request.ad_account, bench.now):
        raise ChecksFailNow(_("The rules changed meanwhile and block this now; request changes instead."))


# --- time goes on --------------------------------------------------------------------------------------------------------------


def _before(stage: Stage, bench: Bench) -> Stage | None:
    """The same stage of the request before, if it was opened there: it asked by the same deadline."""
    names = ("key", "permission", "deadline_hours", "remind_before_hours", "escalate_to_groups", "escalate_to_people")
    return next((each for each in bench.stages if each.due_at and all(getattr(each, n) == getattr(stage, n) for n in names)), None)


def _go_on(stages: Sequence[Stage], bench: Bench) -> None:
    """Stages that were open keep their deadline; others count theirs from now (R-20)."""
    opened = [stage for stage in stages if stage.state == StageState.OPEN]
    for stage in opened:
        if held := _before(stage, bench):
            stage.due_at, stage.remind_at = held.due_at, held.remind_at
    deadlines.start([stage for stage in opened if stage.due_at is None], bench.request.ad_account, bench.now)


def _escalated(stages: Sequence[Stage], bench: Bench) -> None:
    """Who was asked as well stays asked, and nobody is told twice (R-20). No statement where no deadline was near."""
    for stage in stages:
        held = _before(stage, bench) if stage.state == StageState.OPEN and stage.due_at else None
        if held is not None and (held.escalated_at or held.reminded_at):
            stage.escalated_at, stage.reminded_at = held.escalated_at, held.reminded_at
            stage.save(update_fields=["escalated_at", "reminded_at"])

