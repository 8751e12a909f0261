"""The last approval against whatever ends a request or an approver at the same moment (R-12, R-18, R-19, R-21, R-30): one of the two
happens, wholly. The controls take the layers away one after the other, until both happen.

The same person twice, yes against no, and two for one last seat are in test_decisions.py; a member who is removed and a moved ad
account in test_access.py; a revocation against publishing in test_publications.py.
"""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import time_machine

from accounts import services as accounts
from accounts.models import User
from approvals import proposals, services
from approvals.errors import SecondSeat
from approvals.models import ApprovalPolicy, ApprovalRequest, Clearance, Decision
from approvals.services.submitting import Submission
from campaigns import services as campaigns
from core import clock
from core.actor import Channel, system
from core.errors import IllegalTransition, Overtaken
from tests import builders
from tests.builders import ROOT
from tests.concurrency.racing import Interruption, at_once, both_off, errors, guard_of, locks_off, without_triggers

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
VOTED = "approvals.services.deciding:_recorded"
TASK = system(Channel.TASK)


def voting(world, request, who="budget", stage="budget"):
    actor = world.actor(who)
    return lambda: services.decide(actor=actor, request=request.pk, stage=stage, digest=request.digest, verdict="approve")


def careless(act):
    def acting() -> object:
        without_triggers()
        return act()

    return acting


def state(request) -> tuple[str, list[str]]:
    return ApprovalRequest.objects.get(pk=request.pk).state, list(request.stages.values_list("state", flat=True))


# --- against the end of the request --------------------------------------------------------------------------------------------


def withdrawing(world):
    request, actor = world.request(at="content_approved"), world.actor("submitter")
    return request, lambda: services.withdraw(actor=actor, request=request.pk)


def amending(world):
    """Another text is put in its place."""
    request, actor = world.request(at="content_approved"), world.actor("submitter")
    tree = world.tree_of[request.pk]
    campaigns.edit_ad(actor=actor, ad=tree.ad.pk, version=None, values={"text": "Other words"})
    return request, lambda: services.submit(actor=actor, submission=Submission(campaign=tree.campaign.pk, amend=True))


def expiring(world):
    """It has two seconds left when the vote begins."""
    with time_machine.travel(clock.now() - timedelta(days=14) + timedelta(seconds=6)):
        request = world.request(at="content_approved")

    def expire() -> object:
        time.sleep(max(0.0, (request.expires_at - clock.now()).total_seconds()) + 0.05)
        return services.expire(actor=TASK, request=request.pk)

    return request, expire


ENDS = {"withdrawn": withdrawing, "superseded": amending, "expired": expiring}


def raced(world, monkeypatch, end, *, carelessly=False):
    """The request, what became of the vote, of what ended the request in the middle of it, and whether it did."""
    request, act = ENDS[end](world)
    other, vote = Interruption(monkeypatch, VOTED, act), voting(world, request)
    results = at_once(careless(vote) if carelessly else vote)
    return request, results, other


@pytest.mark.parametrize("end", ENDS)
def test_r19_an_approval_under_way_is_waited_for(world, monkeypatch, end):
    request, results, other = raced(world, monkeypatch, end)
    late = other.end()
    assert errors(results) == []
    assert not other.was_in_between, "the lock of the request kept it waiting"
    assert state(request) == ("approved", ["satisfied", "satisfied"])
    assert Clearance.objects.filter(request=request).count() == 3
    if end == "superseded":
        assert late.request.previous_id is None, "a request of its own; what was approved stays approved"
        assert late.request.digest != request.digest
    else:
        assert isinstance(late, IllegalTransition)


@pytest.mark.parametrize("end", ENDS)
def test_r19_an_approval_that_comes_while_it_ends_finds_it_ended(world, monkeypatch, end):
    request, act = ENDS[end](world)
    closing = "approvals.services.submitting:close" if end == "superseded" else "approvals.services.ending:close"
    vote = Interruption(monkeypatch, closing, voting(world, request))
    assert errors(at_once(act)) == []
    late = vote.end()
    assert not vote.was_in_between
    assert isinstance(late, IllegalTransition)
    assert state(request) == (end, ["satisfied", "cancelled"])
    assert not Clearance.objects.exists()
    assert not Decision.objects.filter(request=request, stage__key="budget").exists()


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("layers", "loser"), [(locks_off, IllegalTransition), (both_off, Overtaken)],
    ids=["control: no lock, the guarded update protects", "control: neither, the database protects"],
)  # fmt: skip
def test_r19_an_approval_that_was_overtaken_leaves_nothing(world, monkeypatch, layers, loser, end):
    with layers():
        request, results, other = raced(world, monkeypatch, end)
        assert not isinstance(other.end(), Exception)
    assert other.was_in_between
    (lost,) = errors(results)
    assert isinstance(lost, loser)
    assert loser is not Overtaken or guard_of(lost) is not None, "a guard of the database, by name"
    assert state(request) == (end, ["satisfied", "cancelled"])
    assert not Clearance.objects.exists()
    assert not Decision.objects.filter(request=request, stage__key="budget").exists()


@pytest.mark.parametrize("end", ENDS)
def test_control_without_any_of_the_three_what_has_ended_is_cleared(world, monkeypatch, end):
    """What the three are for."""
    with both_off():
        request, results, other = raced(world, monkeypatch, end, carelessly=True)
        assert not isinstance(other.end(), Exception)
    assert other.was_in_between
    assert errors(results) == []
    assert state(request)[0] == "approved", f"although it was {end}"
    assert Clearance.objects.filter(request=request).count() == 3


# --- against the end of the approver -------------------------------------------------------------------------------------------


def deactivating(world):
    return lambda: accounts.deactivate_user(actor=ROOT, user=world.people["budget"].pk)


def test_r13_whoever_is_deactivated_during_the_last_approval_does_not_count(world, monkeypatch):
    request = world.request(at="content_approved")
    leaving = Interruption(monkeypatch, VOTED, deactivating(world))
    (error,) = errors(at_once(voting(world, request)))
    assert not isinstance(leaving.end(), Exception)
    assert leaving.was_in_between, "nobody waits to be deactivated"
    assert guard_of(error) is not None
    assert state(request) == ("in_review", ["satisfied", "open"])
    assert not Clearance.objects.exists()
    assert not User.objects.get(pk=world.people["budget"].pk).is_active


def test_control_without_the_guard_the_vote_of_who_was_deactivated_clears(world, monkeypatch):
    request = world.request(at="content_approved")
    leaving, vote = Interruption(monkeypatch, VOTED, deactivating(world)), voting(world, request)
    assert errors(at_once(careless(vote))) == []
    assert not isinstance(leaving.end(), Exception)
    assert leaving.was_in_between
    assert state(request)[0] == "approved"


# --- two last seats, side by side ----------------------------------------------------------------------------------------------


def side_by_side(world):
    stages = [{**line, "step": 1} for line in builders.STAGES]
    services.publish_policy(actor=ROOT, key="policy-acme", title="Side by side", stages=stages, scope=world.organisation)
    world.add_person("both", "content_approver", "budget_approver")
    return world.request(at="in_review")


def test_r18_the_last_approvals_of_two_stages_at_once_clear_once(world, rendezvous, monkeypatch):
    request = side_by_side(world)
    rendezvous.before(monkeypatch, VOTED)
    assert errors(at_once(voting(world, request, "content", "content"), voting(world, request))) == []
    assert not rendezvous.met
    assert state(request) == ("approved", ["satisfied", "satisfied"])
    assert Clearance.objects.filter(request=request).count() == 3


def test_control_without_the_lock_each_waits_for_the_other_stage_forever(world, rendezvous, monkeypatch):
    request = side_by_side(world)
    rendezvous.before(monkeypatch, VOTED)
    with locks_off():
        assert errors(at_once(voting(world, request, "content", "content"), voting(world, request))) == []
    assert rendezvous.met
    assert state(request) == ("in_review", ["satisfied", "satisfied"]), "decided, and nobody cleared it"


def test_one_person_at_two_stages_at_once_has_one_seat(world, rendezvous, monkeypatch):
    request = side_by_side(world)
    rendezvous.before(monkeypatch, VOTED)
    results = at_once(voting(world, request, "both", "content"), voting(world, request, "both"))
    assert [type(each) for each in errors(results)] == [SecondSeat]
    assert Decision.objects.filter(request=request).count() == 1


def test_control_without_lock_and_guards_one_person_has_both_seats(world, rendezvous, monkeypatch):
    request = side_by_side(world)
    rendezvous.before(monkeypatch, VOTED)
    with locks_off():
        results = at_once(*[careless(voting(world, request, "both", stage)) for stage in ("content", "budget")])
    assert rendezvous.met
    assert errors(results) == []
    assert Decision.objects.filter(request=request).count() == 2


# --- a policy against a submission ---------------------------------------------------------------------------------------------


def stricter(world):
    stages = [{**builders.STAGES[0], "quorum": 2}, builders.STAGES[1]]
    return lambda: services.publish_policy(actor=ROOT, key="policy-acme", title="Two", stages=stages, scope=world.organisation)


def remembered(request) -> tuple[list[int], int]:
    """The versions of policies that a request remembers, and how many its first stage asks for."""
    return [each["version"] for each in request.policies], request.stages.get(key="content").quorum


def test_r12_a_policy_that_comes_during_a_submission_is_for_the_next_one(world, monkeypatch):
    """Nobody waits for a policy: the stages and the version that is remembered are of one reading."""
    tree = world.tree()
    coming = Interruption(monkeypatch, "approvals.proposals:_pinned", stricter(world))
    first = world.submit(tree).request
    assert not isinstance(coming.end(), Exception)
    assert coming.was_in_between
    assert remembered(first) == ([1], 1)
    assert remembered(world.submit(world.tree()).request) == ([2], 2)


def test_control_were_it_read_again_the_version_would_not_be_that_of_the_stages(world, monkeypatch):
    real = proposals._pinned
    monkeypatch.setattr(proposals, "_pinned", lambda policy, waits: real(ApprovalPolicy.objects.latest("version"), waits))
    coming = Interruption(monkeypatch, "approvals.proposals:_pinned", stricter(world))
    request = world.submit(world.tree()).request
    assert not isinstance(coming.end(), Exception)
    assert remembered(request) == ([2], 1)
