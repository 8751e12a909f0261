"""Check runs: queued, claimed by one worker, judged outside any transaction, written down once; errored is never passed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection

from approvals import queries, services, tasks
from approvals.models import ApprovalRequest
from audit.models import AuditEvent
from core import clock
from core.actor import Channel, system
from core.canonical import canonical_text, digest_of_text
from core.errors import Forbidden, IllegalTransition, NotFound
from core.ids import uuid7
from governance import checks
from governance.models import CheckRun, Finding
from governance.services import publish_rule_set
from tests import builders
from tests.verdicts import verdicts

TASK = system(Channel.TASK)
LEASE = timedelta(seconds=settings.LEASE_SECONDS)


@pytest.fixture
def world(db):
    return builders.organisation()


@pytest.fixture
def request_(world) -> ApprovalRequest:
    return world.request(at="awaiting_checks")


def runs_of(request) -> list[CheckRun]:
    return list(CheckRun.objects.filter(request_items__request=request).select_related("revision").order_by("pk"))


def mine(request) -> Callable[[datetime], list[CheckRun]]:
    return partial(queries.free_checks, request.pk)


def states(request) -> set[tuple[str, str]]:
    return {(run.state, run.outcome) for run in runs_of(request)}


def state(request) -> str:
    return ApprovalRequest.objects.get(pk=request.pk).state


# --- queue ------------------------------------------------------------------------------------------------------------


def test_the_context_is_stored_as_it_was_hashed_and_tells_what_surrounds_it(world, request_):
    tree = world.tree_of[request_.pk]
    for run in runs_of(request_):
        assert digest_of_text(run.context) == run.context_digest
        context = json.loads(run.context)
        assert canonical_text(context) == run.context
        assert (context["currency"], context["country"]) == ("USD", "US")
    context = json.loads(next(run for run in runs_of(request_) if run.revision.entity_type == "ad").context)
    assert context["campaign"]["structure"]["name"] == tree.campaign.name
    assert context["ad_group"]["structure"]["name"] == tree.ad_group.name
    assert context["ads_in_group"] == 1
    assert [facts["kind"] for facts in context["media"].values()] == ["video"]


# --- claim ------------------------------------------------------------------------------------------------------------


def test_of_two_workers_one_gets_the_runs(request_):
    now = clock.now()
    assert len(checks.claim(mine(request_), now)) == 3
    assert len(checks.claim(mine(request_), now)) == 0
    assert {(run.state, run.attempts, run.leased_until) for run in runs_of(request_)} == {("running", 1, now + LEASE)}


def test_a_lease_that_ran_out_is_taken_over_and_not_before(request_):
    now = clock.now()
    checks.claim(mine(request_), now)
    assert len(checks.claim(mine(request_), now + LEASE)) == 0
    assert len(checks.claim(mine(request_), now + LEASE + timedelta(microseconds=1))) == 3
    assert {run.attempts for run in runs_of(request_)} == {2}


def test_after_too_many_tries_nobody_claims(request_):
    now = clock.now()
    for attempt in range(checks.MAX_ATTEMPTS):
        assert len(checks.claim(mine(request_), now + 2 * attempt * LEASE)) == 3
    assert len(checks.claim(mine(request_), now + 20 * LEASE)) == 0


def test_a_worker_that_fails_late_leaves_the_lease_of_whoever_took_over(request_):
    now = clock.now()
    slow = checks.claim(mine(request_), now)
    later = now + LEASE + timedelta(microseconds=1)
    quick = checks.claim(mine(request_), later)
    assert len(slow) == len(quick) == 3
    checks.back_off(slow, later)
    assert {run.leased_until for run in runs_of(request_)} == {later + LEASE}
    checks.back_off(quick, later)
    assert {run.leased_until for run in runs_of(request_)} == {later + timedelta(seconds=2 * settings.CHECK_BACKOFF_SECONDS)}


def test_r03_a_worker_out_of_time_ends_no_run_that_another_has_in_hand(request_):
    now = clock.now()
    slow = checks.claim(mine(request_), now - LEASE - timedelta(seconds=1))
    checks.claim(mine(request_), now)
    with pytest.raises(IllegalTransition):
        services.abandon_checks(actor=TASK, request=request_.pk, claimed=slow)
    assert (states(request_), state(request_)) == ({("running", "")}, "awaiting_checks")


def test_r03_a_worker_out_of_time_ends_what_it_holds(request_):
    services.abandon_checks(actor=TASK, request=request_.pk, claimed=checks.claim(mine(request_), clock.now()))
    assert (states(request_), state(request_)) == ({("errored", "blocked")}, "blocked")


def test_a_request_is_out_of_tries_by_one_run_and_not_by_two(request_):
    now = clock.now()
    checks.claim(mine(request_), now)
    tried, died, _ = runs_of(request_)
    CheckRun.objects.filter(pk=tried.pk).update(attempts=checks.MAX_ATTEMPTS, leased_until=now + LEASE)
    CheckRun.objects.filter(pk=died.pk).update(leased_until=now - LEASE)
    assert queries.requests_with_exhausted_checks(now) == []
    assert queries.requests_with_exhausted_checks(now + 2 * LEASE) == [request_.pk]


# --- judge, write -----------------------------------------------------------------------------------------------------


def test_no_transaction_is_open_while_judging(request_, monkeypatch, transactional_db):
    seen = []
    original = checks.judge

    def judge(run):
        seen.append(connection.in_atomic_block)
        return original(run)

    monkeypatch.setattr(checks, "judge", judge)
    tasks.check_request(str(request_.pk))
    assert seen == [False, False, False]
    assert state(request_) == "in_review"


def test_findings_are_written_with_the_outcome_they_add_up_to(request_):
    tasks.check_request(str(request_.pk))
    assert state(request_) == "in_review"
    for run in runs_of(request_):
        rows = verdicts(run)
        assert "pass" in {row["result"] for row in rows}
        failing = {row["mode"] for row in rows if row["result"] in ("fail", "error")}
        assert {row.mode for row in run.findings.all()} == failing, "what passed is no row"
        assert run.outcome == ("warned" if "warn" in failing else "passed")
        assert not failing & {"hard", "soft"}
        assert run.finished_at is not None
        assert run.leased_until is None


def test_judging_twice_gives_the_same(request_):
    """Pure: the stored context and the pinned rules are all there is."""
    checks.claim(mine(request_), clock.now())
    run = runs_of(request_)[-1]
    first = checks.judge(run)
    with time_machine.travel(clock.now() + timedelta(days=400)):
        assert checks.judge(run) == first


def test_r03_one_blocked_item_blocks_the_request_and_frees_its_entities(world):
    request = world.request(at="blocked")
    assert state(request) == "blocked"
    assert ("completed", "blocked") in states(request)
    assert not request.items.filter(is_open=True).exists()
    assert set(request.stages.values_list("state", flat=True)) == {"cancelled"}


def test_a_task_played_twice_writes_once(request_):
    tasks.check_request(str(request_.pk))
    before = (Finding.objects.count(), AuditEvent.objects.count())
    tasks.check_request(str(request_.pk))
    assert (Finding.objects.count(), AuditEvent.objects.count()) == before


def test_an_unknown_request_is_nobodys_work(db):
    tasks.check_request(str(uuid7()))
    with pytest.raises(NotFound):
        services.record_checks(actor=TASK, request=uuid7(), judged=[])


def test_r33_nobody_but_the_service_brings_findings(world, request_):
    with pytest.raises(Forbidden):
        services.record_checks(actor=world.actor("submitter"), request=request_.pk, judged=[])
    with pytest.raises(Forbidden):
        services.abandon_checks(actor=world.actor("operator"), request=request_.pk)
    assert state(request_) == "awaiting_checks"


# --- faults -----------------------------------------------------------------------------------------------------------


def crash(fault):
    def judge(run):
        raise fault

    return judge


@pytest.mark.parametrize("fault", [SoftTimeLimitExceeded(), MemoryError()])
def test_r03_a_run_that_takes_too_much_is_errored_and_blocks(request_, monkeypatch, fault):
    monkeypatch.setattr(checks, "judge", crash(fault))
    tasks.check_request(str(request_.pk))
    assert states(request_) == {("errored", "blocked")}
    assert state(request_) == "blocked"


class Killed(BaseException):
    """What a worker sees of kill -9: nothing; here it stands for the process ending in the middle."""


def test_r03_a_worker_that_dies_is_replaced_a_few_times_and_then_the_request_is_blocked(request_, monkeypatch):
    original, start = checks.judge, clock.now()
    monkeypatch.setattr(checks, "judge", crash(Killed()))
    for attempt in range(checks.MAX_ATTEMPTS):
        with time_machine.travel(start + 2 * attempt * LEASE, tick=False), pytest.raises(Killed):
            tasks.sweep()
        assert states(request_) == {("running", "")}
        assert state(request_) == "awaiting_checks", "never passed by a crash"
    monkeypatch.setattr(checks, "judge", original)
    with time_machine.travel(start + 2 * checks.MAX_ATTEMPTS * LEASE, tick=False):
        tasks.sweep()
    assert states(request_) == {("errored", "blocked")}
    assert state(request_) == "blocked"


def test_a_worker_that_dies_once_is_made_good_by_the_sweep(request_, monkeypatch):
    original, start = checks.judge, clock.now()
    with monkeypatch.context() as patch:
        patch.setattr(checks, "judge", crash(Killed()))
        with pytest.raises(Killed):
            tasks.check_request(str(request_.pk))
    assert checks.judge is original
    tasks.sweep()
    assert state(request_) == "awaiting_checks", "the lease still runs"
    with time_machine.travel(start + 2 * LEASE, tick=False):
        tasks.sweep()
    assert state(request_) == "in_review"


def test_a_lost_message_is_made_good_by_the_sweep(request_):
    """Nobody was woken; the row is the queue."""
    tasks.sweep()
    assert state(request_) == "in_review"


def test_the_slow_worker_whose_lease_ran_out_writes_nothing(request_):
    now = clock.now()
    checks.claim(mine(request_), now)
    slow = [checks.judge(run) for run in runs_of(request_)]
    with time_machine.travel(now + 2 * LEASE, tick=False):
        tasks.check_request(str(request_.pk))
    findings = Finding.objects.count()
    with pytest.raises(IllegalTransition):
        services.record_checks(actor=TASK, request=request_.pk, judged=slow)
    assert Finding.objects.count() == findings
    assert state(request_) == "in_review"


def test_the_slow_worker_of_a_blocked_request_does_not_unblock_it(request_):
    now = clock.now()
    checks.claim(mine(request_), now)
    slow = [checks.judge(run) for run in runs_of(request_)]
    with time_machine.travel(now + 2 * LEASE, tick=False):
        services.abandon_checks(actor=TASK, request=request_.pk)
    with pytest.raises(IllegalTransition):
        services.record_checks(actor=TASK, request=request_.pk, judged=slow)
    assert states(request_) == {("errored", "blocked")}
    assert state(request_) == "blocked"


def test_a_request_withdrawn_meanwhile_keeps_its_findings_and_stays_withdrawn(world, request_):
    checks.claim(mine(request_), clock.now())
    judged = [checks.judge(run) for run in runs_of(request_)]
    services.withdraw(actor=world.actor("submitter"), request=request_.pk)
    services.record_checks(actor=TASK, request=request_.pk, judged=judged)
    assert state(request_) == "withdrawn"
    assert {run.state for run in runs_of(request_)} == {"completed"}
    assert Finding.objects.exists()


# --- the rules of today -----------------------------------------------------------------------------------------------


def test_r12_judged_again_by_the_rules_and_the_time_of_today(world, request_):
    tasks.check_request(str(request_.pk))
    runs = runs_of(request_)
    assert checks.failing_now(runs, world.account, clock.now()) == []
    rules = [{"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jackets"]}}]
    publish_rule_set(actor=builders.ROOT, key="new", title="New", rules=rules, scope=world.account)
    failing = checks.failing_now(runs, world.account, clock.now())
    assert [each.run.revision.entity_type for each in failing] == ["ad"]
    elsewhere = checks.blocking_codes(checks.failing_now(runs, world.second_account, clock.now()))
    assert elsewhere == ["budget.currency_unknown"], "the rule is bound to the other account, whose money this is"
    (code,) = checks.blocking_codes(failing)
    assert code.startswith("text.forbidden")


# --- judged once ------------------------------------------------------------------------------------------------------


def resubmitted(world, request) -> ApprovalRequest:
    """The same content, put forward again after the first request was withdrawn."""
    services.withdraw(actor=world.actor("submitter"), request=request.pk)
    return world.submit(world.tree_of[request.pk]).request


def test_what_was_judged_by_the_same_rules_is_not_judged_again(world, request_, monkeypatch):
    tasks.check_request(str(request_.pk))
    again = resubmitted(world, request_)
    assert {run.pk for run in runs_of(again)} == {run.pk for run in runs_of(request_)}
    findings = Finding.objects.count()
    monkeypatch.setattr(checks, "judge", crash(AssertionError("judged twice")))
    tasks.check_request(str(again.pk))
    assert state(again) == "in_review"
    assert Finding.objects.count() == findings


def test_other_rules_are_another_judgement(world, request_):
    tasks.check_request(str(request_.pk))
    rules = [{"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jackets"]}}]
    publish_rule_set(actor=builders.ROOT, key="new", title="New", rules=rules, scope=world.account)
    again = resubmitted(world, request_)
    assert not {run.pk for run in runs_of(again)} & {run.pk for run in runs_of(request_)}
    tasks.check_request(str(again.pk))
    assert state(again) == "blocked"


def test_r03_what_could_not_be_judged_is_judged_again(world, request_, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(checks, "judge", crash(MemoryError()))
        tasks.check_request(str(request_.pk))
    assert state(request_) == "blocked"
    again = world.submit(world.tree_of[request_.pk]).request
    tasks.check_request(str(again.pk))
    assert state(again) == "in_review"


def test_a_request_whose_checks_another_worker_runs_waits_and_is_concluded_by_the_sweep(world, request_):
    checks.claim(mine(request_), clock.now())
    judged = [checks.judge(run) for run in runs_of(request_)]
    again = resubmitted(world, request_)
    tasks.check_request(str(again.pk))
    assert state(again) == "awaiting_checks", "nobody passes what is still being judged"
    services.record_checks(actor=TASK, request=request_.pk, judged=judged)
    assert (state(request_), state(again)) == ("withdrawn", "awaiting_checks")
    tasks.sweep()
    assert state(again) == "in_review"


def test_nobody_concludes_what_still_waits(request_):
    with pytest.raises(IllegalTransition):
        services.conclude_checks(actor=TASK, request=request_.pk)
    assert state(request_) == "awaiting_checks"


# --- tried again ------------------------------------------------------------------------------------------------------


def test_after_a_fault_it_is_tried_again_later_each_time_and_then_ends_as_errored(request_, monkeypatch):
    original, now = checks.judge, clock.now()
    monkeypatch.setattr(checks, "judge", crash(OSError("the file store is away")))
    for tries, delay in enumerate((0, 15, 30)):
        now += timedelta(seconds=delay)
        with time_machine.travel(now, tick=False):
            tasks.sweep()  # not before its time
        now += timedelta(seconds=1)
        with time_machine.travel(now, tick=False):
            tasks.sweep()
        assert {run.attempts for run in runs_of(request_)} == {tries + 1}, delay
        assert state(request_) == "awaiting_checks"
    monkeypatch.setattr(checks, "judge", original)
    with time_machine.travel(now + timedelta(seconds=120), tick=False):
        tasks.sweep()
    assert states(request_) == {("errored", "blocked")}
    assert state(request_) == "blocked"


def test_a_fault_that_passes_costs_one_try(request_, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(checks, "judge", crash(OSError("for a moment")))
        tasks.check_request(str(request_.pk))
    with time_machine.travel(clock.now() + timedelta(seconds=16), tick=False):
        tasks.sweep()
    assert state(request_) == "in_review"
