"""R-09 on the page of a request: three tabs of plain links, in words, and nothing happens by looking."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import comparing, services
from approvals.comparing import Against
from approvals.models import ApprovalRequest
from approvals.services.submitting import Submission
from approvals.words import Names
from campaigns import services as campaigns
from publishing.models import ChannelObject
from tests.approvals.observing import everything
from tests.builders import Tree, World
from tests.workplace.conftest import Enter
from tests.workplace.test_request_page import NASTY
from workplace.comparison import comparison_view

AGAINST = ("approved", "reviewed", "previous")


def page(client: Client, request: ApprovalRequest, against: str = "") -> Any:
    return client.get(reverse("admin:request", args=[request.pk]), {"against": against} if against else {})


def card(answer: Any) -> str:
    """The card as text, without markup."""
    (found,) = re.findall(r'<section class="wp-card" id="changes".*?</section>', answer.content.decode(), re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


def put_forward(world: World, tree: Tree, **how: Any) -> ApprovalRequest:
    submission = Submission(campaign=tree.campaign.pk, amend=True, **how)
    request = services.submit(actor=world.actor("submitter"), submission=submission).request
    world.check(request)
    return request


def new_text(world: World, tree: Tree, text: str) -> None:
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": text})


@pytest.fixture
def story(world: World) -> tuple[Tree, ApprovalRequest]:
    """Approved, changed and sent back, changed again."""
    tree = world.tree()
    world.request("approved", tree)
    new_text(world, tree, "Warm jackets are there")
    values: Any = {"budget": {"mode": "daily", "amount": "50.00"}, "targeting": {
        "locations": ["3017382"], "age_groups": ["18_24", "25_34"], "gender": "all", "languages": ["de"],
    }}  # fmt: skip
    campaigns.edit_ad_group(actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values=values)
    world.decide(put_forward(world, tree), "content", "request_changes")
    new_text(world, tree, "Warm jackets are everywhere")
    return tree, put_forward(world, tree)


def test_r09_three_tabs_each_with_its_difference(world: World, enter: Enter, story: tuple[Tree, ApprovalRequest]):
    _tree, request = story
    client = enter("content")
    approved, reviewed, previous = (card(page(client, request, against)) for against in AGAINST)
    assert "Targeting: Locations added France removed Germany" in approved
    assert "Budget: Amount daily $30.00 → $50.00 exposure +$200.00" in approved
    assert "Text: Caption Warm jackets are here everywhere" in approved
    assert "The most this can spend: $300.00 → $500.00 +$200.00" in approved
    for found in (reviewed, previous):
        assert "Text: Caption Warm jackets are there everywhere" in found
        assert "$50.00" not in found
    assert "your decision: request changes" in reviewed
    assert "(superseded)" in previous
    assert page(client, request).context["detail"].comparison == page(client, request, "approved").context["detail"].comparison
    assert page(client, request, "nonsense").context["detail"].comparison.tabs[0].is_current


def test_r09_tabs_are_links_that_say_where_one_is_and_what_differs(world: World, enter: Enter, story: tuple[Tree, ApprovalRequest]):
    _tree, request = story
    body = page(enter("content"), request, "reviewed").content.decode()
    (tabs,) = re.findall(r'<nav class="wp-tabs wp-against".*?</nav>', body, re.S)
    links = re.findall(r'<a href="([^"]*)"( aria-current="page")?>([^<]*)<small>([^<]*)</small>', tabs)
    where = reverse("admin:request", args=[request.pk])
    assert [(href, bool(here), note) for href, here, _title, note in links] == [
        (f"{where}?against=approved#changes", False, "2 differ"), (f"{where}?against=reviewed#changes", True, "1 differs"),
        (f"{where}?against=previous#changes", False, "1 differs"),
    ]  # fmt: skip
    assert [title.strip() for *_, title, _note in links] == ["Approved last", "You decided on last", "Previous request"]
    assert "tabindex" not in tabs
    assert "onclick" not in tabs


@pytest.mark.parametrize(
    ("against", "note", "words"),
    [
        ("approved", "all new", "Nothing of this was approved before: all of it is new."),
        ("reviewed", "nothing yet", "You have not decided on an earlier version of this, so there is nothing to compare it with."),
        ("previous", "nothing yet", "Nothing of this was put forward before, so there is nothing to compare it with."),
    ],
)
def test_r09_nothing_to_compare_with_is_said_plainly(against: str, note: str, words: str, world: World, enter: Enter):
    answer = page(enter("content"), world.request("content_approved"), against)
    assert words in card(answer)
    (tab,) = [tab for tab in answer.context["detail"].comparison.tabs if tab.is_current]
    assert (tab.against, tab.note) == (against, note)
    assert ("new Campaign Autumn campaign" in card(answer)) == (against == "approved")


def test_r09_two_that_are_the_same_are_said_to_be(world: World, enter: Enter):
    first = world.request("changes_requested")
    second = put_forward(world, world.tree_of[first.pk])
    client = enter("content")
    assert "Nothing differs from the previous request." in card(page(client, second, "previous"))
    assert "Nothing differs from what you decided on last." in card(page(client, second, "reviewed"))
    otherwise = put_forward(world, world.tree_of[first.pk], publish="manual")
    found = card(page(client, otherwise, "previous"))
    assert "Nothing differs" not in found
    assert "Publish: as soon as it is approved → by hand" in found


def test_r09_what_is_live_is_told_beside_what_was_approved(world: World, enter: Enter, story: tuple[Tree, ApprovalRequest]):
    """What the channel has is written down by a dispatch alone: here it is only said."""
    tree, request = story
    shown = page(enter("content"), request).context["detail"]
    found = comparing.bases(world.actor("content"), shown.request)
    base = request.items.get(entity_type="ad").base
    assert base is not None
    channel = [ChannelObject(entity_id=tree.ad.pk, live_digest=base.digest), ChannelObject(entity_id=tree.ad_group.pk, live_digest="0" * 64)]

    def told(against: Against) -> list[str]:
        view = comparison_view(found, comparing.compare(found, against), shown.items, Names(), channel)
        return [item.channel for item in view.items]

    assert (told(Against.APPROVED), told(Against.PREVIOUS)) == (["other", "live"], ["", ""])


def test_r09_what_is_dropped_is_told(world: World, enter: Enter):
    tree = world.tree()
    world.ad(tree.ad_group, world.upload(), name="Another")
    world.request("withdrawn", tree)
    items = [("campaign", tree.campaign.pk), ("ad_group", tree.ad_group.pk), ("ad", tree.ad.pk)]
    request = services.submit(actor=world.actor("submitter"), submission=Submission(items=items)).request
    assert "dropped Ad Another not put forward any more" in card(page(enter("content"), request, "previous"))


def test_words_of_others_are_text_in_the_differences(world: World, enter: Enter):
    tree = world.tree()
    world.request("approved", tree)
    values: Any = {"text": f"Warm {NASTY} jackets", "name": NASTY, "hashtags": [NASTY], "disclosure": {"ai_generated": False, "payer": NASTY}}
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values=values)
    request = put_forward(world, tree)
    for against in AGAINST:
        body = page(enter("content"), request, against).content.decode()
        assert "<script>window" not in body
        assert "<img src=x" not in body
        assert "&lt;" in body


def test_r57_whoever_does_not_see_the_request_sees_no_tab_of_it(world: World, enter: Enter, story: tuple[Tree, ApprovalRequest]):
    before = everything()
    for who in ("nobody", "other_brand", "other_organisation"):
        client = enter(who)
        assert [page(client, story[1], against).status_code for against in AGAINST] == [404, 404, 404]
    for table in ("approvals_approvalrequest", "approvals_decision", "campaigns_revision"):
        assert everything()[table] == before[table]


def test_r09_looking_changes_nothing(world: World, enter: Enter, story: tuple[Tree, ApprovalRequest]):
    client = enter("content")
    before = everything()
    for against in AGAINST:
        page(client, story[1], against)
    assert everything() == before


def test_r09_a_tab_costs_the_same_for_one_ad_and_for_many(world: World, enter: Enter):
    def costs(tree: Tree) -> list[int]:
        world.request("content_approved", tree)
        new_text(world, tree, "Second")
        values: Any = {"budget": {"mode": "daily", "amount": "31.00"}}
        campaigns.edit_ad_group(actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values=values)
        request, found = put_forward(world, tree), []
        for against in AGAINST:
            client = enter("content")
            with CaptureQueriesContext(connection) as captured:
                assert page(client, request, against).status_code == 200
            found.append(len(captured))
        return found

    small, large = world.tree(), world.tree()
    for number in range(4):
        world.ad(large.ad_group, world.upload(), name=f"Ad {number}")
    page(enter("content"), world.request("in_review"))
    assert costs(small) == costs(large)
