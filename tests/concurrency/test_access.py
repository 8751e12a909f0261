"""Changes of access at once, and against decisions: what was judged under the lock is what holds (R-13, R-55, R-57, R-60)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from accounts import services
from accounts.errors import ChangeLapsed, DutiesClash
from accounts.models import AccessPolicy, AdAccount, Membership, RoleGrant, User
from accounts.permissions import grants_of
from approvals import queries
from approvals import services as approvals
from approvals.models import ApprovalRequest, Clearance
from audit.models import AuditEvent
from core import clock
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.statements import Change, prepared
from governance import checks
from governance.models import CheckRun
from tests import builders
from tests.concurrency.racing import Interruption, at_once, errors, guard_of, locks_off, without_triggers

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
ROOT = builders.ROOT
GIVEN = "accounts.services.access:_until"
"""Right after a grant was judged and written, and before anybody else can see it."""


@pytest.fixture
def ann(world):
    return world.add_person("ann")


@pytest.fixture
def managers(world):
    """Two access managers, and that two are asked for."""
    for name in ("boss", "deputy", "third"):
        world.add_person(name, "access_manager", scope=world.organisation)
    services.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)


def grant(world, who, role):
    return lambda: services.grant_role(actor=ROOT, role=role, principal=who, scope=world.brand)


def careless(act):
    """The act, on a connection on which no guard of the database fires."""

    def acting():
        without_triggers()
        return act()

    return acting


def held(world, who) -> set[str]:
    grants, account = grants_of(User.objects.get(pk=who.pk)), AdAccount.objects.get(pk=world.account.pk)
    return {code for code in ("publish", "audit", "submit") if grants.allows(code, account)}


# --- duties that are kept apart -----------------------------------------------------------------------------------------


def test_r60_of_two_clashing_grants_at_once_one_is_refused(world, ann, rendezvous, monkeypatch):
    rendezvous.before(monkeypatch, GIVEN)
    results = at_once(grant(world, ann, "auditor"), grant(world, ann, "submitter"))
    assert [type(each) for each in errors(results)] == [DutiesClash]
    assert not rendezvous.met
    assert len(held(world, ann)) == 1


def test_control_without_the_lock_one_person_holds_both_sides(world, ann, rendezvous, monkeypatch):
    rendezvous.before(monkeypatch, GIVEN)
    with locks_off():
        results = at_once(grant(world, ann, "auditor"), grant(world, ann, "submitter"))
    assert rendezvous.met
    assert errors(results) == []
    assert held(world, ann) == {"audit", "submit"}


# --- the second access manager ---------------------------------------------------------------------------------------------


def proposed(world, ann) -> RoleGrant:
    return services.grant_role(actor=world.actor("boss"), role="publisher", principal=ann, scope=world.brand)


def confirm(world, change, name="deputy"):
    actor = world.actor(name)
    return lambda: services.confirm_change(actor=actor, change=change.pk)


def decline(world, change):
    actor = world.actor("boss")
    return lambda: services.decline_change(actor=actor, change=change.pk)


def outcomes(change) -> list[str]:
    found = AuditEvent.objects.filter(subject_id=str(change.pk), outcome="recorded", action__startswith="accounts.change")
    return sorted(found.values_list("action", flat=True))


def test_r55_a_change_is_declined_or_confirmed_and_never_both(world, managers, ann, monkeypatch):
    row = proposed(world, ann)
    confirming = Interruption(monkeypatch, "accounts.services.changes:end", confirm(world, row))
    decline(world, row)()
    assert isinstance(confirming.end(), Conflict)
    assert not confirming.was_in_between
    assert outcomes(row) == ["accounts.change.declined"]
    assert held(world, ann) == set()


def test_control_without_the_lock_a_change_is_confirmed_and_declined(world, managers, ann, monkeypatch):
    row = proposed(world, ann)
    confirming = Interruption(monkeypatch, "accounts.services.changes:end", confirm(world, row))
    with locks_off():
        decline(world, row)()
    assert not isinstance(confirming.end(), Exception)
    assert confirming.was_in_between
    assert outcomes(row) == ["accounts.change.confirmed", "accounts.change.declined"]


def test_r55_two_confirm_at_once_and_one_does(world, managers, ann, rendezvous, monkeypatch):
    row = proposed(world, ann)
    rendezvous.before(monkeypatch, "accounts.services.changes:begin")
    results = at_once(confirm(world, row), confirm(world, row, "third"))
    assert [type(each) for each in errors(results)] == [Conflict]
    assert not rendezvous.met
    assert outcomes(row) == ["accounts.change.confirmed"]


def test_control_without_the_lock_the_database_stops_the_second_confirmation(world, managers, ann, rendezvous, monkeypatch):
    row = proposed(world, ann)
    rendezvous.before(monkeypatch, "accounts.services.changes:begin")
    with locks_off():
        results = at_once(confirm(world, row), confirm(world, row, "third"))
    assert rendezvous.met
    (error,) = errors(results)
    assert guard_of(error) == "accounts_role_grant_begun"


def test_control_without_lock_and_guards_it_is_confirmed_twice(world, managers, ann, rendezvous, monkeypatch):
    row = proposed(world, ann)
    rendezvous.before(monkeypatch, "accounts.services.changes:begin")

    with locks_off():
        assert errors(at_once(*(careless(confirm(world, row, name)) for name in ("deputy", "third")))) == []
    assert rendezvous.met
    assert outcomes(row) == ["accounts.change.confirmed"] * 2


def stricter(world):
    actor = world.actor("third")
    return lambda: services.set_access_policy(
        actor=actor, organisation=world.organisation, two_managers=True, second_factor_roles=["publisher"]
    )


def looser(world) -> AccessPolicy:
    return services.set_access_policy(actor=world.actor("boss"), organisation=world.organisation, two_managers=False)


def begun(row: AccessPolicy) -> Any:
    return AccessPolicy.objects.get(pk=row.pk).since


def test_r55_a_policy_is_not_confirmed_past_a_later_one(world, managers, monkeypatch):
    row = looser(world)
    later = Interruption(monkeypatch, "accounts.services.changes:begin", stricter(world))
    confirm(world, row)()
    assert begun(row) < later.end().since
    assert not later.was_in_between


def test_r55_a_policy_that_comes_first_makes_the_confirmation_lapse(world, managers, monkeypatch):
    row = looser(world)
    confirming = Interruption(monkeypatch, "accounts.services.changes:conferring", confirm(world, row))
    stricter(world)()
    assert isinstance(confirming.end(), ChangeLapsed)
    assert begun(row) is None


def test_control_without_the_lock_a_policy_that_was_overtaken_comes_into_force(world, managers, monkeypatch):
    row = looser(world)
    later = Interruption(monkeypatch, "accounts.services.changes:begin", stricter(world))
    with locks_off():
        confirm(world, row)()
    assert later.was_in_between
    assert begun(row) is not None
    assert AccessPolicy.objects.get(version=row.version + 1).since is not None, "and yet the later one was there"


# --- whoever leaves ----------------------------------------------------------------------------------------------------------


def deactivate(who):
    return lambda: services.deactivate_user(actor=ROOT, user=who.pk)


def test_r17_whoever_is_deactivated_during_a_grant_holds_nothing(world, ann, monkeypatch):
    leaving = Interruption(monkeypatch, "accounts.services.access:conferring", deactivate(ann))
    grant(world, ann, "publisher")()
    assert not isinstance(leaving.end(), Exception)
    assert not leaving.was_in_between
    assert not RoleGrant.objects.filter(user=ann, revoked_at__isnull=True).exists()


def test_r17_whoever_was_deactivated_first_is_given_nothing(world, ann, monkeypatch):
    giving = Interruption(monkeypatch, "accounts.services.people:_end_all", grant(world, ann, "publisher"))
    deactivate(ann)()
    assert isinstance(giving.end(), Invalid)
    assert not RoleGrant.objects.filter(user=ann).exists()


def test_control_without_the_lock_somebody_comes_back_with_a_role(world, ann, monkeypatch):
    leaving = Interruption(monkeypatch, "accounts.services.access:conferring", deactivate(ann))
    with locks_off():
        grant(world, ann, "publisher")()
    assert not isinstance(leaving.end(), Exception)
    assert leaving.was_in_between
    services.reactivate_user(actor=ROOT, user=ann.pk)
    assert held(world, ann) == {"publish"}, "nobody gave it to them since"


# --- an access manager who is one no longer -----------------------------------------------------------------------------------


def demote(world):
    row = RoleGrant.objects.get(user=world.people["boss"], role="access_manager").pk
    return lambda: services.revoke_role(actor=ROOT, grant=row)


def test_r13_whoever_waits_for_the_lock_is_judged_again(world, ann, monkeypatch):
    """The first check passed; then the role was taken away, under the lock that the grant waits for."""
    world.add_person("boss", "access_manager", scope=world.organisation)
    actor = world.actor("boss")
    giving = Interruption(
        monkeypatch, "accounts.services.access:end",
        lambda: services.grant_role(actor=actor, role="publisher", principal=ann, scope=world.brand),
    )  # fmt: skip
    demote(world)()
    assert isinstance(giving.end(), Forbidden | NotFound)
    assert held(world, ann) == set()


def test_control_without_the_lock_the_role_is_given_by_whoever_lost_theirs(world, ann, monkeypatch):
    world.add_person("boss", "access_manager", scope=world.organisation)
    actor = world.actor("boss")
    losing = Interruption(monkeypatch, "accounts.services.access:conferring", demote(world))
    with locks_off():
        services.grant_role(actor=actor, role="publisher", principal=ann, scope=world.brand)
    assert not isinstance(losing.end(), Exception)
    assert losing.was_in_between
    assert held(world, ann) == {"publish"}


# --- against the last approval -------------------------------------------------------------------------------------------------

VOTED = "approvals.services.deciding:recorded"


def voting(world, request):
    actor = world.actor("budget")
    return lambda: approvals.decide(actor=actor, request=request.pk, stage="budget", digest=request.digest, verdict="approve")


def by_group(world) -> Any:
    """The content approver holds the role through a group alone."""
    group = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Content")
    services.revoke_role(actor=ROOT, grant=RoleGrant.objects.get(user=world.people["content"]).pk)
    services.grant_role(actor=ROOT, role="content_approver", principal=group, scope=world.brand)
    services.add_member(actor=ROOT, group=group, user=world.user("content"))
    return group


def remove(world, group):
    return lambda: services.remove_member(actor=ROOT, group=group, user=world.user("content"))


def test_r13_a_member_who_is_removed_during_the_last_approval_does_not_count(world, monkeypatch):
    group, request = by_group(world), world.request(at="content_approved")
    leaving = Interruption(monkeypatch, VOTED, remove(world, group))
    (error,) = errors(at_once(voting(world, request)))
    assert not isinstance(leaving.end(), Exception)
    assert leaving.was_in_between, "nobody waits to be removed"
    assert guard_of(error) == "approvals_request_decided"
    assert not Clearance.objects.exists()
    assert ApprovalRequest.objects.get(pk=request.pk).state == "in_review"


def test_r13_a_role_that_ended_while_a_decision_waited_for_its_turn_has_ended(world, monkeypatch):
    """Refused by the service, which takes the time after the lock; not by the database alone."""
    request = world.request(at="content_approved")
    ended = Interruption(
        monkeypatch, "approvals.services.deciding:_read",
        lambda: services.revoke_role(actor=ROOT, grant=RoleGrant.objects.get(user=world.people["budget"]).pk),
    )  # fmt: skip
    (error,) = errors(at_once(voting(world, request)))
    assert not isinstance(ended.end(), Exception)
    assert ended.was_in_between
    assert isinstance(error, NotFound)
    assert not Clearance.objects.exists()


def test_control_without_the_guard_the_vote_of_who_was_removed_clears(world, monkeypatch):
    group, request = by_group(world), world.request(at="content_approved")
    leaving, vote = Interruption(monkeypatch, VOTED, remove(world, group)), voting(world, request)
    assert errors(at_once(careless(vote))) == []
    assert not isinstance(leaving.end(), Exception)
    assert not Membership.objects.filter(revoked_at__isnull=True).exists()
    assert Clearance.objects.exists()


def moving(world, sister):
    return lambda: services.move_ad_account(actor=ROOT, ad_account=AdAccount.objects.get(pk=world.account.pk), brand=sister)


@pytest.fixture
def sister(world):
    return services.create_brand(actor=ROOT, organisation=world.organisation, name="Sister")


def test_r13_a_decision_does_not_clear_where_the_ad_account_was_moved_away_meanwhile(world, sister, monkeypatch):
    """Votes of the old brand's people; the move waits for nobody."""
    request = world.request(at="content_approved")
    moved = Interruption(monkeypatch, VOTED, moving(world, sister))
    (error,) = errors(at_once(voting(world, request)))
    assert not isinstance(moved.end(), Exception)
    assert moved.was_in_between
    assert guard_of(error) == "approvals_stage_decided"
    assert not Clearance.objects.exists()
    assert AdAccount.objects.get(pk=world.account.pk).brand == sister


def test_control_without_the_guard_the_old_brands_people_clear_it(world, sister, monkeypatch):
    request = world.request(at="content_approved")
    moved, vote = Interruption(monkeypatch, VOTED, moving(world, sister)), voting(world, request)
    assert errors(at_once(careless(vote))) == []
    assert not isinstance(moved.end(), Exception)
    assert Clearance.objects.exists()
    assert held(world, world.people["budget"]) == set()


def test_r13_a_decision_after_a_move_is_judged_at_the_new_brand(world, sister):
    vote = voting(world, world.request(at="content_approved"))
    moving(world, sister)()
    (error,) = errors(at_once(vote))
    assert isinstance(error, NotFound)
    assert not Clearance.objects.exists()


def test_r37_of_two_workers_one_claims_the_checks(world):
    request = world.request(at="awaiting_checks")
    assert claimed_at_once(request) == [0, 0, 0, 3]


def test_control_without_the_guard_every_worker_claims_the_checks(world, monkeypatch):
    @prepared
    def unguarded(runs: list[UUID], now: datetime, until: datetime) -> Change[CheckRun]:
        return Change(CheckRun.objects.filter(Q(pk__in=runs) & (Q(queued_at__lte=now) | Q(queued_at__gt=now))), {"leased_until": until})

    monkeypatch.setattr(checks, "_start", unguarded)
    assert claimed_at_once(world.request(at="awaiting_checks")) == [3, 3, 3, 3]


def claimed_at_once(request: ApprovalRequest) -> list[int]:
    """How many checks each of four workers gets, all of whom have seen all of them free."""
    now = clock.now()

    def worker():
        seen = queries.free_checks(request.pk, now)
        return lambda: checks.claim(lambda now: seen, now)

    return sorted(len(claimed) for claimed in at_once(*[worker() for _ in range(4)]))
