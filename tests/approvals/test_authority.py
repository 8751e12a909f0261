"""Up to how much somebody approves, and the next stage by limit (R-25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from accounts.models import AuthorityLimit, UserGroup
from approvals import tasks
from approvals.errors import AboveLimit, ApprovalLapsed
from approvals.models import ApprovalRequest, Clearance, Stage
from approvals.queries import awaiting
from approvals.states import RequestState
from audit.models import AuditEvent
from core import clock
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.money import Money
from tests import builders
from tests.approvals.lending import AGO, decide, lend, nothing_decided, policy, stage, states
from tests.builders import ROOT, World

LONG_AGO = timedelta(days=3)
DAY = timedelta(days=1)


@pytest.fixture
def world(db) -> World:
    """With Ann, Ben, Cara and Dan, who approve budgets since a while; Ann and Ben are Finance."""
    world = builders.organisation()
    with time_machine.travel(clock.now() - LONG_AGO):
        for name in ("ann", "ben", "cara", "dan"):
            world.add_person(name, "budget_approver")
        world.finance = group(world, "Finance", "ann", "ben")  # type: ignore[attr-defined]
    return world


def group(world: World, title: str, *names: str) -> UserGroup:
    found = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title=title)
    for name in names:
        accounts.add_member(actor=ROOT, group=found, user=world.people[name])
    return found


def limit(world: World, who: str, minor: int, *, ago: timedelta = LONG_AGO, currency: str = "USD", **more: Any) -> AuthorityLimit:
    """Somebody approves up to so much on the brand, since a while ago."""
    with time_machine.travel(clock.now() - ago):
        return accounts.give_limit(
            actor=more.pop("actor", ROOT), user=world.people[who], scope=more.pop("scope", world.brand),
            amount=Money(minor, currency), **more,
        )  # fmt: skip


def exposure(world: World) -> int:
    """What a request of these tests can spend."""
    return world.request("awaiting_checks").exposure_minor


def finance(world: World, **more: Any) -> dict[str, Any]:
    """Finance approves with authority."""
    return stage("finance", "approve_budget", groups=[str(world.finance.public_id)], authority=True, **more)  # type: ignore[attr-defined]


def everybody(**more: Any) -> dict[str, Any]:
    return stage("finance", "approve_budget", authority=True, **more)


def shape(request: ApprovalRequest) -> list[tuple[str, int, int, str]]:
    """Key, step, quorum and which stage has the authority."""
    return list(request.stages.values_list("key", "step", "quorum", "authority_by"))


def people(world: World, row: Stage) -> set[str]:
    return {name for name, user in world.people.items() if str(user.pk) in row.people}


# --- giving and ending ------------------------------------------------------------------------------------------------------


def test_r25_an_access_manager_gives_a_limit_and_the_log_says_so(world):
    row = accounts.give_limit(
        actor=world.actor("access_manager"), user=world.people["ann"], scope=world.account, amount=Money(50_000, "USD"),
        reason="Head of Finance",
    )  # fmt: skip
    assert (row.amount_minor, row.currency, row.scope) == (50_000, "USD", world.account)
    assert not row.is_awaited
    said = AuditEvent.objects.get(action="accounts.authority_limit.given", subject_id=str(row.pk))
    assert '"limit":"500.00 USD"' in said.canonical


def test_r25_nobody_gives_themselves_a_limit(world):
    manager = world.people["access_manager"]
    with pytest.raises(Forbidden):
        accounts.give_limit(actor=world.actor("access_manager"), user=manager, scope=world.brand, amount=Money(1, "USD"))
    assert not AuthorityLimit.objects.exists()


@pytest.mark.parametrize("who", ["submitter", "budget", "operator", "auditor", "policy_manager"])
def test_r25_only_access_managers_give_and_end_limits(world, who):
    row = limit(world, "ann", 1)
    with pytest.raises(Forbidden):
        accounts.give_limit(actor=world.actor(who), user=world.people["ben"], scope=world.brand, amount=Money(1, "USD"))
    with pytest.raises(Forbidden):
        accounts.end_limit(actor=world.actor(who), limit=row.pk)
    assert AuthorityLimit.objects.get() == row
    row.refresh_from_db()
    assert row.revoked_at is None


def test_r25_strangers_do_not_see_where_it_would_be(world):
    other = builders.organisation("Umbrella")
    row = limit(world, "ann", 1)
    with pytest.raises(NotFound):
        accounts.end_limit(actor=other.actor("access_manager"), limit=row.pk)
    row.refresh_from_db()
    assert row.revoked_at is None


def test_r25_r55_a_second_access_manager_confirms_and_never_who_gains(world):
    world.add_person("second", "access_manager", scope=world.organisation)
    world.add_person("third", "access_manager", scope=world.organisation)
    accounts.set_access_policy(
        actor=ROOT, organisation=world.organisation, two_managers=True, second_factor_roles=[], forbidden_pairs=[]
    )
    row = accounts.give_limit(
        actor=world.actor("access_manager"), user=world.people["third"], scope=world.brand, amount=Money(1, "USD")
    )
    assert row.is_awaited
    for who in ("access_manager", "third"):
        with pytest.raises(Forbidden):
            accounts.confirm_change(actor=world.actor(who), change=row.pk)
    row.refresh_from_db()
    assert row.is_awaited
    accounts.confirm_change(actor=world.actor("second"), change=row.pk)
    row.refresh_from_db()
    assert not row.is_awaited


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"amount": Money(0, "USD")}, "too_small"), ({"user": "machine"}, "not_a_person"), ({"days": -1}, "before_start")],
)
def test_r25_what_is_no_limit_is_refused(world, changed, code):
    user = world.machine if changed.get("user") else world.people["ann"]
    until = clock.now() + timedelta(days=changed["days"]) if "days" in changed else None
    with pytest.raises(Invalid) as told:
        accounts.give_limit(
            actor=ROOT, user=user, scope=world.brand, amount=changed.get("amount", Money(1, "USD")), expires_at=until
        )
    assert [each.code for each in told.value.errors] == [code]
    assert not AuthorityLimit.objects.exists()


def test_r25_it_ends_once_and_with_the_person(world):
    row, other = limit(world, "ann", 1), limit(world, "ben", 1)
    accounts.end_limit(actor=world.actor("access_manager"), limit=row.pk)
    with pytest.raises(Conflict):
        accounts.end_limit(actor=ROOT, limit=row.pk)
    accounts.deactivate_user(actor=ROOT, user=world.people["ben"].pk)
    other.refresh_from_db()
    assert other.revoked_at is not None


# --- deciding ---------------------------------------------------------------------------------------------------------------


def test_r25_a_limit_that_covers_the_exposure_decides_and_one_below_does_not(world):
    policy(world, everybody())
    most = exposure(world)
    limit(world, "ann", most)
    limit(world, "ben", most - 1)
    request = world.request()
    with pytest.raises(AboveLimit) as told:
        decide(world, request, "ben", key="finance")
    assert told.value.code == "above_limit"
    assert told.value.extra["limit"] == {"amount": f"{Money(most - 1, 'USD').amount:f}", "currency": "USD"}
    assert str(Money(most, "USD")) in told.value.detail
    assert nothing_decided(request)
    decide(world, request, "ann", key="finance")
    request.refresh_from_db()
    assert request.state == RequestState.APPROVED


def test_r25_without_a_limit_nobody_has_authority(world):
    policy(world, everybody())
    limit(world, "ann", exposure(world))
    request = world.request()
    with pytest.raises(AboveLimit) as told:
        decide(world, request, "dan", key="finance")
    assert told.value.extra["limit"] is None
    assert nothing_decided(request)


def test_r25_where_no_stage_asks_for_authority_limits_mean_nothing(world):
    policy(world, stage("finance", "approve_budget"))
    limit(world, "ann", 1)
    request = world.request()
    decide(world, request, "ann", key="finance")
    assert states(request) == ["satisfied"]


@pytest.mark.parametrize(
    "changed",
    [{"currency": "EUR"}, {"second_account": True}, {"days": 2}, {"starts": True}],
    ids=["another currency", "another account", "ran out", "to come"],
)
def test_r25_a_limit_elsewhere_or_at_another_time_is_none(world, changed):
    policy(world, everybody())
    most = exposure(world)
    limit(world, "ann", most)
    more: dict[str, Any] = {"scope": world.second_account} if changed.get("second_account") else {}
    if "days" in changed:
        more["expires_at"] = clock.now() - LONG_AGO + timedelta(days=changed["days"])
    if changed.get("starts"):
        more["starts_at"] = clock.now() + DAY
    limit(world, "ben", most, currency=changed.get("currency", "USD"), **more)
    request = world.request()
    with pytest.raises(AboveLimit):
        decide(world, request, "ben", key="finance")
    assert nothing_decided(request)


def test_r25_several_small_limits_of_one_person_never_add_up(world):
    policy(world, everybody())
    most = exposure(world)
    limit(world, "cara", most)
    for _ in range(3):
        limit(world, "ann", most // 2 + 1)
    request = world.request()
    with pytest.raises(AboveLimit):
        decide(world, request, "ann", key="finance")
    assert nothing_decided(request)
    limit(world, "ann", most)
    decide(world, world.request(), "ann", key="finance")


def test_r25_several_people_with_small_limits_never_add_up(world):
    """Each of two approvals has to be by somebody with enough alone."""
    policy(world, everybody(quorum=2))
    most = exposure(world)
    for who, minor in (("ann", most), ("ben", most), ("cara", most // 2 + 1), ("dan", most // 2 + 1)):
        limit(world, who, minor)
    request = world.request()
    decide(world, request, "ann", key="finance")
    for who in ("cara", "dan"):
        with pytest.raises(AboveLimit):
            decide(world, request, who, key="finance")
    assert states(request) == ["open"]
    decide(world, request, "ben", key="finance")
    assert states(request) == ["satisfied"]


def test_r25_r13_a_limit_given_a_moment_ago_does_not_count_yet(world):
    policy(world, everybody())
    most = exposure(world)
    limit(world, "cara", most)
    with time_machine.travel(clock.now() - AGO):
        request = world.request()
    limit(world, "ann", most, ago=timedelta(minutes=30))
    with pytest.raises(AboveLimit):
        decide(world, request, "ann", key="finance")
    limit(world, "ben", most, ago=timedelta(minutes=90))
    assert nothing_decided(request)
    decide(world, request, "ben", key="finance")


def test_r25_r13_a_limit_given_by_a_contributor_after_submission_never_counts(world):
    policy(world, everybody())
    most = exposure(world)
    limit(world, "cara", most)
    with time_machine.travel(clock.now() - LONG_AGO):
        accounts.grant_role(actor=ROOT, role="access_manager", principal=world.people["submitter"], scope=world.brand)
    with time_machine.travel(clock.now() - AGO):
        request = world.request()
    limit(world, "ann", most, ago=timedelta(minutes=90), actor=world.actor("submitter"))
    with pytest.raises(AboveLimit):
        decide(world, request, "ann", key="finance")
    assert nothing_decided(request)


def test_r25_r13_a_limit_that_ended_before_the_stage_closes_takes_its_vote_along(world):
    policy(world, everybody(quorum=2))
    most = exposure(world)
    row = limit(world, "ann", most)
    limit(world, "ben", most)
    limit(world, "cara", most)
    request = world.request()
    decide(world, request, "ann", key="finance")
    accounts.end_limit(actor=ROOT, limit=row.pk)
    decide(world, request, "ben", key="finance")
    assert states(request) == ["open"]
    decide(world, request, "cara", key="finance")
    assert states(request) == ["satisfied"]


def test_r25_r13_a_limit_that_ended_before_the_request_is_cleared_stops_it(world):
    policy(world, everybody(), stage("content"))
    row = limit(world, "ann", exposure(world))
    request = world.request()
    decide(world, request, "ann", key="finance")
    accounts.end_limit(actor=ROOT, limit=row.pk)
    with pytest.raises(ApprovalLapsed):
        decide(world, request, "content", key="content")
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW
    assert not Clearance.objects.exists()


def test_r25_r15_a_delegate_needs_what_the_delegator_needs(world):
    policy(world, everybody())
    most = exposure(world)
    limit(world, "ann", most)
    lend(world, "ann", "dan", permissions=["approve_budget"])
    lend(world, "ben", "dan", permissions=["approve_budget"])
    request = world.request()
    with pytest.raises(AboveLimit):
        decide(world, request, "dan", "ben", key="finance")
    with pytest.raises(AboveLimit):
        decide(world, request, "dan", "ann", key="finance")
    assert nothing_decided(request)
    limit(world, "dan", most)
    decide(world, world.request(), "dan", "ann", key="finance")


def test_r25_r15_what_is_conveyed_brings_the_delegators_limit_along(world):
    policy(world, everybody())
    limit(world, "ann", exposure(world))
    lend(world, "ann", "dan", permissions=["approve_budget"], conveyed=True)
    request = world.request()
    decide(world, request, "dan", "ann", key="finance")
    assert states(request) == ["satisfied"]


# --- the next stage by limit ---------------------------------------------------------------------------------------------------


def test_r25_where_somebody_of_the_group_has_enough_nothing_is_added(world):
    policy(world, finance(world))
    most = exposure(world)
    limit(world, "ann", most)
    limit(world, "cara", most)
    assert shape(world.request()) == [("finance", 1, 1, "")]


def test_r25_where_nobody_of_the_group_has_enough_the_next_stage_by_limit_is_added(world):
    policy(world, finance(world), stage("content"))
    most = exposure(world)
    for who, minor in (("ann", most - 1), ("ben", most - 1), ("cara", 10 * most), ("dan", 2 * most)):
        limit(world, who, minor)
    request = world.request()
    assert shape(request) == [("finance", 1, 1, "finance_authority"), ("finance_authority", 2, 1, ""), ("content", 3, 1, "")]
    added = request.stages.get(key="finance_authority")
    assert people(world, added) == {"dan"}, "the smallest limit that is enough"
    assert added.authority
    decide(world, request, "ann", key="finance")
    with pytest.raises(Forbidden):
        decide(world, request, "ben", key="finance_authority")
    decide(world, request, "dan", key="finance_authority")
    decide(world, request, "content", key="content")
    request.refresh_from_db()
    assert request.state == RequestState.APPROVED


def test_r25_small_limits_of_the_whole_group_never_replace_the_added_stage(world):
    policy(world, finance(world, quorum=2))
    most = exposure(world)
    for who, minor in (("ann", most - 1), ("ben", most - 1), ("cara", most), ("dan", most)):
        limit(world, who, minor)
    request = world.request()
    for who in ("ann", "ben"):
        decide(world, request, who, key="finance")
    request.refresh_from_db()
    assert (request.state, states(request)) == (RequestState.IN_REVIEW, ["satisfied", "open"])
    assert people(world, request.stages.get(key="finance_authority")) == {"cara", "dan"}


def test_r25_where_nobody_at_all_has_enough_the_request_waits_and_says_why(world):
    policy(world, finance(world))
    limit(world, "ann", exposure(world) - 1)
    request = world.request()
    assert shape(request) == [("finance", 1, 1, "")]
    tasks.watch_routes()
    told = AuditEvent.objects.get(action="approvals.stage.stalled", subject_id=str(request.pk), outcome="recorded")
    assert '"reason":"no_authority"' in told.canonical
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW


def test_r25_r14_when_the_limit_ends_in_flight_the_route_is_dead_and_says_why(world):
    policy(world, everybody())
    row = limit(world, "ann", exposure(world))
    request = world.request()
    tasks.watch_routes()
    assert not AuditEvent.objects.filter(action="approvals.stage.stalled", outcome="recorded").exists()
    accounts.end_limit(actor=ROOT, limit=row.pk)
    tasks.watch_routes()
    told = AuditEvent.objects.get(action="approvals.stage.stalled", subject_id=str(request.pk), outcome="recorded")
    assert '"reason":"no_authority"' in told.canonical
    assert nothing_decided(request)


def test_r25_r12_a_policy_that_asks_for_authority_later_adds_the_next_stage_too(world):
    policy(world, stage("finance", "approve_budget", groups=[str(world.finance.public_id)]))
    most = exposure(world)
    limit(world, "cara", most)
    request = world.request()
    policy(world, finance(world))
    decide(world, request, "ann", key="finance")
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW
    assert [(key, by) for key, _step, _quorum, by in shape(request)] == [
        ("finance", ""), ("finance_2", "finance_2_authority"), ("finance_2_authority", ""),
    ]  # fmt: skip
    decide(world, request, "ben", key="finance_2")
    decide(world, request, "cara", key="finance_2_authority")
    request.refresh_from_db()
    assert request.state == RequestState.APPROVED


def test_r25_a_contributor_is_no_next_stage(world):
    policy(world, finance(world))
    most = exposure(world)
    limit(world, "submitter", most)
    limit(world, "cara", 2 * most)
    with time_machine.travel(clock.now() - LONG_AGO):
        accounts.grant_role(actor=ROOT, role="budget_approver", principal=world.people["submitter"], scope=world.brand)
    request = world.request()
    assert people(world, request.stages.get(key="finance_authority")) == {"cara"}


def test_r25_the_bench_waits_for_whoever_has_enough_alone(world):
    policy(world, everybody())
    most = exposure(world)
    limit(world, "ann", most)
    limit(world, "ben", most - 1)
    request = world.request()
    assert request in awaiting(world.actor("ann"))
    assert request not in awaiting(world.actor("ben"))
