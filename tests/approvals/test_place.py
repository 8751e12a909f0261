"""An approval rests on where the ad account lay when it was put forward, and on the pages its ads may speak as (R-12, R-57)."""

from __future__ import annotations

from functools import partial

import pytest

from accounts import services as accounts
from accounts.models import AdAccount
from accounts.placing import place_of
from approvals import previews, services
from approvals.errors import AccountMoved, PageUnlinked
from approvals.models import ApprovalRequest, Clearance
from approvals.services.submitting import Submission
from campaigns import services as campaigns
from core.errors import Invalid, NotFound
from tests import builders
from tests.approvals.observing import assert_refused

ROOT = builders.ROOT


@pytest.fixture
def sister(world):
    """Another brand, with the same people."""
    brand = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Sister")
    for name in ("submitter", "content", "budget"):
        accounts.grant_role(actor=ROOT, role=builders.PEOPLE[name], principal=world.user(name), scope=brand)
    return brand


def account(world) -> AdAccount:
    return AdAccount.objects.select_related("brand__organisation").get(pk=world.account.pk)


def move(world, brand):
    accounts.move_ad_account(actor=ROOT, ad_account=account(world), brand=brand)


def unlink(world):
    accounts.edit_ad_account(actor=ROOT, ad_account=account(world), pages=[])


# --- where it was routed -----------------------------------------------------------------------------------------------


def test_r12_a_request_remembers_where_its_ad_account_lay(world):
    request = world.request()
    assert request.placement_id == place_of(world.account.pk).placement is not None


def test_r57_what_was_elsewhere_meanwhile_is_not_decided(world, sister):
    """Away and back: the placement is another one, though the brand is the same."""
    request = world.request()
    move(world, sister)
    move(world, world.brand)
    assert_refused(AccountMoved, partial(world.decide, request, "content"))
    services.withdraw(actor=world.actor("submitter"), request=request.pk)
    accounts.edit_ad_account(actor=ROOT, ad_account=account(world), pages=[world.page])
    world.check(again := world.submit(world.tree_of[request.pk]).request)
    world.decide(again, "content")


# --- as whom it speaks -------------------------------------------------------------------------------------------------


def _of_another_brand(world):
    sister = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Sister")
    for name in ("submitter", "content", "budget"):
        accounts.grant_role(actor=ROOT, role=builders.PEOPLE[name], principal=world.user(name), scope=sister)
    move(world, sister)


@pytest.mark.parametrize("unlinked", [unlink, _of_another_brand])
def test_r57_what_speaks_as_a_page_that_is_not_linked_is_not_put_forward(world, unlinked):
    """The draft is older than the unlinking, and editing something else in it does not look at the page."""
    tree = world.tree()
    unlinked(world)
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Other words"})
    submission = Submission(items=[("campaign", tree.campaign.pk), ("ad_group", tree.ad_group.pk), ("ad", tree.ad.pk)])
    for act in (services.submit, previews.preview):
        with pytest.raises(Invalid) as caught:
            act(actor=world.actor("submitter"), submission=submission)
        assert [(each.field, each.code) for each in caught.value.errors] == [("page", "page_unlinked")]
        assert "Autumn film" in str(caught.value.errors[0].detail)
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"page": None})
    assert services.submit(actor=world.actor("submitter"), submission=submission).items


def test_r57_what_is_not_put_forward_may_speak_as_it_did(world):
    """A request of the campaign alone is not kept up by an ad that nobody puts forward."""
    tree = world.tree()
    unlink(world)
    submission = Submission(items=[("campaign", tree.campaign.pk), ("ad_group", tree.ad_group.pk)])
    assert services.submit(actor=world.actor("submitter"), submission=submission).items


def test_r57_what_was_unlinked_meanwhile_is_not_cleared(world):
    request = world.request(at="content_approved")
    unlink(world)
    refused = assert_refused(PageUnlinked, partial(world.decide, request, "budget"))
    assert "Autumn film" in str(refused.detail)
    assert Clearance.objects.count() == 0
    accounts.edit_ad_account(actor=ROOT, ad_account=account(world), pages=[world.page])
    world.decide(request, "budget")
    assert ApprovalRequest.objects.get(pk=request.pk).state == "approved"


# --- what is not there -------------------------------------------------------------------------------------------------


def test_r57_what_one_may_not_see_is_not_put_forward(world):
    tree, evil = world.tree(), builders.organisation("Evil")
    for submission in (Submission(campaign=tree.campaign.pk), Submission(items=[("ad", tree.ad.pk)])):
        with pytest.raises(NotFound):
            services.submit(actor=evil.actor("submitter"), submission=submission)
    with pytest.raises(NotFound):
        previews.preview(actor=evil.actor("submitter"), submission=Submission(campaign=tree.campaign.pk))
