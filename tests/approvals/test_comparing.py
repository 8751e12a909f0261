"""R-09: the three that a head is compared with, from requests that really were put forward, decided, amended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from accounts.models import RoleGrant
from approvals import comparing, queries, services
from approvals.comparing import Against, Bases, Comparison
from approvals.models import ApprovalRequest
from approvals.services.submitting import Submission
from campaigns import services as campaigns
from campaigns.inputs import AdGroupInput, CampaignInput
from core import clock
from core.actor import Actor
from tests.approvals.observing import everything
from tests.approvals.policies import again, govern, stage
from tests.builders import ROOT, Tree, World

APPROVED, REVIEWED, PREVIOUS = Against.APPROVED, Against.REVIEWED, Against.PREVIOUS


def put_forward(world: World, tree: Tree, **how: Any) -> ApprovalRequest:
    submission = Submission(campaign=tree.campaign.pk, amend=True, **how)
    request = services.submit(actor=world.actor("submitter"), submission=submission).request
    world.check(request)
    return again(request)


def new_text(world: World, tree: Tree, text: str) -> None:
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": text})


def new_budgets(world: World, tree: Tree, campaign: str | None = None, group: str | None = None) -> None:
    actor = world.actor("submitter")
    if campaign:
        whole: CampaignInput = {"budget": {"mode": "daily", "amount": campaign}}
        campaigns.edit_campaign(actor=actor, campaign=tree.campaign.pk, version=None, values=whole)
    if group:
        part: AdGroupInput = {"budget": {"mode": "daily", "amount": group}}
        campaigns.edit_ad_group(actor=actor, ad_group=tree.ad_group.pk, version=None, values=part)


def bases(world: World, who: str | Actor, request: ApprovalRequest) -> Bases:
    actor = world.actor(who) if isinstance(who, str) else who
    return comparing.bases(actor, queries.get_request(world.actor("auditor"), request.pk))


def texts(found: Bases, against: Against) -> list[str]:
    """What the ads among the bases said."""
    each = (base.revision.content["sections"] for base in found.by_kind[against].values())
    return [sections["copy"]["text"] for sections in each if "copy" in sections]


def results(found: Bases, against: Against) -> list[str]:
    return [pair.result for pair in found.pairs(against)]


def compare(world: World, who: str, request: ApprovalRequest, against: Against) -> Comparison:
    return comparing.compare(bases(world, who, request), against)


# --- which three -------------------------------------------------------------------------------------------------------------


def test_r09_a_first_request_has_nothing_to_compare_with(world: World) -> None:
    request = world.request("content_approved")
    found = bases(world, "content", request)
    assert [dict(found.by_kind[each]) for each in Against] == [{}, {}, {}], "not even one's decision on this very request"
    assert all(comparing.compare(found, each).is_empty for each in Against)
    assert results(found, REVIEWED) == ["new", "new", "new"]


def test_r09_the_three_are_told_apart(world: World) -> None:
    tree = world.tree()
    approved = world.request("approved", tree)
    new_text(world, tree, "Second")
    second = put_forward(world, tree)
    world.decide(second, "content", "request_changes")
    new_text(world, tree, "Third")
    third = put_forward(world, tree)
    new_text(world, tree, "Fourth")
    fourth = put_forward(world, tree)
    found = bases(world, "content", fourth)
    assert [texts(found, each) for each in Against] == [["Warm jackets are here"], ["Second"], ["Third"]]
    stood = [base.stood for each in (REVIEWED, PREVIOUS) for base in found.by_kind[each].values()]
    assert [(each and each.request_id) for each in stood] == [second.pk, third.pk]
    assert stood[0] is not None
    assert (stood[0].verdict, stood[1].verdict) == ("request_changes", None)  # type: ignore[attr-defined, union-attr]
    # What was approved decided the budget as well; nothing of the ad has reached that stage since.
    assert texts(bases(world, "budget", fourth), REVIEWED) == ["Warm jackets are here"]
    assert bases(world, "budget", fourth).by_kind[REVIEWED][tree.ad.pk].stood.request_id == approved.pk  # type: ignore[union-attr]
    assert dict(bases(world, "publisher", fourth).by_kind[REVIEWED]) == {}
    # Looked at again, an old request is compared with what was before it.
    assert [texts(bases(world, "content", third), each) for each in (REVIEWED, PREVIOUS)] == [["Second"], ["Second"]]


def test_r09_a_decision_that_was_carried_over_is_no_look_at_it(world: World) -> None:
    govern(world, stage(carries=True), stage("budget", ["budget"], carries=False))
    first = world.request()
    tree = world.tree_of[first.pk]
    world.decide(first, "content")
    new_budgets(world, tree, group="35.00")
    second = put_forward(world, tree)
    assert second.decisions.get().carried_from_id is not None
    new_budgets(world, tree, group="36.00")
    third = put_forward(world, tree)
    found = bases(world, "content", third)
    amounts = {
        each: found.by_kind[each][tree.ad_group.pk].revision.content["sections"]["budget"]["amount"]["minor"] for each in (REVIEWED, PREVIOUS)
    }
    assert amounts == {REVIEWED: 3000, PREVIOUS: 3500}


def test_r09_the_last_word_of_several_is_told(world: World) -> None:
    first = world.request()
    tree = world.tree_of[first.pk]
    world.decide(first, "content", "request_changes")
    world.decide(first, "content", "abstain")
    new_text(world, tree, "Second")
    second = put_forward(world, tree)
    base = bases(world, "content", second).by_kind[REVIEWED][tree.ad.pk]
    assert base.stood is not None
    assert base.stood.verdict == "abstain"  # type: ignore[attr-defined]


@pytest.mark.parametrize("at", ["blocked", "withdrawn", "rejected", "revoked"])
def test_r09_the_previous_request_counts_however_it_ended(at: str, world: World) -> None:
    tree = world.tree(landing_page_url="http://elsewhere.example/") if at == "blocked" else world.tree()
    first = world.request(at, tree)
    new_text(world, tree, "Second")
    second = put_forward(world, tree)
    found = bases(world, "auditor", second)
    assert {base.stood.request_id for base in found.by_kind[PREVIOUS].values() if base.stood} == {first.pk}
    assert dict(found.by_kind[APPROVED]) == {}, "what was revoked is not approved"


def test_r09_an_item_more_has_nothing_and_an_item_less_is_told(world: World) -> None:
    first = world.request()
    tree = world.tree_of[first.pk]
    other = world.ad(tree.ad_group, world.upload(), name="Another")
    second = put_forward(world, tree)
    assert results(bases(world, "content", second), PREVIOUS) == ["same", "same", "same", "new"]
    named = [("campaign", tree.campaign.pk), ("ad_group", tree.ad_group.pk), ("ad", tree.ad.pk)]
    services.withdraw(actor=world.actor("submitter"), request=second.pk)
    third = services.submit(actor=world.actor("submitter"), submission=Submission(items=named)).request
    found = compare(world, "content", third, PREVIOUS)
    assert [(each.entity_id, each.revision.name) for each in found.gone] == [(other.pk, "Another")]
    assert (found.is_same, {pair.result for pair in found.pairs}) == (False, {"same"})
    assert compare(world, "content", third, APPROVED).gone == []


def test_r09_what_was_approved_meanwhile_is_not_told_as_dropped(world: World) -> None:
    tree = world.tree()
    world.request("approved", tree)
    new_text(world, tree, "Second")
    found = compare(world, "content", put_forward(world, tree), PREVIOUS)
    assert ([pair.result for pair in found.pairs], found.gone) == (["changed"], [])


def test_r09_how_it_is_published_is_compared_too(world: World) -> None:
    first = world.request()
    tree = world.tree_of[first.pk]
    same = put_forward(world, tree)
    assert compare(world, "content", same, PREVIOUS).is_same
    otherwise = put_forward(world, tree, publish="manual")
    found = compare(world, "content", otherwise, PREVIOUS)
    assert (found.publishes_otherwise, found.is_same, found.is_empty) == (True, False, False)


# --- what can be spent -------------------------------------------------------------------------------------------------------


def test_r09_exposure_is_that_of_the_request(world: World) -> None:
    tree = world.tree()
    first = world.request("approved", tree)
    new_budgets(world, tree, campaign="95.00", group="50.00")
    second = put_forward(world, tree)
    found = compare(world, "budget", second, APPROVED)
    assert found.shift is not None
    assert (found.shift.before_minor, found.shift.after_minor) == (first.exposure_minor, second.exposure_minor) == (30_000, 50_000)
    campaign, group = found.pairs
    names = comparing.names_of(second, found.contents(), {})
    assert [each.words for each in campaign.differences(names)] == ["daily $80.00 to $95.00, exposure +$200.00"]
    assert [each.words for each in group.differences(names)] == ["daily $30.00 to $50.00, exposure +$200.00"]


def test_r09_budgets_beside_the_request_count_as_they_were_approved(world: World) -> None:
    tree = world.tree()
    beside = world.ad_group(tree.campaign, name="Beside")
    world.ad(beside, world.upload(), name="Beside")
    world.request("approved", tree)
    new_budgets(world, tree, group="40.00")
    second = put_forward(world, tree)
    found = compare(world, "budget", second, APPROVED)
    assert found.shift is not None
    assert (found.shift.before_minor, found.shift.after_minor) == (60_000, 70_000)
    assert second.exposure_minor == 70_000
    # An ad has no budget: then nothing is said of money.
    world.decide_if_asked(second, "content", "budget")
    new_text(world, tree, "Second")
    assert compare(world, "content", put_forward(world, tree), APPROVED).shift is None


def test_r09_days_that_pass_are_no_change_of_exposure(world: World) -> None:
    with time_machine.travel(clock.now() - timedelta(days=5)):
        tree = world.tree()
        world.request("approved", tree)
    campaigns.edit_ad_group(actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values={"name": "Renamed"})
    found = compare(world, "budget", put_forward(world, tree), APPROVED)
    assert found.shift is not None
    assert found.shift.before_minor == found.shift.after_minor > 0


# --- who, how dear, and that nothing happens ---------------------------------------------------------------------------------


def test_r57_nothing_of_requests_that_one_may_not_see(world: World) -> None:
    """The door refuses the request itself; and the query refuses what stood in it, should anybody ask past the door."""
    first = world.request()
    tree = world.tree_of[first.pk]
    world.decide(first, "content")
    new_text(world, tree, "Second")
    second = put_forward(world, tree)
    assert texts(bases(world, "content", second), REVIEWED) == ["Warm jackets are here"]
    before = everything()
    elsewhere = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Elsewhere")
    world.add_person("stranger", "auditor", scope=elsewhere)
    found = bases(world, "stranger", second)
    assert (dict(found.by_kind[REVIEWED]), dict(found.by_kind[PREVIOUS])) == ({}, {})
    grant = RoleGrant.objects.get(user=world.people["content"])
    accounts.revoke_role(actor=ROOT, grant=grant.pk)
    found = bases(world, "content", second)
    assert (dict(found.by_kind[REVIEWED]), dict(found.by_kind[PREVIOUS])) == ({}, {})
    assert everything()["approvals_decision"] == before["approvals_decision"]


def test_r09_it_costs_the_same_for_one_item_and_for_many(world: World) -> None:
    def cost(tree: Tree, texts: str) -> tuple[int, int]:
        world.request("content_approved", tree)
        new_text(world, tree, texts)
        new_budgets(world, tree, campaign="90.00", group="31.00")
        request = queries.get_request(world.actor("auditor"), put_forward(world, tree).pk)
        actor = world.actor("content")
        with CaptureQueriesContext(connection) as captured:
            found = comparing.bases(actor, request)
            compared = comparing.compare(found, PREVIOUS)
            names = comparing.names_of(request, compared.contents(), comparing.file_names(request, compared.contents()))
            told = [pair.differences(names) for pair in compared.pairs]
        assert sum(map(len, told)) == 3
        return len(captured), len(told)

    small = world.tree()
    large = world.tree()
    for number in range(4):
        world.ad(large.ad_group, world.upload(), name=f"Ad {number}")
    (one, items), (other, more) = cost(small, "Second"), cost(large, "Second")
    assert (items, more) == (3, 7)
    assert one == other <= 8, one


def test_r09_looking_changes_nothing(world: World) -> None:
    tree = world.tree()
    world.request("approved", tree)
    new_text(world, tree, "Second")
    request = put_forward(world, tree)
    before = everything()
    for each in Against:
        compare(world, "content", request, each)
    assert everything() == before
