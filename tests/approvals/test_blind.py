"""Blind stages (R-19): how others decided is known once so many people have as the quorum says; nothing tells it before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from approvals import queries
from approvals.models import ApprovalRequest
from core import clock
from publishing.history import story
from tests.approvals.policies import BUDGET, again, govern, stage
from tests.builders import ROOT, World


@pytest.fixture
def world(world: World) -> World:
    """With three who approve content, of whom two are asked, none of them knowing of the others; one decides on budgets too."""
    with time_machine.travel(clock.now() - timedelta(hours=24)):
        for name in ("ann", "ben", "cleo"):
            world.add_person(name, "content_approver")
        accounts.grant_role(actor=ROOT, role="budget_approver", principal=world.user("ann"), scope=world.brand)
    govern(world, stage(quorum=2, step=1, blind=True, carries=True), stage("budget", BUDGET, step=1))
    return world


def seen(world: World, request: ApprovalRequest, by: str) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """By stage who is seen to have decided, and all that the seats tell but the titles."""
    found = queries.get_request(world.actor(by), request.pk)
    decided: dict[str, list[str]] = {}
    for each in found.decisions.all():
        decided.setdefault(each.stage.key, []).append(f"{each.name} {each.verdict}")
    told = {
        seats.stage.key: (
            [person.name for person in seats.eligible], seats.decided, [(person.name, why) for person, why in seats.excluded],
            [each.name for each in seats.outdated], seats.stalled,
        )
        for seats in queries.seats(found, clock.now())
    }  # fmt: skip
    return decided, told


def events(world: World, request: ApprovalRequest, by: str) -> list[tuple[str, str]]:
    rows = story(world.actor(by), "campaign", world.tree_of[request.pk].campaign.pk)
    return [(row.action, row.actor_label) for row in rows.order_by("pk") if row.action.startswith("approvals.decision")]


def test_r19_others_do_not_see_how_somebody_decided(world: World) -> None:
    request = world.request()
    before = {who: seen(world, request, who) for who in ("ben", "submitter", "budget")}
    world.decide(request, "content", by="ann", comment="Lovely")
    for who, told in before.items():
        assert seen(world, request, who) == told, "nothing tells it, also not that Ann can decide on the budget no more"
        assert events(world, request, who) == []
    for who in ("ann", "auditor"):
        assert seen(world, request, who)[0] == {"content": ["Ann approve"]}
        assert events(world, request, who) == [("approvals.decision.recorded", world.people["ann"].email)]


@pytest.mark.parametrize("verdict", ["approve", "abstain"])
def test_r19_once_as_many_have_decided_as_the_quorum_says_all_is_seen(world: World, verdict: str) -> None:
    request = world.request()
    world.decide(request, "content", by="ann")
    world.decide(request, "content", verdict, by="ben")
    assert again(request).stages.get(key="content").state == ("satisfied" if verdict == "approve" else "open")
    for who in ("cleo", "submitter"):
        assert seen(world, request, who)[0] == {"content": ["Ann approve", f"Ben {verdict}"]}
        assert len(events(world, request, who)) == 2
    assert ("Ann", "other_stage") in seen(world, request, "submitter")[1]["budget"][2]


def test_r19_to_change_ones_mind_is_one_vote(world: World) -> None:
    request = world.request()
    world.decide(request, "content", "abstain", by="ann")
    world.decide(request, "content", by="ann")
    assert seen(world, request, "ben")[0] == {}
    assert seen(world, request, "ann")[0] == {"content": ["Ann abstain", "Ann approve"]}


@pytest.mark.parametrize("verdict", ["request_changes", "reject"])
def test_r19_who_refuses_shows_themselves(world: World, verdict: str) -> None:
    """It takes effect at once, and the author has to act by it."""
    request = world.request()
    world.decide(request, "content", by="ann")
    world.decide(request, "content", verdict, by="ben", comment="No.")
    found = seen(world, request, "submitter")[0]["content"]
    assert f"Ben {verdict}" in found
    if verdict == "request_changes":
        world.decide(request, "content", "abstain", by="ben")
        assert "Ben abstain" in seen(world, request, "submitter")[0]["content"]


def test_r19_what_was_never_shown_stays_hidden_with_the_version_before(world: World) -> None:
    request = world.request()
    world.decide(request, "content", by="ann")
    tree = world.tree_of[request.pk]
    from campaigns import services as campaigns

    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Another text"})
    later = world.submit(tree, amend=True).request
    world.check(later)
    assert seen(world, request, "ben")[0] == {}
    assert seen(world, later, "ben")[1]["content"][3] == [], "nor who approved it"
    assert events(world, later, "ben") == []


def test_r19_other_stages_are_seen_as_ever(world: World) -> None:
    request = world.request()
    world.decide(request, "budget")
    assert seen(world, request, "ben")[0] == {"budget": [f"{world.people['budget'].name} approve"]}
