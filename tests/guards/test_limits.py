"""Attacks with authority limits, typed as SQL (R-25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError

from accounts.models import AuthorityLimit, Organisation, User, UserKind
from approvals.models import Stage
from core import clock
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, unguarded, update
from tests.guards.test_deputies import lent, on_behalf, verdict
from tests.guards.world import BUDGET, World, grant, person

HOUR = timedelta(hours=1)


@pytest.fixture
def reviewed(world: World) -> World:
    """In review, put forward three hours ago; its first stage asks for authority. `ann` and `ben` decide since longer."""
    for user in (world.ann, world.ben, world.outsider):
        grant(user, "content_approver", world.brand, granted_at=clock.now() - 9 * HOUR)
    with time_machine.travel(clock.now() - 3 * HOUR, tick=True):
        found = world.reviewed()
    asks(found, authority=True)
    return found


def asks(world: World, **terms: Any) -> None:
    with unguarded():
        Stage.objects.filter(pk=world.stages[0].pk).update(**terms)


def limit(world: World, who: User, minor: int = BUDGET, *, began: Any = None, **changed: Any) -> AuthorityLimit:
    """Up to so much on the brand, since nine hours ago."""
    began = began or clock.now() - 9 * HOUR
    fields: dict[str, Any] = {
        "user": who, "brand": world.brand, "amount_minor": minor, "currency": "USD", "granted_at": began, "granted_by": "ben",
        "granted_by_id": world.author.pk, "since": began,
    }  # fmt: skip
    return AuthorityLimit(**(fields | changed))


def held(world: World, who: User, minor: int = BUDGET, **changed: Any) -> AuthorityLimit:
    row = limit(world, who, minor, **changed)
    row.save(force_insert=True)
    return row


def refused(world: World, who: User) -> None:
    assert_insert_refused("approvals_decision_authority", world.decision(world.stages[0], who))


def test_r25_whoever_has_enough_decides_and_it_counts(reviewed):
    held(reviewed, reviewed.ann)
    assert_inserted(reviewed.decision(reviewed.stages[0], reviewed.ann))
    assert verdict(reviewed) == (1, True)


@pytest.mark.parametrize("said", ["approve", "reject", "request_changes", "abstain"])
def test_r25_without_a_limit_nobody_says_anything(reviewed, said):
    assert_insert_refused("approvals_decision_authority", reviewed.decision(reviewed.stages[0], reviewed.ann, said))


@pytest.mark.parametrize(
    "changed", [{"minor": BUDGET - 1}, {"currency": "EUR"}, {"elsewhere": True}, {"since": None}], ids=["less", "euro", "there", "awaited"]
)
def test_r25_a_limit_that_is_not_enough_decides_nothing(reviewed, changed):
    if changed.pop("elsewhere", None):
        changed |= {"brand": None, "ad_account": reviewed.elsewhere}
    held(reviewed, reviewed.ann, changed.pop("minor", 10 * BUDGET), **changed)
    refused(reviewed, reviewed.ann)


def test_r25_small_limits_never_add_up(reviewed):
    for _ in range(3):
        held(reviewed, reviewed.ann, BUDGET - 1)
    refused(reviewed, reviewed.ann)


def test_r25_ended_limit_takes_its_vote_along(reviewed):
    row = held(reviewed, reviewed.ann)
    assert_inserted(reviewed.decision(reviewed.stages[0], reviewed.ann))
    AuthorityLimit.objects.filter(pk=row.pk).update(revoked_at=clock.now(), revoked_by="ben")
    assert verdict(reviewed) == (0, False)
    assert_refused("approvals_stage_decided", *update(reviewed.stages[0], "state = 'satisfied'"))
    refused(reviewed, reviewed.ann)


def test_r25_limit_that_ran_out_decides_nothing(reviewed):
    held(reviewed, reviewed.ann, expires_at=clock.now() - HOUR)
    refused(reviewed, reviewed.ann)


def test_r25_r13_limit_by_a_contributor_after_submission_decides_nothing(reviewed):
    held(reviewed, reviewed.ann, began=clock.now() - 2 * HOUR)
    refused(reviewed, reviewed.ann)


def test_r25_r13_limit_of_a_moment_ago_decides_nothing(reviewed):
    held(reviewed, reviewed.ann, began=clock.now() - HOUR / 2, granted_by_id=reviewed.outsider.pk)
    refused(reviewed, reviewed.ann)
    held(reviewed, reviewed.ann, began=clock.now() - 2 * HOUR, granted_by_id=reviewed.outsider.pk)
    assert_inserted(reviewed.decision(reviewed.stages[0], reviewed.ann))


def test_r25_r15_it_is_the_limit_of_whose_vote_it_is(reviewed):
    row = lent(reviewed)
    assert_insert_refused("approvals_decision_authority", on_behalf(reviewed, reviewed.outsider, row))
    held(reviewed, reviewed.ann)
    assert_inserted(on_behalf(reviewed, reviewed.outsider, row))


def test_r25_r15_without_conveying_the_delegate_needs_it_too(reviewed):
    row = lent(reviewed, conveyed=False)
    held(reviewed, reviewed.ann)
    assert_insert_refused("approvals_decision_on_behalf", on_behalf(reviewed, reviewed.outsider, row))
    held(reviewed, reviewed.outsider)
    assert_inserted(on_behalf(reviewed, reviewed.outsider, row))


# --- the stage that was added --------------------------------------------------------------------------------------------------


def test_r25_authority_by_another_stage_that_is_not_there_is_none(reviewed):
    asks(reviewed, authority_by="nowhere")
    refused(reviewed, reviewed.ann)


def test_r25_authority_by_a_stage_that_does_not_ask_for_it_is_none(reviewed):
    asks(reviewed, authority_by=reviewed.stages[1].key)
    refused(reviewed, reviewed.ann)


def test_r25_where_another_stage_has_the_authority_ones_own_people_decide(reviewed):
    with unguarded():
        Stage.objects.filter(pk=reviewed.stages[1].pk).update(authority=True)
    asks(reviewed, authority_by=reviewed.stages[1].key)
    assert_inserted(reviewed.decision(reviewed.stages[0], reviewed.ann))
    assert verdict(reviewed) == (1, True)


@pytest.mark.parametrize("change", ["authority = (1 = 0)", "authority_by = 'stage-1'"])
def test_r25_what_a_stage_asks_for_stays(reviewed, change):
    assert_refused("approvals_stage_fixed", *update(reviewed.stages[0], change))


def test_r25_authority_by_another_needs_that_it_is_asked_for(reviewed):
    with pytest.raises(IntegrityError), unguarded():
        Stage.objects.filter(pk=reviewed.stages[1].pk).update(authority_by="stage-0")


# --- giving --------------------------------------------------------------------------------------------------------------------


def test_r25_nobody_gives_themselves_a_limit_nor_by_a_machine(world):
    machine = person(world.organisation, "robot", kind=UserKind.SERVICE_ACCOUNT, owner=world.ann)
    for giver in (world.ann, machine):
        assert_insert_refused("accounts_authority_limit_given", limit(world, world.ann, granted_by_id=giver.pk))


def test_r25_r33_a_machine_has_no_limit(world):
    machine = person(world.organisation, "robot", kind=UserKind.SERVICE_ACCOUNT, owner=world.ann)
    assert_insert_refused("accounts_authority_limit_person", limit(world, machine))


def test_r25_a_limit_is_given_inside_one_organisation(world):
    stranger = person(Organisation.objects.create(name="Other", slug="other"), "stranger")
    assert_insert_refused("accounts_authority_limit_organisation", limit(world, stranger))


@pytest.mark.parametrize("change", ["amount_minor = 9999999", "currency = 'EUR'", "user_id = granted_by_id"])
def test_r25_a_limit_is_not_raised_afterwards(world, change):
    assert_refused("accounts_authority_limit_fixed", *update(held(world, world.ann), change))


@pytest.mark.parametrize("minor", [0, -1])
def test_r25_a_limit_is_of_money(world, minor):
    with pytest.raises(IntegrityError):
        limit(world, world.ann, minor).save(force_insert=True)
