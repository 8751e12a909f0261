"""Deciding for somebody else, and being away (R-15, R-17)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.errors import DutiesClash, NotSecondManager, SecondFactorRequired
from accounts.models import Delegation
from approvals import services
from approvals.errors import (
    ApprovalLapsed,
    BeyondLimit,
    GivenByContributor,
    HeldTooBriefly,
    NotDeputy,
    SecondSeat,
    SelfApproval,
)
from approvals.models import Decision
from approvals.states import RequestState
from core import clock
from core.actor import Channel
from core.errors import Conflict, Forbidden, Invalid
from core.money import Money
from tests import builders
from tests.approvals.lending import AGO, add, decide, lend, nothing_decided, policy, stage, states
from tests.builders import ROOT, World


@pytest.fixture
def world(db) -> World:
    return builders.organisation()


# --- what it lets one do ----------------------------------------------------------------------------------------------------


def test_r15_a_delegate_decides_and_the_record_shows_both(world):
    add(world, "dee")
    held = lend(world)
    request = world.request()
    decision = decide(world, request, "dee", "content")
    assert (decision.decided_by, decision.on_behalf_of) == (world.people["dee"], world.people["content"])
    assert decision.delegation == held
    assert str(held.pk) in decision.eligible_by
    assert str(world.people["content"].pk) in decision.eligible_by
    assert states(request)[0] == "satisfied"


def test_r15_what_a_delegate_decided_clears_the_request(world):
    add(world, "dee")
    lend(world)
    request = world.request()
    decide(world, request, "dee", "content")
    world.decide(request, "budget")
    request.refresh_from_db()
    assert request.state == RequestState.APPROVED


def test_r15_without_a_delegation_nobody_decides_for_another(world):
    add(world, "dee")
    request = world.request()
    with pytest.raises(NotDeputy):
        decide(world, request, "dee", "content")
    assert nothing_decided(request)


def test_r15_a_delegate_who_may_not_decide_themselves_needs_it_allowed(world):
    add(world, "vera", "publisher")
    request = world.request()
    with pytest.raises(Invalid) as told:
        lend(world, to="vera")
    assert told.value.errors[0].code == "not_eligible"
    lend(world, to="vera", conveyed=True)
    request = world.request()
    decide(world, request, "vera", "content")
    assert states(request)[0] == "satisfied"


def test_r15_what_is_conveyed_is_for_these_stages_alone(world):
    add(world, "vera", "publisher")
    lend(world, to="vera", conveyed=True)
    request = world.request("content_approved")
    with pytest.raises(NotDeputy):
        decide(world, request, "vera", "budget", key="budget")
    with pytest.raises(Forbidden):
        decide(world, request, "vera", key="budget")
    assert Decision.objects.filter(request=request).count() == 1


def test_r15_it_is_not_passed_on(world):
    add(world, "dee")
    add(world, "eve")
    lend(world, "content", "dee")
    lend(world, "dee", "eve")
    request = world.request()
    with pytest.raises(NotDeputy):
        decide(world, request, "eve", "content")
    decide(world, request, "eve", "dee")


def test_r15_it_ends_at_its_time_and_may_end_early(world):
    add(world, "dee")
    add(world, "eve")
    lend(world, "content", "dee", days=1 / 24)
    early = lend(world, "content", "eve")
    accounts.end_delegation(actor=world.actor("eve"), delegation=early.pk)
    request = world.request()
    for who in ("dee", "eve"):
        with pytest.raises(NotDeputy):
            decide(world, request, who, "content")
    with pytest.raises(Conflict):
        accounts.end_delegation(actor=ROOT, delegation=early.pk)
    assert nothing_decided(request)


def test_r15_it_does_not_reach_beyond_its_place_or_its_money(world):
    add(world, "dee")
    lend(world, scope=world.second_account)
    request = world.request()
    with pytest.raises(NotDeputy):
        decide(world, request, "dee", "content")
    lend(world, limit=Money(request.exposure_minor - 1, "USD"))
    request = world.request()
    with pytest.raises(BeyondLimit):
        decide(world, request, "dee", "content")
    lend(world, limit=Money(request.exposure_minor, "USD"))
    decide(world, world.request(), "dee", "content")
    assert nothing_decided(request)


def test_r15_limit_in_another_currency_covers_nothing(world):
    add(world, "dee")
    lend(world, limit=Money(10**12, "EUR"))
    with pytest.raises(BeyondLimit):
        decide(world, world.request(), "dee", "content")


def test_r15_r13_delegator_has_to_hold_it_at_that_moment(world):
    add(world, "dee")
    add(world, "pat")
    lend(world, "pat", "dee")
    request = world.request()
    decided = decide(world, request, "pat", verdict="abstain")
    accounts.revoke_role(actor=ROOT, grant=world.people["pat"].role_grants.get().pk)
    with pytest.raises(Forbidden):
        decide(world, request, "dee", "pat")
    assert list(Decision.objects.filter(request=request)) == [decided]


def test_r15_r13_delegation_given_by_a_contributor_after_submission_does_not_count(world):
    add(world, "dee")
    add(world, "pat")
    accounts.grant_role(actor=ROOT, role="access_manager", principal=world.user("submitter"), scope=world.organisation)
    with time_machine.travel(clock.now() - AGO):
        request = world.request()
    accounts.delegate(
        actor=world.actor("submitter"), delegator=world.people["pat"], deputy=world.people["dee"], scope=world.brand,
        permissions=["approve_content"], expires_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    with pytest.raises(GivenByContributor):
        decide(world, request, "dee", "pat")
    assert nothing_decided(request)


def test_r15_r13_delegation_counts_for_what_is_open_once_it_is_old_enough(world):
    add(world, "dee")
    with time_machine.travel(clock.now() - AGO):
        request = world.request()
    lend(world, ago=timedelta(minutes=1))
    with pytest.raises(HeldTooBriefly):
        decide(world, request, "dee", "content")
    assert nothing_decided(request)
    lend(world, ago=timedelta(minutes=61))
    decide(world, request, "dee", "content")


@pytest.mark.parametrize("who", ["delegate", "delegator"])
def test_r15_r16_neither_may_have_contributed(world, who):
    """Self-approval by proxy: whoever put it forward lets somebody else say yes in their name."""
    add(world, "dee")
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.user("submitter"), scope=world.brand)
    pair = ("content", "submitter") if who == "delegate" else ("submitter", "dee")
    lend(world, *pair, ago=timedelta(0))
    request = world.request()
    with pytest.raises(SelfApproval):
        decide(world, request, pair[1], pair[0])
    assert nothing_decided(request)


# --- one vote ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(world) -> World:
    """Two approvals are asked for; `content` has lent their vote to dee, who has one of their own."""
    policy(world, stage(quorum=2))
    add(world, "dee")
    add(world, "eve")
    lend(world)
    return world


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("dee", "content"), ("dee", None)), (("dee", None), ("dee", "content")), (("dee", "content"), ("content", None)),
        (("dee", None), ("content", None)), (("content", None), ("dee", None)), (("content", None), ("dee", "content")),
    ],
)  # fmt: skip
def test_r15_together_they_hold_one_vote(two, first, second):
    request = two.request()
    decide(two, request, *first)
    same_seat = (first[1] or first[0]) == (second[1] or second[0])
    if same_seat:  # the same vote once more: it is changed, not added
        decide(two, request, *second)
    else:
        with pytest.raises(SecondSeat):
            decide(two, request, *second)
        assert Decision.objects.filter(request=request).count() == 1
    assert states(request) == ["open"]
    decide(two, request, "eve")
    assert states(request) == ["satisfied"]


def test_r15_one_vote_across_stages(world):
    policy(world, stage(), stage("legal"))
    add(world, "dee")
    lend(world)
    request = world.request()
    decide(world, request, "content")
    for whose in (None, "content"):
        with pytest.raises(SecondSeat):
            decide(world, request, "dee", whose, key="legal")
    assert states(request) == ["satisfied", "open"]


def test_r15_delegate_lifts_what_the_delegator_asked_for(two):
    request = two.request()
    decide(two, request, "content", verdict="request_changes")
    decide(two, request, "dee", "content")
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW


def test_r15_r13_votes_by_a_delegation_that_ended_count_no_more(two):
    request = two.request()
    decide(two, request, "dee", "content")
    accounts.end_delegation(actor=two.actor("content"), delegation=Delegation.objects.get().pk)
    decide(two, request, "eve")
    assert states(request) == ["open"]
    decide(two, request, "content")
    assert states(request) == ["satisfied"]


def test_r15_r13_delegation_is_judged_again_when_the_request_is_cleared(world):
    policy(world, stage(), stage("budget", "approve_budget"))
    add(world, "dee")
    held = lend(world)
    request = world.request()
    decide(world, request, "dee", "content")
    accounts.end_delegation(actor=world.actor("content"), delegation=held.pk)
    with pytest.raises(ApprovalLapsed):
        decide(world, request, "budget", key="budget")
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW


# --- who gives it ------------------------------------------------------------------------------------------------------------


def test_r15_people_lend_their_own_vote(world):
    add(world, "dee")
    row = lend(world, actor=world.actor("content"))
    assert not row.is_awaited
    with pytest.raises(Forbidden):
        lend(world, actor=world.actor("dee"))
    with pytest.raises(Forbidden):
        lend(world, "dee", "content", actor=world.actor("budget"))
    assert list(Delegation.objects.all()) == [row]


def test_r15_what_the_delegator_conveys_awaits_an_access_manager(world):
    add(world, "vera", "publisher")
    accounts.grant_role(actor=ROOT, role="access_manager", principal=world.user("vera"), scope=world.organisation)
    row = lend(world, to="vera", actor=world.actor("content"), conveyed=True, ago=timedelta(0))
    assert row.is_awaited
    request = world.request()
    with pytest.raises(NotDeputy):
        decide(world, request, "vera", "content")
    with pytest.raises(NotSecondManager):
        accounts.confirm_change(actor=world.actor("vera"), change=row.pk)
    accounts.confirm_change(actor=world.actor("access_manager"), change=row.pk)
    decide(world, world.request(), "vera", "content")


def test_r15_what_is_confirmed_is_judged_again(world):
    """The delegate reads the log by now."""
    add(world, "vera", "publisher")
    row = lend(world, to="vera", actor=world.actor("content"), conveyed=True, ago=timedelta(0))
    accounts.revoke_role(actor=ROOT, grant=world.people["vera"].role_grants.get().pk)
    accounts.grant_role(actor=ROOT, role="auditor", principal=world.user("vera"), scope=world.brand)
    with pytest.raises(DutiesClash):
        accounts.confirm_change(actor=world.actor("access_manager"), change=row.pk)
    row.refresh_from_db()
    assert row.is_awaited


def test_r15_r55_two_access_managers_where_the_organisation_asks_for_them(world):
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    add(world, "dee")
    add(world, "vera", "publisher")
    assert not lend(world, actor=world.actor("access_manager"), ago=timedelta(0)).is_awaited
    assert lend(world, to="vera", actor=world.actor("access_manager"), conveyed=True, ago=timedelta(0)).is_awaited


def test_r15_token_that_does_not_give_it_decides_for_nobody(world):
    """A narrowed token gives no more in another's name than in one's own."""
    add(world, "dee")
    add(world, "vera", "publisher")
    lend(world)
    lend(world, to="vera", conveyed=True)
    request = world.request()
    for who in ("dee", "vera"):
        token, _text = accounts.create_api_token(actor=ROOT, user=world.user(who), name="narrow", permissions=["publish"])
        with pytest.raises(Forbidden):
            services.decide(
                actor=actor_for(world.user(who), Channel.API, token=token), request=request.pk, stage="content",
                digest=request.digest, verdict="approve", on_behalf_of=world.people["content"].pk,
            )  # fmt: skip
    assert nothing_decided(request)


def test_r15_what_demands_a_second_factor_of_the_delegator_demands_it_of_the_delegate(world):
    add(world, "vera", "publisher")
    lend(world, to="vera", conveyed=True)
    request = world.request()
    accounts.set_access_policy(
        actor=ROOT, organisation=world.organisation, two_managers=False, second_factor_roles=["content_approver"]
    )
    with pytest.raises(SecondFactorRequired):
        decide(world, request, "vera", "content")
    assert nothing_decided(request)


def test_r15_r07_a_vote_in_anothers_name_is_carried_over_while_it_may_be_given(world):
    policy(world, {**stage(quorum=2), "carries": True})
    add(world, "dee")
    add(world, "eve")
    held = lend(world)
    first = world.request()
    decide(world, first, "dee", "content")
    second = world.submit(world.tree_of[first.pk], amend=True, note="Again").request
    world.check(second)
    carried = Decision.objects.get(request=second)
    assert (carried.decided_by, carried.on_behalf_of, carried.delegation) == (world.people["dee"], world.people["content"], held)
    accounts.end_delegation(actor=ROOT, delegation=held.pk)
    third = world.submit(world.tree_of[first.pk], amend=True, note="Once more").request
    world.check(third)
    assert nothing_decided(third)


def test_r15_r07_two_who_hold_one_vote_by_now_are_carried_over_as_one(world):
    policy(world, {**stage(quorum=3), "carries": True})
    add(world, "dee")
    add(world, "eve")
    first = world.request()
    decide(world, first, "content")
    decide(world, first, "dee")
    lend(world)
    second = world.submit(world.tree_of[first.pk], amend=True).request
    world.check(second)
    assert Decision.objects.filter(request=second).count() == 1


def test_r15_nobody_makes_themselves_a_deputy(world):
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.user("access_manager"), scope=world.brand)
    with pytest.raises(Forbidden):
        lend(world, to="access_manager", actor=world.actor("access_manager"), ago=timedelta(0))
    assert not Delegation.objects.exists()


def test_r15_it_lasts_sixty_days_at_most(world):
    add(world, "dee")
    with pytest.raises(Invalid):
        lend(world, days=61)
    lend(world, days=60)


def test_r15_only_between_two_people_of_one_organisation(world):
    other = builders.organisation("Other")
    world.people["stranger"] = other.people["content"]
    world.people["robot"] = world.machine
    for whose, to in (("content", "content"), ("content", "stranger"), ("stranger", "content"), ("content", "robot")):
        with pytest.raises((Invalid, Forbidden)):
            lend(world, whose, to)
    assert not Delegation.objects.exists()


def test_r15_r60_nothing_is_conveyed_to_an_auditor(world):
    with pytest.raises(DutiesClash):
        lend(world, to="auditor", conveyed=True)


def test_r15_what_is_not_held_is_not_lent(world):
    add(world, "dee")
    with pytest.raises(Invalid) as told:
        lend(world, permissions=["approve_legal"], conveyed=True)
    assert told.value.errors[0].code == "not_held"
