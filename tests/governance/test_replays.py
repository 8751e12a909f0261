"""Replays: what a version would have said of past revisions; and that no worker does a part twice or leaves one undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalRequest
from approvals.queries import changes_of
from audit.models import AuditEvent
from core import clock
from core.errors import Forbidden, IllegalTransition, Invalid, NotFound
from governance import replaying, tasks
from governance.models import CheckRun, Replay, ReplayChunk, ReplayVerdict, RuleSet
from governance.queries import unseen_in
from governance.services import cancel_replay, publish_rule_set, start_replay
from governance.services import replays as services
from governance.services.rule_sets import Narrowing
from tests import builders
from tests.builders import World

pytestmark = pytest.mark.django_db
FORBID = {"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jackets"]}}
WARN = {"rule": "text.forbidden_words", "mode": "warn", "params": {"words": ["jackets"]}}
AUDIT = {"rule": "text.forbidden_words", "mode": "audit", "params": {"words": ["jackets"]}}


@pytest.fixture
def world() -> World:
    return builders.organisation()


def version(world: World, *lines: dict[str, Any], key: str = "tone", scope: Any = None, propose: bool = True) -> RuleSet:
    return publish_rule_set(
        actor=world.actor("policy_manager"), key=key, title="Tone", rules=lines, scope=scope or world.brand, propose=propose
    )


def checked(world: World, text: str = "Warm jackets are here", **how: Any) -> ApprovalRequest:
    request = world.submit(world.tree(text=text, **how)).request
    world.check(request)
    return request


def started(world: World, row: RuleSet, **how: Any) -> Replay:
    return start_replay(actor=world.actor("policy_manager"), rule_set=row.pk, **how)


def replayed(world: World, row: RuleSet, **how: Any) -> Replay:
    """Started, and worked off as the worker's tasks do."""
    replay = started(world, row, **how)
    for chunk in replay.chunks.all():
        tasks.replay_chunk(str(chunk.pk))
    replay.refresh_from_db()
    assert replay.state == "completed"
    return replay


def changes(replay: Replay) -> list[tuple[str, str, int]]:
    return [(each["before"], each["after"], each["revisions"]) for each in changes_of(replay.verdicts.all())]


def test_it_says_what_would_have_been_blocked(world: World) -> None:
    bad, good = checked(world), checked(world, "Warm coats are here")
    replay = replayed(world, version(world, FORBID))
    assert (replay.total, changes(replay)) == (6, [("warned", "blocked", 1)])
    verdict = replay.verdicts.get()
    assert verdict.check_run.request_items.get().request == bad
    assert [(each["rule"], each["code"]) for each in verdict.appeared] == [("text.forbidden_words", "text.forbidden_word")]
    assert verdict.gone == []
    assert good.items.count() == 3


def test_it_says_what_would_have_been_let_through(world: World) -> None:
    version(world, FORBID, propose=False)
    request = checked(world)
    request.refresh_from_db()
    assert request.state == "blocked"
    replay = replayed(world, version(world, WARN))
    assert changes(replay) == [("blocked", "warned", 1)]
    verdict = replay.verdicts.get()
    assert ([each["mode"] for each in verdict.gone], [each["mode"] for each in verdict.appeared]) == (["hard"], ["warn"])


def test_nothing_that_is_in_force_changes(world: World) -> None:
    request = checked(world)
    before = [list(CheckRun.objects.order_by("pk").values()), list(RuleSet.objects.order_by("pk").values())]
    row = version(world, FORBID)
    replayed(world, row)
    assert before == [list(CheckRun.objects.order_by("pk").values()), list(RuleSet.objects.exclude(pk=row.pk).order_by("pk").values())]
    request.refresh_from_db()
    assert request.state == "in_review"


def test_what_stays_the_same_has_no_row(world: World) -> None:
    version(world, FORBID, propose=False)
    checked(world)
    assert replayed(world, version(world, FORBID)).verdicts.count() == 0
    assert replayed(world, version(world, {**FORBID, "params": {"words": ["jackets", "unheard of"]}})).verdicts.count() == 0


def test_audit_is_not_said_aloud(world: World) -> None:
    checked(world)
    assert replayed(world, version(world, AUDIT)).verdicts.count() == 0


def test_what_else_governs_is_judged_beside(world: World) -> None:
    """A revision that is blocked anyway changes its reasons, not its outcome."""
    version(world, FORBID, key="other", propose=False)
    checked(world)
    replay = replayed(world, version(world, {"rule": "text.forbidden_words", "mode": "warn", "params": {"words": ["warm"]}}))
    assert changes(replay) == [("blocked", "blocked", 1)]


def test_scope_and_narrowing_bound_it(world: World) -> None:
    checked(world)
    with_other_scope = version(world, FORBID, key="german", scope=world.second_account)
    assert replayed(world, with_other_scope).total == 0
    narrowed = publish_rule_set(
        actor=world.actor("policy_manager"), key="reach", title="Reach", rules=[FORBID], scope=world.brand, propose=True,
        narrowing=Narrowing(objectives=["reach"]),
    )  # fmt: skip
    assert replayed(world, narrowed).verdicts.count() == 0


def test_only_the_latest_run_of_a_revision_and_of_its_time(world: World) -> None:
    with time_machine.travel(clock.now() - timedelta(days=10)):
        request = checked(world)
        world.decide(request, "content", "reject")
    version(world, AUDIT, key="newer", propose=False)
    world.check(world.submit(world.tree_of[request.pk]).request)
    assert CheckRun.objects.count() == 6
    row = version(world, FORBID)
    assert replayed(world, row).total == 3, "of two runs of the same revision the later"
    early = replayed(world, row, until=clock.now() - timedelta(days=5))
    assert (early.total, early.verdicts.count()) == (3, 1)
    assert replayed(world, row, since=clock.now() - timedelta(days=1), most=1).total == 1


@pytest.mark.parametrize("rule", ["landing_page.reachable", "media.black_bars", "media.forbidden_words"])
def test_what_was_not_noted_is_not_held_against_it(world: World, rule: str) -> None:
    """A page that nobody visited would be “could not be checked”, which blocks; here it is told apart."""
    checked(world)
    replay = replayed(world, version(world, {"rule": rule, "mode": "hard"}))
    assert (replay.verdicts.count(), unseen_in(replay)) == (0, {rule: 1})


def test_who_may(world: World) -> None:
    row = version(world, FORBID)
    for name, error in (("submitter", Forbidden), ("auditor", Forbidden)):
        with pytest.raises(error):
            start_replay(actor=world.actor(name), rule_set=row.pk)
    rival = builders.organisation("Rival")
    with pytest.raises(NotFound):
        start_replay(actor=rival.actor("policy_manager"), rule_set=row.pk)
    replay = started(world, row)
    checked(world)
    going = started(world, row)
    with pytest.raises(Forbidden):
        cancel_replay(actor=world.actor("submitter"), replay=going.pk)
    with pytest.raises(NotFound):
        cancel_replay(actor=rival.actor("policy_manager"), replay=going.pk)
    assert set(Replay.objects.values_list("pk", "state")) == {(replay.pk, "completed"), (going.pk, "running")}
    assert AuditEvent.objects.filter(action="governance.replay.started", outcome="refused").count() == 3


@pytest.mark.parametrize(
    ("how", "field"), [({"most": 0}, "most"), ({"most": 100_001}, "most"), ({"since": timedelta(days=1)}, "since")]
)
def test_bad_input(world: World, how: dict[str, Any], field: str) -> None:
    if "since" in how:
        how = {"since": clock.now() + how["since"]}
    with pytest.raises(Invalid) as told:
        started(world, version(world, FORBID), **how)
    assert [each.field for each in told.value.errors] == [field]
    assert not Replay.objects.exists()


# --- workers ---------------------------------------------------------------------------------------------------------------


def test_a_cancelled_replay_is_not_worked_on(world: World) -> None:
    checked(world)
    replay = started(world, version(world, FORBID))
    cancel_replay(actor=world.actor("policy_manager"), replay=replay.pk)
    tasks.replay_chunk(str(replay.chunks.get().pk))
    tasks.sweep()
    replay.refresh_from_db()
    assert (replay.state, replay.verdicts.count(), replay.chunks.get().state) == ("cancelled", 0, "queued")
    with pytest.raises(IllegalTransition):
        cancel_replay(actor=world.actor("policy_manager"), replay=replay.pk)


def test_parts_are_done_once_and_the_sweep_finds_what_was_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    checked(world)
    checked(world)
    replay = started(world, version(world, FORBID))
    assert [chunk.size for chunk in replay.chunks.all()] == [2, 2, 2]
    first = replay.chunks.first()
    assert first is not None
    assert replaying.work_off(first.pk)
    assert not replaying.work_off(first.pk)
    tasks.sweep()
    replay.refresh_from_db()
    assert (replay.state, replay.verdicts.count()) == ("completed", 2)


def test_a_worker_that_died_is_replaced_and_the_dead_one_s_answer_is_not_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    checked(world)
    replay = started(world, version(world, FORBID))
    chunk = replay.chunks.get()
    compare = replaying.Trial.compare
    late: list[CheckRun] = []

    def slow(self: replaying.Trial, run: CheckRun) -> Any:
        """In the middle of the first worker's work its lease runs out, and another does it all."""
        if not late:
            late.append(run)
            with time_machine.travel(clock.now() + timedelta(hours=1)):
                assert replaying.work_off(chunk.pk)
        return compare(self, run)

    monkeypatch.setattr(replaying.Trial, "compare", slow)
    assert not replaying.work_off(chunk.pk)
    chunk.refresh_from_db()
    assert (chunk.attempts, chunk.state, replay.verdicts.count()) == (2, "completed", 1)


def test_a_part_that_fails_three_times_ends_the_replay(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    checked(world)
    replay = started(world, version(world, FORBID))
    chunk = replay.chunks.get()

    def fails(self: replaying.Trial, run: CheckRun) -> Any:
        raise OSError("no disk")

    monkeypatch.setattr(replaying.Trial, "compare", fails)
    for hour in range(4):
        with time_machine.travel(clock.now() + timedelta(hours=hour)):
            if hour < 3:
                with pytest.raises(OSError, match="no disk"):
                    tasks.replay_chunk(str(chunk.pk))
            else:
                tasks.sweep()
    replay.refresh_from_db()
    chunk.refresh_from_db()
    assert (replay.state, chunk.state, chunk.attempts) == ("errored", "errored", 3)


def test_statements_of_a_part_do_not_grow_with_its_revisions(world: World) -> None:
    row = version(world, FORBID)
    counts = []
    for _turn in range(2):
        checked(world)
        chunk = started(world, row).chunks.get()
        with CaptureQueriesContext(connection) as queries:
            assert replaying.work_off(chunk.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


# --- guards ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governance_replay SET total = 1",
        "UPDATE governance_replay SET state = 'running', finished_at = NULL",
        "DELETE FROM governance_replay",
        "UPDATE governance_replaychunk SET state = 'queued'",
        "UPDATE governance_replaychunk SET size = 9",
        "DELETE FROM governance_replaychunk",
        "UPDATE governance_replayverdict SET after = 'passed'",
        "DELETE FROM governance_replayverdict",
        "INSERT INTO governance_replayverdict SELECT * FROM governance_replayverdict",
    ],
)
def test_what_a_replay_found_stays_as_it_is(world: World, statement: str) -> None:
    checked(world)
    replay = replayed(world, version(world, FORBID))
    with pytest.raises(IntegrityError), atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (replay.verdicts.count(), ReplayVerdict.objects.count(), ReplayChunk.objects.count()) == (1, 1, 1)


def test_a_replay_is_not_completed_before_its_parts(world: World) -> None:
    checked(world)
    replay = started(world, version(world, FORBID))
    with pytest.raises(IntegrityError), atomic():
        Replay.objects.filter(pk=replay.pk).update(state="completed", finished_at=clock.now())


def test_control_the_same_step_is_allowed_when_they_are_done(world: World) -> None:
    checked(world)
    replay = started(world, version(world, FORBID))
    assert replaying.work_off(replay.chunks.get().pk)
    assert Replay.objects.filter(pk=replay.pk).update(state="completed", finished_at=clock.now()) == 1


