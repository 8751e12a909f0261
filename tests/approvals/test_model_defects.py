"""Seeded defects: each way in which the engine could go wrong is found by random histories within HISTORIES of them, with the guards
of the database out of the way. Without a defect the same histories pass: that they are refused is the defect's doing."""

from __future__ import annotations

import random

import pytest

from tests.approvals.model import defects
from tests.approvals.model.defects import Defect
from tests.approvals.model.drawing import drawn_history
from tests.approvals.model.history import STEPS, begun, played
from tests.approvals.model.playing import Player

pytestmark = pytest.mark.slow
HISTORIES = 60
TODAY = "__import__('tests.approvals.model.defects', fromlist=['x']).quorum_today(stage)"
DECIDE_NOW, MET = "approvals.services.deciding:_check_now", "approvals.quorum:met"
DEFECTS = {
    "a quorum of 0 (R-03)": Defect(MET, "len(counted) < terms.quorum", "len(counted) < 0"),
    "one vote less than asked for": Defect(MET, "len(counted) < terms.quorum", "len(counted) < terms.quorum - 1"),
    "one person counts twice (R-18)": Defect(
        MET, "counted = {person for person, verdict in standing.items() if verdict == Verdict.APPROVE and person in electorate.people}",
        "counted = [v.decided_by_id for v in votes if (v.stage_id, v.verdict) == (stage, 'approve') and v.decided_by_id in electorate.people]",
    ),
    "what was read before the last decision is counted (R-19)": Defect(
        "approvals.services.bench:bench_of", "decisions_of(request.pk, now)", "decisions_of(request.pk, now)[:-1]"
    ),
    "a state that was read before is written over (R-19)": Defect(
        DECIDE_NOW, "bench.request.state != RequestState.IN_REVIEW and not _lifts(bench, by, stage, act.verdict)", "False"
    ),
    "everyone is anyone": Defect(MET, "terms.everyone and", "False and"),
    "each group is any group": Defect(MET, "terms.groups <=", "True or terms.groups <="),
    "a changed section is carried over (R-07)": Defect(
        "approvals.services.carrying:unchanged", "return all(now[", "return True or all(now["
    ),
    "what the policy does not let be carried over is": Defect("approvals.services.carrying:Earlier.stands", "and stage.carries", ""),
    "nothing is carried over": Defect("approvals.services.carrying:Earlier.stands", "and stage.carries", "and False"),
    "carried over for who may not decide any more (R-13)": Defect(
        "approvals.services.carrying:carried_to", "each.seat_id in may and", ""
    ),
    "no expiry (R-21)": Defect(DECIDE_NOW, "bench.request.expires_at <= bench.now", "False"),
    "contributors decide (R-16)": Defect(
        "approvals.eligibility:contributed", "person == request.submitted_by_id or str(person) in request.contributors", "False"
    ),
    "contributors but the submitter decide (R-16)": Defect(
        "approvals.eligibility:contributed", "or str(person) in request.contributors", ""
    ),
    "a second seat": Defect(
        "approvals.services.deciding:check_one_vote", "if by.parties & bench.elsewhere(stage):", "return\n    if by.parties:"
    ),
    "who is not asked decides": Defect(
        "approvals.services.standing_in:check_asked", "not eligibility.asks(stage, bench.request, bench.now, person)", "False"
    ),
    "changes asked for are ignored (R-18)": Defect("approvals.services.deciding:decided", "refused = act.verdict in quorum.NEGATIVE", "refused = act.verdict == 'reject'"),
    "whoever likes lifts what another asked for": Defect(
        "approvals.services.deciding:_lifts", "standing == Verdict.REQUEST_CHANGES", "True"
    ),
    "a rejection ends nothing": Defect(
        "approvals.services.deciding:_refuse", 'close(bench.request, "reject", bench.now)', 'transitions.move(REQUEST, "request_changes", bench.request)'
    ),
    "a membership that ended counts (R-13)": Defect("approvals.eligibility:_members", "live_at(now), counts,", "counts,"),
    "what was given a moment ago counts (R-13)": Defect("approvals.eligibility:_of", "minutes=request.minimum_holding_minutes", "0"),
    "what a contributor gave counts (R-13)": Defect(
        "approvals.eligibility:_counting", "Q(since__lte=oldest) & ~_given_by(people, submitted)", "Q(since__lte=oldest)", stated=True
    ),
    "a role that ended counts at the end (R-13)": Defect(
        "approvals.services.settling:_check_earlier_stages", "not bench.has_met(stage)", "False"
    ),
    "any digest (R-08)": Defect(DECIDE_NOW, "act.digest != bench.request.digest", "False"),
    "a stage before its turn": Defect(DECIDE_NOW, "stage.state != StageState.OPEN", "False"),
    "all stages at once": Defect("approvals.services.submitting:stage_of", "spec.step == 1", "True"),
    "a policy of today loosens an open request (R-12)": Defect("approvals.eligibility:terms", "Terms(stage.quorum,", f"Terms({TODAY},"),
    "the stages of unchanged sections are asked": Defect(
        "approvals.routing:route", "if changed & set(spec.sections)", "if spec.sections"
    ),
    "whoever likes withdraws (R-30)": Defect(
        "approvals.services.ending:withdraw", "str(row.submitted_by_id) != actor.id and", "False and"
    ),
    "whoever likes amends (R-06)": Defect(
        "approvals.services.submitting:check_may_amend", "str(request.submitted_by_id) != actor.id and", "False and"
    ),
    "an open request is replaced unasked (R-06)": Defect(
        "approvals.services.submitting:check_may_amend", "not submission.amend", "False"
    ),
    "a revocation leaves the clearance (R-32)": Defect(
        "approvals.services.ending:end_clearances", "for clearance in standing", "for clearance in standing[:1]"
    ),
}  # fmt: skip


@pytest.fixture
def player(db: None) -> Player:
    started = begun()
    defects.drop_guards()
    return started


@pytest.mark.parametrize("name", DEFECTS)
def test_the_histories_find(player: Player, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    DEFECTS[name].put_in(monkeypatch)
    for seed in range(HISTORIES):
        try:
            played(player, drawn_history(random.Random(seed), STEPS))
        except AssertionError:
            return
    pytest.fail(f"{HISTORIES} histories agree with the model although: {name}")


def test_control_without_a_defect_nothing_is_found(player: Player) -> None:
    for seed in range(8):
        played(player, drawn_history(random.Random(seed), STEPS))
