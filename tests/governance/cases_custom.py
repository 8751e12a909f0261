"""The table of customers' own rules: every kind of value, what is absent, what cannot be read (R-53)."""

from __future__ import annotations

from typing import Any

from governance.contract import Result, Subject
from tests.governance.builders import ERROR, FAIL, PASS, Case, ad, ad_group, budget, campaign, case, context, video

TOLD = "custom.failed"
FAILED, UNREADABLE, MISSING, ABSENT = "custom.unexplained", "check.unreadable", "check.context_missing", "custom.absent"
MINE = "custom.expression"


def says(
    expression: str, subject: Subject, result: Result = PASS, code: str = "check.passed", around: Any = None, **params: Any
) -> Case:
    """A line of this expression."""
    given = {"key": "mine", "expression": expression, **params}
    return case(MINE, subject, result, code, around, given, note=expression[:60])


GUARDED = "!campaign.budget_present || campaign.budget_minor >= 5000"
UNLIMITED = campaign(budget=budget("unlimited", None))
TAGGED = ad(copy={"hashtags": ["#shoes", "#gratis-shoes"]})
NO_FREE = "ad.hashtags.all(h, !['gratis', 'free'].exists(w, h.contains(w)))"
LONG = "ad.video_milliseconds.all(ms, ms >= 9000 && ms <= 15000)"
XMAS = "now < timestamp('2026-12-24T00:00:00+01:00')"
BRAND = context(brand="Acme")

PASSING = [
    says("ad.text.matches('(?i)run')", ad()),
    says("ad.text.matches('(?i)walk')", ad(), FAIL, FAILED),
    says("ad.text.matches('(?i)walk')", ad(), FAIL, TOLD, message={"de": "Geh!"}),
    says("size(ad.text) <= 11", ad()),
    says("size(ad.text) <= 10", ad(), FAIL, FAILED),
    says("ad.text == ''", ad(copy={"text": None})),
    says(NO_FREE, ad()),
    says(NO_FREE, TAGGED, FAIL, FAILED),
    says("ad.landing_page_url.startsWith('https://shop.example.com/')", ad()),
    says("ad.call_to_action in ['shop_now', 'learn_more']", ad()),
    says("!ad.ai_generated_present || !ad.ai_generated || ad.disclaimer != ''", ad(disclosure={"ai_generated": True}), FAIL, FAILED),
    says("!ad.ai_generated_present || !ad.ai_generated || ad.disclaimer != ''", ad(disclosure={"ai_generated": None})),
    says("ad.media_count == 1 && ad.media_kinds == ['video']", ad()),
    says(LONG, ad()),
    says(LONG, ad(), FAIL, FAILED, context(video(duration_ms=15_001))),
    says("campaign.objective != 'reach' || ad_group.age_groups != []", ad(), applies_to=["ad"]),
    says("ad_group.countries.all(c, c in ['DE', 'AT']) && ad_group.countries_known", ad_group()),
    says("ad_group.countries_known", ad_group(targeting={"audience": {"locations": []}}), FAIL, FAILED),
    says("ad_group.end_present && ad_group.end - ad_group.start <= duration('240h')", ad_group()),
    says("ad_group.end_present && ad_group.end - ad_group.start < duration('240h')", ad_group(), FAIL, FAILED),
    says("ad_group.ads <= 3", ad(), applies_to=["ad"]),
    says("ad_group.ads <= 2", ad(), FAIL, FAILED, applies_to=["ad"]),
    says("campaign.name.matches('^[A-Z][a-z]+$')", campaign()),
    says("account.country == 'DE' && account.currency == 'USD' && campaign.channel == 'tiktok'", campaign(), applies_to=["campaign"]),
    says("account.brand == 'Acme'", campaign(), around=BRAND),
    says("account.brand == 'Emca'", ad(), FAIL, FAILED, BRAND),
    says(XMAS, ad(), around=context(now="2026-12-23T22:59:59Z")),
    says(XMAS, ad(), FAIL, FAILED, context(now="2026-12-23T23:00:00Z")),
    says(GUARDED, campaign()),
    says(GUARDED, campaign(budget=budget(minor=4_999)), FAIL, FAILED),
    says(GUARDED, campaign(budget=budget(minor=5_000))),
    says(GUARDED, UNLIMITED),
    says(GUARDED, ad_group(), applies_to=["ad_group"]),
]
ERRORS = [
    says("campaign.budget_minor >= 5000", UNLIMITED, ERROR, ABSENT),
    says("ad.ai_generated", ad(disclosure={"ai_generated": None}), ERROR, ABSENT),
    says("ad_group.end > now", ad_group(schedule={"end": None}), ERROR, ABSENT),
    says("ad.text != ''", ad(copy={"text": 5}), ERROR, UNREADABLE),
    says("ad.text != ''", ad(copy={"text": "x" * 2_501}), ERROR, UNREADABLE),
    says("ad.text != ''", ad(copy={"text": "x" * 2_500})),
    says("ad.text != ''", ad(copy={"text": "\ud800"}), ERROR, UNREADABLE),
    says("ad.text != ''", ad(copy="text"), ERROR, UNREADABLE),
    says("size(ad.hashtags) < 3", ad(copy={"hashtags": ["a", 5]}), ERROR, UNREADABLE),
    says("size(ad.hashtags) < 300", ad(copy={"hashtags": ["a"] * 251}), ERROR, UNREADABLE),
    says("campaign.budget_minor > 0", campaign(budget=budget(minor=10**14 + 1)), ERROR, UNREADABLE),
    says("campaign.budget_minor > 0", campaign(budget={"amount": {"minor": True, "currency": "USD"}}), ERROR, UNREADABLE),
    says("ad_group.start > now", ad_group(schedule={"start": "2026-12-01"}), ERROR, UNREADABLE),
    says("ad.media_count > 0", ad("v9"), ERROR, "media.unprobed"),
    says("campaign.objective == 'reach'", ad(), ERROR, MISSING, context(campaign=None), applies_to=["ad"]),
    says("ad_group.ads < 5", ad_group(), ERROR, MISSING, context(ads_in_group=None)),
    says("account.brand == 'Acme'", ad(), ERROR, MISSING),
    says("1000 / (size(ad.text) - 11) > 3", ad(), ERROR, "custom.undecided"),
    says("ad.hashtags == [] || ad.hashtags[1] == 'a'", ad(copy={"hashtags": ["a"]}), ERROR, "custom.undecided"),
    says("ad_group.start.getHours('Europe/Berlin') >= 1 && ad.nosuch", ad(), ERROR, "check.params_invalid"),
]

CASES = [*PASSING, *ERRORS]
