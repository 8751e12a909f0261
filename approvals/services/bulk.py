"""Many requests decided in one act (R-31): each succeeds or fails alone, and most of the statements are those of one.

What is judged is what `deciding` judges. What nothing is likely to stop is written together; what may still fail by itself, or
brings more with it (envelopes, decisions that are carried over), is decided by itself in a savepoint, just as if it came alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import User
from accounts.permissions import Grants
from approvals import books, bulk, eligibility, locks, queries, quorum, subjects
from approvals.models import ApprovalRequest, Decision, RequestItem, Stage
from approvals.services import settling
from approvals.services.bench import Bench, benches_of, items_among
from approvals.services.clearing import clear_all
from approvals.services.deciding import (
    Act,
    Decider,
    check,
    check_who,
    check_words,
    decided,
    decision_of,
    recorded,
    sure,
)
from approvals.services.ending import close_all
from approvals.states import RequestState, StageState, Verdict
from approvals.transitions import REQUEST, STAGE
from audit.models import AuditEvent
from audit.recording import event, overtaken, record, refused, service
from core import clock, transitions
from core.actor import Actor
from core.errors import ImprimaturError, Invalid, NotFound, say
from core.statements import insert
from governance.models import RuleSet

ACTION: Final = "approvals.decision.recorded"
VERDICTS: Final = (Verdict.APPROVE.value, Verdict.REJECT.value)
"""What is said of many at once. Changes are asked for one by one: each needs words of its own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One request of many, by the digest that was seen; without a stage the open one that waits for whoever decides is meant."""

    request: UUID
    digest: str
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one choice: a decision, or why there is none. `request` is None where it may not be seen."""

    choice: Choice
    request: ApprovalRequest | None
    decision: Decision | None = None
    error: ImprimaturError | None = None


@dataclass(slots=True)
class _Case:
    """One choice that was judged and may be written."""

    choice: Choice
    bench: Bench
    by: Decider
    stage: Stage
    act: Act
    items: Sequence[RequestItem] = ()
    decision: Decision | None = None
    turn: settling.Turn | None = None


@service(ACTION)
def decide_in_bulk(*, actor: Actor, verdict: str, choices: Sequence[Choice], comment: str = "") -> list[Outcome]:
    """Approve or reject up to 50 requests, each by itself (R-31): one outcome a choice, in their order.

    What is approved has green checks, stays below the limit of its currency and was named by its digest; everything else has to
    be opened. Rejecting knows no such limit. Raises Invalid (no choice, too many, one twice, another verdict, no reason),
    Forbidden (the system).
    """
    _check_asked(verdict, choices, comment)
    user = permissions.principal_of(actor)
    rows = locks.requests_among(choice.request for choice in choices)
    now = clock.now()  # after the wait for the locks
    hearing = _Hearing(actor, user, rows, now)
    acts = {choice: Act(verdict, choice.digest, comment) for choice in choices}
    judged = {choice: hearing.judged(choice, acts[choice]) for choice in choices}
    cases = [each for each in judged.values() if isinstance(each, _Case)]
    written = {} if not cases else _written(actor, verdict, cases, now)
    outcomes = [_outcome(choice, judged[choice], written, hearing) for choice in choices]
    record(*(_refusal(actor, each, each.error) for each in outcomes if each.error is not None))
    return outcomes


def _check_asked(verdict: str, choices: Sequence[Choice], comment: str) -> None:
    if verdict not in VERDICTS:
        raise Invalid.field("verdict", "unknown", say(_("Choose one of {choices}."), choices=", ".join(VERDICTS)))
    check_words(Act(verdict, "", comment))
    if not 1 <= len(choices) <= bulk.MOST:
        words = say(_("Name 1 to {most} requests."), most=bulk.MOST)
        raise Invalid.field("items", "too_many" if choices else "empty", words)
    if len({choice.request for choice in choices}) != len(choices):
        raise Invalid.field("items", "duplicate", _("Name each request once."))


def _outcome(
    choice: Choice, judged: _Case | ImprimaturError, written: Mapping[Choice, Decision | ImprimaturError], hearing: _Hearing
) -> Outcome:
    said = judged if isinstance(judged, ImprimaturError) else written[choice]
    if isinstance(said, Decision):
        return Outcome(choice, said.request, said)
    return Outcome(choice, None if isinstance(said, NotFound) else hearing.rows[choice.request], error=said)


def _refusal(actor: Actor, outcome: Outcome, error: ImprimaturError) -> AuditEvent:
    """A refusal is evidence as that of a single decision is."""
    subject = None if outcome.request is None else subjects.of_request(outcome.request)
    return refused(actor, ACTION, subject, {"request": outcome.choice.request}, error)


# --- judging -----------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Hearing:
    """Who decides, and the benches of all that is decided; read once for all of them."""

    actor: Actor
    user: User
    rows: Mapping[UUID, ApprovalRequest]
    now: datetime
    benches: Mapping[UUID, Bench] = field(init=False)
    grants: Grants = field(init=False)
    unclear: frozenset[UUID] = field(init=False)
    changed: dict[UUID, list[RuleSet]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        earliest = min((row.submitted_at for row in self.rows.values()), default=self.now)
        self.grants = permissions.fresh_grants(self.actor, self.now, eligibility.held_before(earliest))
        self.benches = benches_of(self.rows, self.now)
        self.unclear = queries.requests_not_green(self.rows)

    def judged(self, choice: Choice, act: Act) -> _Case | ImprimaturError:
        try:
            return self._case(choice, act)
        except ImprimaturError as error:
            return error

    def _case(self, choice: Choice, act: Act) -> _Case:
        bench = self.benches.get(choice.request)
        if bench is None or not self.grants.allows("view", bench.request.ad_account):
            raise NotFound()
        stage, by = self._seat(bench, choice.stage, act.verdict)
        check(bench, by, stage, act)
        opened = bulk.must_be_opened(bench.request, is_green=bench.request.pk not in self.unclear)
        if opened and act.verdict == Verdict.APPROVE:
            raise opened
        return _Case(choice, bench, by, stage, act)

    def _seat(self, bench: Bench, key: str, verdict: str) -> tuple[Stage, Decider]:
        """The stage that is meant, and who decides with what counts for it. Raises Invalid, and what check_who does."""
        if key:
            stage = bench.stage(key)
            return stage, self._decider(bench, stage)
        first: ImprimaturError = NotFound()
        for stage in bench.in_state(StageState.OPEN) or bench.stages:
            by = self._decider(bench, stage)
            try:
                check_who(bench, by, stage, verdict)
            except ImprimaturError as error:
                first = error if isinstance(first, NotFound) else first
            else:
                return stage, by
        raise first

    def _decider(self, bench: Bench, stage: Stage) -> Decider:
        """What was given before the first of them was put forward counts for all; else it is asked for this one."""
        enough = self.grants.allows(stage.permission, bench.request.ad_account)
        held = eligibility.held_for(bench.request)
        grants = self.grants if enough else permissions.fresh_grants(self.actor, self.now, held)
        return Decider(self.actor, self.user, grants, changed=self.changed)


# --- writing -----------------------------------------------------------------------------------------------------------------


def _written(actor: Actor, verdict: str, cases: Sequence[_Case], now: datetime) -> dict[Choice, Decision | ImprimaturError]:
    """Decide what was judged: together what can be, the rest by itself."""
    together = _together(cases) if verdict == Verdict.APPROVE else [each for each in cases if _is_in_review(each)]
    found: dict[Choice, Decision | ImprimaturError] = {}
    if together:
        try:
            with transaction.atomic():
                _write(actor, verdict, together, now)
        except IntegrityError as error:
            if overtaken(ACTION, error) is None:
                raise
            for each in together:
                each.bench.request.refresh_from_db(fields=["state", "closed_at"])
        else:
            found |= {each.choice: each.decision for each in together if each.decision is not None}
    return found | {each.choice: _alone(actor, each) for each in cases if each.choice not in found}


def _alone(actor: Actor, case: _Case) -> Decision | ImprimaturError:
    """Just as if it came alone, in a savepoint: what fails undoes nothing else."""
    try:
        with transaction.atomic():
            return decided(actor, case.choice.request, case.stage.key, case.act)
    except ImprimaturError as error:
        return error
    except IntegrityError as error:
        late = overtaken(ACTION, error)
        if late is None:
            raise
        return late


def _is_in_review(case: _Case) -> bool:
    return bool(case.bench.request.state == RequestState.IN_REVIEW)


def _together(cases: Sequence[_Case]) -> list[_Case]:
    """The approvals that nothing is likely to stop: those after which others are awaited, or that clear what the rules of today
    let pass and no envelope holds."""
    calm = [each for each in cases if _is_calm(each)]
    last = [each for each in calm if not each.bench.next_step()]
    if not last:
        return calm
    stirred = _stirred(last)
    return [each for each in calm if each.choice not in stirred]


def _is_calm(case: _Case) -> bool:
    """Whether nothing but the decision itself has to be thought of: no stricter policy came into force, and what comes next is not
    carried over, left out by a rule, or counted by a calendar."""
    bench = case.bench
    plain = not any(bench.request.previous_id or stage.automatic or stage.deadline_hours for stage in bench.next_step())
    return _is_in_review(case) and not bench.policies_moved and plain


def _stirred(last: Sequence[_Case]) -> set[Choice]:
    """Of those that may be cleared the ones that are judged by themselves: an envelope holds them, or something has changed."""
    items = items_among([each.bench.request.pk for each in last])
    for each in last:
        each.items = items.get(each.bench.request.pk, [])
    _ask([(each.bench, stage) for each in last for stage in each.bench.in_state(StageState.SATISFIED)])
    failing = _failing(last)
    budgets = [each for each in last if books.campaign_in(each.items) is not None]
    held = locks.envelopes_among([each.bench.request.ad_account for each in budgets]) if budgets else []
    return {
        each.choice for each in last
        if each.bench.request.pk in failing or _would_fail(each) or books.draws(each.bench.request, each.items, held)
    }  # fmt: skip


def _would_fail(case: _Case) -> bool:
    try:
        settling.check_last(case.bench, case.bench.in_state(StageState.OPEN), case.items)
    except ImprimaturError:
        return True
    return False


def _failing(last: Iterable[_Case]) -> set[UUID]:
    """The requests that the rules of today block: judged once an ad account."""
    by_account: dict[UUID, list[_Case]] = {}
    for each in last:
        by_account.setdefault(each.bench.request.ad_account_id, []).append(each)
    found: set[UUID] = set()
    for mine in by_account.values():
        bench = mine[0].bench
        judged = settling.failing_today([item for each in mine for item in each.items], bench.request.ad_account, bench.now)
        runs = {each.run.pk for each in judged}
        found |= {item.request_id for each in mine for item in each.items if item.check_run_id in runs}
    return found


def _ask(seats: Sequence[tuple[Bench, Stage]]) -> None:
    """Ask the database at once whether stages have what they need (approvals.views says it in the same words as the code)."""
    if not seats:
        return
    met = queries.stages_met([stage.pk for _bench, stage in seats])
    for bench, stage in seats:
        bench.told[stage.pk] = stage.pk in met


def _write(actor: Actor, verdict: str, cases: Sequence[_Case], now: datetime) -> None:
    """Write the decisions of several requests, and carry out what follows: the statements of one."""
    for each in cases:
        each.decision = decision_of(each.bench, each.by, each.stage, each.act)
        each.bench.decisions.append(each.decision)
    decisions = [each.decision for each in cases if each.decision is not None]
    insert(decisions)
    events = [recorded(actor, each.bench, each.stage, made) for each, made in zip(cases, decisions, strict=True)]
    events += _settle(actor, cases, now) if verdict == Verdict.APPROVE else _reject(actor, cases, now)
    record(*events)


def _settle(actor: Actor, cases: Sequence[_Case], now: datetime) -> list[AuditEvent]:
    """What `settling.settle` does, for several requests."""
    opened = [(each.bench, stage) for each in cases for stage in each.bench.in_state(StageState.OPEN)]
    known = {each.bench.request.pk: sure(each.by, each.act) for each in cases}
    _ask([
        (bench, stage) for bench, stage in opened
        if not bench.is_plain(stage, known[bench.request.pk]) and quorum.approvers(bench.decisions, stage.pk)
    ])  # fmt: skip
    for each in cases:
        each.turn = settling.next_turn(each.bench, known[each.bench.request.pk])
    turns = [(each, each.turn) for each in cases if each.turn is not None]
    transitions.move_many(STAGE, "satisfy", [stage for _case, turn in turns for stage in turn.met], closed_at=now)
    transitions.move_many(STAGE, "open", [stage for _case, turn in turns for stage in turn.opens])
    events = [told for each, turn in turns for told in settling.satisfied(actor, each.bench, turn)]
    events += [told for each, turn in turns for told in settling.told_open(actor, each.bench, turn.opens)]
    last = [each for each, turn in turns if turn.is_last]
    return events + (_finish(actor, last, now) if last else [])


def _finish(actor: Actor, last: Sequence[_Case], now: datetime) -> list[AuditEvent]:
    transitions.move_many(REQUEST, "approve", [each.bench.request for each in last], closed_at=now)
    clear_all({each.bench.request: each.items for each in last}, now)
    return [settling.approved(actor, each.bench.request, each.items, now) for each in last]


def _reject(actor: Actor, cases: Sequence[_Case], now: datetime) -> list[AuditEvent]:
    transitions.move_many(STAGE, "fail", [each.stage for each in cases], closed_at=now)
    close_all([each.bench.request for each in cases], "reject", now)
    told: list[Any] = [(subjects.of_request(each.bench.request), each.act.comment) for each in cases]
    return [event(actor, "approvals.request.rejected", subject, now, comment=comment) for subject, comment in told]
