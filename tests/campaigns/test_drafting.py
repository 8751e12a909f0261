"""Drafts: versions, contributions, foreign media and pages, amounts, and what may be edited by whom (R-16)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import User
from campaigns import services
from campaigns.models import Ad, Campaign, Draft, Revision
from core import clock
from core.actor import Channel, system
from core.errors import Forbidden, Invalid, NotFound, StaleVersion
from core.ids import uuid7
from tests import builders
from tests.approvals.observing import assert_refused


def edit(world, draft, by="submitter", version=None, **values):
    kind = draft.entity_type.value
    verb = getattr(services, f"edit_{kind}")
    return verb(actor=world.actor(by), **{kind: draft.pk}, version=version, values=values)


# --- versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["campaign", "ad_group", "ad"])
def test_an_edit_counts_the_version_and_a_stale_one_is_refused(world, kind):
    draft = getattr(world.tree(), kind)
    assert draft.version == 1
    assert edit(world, draft, version=1, name="Second").version == 2
    assert_refused(StaleVersion, lambda: edit(world, draft, version=1, name="Third"), version=2)
    assert_refused(StaleVersion, lambda: edit(world, draft, version=3, name="Third"))
    assert edit(world, draft, name="Third").version == 3, "without If-Match the last writer wins, knowingly"


def test_updated_at_always_grows(world):
    draft = world.campaign()
    moments = [edit(world, draft, name=str(number)).updated_at for number in range(3)]
    assert sorted(set(moments)) == moments


# --- contributions ----------------------------------------------------------------------------------------------------


def test_r16_everyone_who_wrote_is_a_contributor(world):
    world.add_person("editor", "submitter")
    draft = world.campaign()
    edit(world, draft, by="editor", name="New")
    found = Campaign.objects.get(pk=draft.pk)
    assert set(found.contributions) == {str(world.people[name].pk) for name in ("submitter", "editor")}
    assert all(text.endswith("Z") for text in found.contributions.values())


def test_r16_the_human_owner_of_a_machine_is_a_contributor(world):
    machine = actor_for(User.objects.get(pk=world.machine.pk), Channel.API)
    draft = services.draft_campaign(actor=machine, ad_account=world.account.pk, values=builders.campaign_values())  # type: ignore[arg-type]
    assert set(draft.contributions) == {str(world.machine.pk), str(world.people["operator"].pk)}


def test_a_refused_edit_is_no_contribution(world):
    draft = world.campaign()
    assert_refused(Forbidden, lambda: edit(world, draft, by="content", name="Mine"))


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["content", "budget", "publisher", "operator", "auditor", "access_manager", "policy_manager"])
def test_only_submitters_draft(world, by):
    act = lambda: services.draft_campaign(  # noqa: E731
        actor=world.actor(by), ad_account=world.account.pk, values=builders.campaign_values()  # type: ignore[arg-type]
    )
    assert_refused(Forbidden, act)


def test_r57_the_drafts_of_others_are_not_there(world):
    tree, other = world.tree(), builders.organisation("Evil")
    drafts: list[Draft] = [tree.campaign, tree.ad_group, tree.ad]
    for draft in drafts:
        assert_refused(NotFound, partial(edit, other, draft, name="Mine"))
    actor = other.actor("submitter")
    for act in (
        lambda: services.draft_campaign(actor=actor, ad_account=world.account.pk, values={}),
        lambda: services.draft_ad_group(actor=actor, campaign=tree.campaign.pk, values={}),
        lambda: services.draft_ad(actor=actor, ad_group=tree.ad_group.pk, values={}),
        lambda: services.draft_campaign(actor=actor, ad_account=uuid7(), values={}),
        lambda: services.draft_ad_group(actor=actor, campaign=uuid7(), values={}),
        lambda: services.draft_ad(actor=actor, ad_group=uuid7(), values={}),
        lambda: services.edit_ad(actor=actor, ad=uuid7(), version=None, values={}),
    ):
        assert_refused(NotFound, act)


def test_the_system_drafts_nothing(world):
    act = lambda: services.draft_campaign(actor=system(Channel.TASK), ad_account=world.account.pk, values={})  # noqa: E731
    assert_refused(Forbidden, act)


# --- foreign things ---------------------------------------------------------------------------------------------------


def test_media_of_another_account_are_unknown(world):
    """Also of the same brand, and also the same bytes: an asset belongs to one ad account."""
    foreign = world.upload(account=world.second_account)
    tree = world.tree()
    error = assert_refused(Invalid, lambda: edit(world, tree.ad, media=[tree.ad.media.get().pk, foreign.pk, uuid7()]))
    assert [each.field for each in error.errors] == ["media.1", "media.2"]  # type: ignore[attr-defined]
    assert world.upload().pk != foreign.pk
    assert world.upload().sha256 == foreign.sha256


def test_the_same_bytes_in_one_account_are_one_asset(world):
    assert world.upload().pk == world.upload().pk
    assert world.upload(builders.image()).pk != world.upload().pk


@pytest.mark.parametrize("which", ["other brand", "not linked", "missing"])
def test_a_page_has_to_be_linked_to_the_account(world, which):
    tree = world.tree()
    if which == "other brand":
        page = builders.organisation("Evil").page.pk
    elif which == "not linked":
        page = accounts.create_page(
            actor=builders.ROOT, brand=world.brand, external_id="q", identity_type="TT_USER", handle="q"
        ).pk
    else:
        page = uuid7()
    error = assert_refused(Invalid, lambda: edit(world, tree.ad, page=page))
    assert [(each.field, each.code) for each in error.errors] == [("page", "unknown")]  # type: ignore[attr-defined]
    assert edit(world, tree.ad, page=None).page is None


def test_media_keep_the_order_that_was_given(world):
    one, two = world.upload(), world.upload(builders.image())
    tree = world.tree()
    edit(world, tree.ad, media=[two.pk, one.pk])
    assert [link.media_id for link in Ad.objects.get(pk=tree.ad.pk).media_links.all()] == [two.pk, one.pk]


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["nul \x00", "\ud800", "half \udfff"])
@pytest.mark.parametrize("field", ["name", "text", "landing_page_url", "display_name"])
def test_what_is_no_text_is_refused_by_field(world, field, text):
    tree = world.tree()
    error = assert_refused(Invalid, lambda: edit(world, tree.ad, **{field: text}))
    assert [(each.field, each.code) for each in error.errors] == [(field, "not_text")]  # type: ignore[attr-defined]


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("ad", {"hashtags": ["fine", "\x00"]}, "hashtags.1"),
    ("ad", {"disclosure": {"disclaimer": "\x00"}}, "disclosure.disclaimer"),
    ("ad_group", {"targeting": {"locations": ["\x00"]}}, "targeting.locations.0"),
    ("ad_group", {"targeting": {"interests": [1.5]}}, "targeting.interests.0"),
    ("ad_group", {"bidding": {"amount": "1e3"}}, "bidding.amount"),
    ("ad_group", {"budget": {"mode": "daily", "amount": None}}, "budget.amount"),
    ("campaign", {"budget": {"mode": "unlimited", "amount": "1.00"}}, "budget.amount"),
    ("campaign", {"budget": {"mode": "daily", "amount": "-1"}}, "budget.amount"),
    ("campaign", {"budget": {"mode": "daily", "amount": "50.001"}}, "budget.amount"),
]


@pytest.mark.parametrize(("kind", "values", "field"), BAD)
def test_bad_values_are_refused_by_field_and_nothing_is_half_written(world, kind, values, field):
    tree = world.tree()
    error = assert_refused(Invalid, lambda: edit(world, getattr(tree, kind), **values))
    assert [each.field for each in error.errors] == [field]  # type: ignore[attr-defined]


def test_the_end_is_after_the_start(world):
    tree = world.tree()
    start = tree.ad_group.start
    assert_refused(Invalid, lambda: edit(world, tree.ad_group, schedule={"start": start, "end": start}))
    assert edit(world, tree.ad_group, schedule={"end": None}).start == start


def test_what_is_not_said_keeps_its_value_or_is_written_out(world):
    tree = world.tree()
    group = edit(world, tree.ad_group, targeting={"locations": ["6252001"]})
    assert group.targeting == {"locations": ["6252001"], "age_groups": [], "gender": "all", "languages": [], "interests": []}
    ad = edit(world, tree.ad, disclosure={"disclaimer": "Paid"})
    assert (ad.ai_generated, ad.disclaimer) == (False, "Paid")


def test_an_edit_makes_no_revision(world):
    tree = world.tree()
    edit(world, tree.ad, text="New")
    assert not Revision.objects.exists()
    assert tree.ad.created_at <= clock.now()
