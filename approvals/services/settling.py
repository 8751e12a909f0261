"""What follows from decisions: stages that have what they need are closed, the next ones opened, the last of them clears the
request (R-12, R-18, R-23, R-37). Called inside the transaction of a service that holds the request's lock."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.transaction import atomic
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount
from approvals import books, deadlines, subjects
from approvals.digests import node_of, published, request_digest
from approvals.errors import ApprovalLapsed, BaseMoved, ChecksFailNow, PageUnlinked
from approvals.lowering import is_lowering
from approvals.models import ApprovalRequest, Decision, RequestItem, Stage
from approvals.proposals import may_be_automatic
from approvals.services.adding import add_owed
from approvals.services.automatic import leave_out
from approvals.services.bench import Bench, bench_of, items_of
from approvals.services.carrying import Earlier, carried_to, comments_carried_to, earlier_than
from approvals.services.clearing import clear
from approvals.states import RequestState, StageState
from approvals.transitions import REQUEST, STAGE
from audit.models import AuditEvent
from audit.recording import event
from core import transitions, wake
from core.actor import Actor
from core.errors import ImprimaturError, StaleDigest, say
from governance import checks
from governance.checks import Judged

logger = logging.getLogger(__name__)


def settle(actor: Actor, bench: Bench, known: Iterable[UUID] = ()) -> list[AuditEvent]:
    """Close every open stage that has what it needs, open the step after it, and finish when there is none; nothing while a
    blocking comment stands (R-51). `known`: people who were just found eligible. Raises ApprovalLapsed, StaleDigest, PageUnlinked,
    ChecksFailNow, EnvelopeExceeded."""
    events: list[AuditEvent] = []
    while turn := next_turn(bench, known):
        for stage in turn.met:
            transitions.move(STAGE, "satisfy", stage, closed_at=bench.now)
        events += satisfied(actor, bench, turn)
        if turn.is_last:
            more = tighten(actor, bench)
            return [*events, *more] if more else [*events, _finish(actor, bench, turn.met)]
        if not turn.opens:
            break
        events += _open(actor, bench, turn.opens)
    return events


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from decisions: these stages have what they need; these come next; or nothing comes, and it is the last."""

    met: list[Stage]
    opens: list[Stage]
    is_last: bool


def next_turn(bench: Bench, known: Iterable[UUID] = ()) -> Turn | None:
    """What follows now, if anything; also of stages that a rule left out. Writes nothing."""
    if bench.held_up and not is_lowering(bench.request.policies):
        return None
    opened = bench.in_state(StageState.OPEN)
    met = [each for each in opened if bench.has_met(each, known)]
    if opened and not met:
        return None
    through = len(met) == len(opened)
    opens = bench.next_step() if through else []
    return Turn(met, opens, through and not opens)


def satisfied(actor: Actor, bench: Bench, turn: Turn) -> list[AuditEvent]:
    """The events of stages that have what they need."""
    return [_event(actor, bench, "approvals.stage.satisfied", stage=stage.key) for stage in turn.met]


def told_open(actor: Actor, bench: Bench, asked: Sequence[Stage]) -> list[AuditEvent]:
    """The event of stages that ask people from now on."""
    return [_event(actor, bench, "approvals.stage.opened", stages=[stage.key for stage in asked])] if asked else []


def tighten(actor: Actor, bench: Bench) -> list[AuditEvent]:
    """Add what policies ask for that came into force since the request was submitted (R-12). No statement where none did."""
    moved = bench.policies_moved and not is_lowering(bench.request.policies)
    added = add_owed(bench.request, bench.stages, bench.now) if moved else []
    if not added:
        return []
    bench.stages += added
    return [_event(actor, bench, "approvals.request.tightened", stages=[stage.key for stage in added])]


def _open(actor: Actor, bench: Bench, opened: Sequence[Stage]) -> list[AuditEvent]:
    """Open the stages of the next step, count when they are due (R-20), leave out what a rule allows, and take over what was
    decided before (R-07)."""
    timed = deadlines.start(opened, bench.request.ad_account, bench.now)
    transitions.move_many(STAGE, "open", [stage for stage in opened if stage not in timed])
    for stage in timed:
        transitions.move(STAGE, "open", stage, due_at=stage.due_at, remind_at=stage.remind_at)
    events = _left_out(actor, bench, opened)
    previous = bench.request.previous_id
    asked = [stage for stage in opened if stage.state == StageState.OPEN]
    events += told_open(actor, bench, asked)
    return events + (_carry(actor, bench, asked, earlier_than(bench.request, previous, bench.now)) if previous else [])


def begin_review(actor: Actor, request: ApprovalRequest, now: datetime) -> list[AuditEvent]:
    """What follows when a review begins: stages that a rule leaves out (R-20), decisions on the version before that still stand
    (R-07). No statement where neither may be. What cannot be finished without people is left to them."""
    if not may_be_automatic(request.policies):
        return take_over(actor, bench_of(request, now)) if request.previous_id else []
    try:
        with atomic():
            bench = bench_of(request, now)
            if request.previous_id:
                return take_over(actor, bench, by_rule=True)
            events = _left_out(actor, bench, bench.in_state(StageState.OPEN))
            return [*events, *settle(actor, bench)] if events else []
    except ImprimaturError as refused:
        logger.info("%s is left to people: %s", request.pk, refused)
        request.state, request.closed_at = RequestState.IN_REVIEW, None
        return take_over(actor, bench_of(request, now)) if request.previous_id else []


def _left_out(actor: Actor, bench: Bench, opened: Sequence[Stage]) -> list[AuditEvent]:
    rules = [each["id"] or each["key"] for each in bench.request.policies if each.get("automatic")]
    return [
        _event(actor, bench, "approvals.stage.skipped", stage=stage.key, policies=rules) for stage in leave_out(bench, opened)
    ]


def take_over(actor: Actor, bench: Bench, *, by_rule: bool = False) -> list[AuditEvent]:
    """Keep blocking comments on what did not change since the version before (R-51), leave out what a rule allows then (`by_rule`,
    R-20), take over what was decided there and still stands, name what does not (R-07), and carry out what follows."""
    if bench.request.previous_id is None:
        return []
    earlier = earlier_than(bench.request, bench.request.previous_id, bench.now)
    outdated = [each for stage in bench.stages if not earlier.stands(stage) for each in earlier.approvals(stage)]
    events = _carry_comments(actor, bench, earlier)
    events += _left_out(actor, bench, bench.in_state(StageState.OPEN)) if by_rule else []
    events += _carry(actor, bench, bench.in_state(StageState.OPEN), earlier)
    return [*events, *(_told(actor, bench, "approvals.decision.outdated", each) for each in outdated), *settle(actor, bench)]


def _carry(actor: Actor, bench: Bench, opened: Sequence[Stage], earlier: Earlier) -> list[AuditEvent]:
    carried, lost = carried_to(bench, opened, earlier)
    bench.decisions += carried
    events = [_told(actor, bench, "approvals.decision.carried", each) for each in carried]
    return events + [_told(actor, bench, "approvals.decision.outdated", each) for each in lost]


def _carry_comments(actor: Actor, bench: Bench, earlier: Earlier) -> list[AuditEvent]:
    carried = comments_carried_to(bench, earlier)
    bench.held_up = bench.held_up or bool(carried)
    said = [(str(each.pk), str(each.author_id)) for each in carried]
    return [_event(actor, bench, "approvals.comment.carried", comment=comment, person=person) for comment, person in said]


def _told(actor: Actor, bench: Bench, action: str, decision: Decision) -> AuditEvent:
    return _event(actor, bench, action, decision=str(decision.pk), person=str(decision.decided_by_id))


def _event(actor: Actor, bench: Bench, action: str, **facts: Any) -> AuditEvent:
    return event(actor, action, subjects.of_request(bench.request), bench.now, **facts)


def _check_earlier_stages(bench: Bench, just_met: Sequence[Stage]) -> None:
    """The earlier stages are satisfied still: their approvers hold their roles at this moment (R-13)."""
    for stage in bench.stages:
        if stage not in just_met and stage.state != StageState.SKIPPED and not bench.has_met(stage):
            words = _("Who approved “{stage}” holds that role no longer; withdraw the request and submit it again.")
            raise ApprovalLapsed(say(words, stage=stage.title), stage=stage.key)


def _check_digest(request: ApprovalRequest, items: Sequence[RequestItem]) -> None:
    """What is cleared is exactly what the digest covers (R-02): no item was added, dropped or re-pointed meanwhile.

    Raises StaleDigest.
    """
    covered = request_digest(map(node_of, (item.revision for item in items)), published(request))
    if covered != request.digest:
        raise StaleDigest(_("The items are not those that the digest covers; withdraw the request."), digest=covered)


def _check_base(items: Sequence[Any]) -> None:
    """What people compared is what was cleared last still: since then nothing was lowered (R-04) or revoked (R-32) that would come
    back by this approval, though nobody was shown it. Raises BaseMoved."""
    moved = [item for item in items if item.base_id != item.base_now]
    if moved:
        words = _("Of “{name}” something else is approved by now than when this was put forward; submit it again.")
        raise BaseMoved(say(words, name=moved[0].revision.name), items=[str(item.entity_id) for item in moved])


def failing_today(items: Sequence[RequestItem], account: AdAccount, now: datetime) -> list[Judged]:
    """What the rules of today block of items (with revision and check run) of an ad account's requests."""
    for item in items:
        item.check_run.revision = item.revision
    return checks.failing_now([item.check_run for item in items], account, now)


def check_last(bench: Bench, just_met: Sequence[Stage], items: Sequence[RequestItem]) -> None:
    """Judge once more by the people of today what is about to be cleared, and that it is what was decided. Raises ApprovalLapsed,
    StaleDigest, BaseMoved, PageUnlinked."""
    _check_earlier_stages(bench, just_met)
    _check_digest(bench.request, items)
    _check_base(items)
    if unlinked := PageUnlinked.among((item.revision for item in items), bench.place):
        raise unlinked


def _finish(actor: Actor, bench: Bench, just_met: Sequence[Stage]) -> AuditEvent:
    """The last stage is satisfied: judge again by the people and the rules of today, approve, clear."""
    request = bench.request
    items = items_of(request.pk)
    check_last(bench, just_met, items)
    if failing := failing_today(items, request.ad_account, bench.now):
        codes = checks.blocking_codes(failing)
        raise ChecksFailNow(_("The rules changed meanwhile and block this now; request changes instead."), findings=codes)
    transitions.move(REQUEST, "approve", request, closed_at=bench.now)
    clear(request, items, bench.now)
    books.reserve(actor, request, items, bench.now)
    return approved(actor, request, items, bench.now)


def approved(actor: Actor, request: ApprovalRequest, items: Sequence[RequestItem], now: datetime) -> AuditEvent:
    """Tell the world and the log that a request was cleared."""
    wake.announce("approvals.request.approved", request.pk)
    cleared = {str(each.entity_id): each.revision.digest for each in items}
    return event(actor, "approvals.request.approved", subjects.of_request(request), now, cleared=cleared)
