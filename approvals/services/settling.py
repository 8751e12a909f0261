"""What follows from decisions: stages that have what they need are closed, the next ones opened, the last of them clears the
request (R-12, R-18, R-23, R-37). Called inside the transaction of a service that holds the request's lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from approvals import books, subjects
from approvals.digests import node_of, publish_content, request_digest
from approvals.errors import ApprovalLapsed, ChecksFailNow, PageUnlinked
from approvals.models import ApprovalRequest, Decision, RequestItem, Stage
from approvals.services.bench import Bench, items_of
from approvals.services.carrying import Earlier, carried_to, earlier_than
from approvals.services.clearing import clear
from approvals.states import StageState
from approvals.transitions import REQUEST, STAGE
from audit.models import AuditEvent
from audit.recording import event
from core import transitions, wake
from core.actor import Actor
from core.errors import StaleDigest, say
from governance import checks


def settle(actor: Actor, bench: Bench, known: Iterable[UUID] = ()) -> list[AuditEvent]:
    """Close every open stage that has what it needs, open the step after it, and finish when there is none. `known`: people who
    were just found eligible. Raises ApprovalLapsed, StaleDigest, PageUnlinked, ChecksFailNow, EnvelopeExceeded."""
    events: list[AuditEvent] = []
    while (opened := bench.in_state(StageState.OPEN)) and (met := [each for each in opened if bench.has_met(each, known)]):
        for stage in met:
            transitions.move(STAGE, "satisfy", stage, closed_at=bench.now)
            events.append(_event(actor, bench, "approvals.stage.satisfied", stage=stage.key))
        if len(met) < len(opened):
            break
        if not bench.in_state(StageState.PENDING):
            return [*events, _finish(actor, bench, met)]
        events += open_next(actor, bench)
    return events


def open_next(actor: Actor, bench: Bench) -> list[AuditEvent]:
    """Open the pending stages of the lowest step, and take over what was decided on the version before (R-07)."""
    pending = bench.in_state(StageState.PENDING)
    step = min(stage.step for stage in pending)
    opened = [stage for stage in pending if stage.step == step]
    transitions.move_many(STAGE, "open", opened)
    previous = bench.request.previous_id
    return _carry(actor, bench, opened, earlier_than(bench.request, previous, bench.now)) if previous else []


def take_over(actor: Actor, bench: Bench) -> list[AuditEvent]:
    """When a review begins: take over what was decided on the version before and still stands, name what does not (R-07), and
    carry out what follows."""
    if bench.request.previous_id is None:
        return []
    earlier = earlier_than(bench.request, bench.request.previous_id, bench.now)
    outdated = [each for stage in bench.stages if not earlier.stands(stage) for each in earlier.approvals(stage)]
    events = _carry(actor, bench, bench.in_state(StageState.OPEN), earlier)
    return [*events, *(_told(actor, bench, "approvals.decision.outdated", each) for each in outdated), *settle(actor, bench)]


def _carry(actor: Actor, bench: Bench, opened: Sequence[Stage], earlier: Earlier) -> list[AuditEvent]:
    carried, lost = carried_to(bench, opened, earlier)
    bench.decisions += carried
    events = [_told(actor, bench, "approvals.decision.carried", each) for each in carried]
    return events + [_told(actor, bench, "approvals.decision.outdated", each) for each in lost]


def _told(actor: Actor, bench: Bench, action: str, decision: Decision) -> AuditEvent:
    return _event(actor, bench, action, decision=str(decision.pk), person=str(decision.decided_by_id))


def _event(actor: Actor, bench: Bench, action: str, **facts: str) -> AuditEvent:
    return event(actor, action, subjects.of_request(bench.request), bench.now, **facts)


def _check_earlier_stages(bench: Bench, just_met: Sequence[Stage]) -> None:
    """The earlier stages are satisfied still: their approvers hold their roles at this moment (R-13)."""
    for stage in bench.stages:
        if stage not in just_met and not bench.has_met(stage):
            words = _("Who approved “{stage}” holds that role no longer; withdraw the request and submit it again.")
            raise ApprovalLapsed(say(words, stage=stage.title), stage=stage.key)


def _check_digest(request: ApprovalRequest, items: Sequence[RequestItem]) -> None:
    """What is cleared is exactly what the digest covers (R-02): no item was added, dropped or re-pointed meanwhile.

    Raises StaleDigest.
    """
    covered = request_digest(map(node_of, (item.revision for item in items)), publish_content(request.publish, request.publish_at))
    if covered != request.digest:
        raise StaleDigest(_("The items are not those that the digest covers; withdraw the request."), digest=covered)


def _finish(actor: Actor, bench: Bench, just_met: Sequence[Stage]) -> AuditEvent:
    """The last stage is satisfied: judge again by the people and the rules of today, approve, clear."""
    _check_earlier_stages(bench, just_met)
    request = bench.request
    items = items_of(request.pk)
    for item in items:
        item.check_run.revision = item.revision
    _check_digest(request, items)
    if unlinked := PageUnlinked.among((item.revision for item in items), bench.place):
        raise unlinked
    failing = checks.failing_now([item.check_run for item in items], request.ad_account, bench.now)
    if failing:
        codes = checks.blocking_codes(failing)
        raise ChecksFailNow(_("The rules changed meanwhile and block this now; request changes instead."), findings=codes)
    transitions.move(REQUEST, "approve", request, closed_at=bench.now)
    clearances = clear(request, items, bench.now)
    books.reserve(actor, request, items, bench.now)
    wake.announce("approvals.request.approved", request.pk)
    cleared = {str(each.entity_id): each.digest for each in clearances}
    return event(actor, "approvals.request.approved", subjects.of_request(request), bench.now, cleared=cleared)
