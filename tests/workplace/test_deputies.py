"""The pages of standing in, and deciding in somebody's name (R-15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import services as accounts
from accounts.models import Absence, Delegation
from approvals.models import Decision
from core import clock
from tests.builders import ROOT


def until(days=3):
    return f"{clock.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def typed(world, **changed):
    return {
        "deputy": world.people["dee"].email, "scope": f"brand:{world.brand.pk}", "permissions": ["approve_content"],
        "expires_at": until(), **changed,
    }  # fmt: skip


@pytest.fixture
def dee(world):
    return world.add_person("dee", "content_approver")


def test_r15_one_lends_ones_vote_and_ends_it(world, enter, dee):
    mine = enter("content")
    assert "dee@acme.example" in mine.get("/workplace/deputies/").content.decode()
    answer = mine.post("/workplace/deputies/", typed(world, amount="9,000.00", currency="USD", reason="Holiday"))
    assert answer.status_code == 303, answer.content.decode()
    row = Delegation.objects.get()
    assert (row.delegator, row.delegate, row.limit_minor, row.currency) == (world.people["content"], dee, 900000, "USD")
    for who in ("content", "dee"):
        page = enter(who).get("/workplace/deputies/").content.decode()
        assert "decides for Content" in page and "Holiday" in page  # noqa: PT018
    assert enter("budget").get(f"/workplace/deputies/{row.pk}/end/").status_code == 404
    assert enter("dee").post(f"/workplace/deputies/{row.pk}/end/").status_code == 303
    row.refresh_from_db()
    assert row.revoked_at is not None


@pytest.mark.parametrize(
    "changed",
    [{"deputy": "nobody@acme.example"}, {"permissions": []}, {"expires_at": until(90)}, {"expires_at": ""}, {"amount": "5"}, {"scope": ""}],
)
def test_r15_what_makes_no_sense_is_said_on_the_page(world, enter, dee, changed):
    assert enter("content").post("/workplace/deputies/", typed(world, **changed)).status_code == 422
    assert not Delegation.objects.exists()


def test_r15_what_is_conveyed_waits_on_the_page_of_changes(world, enter):
    world.add_person("boss", "access_manager", scope=world.organisation)
    accounts.delegate(
        actor=world.actor("content"), delegator=world.people["content"], deputy=world.people["budget"], scope=world.brand,
        permissions=["approve_content"], expires_at=clock.now() + timedelta(days=2), conveyed=True,
    )  # fmt: skip
    page = enter("boss").get("/workplace/access/waiting/").content.decode()
    assert "Budget decides for Content on" in page
    assert enter("boss").post(f"/workplace/access/waiting/{Delegation.objects.get().pk}/confirm/").status_code == 303
    assert Delegation.objects.get().since is not None


def test_r15_one_says_that_one_is_away_and_is_back(world, enter):
    mine = enter("content")
    assert mine.post("/workplace/absences/", {"expires_at": until()}).status_code == 303
    row = Absence.objects.get()
    request = world.request()
    assert "is away until" in enter("budget").get(f"/workplace/requests/{request.pk}/").content.decode()
    assert enter("budget").post(f"/workplace/absences/{row.pk}/end/").status_code == 404
    assert mine.post(f"/workplace/absences/{row.pk}/end/").status_code == 303
    row.refresh_from_db()
    assert row.revoked_at is not None


def lend(world):
    return accounts.delegate(
        actor=ROOT, delegator=world.people["content"], deputy=world.people["budget"], scope=world.brand,
        permissions=["approve_content"], expires_at=clock.now() + timedelta(days=2), conveyed=True,
    )  # fmt: skip


def test_r15_the_decide_form_says_in_whose_name(world, enter):
    lend(world)
    request = world.request()
    theirs = enter("budget")
    assert request.title in theirs.get("/workplace/").content.decode()
    page = theirs.get(f"/workplace/requests/{request.pk}/").content.decode()
    assert "You stand in for Content" in page
    said = {"stage": "content", "digest": request.digest, "verdict": "approve", "on_behalf_of": str(world.people["content"].pk)}
    for _twice in range(2):
        assert theirs.post(f"/workplace/requests/{request.pk}/decide/", said).status_code == 303
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.on_behalf_of) == (world.people["budget"], world.people["content"])
    assert "for Content" in theirs.get(f"/workplace/requests/{request.pk}/").content.decode()


def test_r15_without_a_delegation_the_form_refuses(world, enter):
    request = world.request()
    said = {"stage": "content", "digest": request.digest, "verdict": "approve", "on_behalf_of": str(world.people["content"].pk)}
    assert enter("budget").post(f"/workplace/requests/{request.pk}/decide/", said).status_code == 403
    assert not Decision.objects.exists()


def test_r15_one_vote_the_other_half_is_not_asked_any_more(world, enter):
    lend(world)
    request = world.request()
    enter("budget").post(
        f"/workplace/requests/{request.pk}/decide/",
        {"stage": "content", "digest": request.digest, "verdict": "abstain", "on_behalf_of": str(world.people["content"].pk)},
    )
    page = enter("budget").get(f"/workplace/requests/{request.pk}/").content.decode()
    assert "You stand in for Content" not in page
