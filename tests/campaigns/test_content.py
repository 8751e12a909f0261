"""Every field of every draft stands in exactly one section: changing it changes that section's digest, the revision's, and
nothing else (R-02)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import AdAccount, Page
from campaigns.content import ad_content, ad_group_content, campaign_content, seal, section_digests, sections_changed
from campaigns.models import Ad, AdGroup, AdMedia, Campaign, Draft, MediaAsset
from campaigns.vocabulary import SECTIONS
from core.canonical import digest_of_text
from tests.campaigns import samples

OTHER_ACCOUNT = AdAccount(id=samples.uid(91), channel="tiktok", external_id="999", currency="USD")
OTHER_PAGE = Page(id=samples.uid(92), external_id="identity-2", identity_type="BC_AUTH_TT", handle="other")

BOOKKEEPING = {field.name for field in Draft._meta.get_fields()} - {"name", "ad_account"}
"""Not content: the version, who contributed, who made it and when."""

CHANGES: dict[type[Draft], dict[str, tuple[Any, str]]] = {
    Campaign: {
        "name": ("Other", "structure"), "ad_account": (OTHER_ACCOUNT, "structure"), "objective": ("reach", "structure"),
        "special_industries": (["credit"], "structure"), "budget_mode": ("lifetime", "budget"), "budget_minor": (8001, "budget"),
        "budget_optimization": (True, "budget"), "starts_at": (datetime(2026, 12, 1, tzinfo=UTC), "schedule"),
        "ends_at": (datetime(2026, 12, 31, tzinfo=UTC), "schedule"),
    },
    AdGroup: {
        "name": ("Other", "structure"), "campaign": (samples.uid(93), "structure"),
        "placement": ({"type": "selected", "apps": ["pangle"]}, "targeting"),
        "targeting": ({"locations": ["6252001"], "age_groups": [], "gender": "all", "languages": [], "interests": []}, "targeting"),
        "budget_mode": ("lifetime", "budget"), "budget_minor": (3001, "budget"),
        "start": (datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC), "schedule"), "end": (None, "schedule"), "dayparting": (None, "schedule"),
        "bid_strategy": ("cost_cap", "bid"), "bid_minor": (46, "bid"), "pacing": ("accelerated", "bid"),
        "optimization_goal": ("reach", "bid"),
    },
    Ad: {
        "name": ("Other", "structure"), "ad_group": (samples.uid(94), "structure"), "format": ("top_view", "structure"),
        "text": ("Other", "copy"), "call_to_action": ("", "copy"), "display_name": ("Other", "copy"), "hashtags": ([], "copy"),
        "landing_page_url": ("https://evil.example/", "destination"), "page": (OTHER_PAGE, "identity"), "spark_post": ("", "creative"),
        "ai_generated": (None, "disclosure"), "disclaimer": ("", "disclosure"), "media": (samples.MEDIA[:1], "creative"),
        "spark_proof": ("Mail of 1 May", "creative"), "spark_expires_at": (datetime(2027, 1, 1, tzinfo=UTC), "creative"),
        "effect_name": ("Snow", "creative"), "effect_icon": (samples.MEDIA[1], "creative"), "payer": ("Acme", "disclosure"),
        "beneficiary": ("Acme", "disclosure"),
    },
}  # fmt: skip
"""Model → field → another value for it, and the one section that must notice."""

BY_PARENT = {AdGroup: {"ad_account"}, Ad: {"ad_account", "campaign"}}
"""What the parent in `structure` says already and no service changes."""

MAKE = {Campaign: samples.campaign, AdGroup: samples.ad_group, Ad: samples.ad}


def content_of(draft: Draft, media: list[MediaAsset] | None = None) -> dict[str, Any]:
    if isinstance(draft, Ad):
        return ad_content(draft, samples.MEDIA if media is None else media)
    return ad_group_content(draft) if isinstance(draft, AdGroup) else campaign_content(draft)  # type: ignore[arg-type]


def digests(content: dict[str, Any]) -> tuple[dict[str, str], str]:
    return section_digests(content), seal(content)[1]


@pytest.mark.parametrize("model", CHANGES)
def test_no_field_is_forgotten_here(model):
    named = {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}
    named -= {"revisions", "ads", "ad_groups", "media_links"}
    assert named == set(CHANGES[model]) | BOOKKEEPING | BY_PARENT.get(model, set()) | {"id"}


CASES = [(model, field) for model, fields in CHANGES.items() for field in fields]


@pytest.mark.parametrize(("model", "field"), CASES, ids=lambda each: getattr(each, "__name__", each))
def test_r02_a_field_is_in_exactly_one_section(model, field):
    value, section = CHANGES[model][field]
    before, digest_before = digests(content_of(MAKE[model]()))
    draft, media = MAKE[model](), None
    if field == "media":
        media = value
    elif field in ("campaign", "ad_group"):
        setattr(draft, f"{field}_id", value)
    else:
        setattr(draft, field, value)
    after, digest_after = digests(content_of(draft, media))
    assert sections_changed(before, after) == [section]
    assert digest_after != digest_before


@pytest.mark.parametrize("model", CHANGES)
@pytest.mark.parametrize("field", ["version", "contributions", "created_at", "updated_at"])
def test_bookkeeping_is_no_content(model, field):
    draft = MAKE[model]()
    setattr(draft, field, {"x": "y"} if field == "contributions" else datetime(2030, 1, 1, tzinfo=UTC))
    assert content_of(draft) == content_of(MAKE[model]())


@pytest.mark.parametrize("change", ["order", "bytes", "kind", "twice", "none"])
def test_media_count_by_their_bytes_and_order(change):
    first, second = samples.MEDIA
    media = {
        "order": [second, first], "bytes": [MediaAsset(sha256="ef" * 32, kind="video"), second],
        "kind": [MediaAsset(sha256=first.sha256, kind="image"), second], "twice": [first, first, second], "none": [],
    }[change]  # fmt: skip
    before = section_digests(ad_content(samples.ad(), samples.MEDIA))
    assert sections_changed(before, section_digests(ad_content(samples.ad(), media))) == ["creative"]


def test_the_name_and_the_row_of_a_file_are_no_content():
    renamed = [MediaAsset(id=samples.uid(99), sha256=each.sha256, kind=each.kind, original_name="x.mp4") for each in samples.MEDIA]
    assert ad_content(samples.ad(), renamed) == ad_content(samples.ad(), samples.MEDIA)


@pytest.mark.parametrize("field", ["handle", "channel"])
def test_the_page_counts_by_what_is_sent(field):
    page = Page(id=samples.PAGE.pk, external_id="identity-1", identity_type="TT_USER", handle="acme")
    setattr(page, field, "another")
    ad = samples.ad()
    ad.page = page
    assert ad_content(ad, samples.MEDIA) == ad_content(samples.ad(), samples.MEDIA)


def test_the_type_is_content():
    """An ad group and a campaign of the same id and words are not the same revision."""
    one, other = campaign_content(samples.campaign()), campaign_content(samples.campaign())
    other["type"] = "ad_group"
    assert seal(one)[1] != seal(other)[1]


@pytest.mark.parametrize("model", CHANGES)
def test_sections_are_those_of_the_vocabulary_and_survive_storing(model):
    content = content_of(MAKE[model]())
    assert set(content["sections"]) <= set(SECTIONS)
    text, digest = seal(content)
    assert json.loads(text) == content
    assert digest_of_text(text) == digest


def test_a_budget_in_another_currency_is_another_budget():
    campaign = samples.campaign()
    campaign.ad_account = AdAccount(id=samples.ACCOUNT.pk, channel="tiktok", external_id=samples.ACCOUNT.external_id, currency="EUR")
    before = section_digests(campaign_content(samples.campaign()))
    assert sections_changed(before, section_digests(campaign_content(campaign))) == ["budget"]


def test_new_sections_are_changes_and_equal_ones_are_none():
    head = {"structure": "a", "budget": "b"}
    assert sections_changed(None, head) == ["structure", "budget"]
    assert sections_changed({"structure": "a"}, head) == ["budget"]
    assert sections_changed({**head, "schedule": "c"}, head) == ["schedule"], "what is taken back is a change"
    assert sections_changed(dict(head), head) == []


def test_media_of_an_ad_have_an_order():
    assert list(AdMedia._meta.ordering or ()) == ["position"]
