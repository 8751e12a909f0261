"""The pages of authority limits, and what the pages of requests say of them (R-25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from accounts.models import AuthorityLimit
from core import clock
from core.money import Money
from tests.approvals.lending import policy, stage
from tests.builders import ROOT, World

PAGE = "/workplace/access/limits/"


def typed(world: World, **changed: Any) -> dict[str, Any]:
    return {
        "user": world.people["budget"].email, "scope": f"brand:{world.brand.pk}", "amount": "5,000.00", "currency": "USD", **changed,
    }  # fmt: skip


def limited(world: World, who: str, minor: int) -> AuthorityLimit:
    with time_machine.travel(clock.now() - timedelta(days=3)):
        return accounts.give_limit(actor=ROOT, user=world.people[who], scope=world.brand, amount=Money(minor, "USD"))


def test_r25_an_access_manager_gives_and_ends_a_limit(world, enter):
    mine = enter("access_manager")
    assert "limit-form" in mine.get(PAGE).content.decode()
    answer = mine.post(PAGE, typed(world, reason="Head of Finance"))
    assert answer.status_code == 303, answer.content.decode()
    row = AuthorityLimit.objects.get()
    assert (row.user, row.amount_minor, row.currency, row.scope) == (world.people["budget"], 500_000, "USD", world.brand)
    page = mine.get(PAGE).content.decode()
    assert "Head of Finance" in page
    assert "5,000.00" in page
    assert "5,000.00" in mine.get(f"/workplace/access/people/{row.user_id}/").content.decode()
    assert mine.post(f"{PAGE}{row.pk}/end/").status_code == 303
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_r25_auditors_read_limits_and_others_only_their_own(world, enter):
    row = limited(world, "budget", 500_000)
    page = enter("auditor").get(PAGE).content.decode()
    assert "5,000.00" in page
    assert "limit-form" not in page
    assert enter("budget").get(PAGE).status_code == 403
    own = enter("budget").get(f"{PAGE}{row.pk}/end/")
    assert own.status_code == 200
    assert "end-form" not in own.content.decode()
    assert enter("content").get(f"{PAGE}{row.pk}/end/").status_code == 404
    for who in ("auditor", "budget", "content"):
        assert enter(who).post(f"{PAGE}{row.pk}/end/").status_code in (403, 404)
    row.refresh_from_db()
    assert row.revoked_at is None


@pytest.mark.parametrize(
    "changed",
    [{"user": "nobody@acme.example"}, {"amount": ""}, {"amount": "0"}, {"amount": "many"}, {"currency": ""}, {"scope": ""}],
)
def test_r25_what_makes_no_sense_is_said_on_the_page(world, enter, changed):
    assert enter("access_manager").post(PAGE, typed(world, **changed)).status_code == 422
    assert not AuthorityLimit.objects.exists()


def test_r25_nobody_gives_themselves_one_on_the_page(world, enter):
    own = world.people["access_manager"].email
    assert enter("access_manager").post(PAGE, typed(world, user=own)).status_code == 403
    assert not AuthorityLimit.objects.exists()


def test_r25_r55_a_proposed_limit_waits_in_words(world, enter):
    world.add_person("second", "access_manager", scope=world.organisation)
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    assert enter("access_manager").post(PAGE, typed(world)).status_code == 303
    assert AuthorityLimit.objects.get().is_awaited
    page = enter("second").get("/workplace/access/waiting/").content.decode()
    assert "approves up to $5,000.00" in page


def test_r25_the_page_of_a_request_says_who_lacks_authority(world, enter):
    policy(world, stage("finance", "approve_budget", authority=True))
    limited(world, "budget", 100)
    request = world.request()
    page = enter("budget").get(f"/workplace/requests/{request.pk}/").content.decode()
    assert 'data-testid="authority"' in page
    assert 'data-testid="no-authority"' in page
    assert "you have no limit that covers what this can spend" in page


def test_r25_the_page_before_submitting_says_why_a_stage_is_added(world, enter):
    with time_machine.travel(clock.now() - timedelta(days=3)):
        world.add_person("ann", "budget_approver")
        finance = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Finance")
        accounts.add_member(actor=ROOT, group=finance, user=world.people["budget"])
    policy(world, stage("finance", "approve_budget", groups=[str(finance.public_id)], authority=True))
    limited(world, "ann", 10**9)
    tree = world.tree()
    page = enter("submitter").get(f"/workplace/route-preview/campaign/{tree.campaign.pk}/").content.decode()
    assert 'data-testid="added-for"' in page
    assert "Added because too few of those whom “Finance” asks may approve" in page
