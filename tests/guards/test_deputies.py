"""Attacks with delegations and absences, typed as SQL (R-15, R-17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection

from accounts.models import Absence, Delegation, Organisation, User
from core import clock
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, update
from tests.guards.world import World, grant, person

HOUR = timedelta(hours=1)


@pytest.fixture
def reviewed(world: World) -> World:
    """In review, put forward three hours ago; `ann` and `ben` decide since longer, `outsider` holds nothing."""
    grant(world.ann, "content_approver", world.brand, granted_at=clock.now() - 9 * HOUR)
    with time_machine.travel(clock.now() - 3 * HOUR, tick=True):
        return world.reviewed()


def delegation(world: World, **changed: Any) -> Delegation:
    """outsider decides content stages for ann, since nine hours ago, allowed by ben."""
    began = changed.pop("began", clock.now() - 9 * HOUR)
    fields: dict[str, Any] = {
        "delegator": world.ann, "delegate": world.outsider, "brand": world.brand, "permissions": [world.stages[0].permission],
        "conveyed": True, "granted_at": began, "granted_by": "ben", "granted_by_id": world.ben.pk, "since": began,
        "expires_at": began + timedelta(days=30),
    }  # fmt: skip
    return Delegation(**(fields | changed))


def lent(world: World, **changed: Any) -> Delegation:
    row = delegation(world, **changed)
    row.save(force_insert=True)
    return row


def on_behalf(world: World, by: User, row: Delegation, verdict: str = "approve", **changed: Any) -> Any:
    own = {"on_behalf_of": row.delegator, "delegation": row}
    return world.decision(world.stages[0], by, verdict, **(own | changed))


def refused(guard: str, world: World, by: User, row: Delegation, **changed: Any) -> None:
    assert_insert_refused(guard, on_behalf(world, by, row, **changed))


def verdict(world: World) -> tuple[int, bool]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.approvals, v.met FROM approvals_stage_verdicts v JOIN approvals_stage s ON s.id = v.stage_id WHERE s.position = 0"
        )
        approvals, met = cursor.fetchone()
        return approvals, bool(met)


# --- deciding ----------------------------------------------------------------------------------------------------------------


def test_r15_a_delegate_decides_and_it_counts(reviewed):
    row = lent(reviewed)
    assert_inserted(on_behalf(reviewed, reviewed.outsider, row))
    assert verdict(reviewed) == (1, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"permissions": ["approve_legal"]}, {"limit_minor": 1, "currency": "USD"}, {"limit_minor": 10**9, "currency": "EUR"},
        {"conveyed": False},
    ],
)  # fmt: skip
def test_r15_delegation_for_other_stages_or_less_money_decides_nothing(reviewed, changed):
    refused("approvals_decision_on_behalf", reviewed, reviewed.outsider, lent(reviewed, **changed))


def test_r15_delegation_on_another_ad_account_decides_nothing(reviewed):
    row = lent(reviewed, brand=None, ad_account=reviewed.elsewhere)
    refused("approvals_decision_on_behalf", reviewed, reviewed.outsider, row)


def test_r15_only_the_two_people_of_the_delegation(reviewed):
    row = lent(reviewed)
    refused("approvals_decision_on_behalf", reviewed, reviewed.ben, row)
    refused("approvals_decision_on_behalf", reviewed, reviewed.outsider, row, on_behalf_of=reviewed.ben)


def test_r15_nobody_is_named_without_a_delegation(reviewed):
    row = on_behalf(reviewed, reviewed.outsider, lent(reviewed), delegation=None)
    with pytest.raises(IntegrityError):
        row.save(force_insert=True)


def test_r15_ended_delegation_decides_nothing_and_its_votes_lapse(reviewed):
    row = lent(reviewed)
    assert_inserted(on_behalf(reviewed, reviewed.outsider, row))
    Delegation.objects.filter(pk=row.pk).update(revoked_at=clock.now(), revoked_by="ann")
    assert verdict(reviewed) == (0, False)
    refused("approvals_decision_on_behalf", reviewed, reviewed.outsider, row)


def test_r15_delegation_that_ran_out_decides_nothing(reviewed):
    row = lent(reviewed, began=clock.now() - timedelta(days=31))
    refused("approvals_decision_on_behalf", reviewed, reviewed.outsider, row)


def test_r15_r13_delegation_by_a_contributor_after_submission_decides_nothing(reviewed):
    row = lent(reviewed, began=clock.now() - 2 * HOUR, granted_by_id=reviewed.author.pk)
    refused("approvals_decision_on_behalf", reviewed, reviewed.outsider, row)


def test_r15_r13_delegation_of_a_moment_ago_decides_nothing(reviewed):
    refused("approvals_decision_on_behalf", reviewed, reviewed.outsider, lent(reviewed, began=clock.now() - HOUR / 2))
    assert_inserted(on_behalf(reviewed, reviewed.outsider, lent(reviewed, began=clock.now() - 2 * HOUR)))


def test_r15_r13_delegator_has_to_hold_it_now(reviewed):
    row = lent(reviewed, delegator=reviewed.outsider, delegate=reviewed.ann)
    refused("approvals_decision_eligible", reviewed, reviewed.ann, row)


def test_r15_deactivated_delegate_decides_nothing(reviewed):
    row = lent(reviewed)
    User.objects.filter(pk=reviewed.outsider.pk).update(is_active=False)
    refused("approvals_decision_on_behalf", reviewed, reviewed.outsider, row)


@pytest.mark.parametrize("who", ["delegator", "delegate"])
def test_r15_r16_neither_contributed(reviewed, who):
    grant(reviewed.author, "content_approver", reviewed.brand, granted_at=clock.now() - 9 * HOUR)
    other = "delegate" if who == "delegator" else "delegator"
    row = lent(reviewed, **{who: reviewed.author, other: reviewed.ann})
    guard = "approvals_decision_contributor" if who == "delegate" else "approvals_decision_on_behalf"
    refused(guard, reviewed, row.delegate, row)


# --- one vote ----------------------------------------------------------------------------------------------------------------


def test_r15_one_vote_together(reviewed):
    """Whoever goes round the services with both of their votes."""
    grant(reviewed.outsider, "content_approver", reviewed.brand, granted_at=clock.now() - 9 * HOUR)
    row = lent(reviewed)
    reviewed.approve(reviewed.stages[0], reviewed.ann)
    assert_insert_refused("approvals_decision_one_vote", reviewed.decision(reviewed.stages[0], reviewed.outsider))
    assert_inserted(on_behalf(reviewed, reviewed.outsider, row))
    assert verdict(reviewed)[0] == 1


def test_r15_own_vote_after_the_lent_one(reviewed):
    grant(reviewed.outsider, "content_approver", reviewed.brand, granted_at=clock.now() - 9 * HOUR)
    row = lent(reviewed)
    on_behalf(reviewed, reviewed.outsider, row).save(force_insert=True)
    assert_insert_refused("approvals_decision_one_vote", reviewed.decision(reviewed.stages[0], reviewed.outsider))
    assert verdict(reviewed)[0] == 1


def test_r15_one_vote_across_stages(reviewed):
    row = lent(reviewed)
    on_behalf(reviewed, reviewed.outsider, row).save(force_insert=True)
    reviewed.satisfy(0)
    grant(reviewed.ann, "budget_approver", reviewed.brand, granted_at=clock.now() - 9 * HOUR)
    grant(reviewed.outsider, "budget_approver", reviewed.brand, granted_at=clock.now() - 9 * HOUR)
    for who in (reviewed.ann, reviewed.outsider):
        assert_insert_refused("approvals_decision_other_stage", reviewed.decision(reviewed.stages[1], who))


# --- delegations and absences themselves -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guard", "changed"),
    [
        ("people", {"delegate": "ann"}), ("people", {"delegate": "machine"}), ("organisation", {"delegate": "foreign"}),
        ("permissions", {"permissions": []}), ("permissions", {"permissions": ["publish"]}), ("permissions", {"permissions": {}}),
        ("lasts", {"expires_at": timedelta(days=62)}), ("allowed", {"granted_by_id": "ann"}), ("given", {"granted_by_id": "outsider"}),
    ],
)  # fmt: skip
def test_r15_wrong_delegation_is_not_written(reviewed, guard, changed):
    began = clock.now()
    known = {
        "machine": lambda: person(reviewed.organisation, "robot", kind="service_account", owner=reviewed.ben),
        "foreign": lambda: person(Organisation.objects.create(name="Else", slug="else"), "foreign"),
    }
    found = {}
    for name, value in changed.items():
        if isinstance(value, str):
            who = known[value]() if value in known else getattr(reviewed, value)
            found[name] = who.pk if name.endswith("_id") else who
        else:
            found[name] = began + value if isinstance(value, timedelta) else value
    assert_insert_refused(f"accounts_delegation_{guard}", delegation(reviewed, began=began, **found))


def test_r15_delegation_always_ends(reviewed):
    with pytest.raises(IntegrityError):
        lent(reviewed, expires_at=None)


@pytest.mark.parametrize(
    "change", ["conveyed = TRUE", "permissions = '[\"approve_legal\"]'", "limit_minor = NULL, currency = ''", "expires_at = '2099-01-01'"]
)
def test_r15_delegation_is_not_rewritten(reviewed, change):
    row = lent(reviewed, conveyed=False, limit_minor=5, currency="USD")
    assert_refused("accounts_delegation_fixed", *update(row, change))


def test_r15_ended_delegation_does_not_begin_again(reviewed):
    row = lent(reviewed, revoked_at=clock.now(), revoked_by="ann")
    assert_refused("accounts_delegation_ended", *update(row, "revoked_at = NULL"))
    assert_refused("accounts_delegation_no_delete", "DELETE FROM accounts_delegation")


def test_r15_whoever_gains_does_not_allow_it(reviewed):
    row = lent(reviewed, since=None, granted_by_id=reviewed.ann.pk)
    for who in (reviewed.outsider, reviewed.ann):
        name = who.pk if connection.features.has_native_uuid_field else who.pk.hex
        change = f"since = granted_at, confirmed_by = 'x', confirmed_by_id = '{name}'"
        assert_refused("accounts_delegation_second", *update(row, change))


def test_r15_absence_is_not_rewritten(reviewed):
    now = clock.now()
    row = Absence(user=reviewed.ann, granted_at=now, granted_by="ann", since=now, expires_at=now + HOUR)
    row.save(force_insert=True)
    assert_refused("accounts_absence_fixed", *update(row, "expires_at = '2099-01-01'"))
    assert_refused("accounts_absence_no_delete", "DELETE FROM accounts_absence")
