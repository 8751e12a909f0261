"""Tables for the rules about lengths and signs of texts, calls to action, landing pages and disclosure (R-54)."""

from __future__ import annotations

from typing import Any

from tests.governance.builders import ERROR, FAIL, NA, PASS, ad, campaign, case, context, formatted

FORMATS_BY_API = ("in_feed", "single_image", "carousel", "video_shopping")
FORMATS_BY_HAND = ("brand_takeover", "top_view", "branded_hashtag_challenge", "branded_effect")


def said(text: Any):
    """An In-Feed ad with this caption."""
    return ad(copy={"text": text})


def tagged(*hashtags: Any, name: str = "branded_hashtag_challenge"):
    """An ad with these hashtags."""
    return formatted(name, copy={"hashtags": list(hashtags)})


TEXT = [
    case("text.length", said("x"), PASS),
    case("text.length", said("x" * 100), PASS),
    case("text.length", said("x" * 101), FAIL, "text.too_long"),
    case("text.length", said("広" * 50), PASS),
    case("text.length", said("広" * 50 + "x"), FAIL, "text.too_long"),
    case("text.length", said("u\u0308" * 100), PASS, note="one character each, however it is encoded"),
    case("text.length", said(" "), FAIL, "text.too_short"),
    case("text.length", said(None), FAIL, "text.too_short"),
    case("text.length", said("x" * 100_000), FAIL, "text.too_long"),
    *(case("text.length", formatted(name, copy={"text": ""}), FAIL, "text.too_short") for name in FORMATS_BY_API),
    *(
        case("text.length", formatted(name, copy={"text": ""}), NA, "check.not_for_format")
        for name in (*FORMATS_BY_HAND, "spark_ad")
    ),
    case("text.length", said("x" * 9), FAIL, "text.too_long", params={"limits": {"in_feed": {"min": None, "max": 8}}}),
    case("text.length", said("x" * 7), FAIL, "text.too_short", params={"limits": {"in_feed": {"min": 8, "max": None}}}),
    case("text.length", said(["x"]), ERROR, "check.unreadable"),
    case("text.emoji", said("5 % off © 2026, now!"), PASS),
    case("text.emoji", said("Go 🏃"), FAIL, "text.emoji_found"),
    case("text.emoji", said("Go 🇩🇪"), FAIL, "text.emoji_found"),
    case("text.emoji", said("I ❤️ it"), FAIL, "text.emoji_found"),
    case("text.emoji", said("1️⃣ thing"), FAIL, "text.emoji_found"),
    case("text.emoji", ad(copy={"display_name": "Shoes 👟"}), FAIL, "text.emoji_found"),
    case("text.emoji", formatted("spark_ad", copy={"text": "🎉"}), NA, "check.not_for_format"),
    case("text.emoji", said({}), ERROR, "check.unreadable"),
    case("text.symbols", said("Run further, 5-a-side. Really."), PASS),
    case("text.symbols", said("#run"), FAIL, "text.symbols_found"),
    case("text.symbols", said("@shoes"), FAIL, "text.symbols_found"),
    case("text.symbols", said("{name}"), FAIL, "text.symbols_found"),
    case("text.symbols", said("See example.com"), FAIL, "text.symbols_found"),
    case("text.symbols", formatted("spark_ad", copy={"text": "#run"}), NA, "check.not_for_format"),
    case("text.symbols", said(1), ERROR, "check.unreadable"),
]

HASHTAGS = [
    case("hashtag.length", tagged("x" * 70), PASS),
    case("hashtag.length", tagged("#" + "x" * 70), PASS, note="the sign does not count"),
    case("hashtag.length", tagged("x" * 71), FAIL, "hashtag.too_long"),
    case("hashtag.length", tagged("広" * 36), FAIL, "hashtag.too_long"),
    case("hashtag.length", tagged("x" * 71, name="in_feed"), FAIL, "hashtag.too_long"),
    case("hashtag.length", tagged(), NA, "check.nothing_given"),
    case("hashtag.length", tagged(7), ERROR, "check.unreadable"),
    case("hashtag.length_ideal", tagged("x" * 18), PASS),
    case("hashtag.length_ideal", tagged("x" * 19), FAIL, "hashtag.longer_than_ideal"),
    case("hashtag.length_ideal", tagged("x" * 19, name="in_feed"), NA, "check.not_for_format"),
    case("hashtag.length_ideal", tagged(None), ERROR, "check.unreadable"),
    case("hashtag.challenge", tagged("BMWeDrive"), PASS),
    case("hashtag.challenge", tagged("#NikeShesBallin"), PASS),
    case("hashtag.challenge", tagged(), FAIL, "hashtag.missing"),
    case("hashtag.challenge", tagged("#"), FAIL, "hashtag.missing"),
    case("hashtag.challenge", tagged("she is"), FAIL, "hashtag.characters_not_allowed"),
    case("hashtag.challenge", tagged("go🎉"), FAIL, "hashtag.characters_not_allowed"),
    case("hashtag.challenge", tagged(name="in_feed"), NA, "check.not_for_format"),
    case("hashtag.challenge", tagged({}), ERROR, "check.unreadable"),
]


def named(display_name: Any, page: Any = None):
    """An ad with this display name, without a page."""
    return ad(copy={"display_name": display_name}, identity={"page": page})


NAMES = [
    case("display_name.length", named("x" * 40), PASS),
    case("display_name.length", named("x" * 41), FAIL, "display_name.too_long"),
    case("display_name.length", named("広" * 20), PASS),
    case("display_name.length", named("広" * 21), FAIL, "display_name.too_long"),
    case("display_name.length", named(""), FAIL, "display_name.missing"),
    case("display_name.length", named("", {"id": "p"}), NA, "display_name.from_page"),
    case(
        "display_name.length", formatted("spark_ad", copy={"display_name": ""}, identity={"page": None}),
        NA, "display_name.from_page",
    ),
    case("display_name.length", named(3), ERROR, "check.unreadable"),
]  # fmt: skip


def calling(call: Any, name: str = "in_feed"):
    """An ad with this call to action."""
    return formatted(name, copy={"call_to_action": call})


ENGAGEMENT = context(campaign=campaign(structure={"objective": "engagement"}).sections)
NO_OBJECTIVE = context(campaign=campaign(structure={"objective": None}).sections)
CALLS = [
    case("call_to_action.present", calling("shop_now"), PASS),
    case("call_to_action.present", calling("learn_more"), PASS),
    case("call_to_action.present", calling(None), FAIL, "call_to_action.missing"),
    case("call_to_action.present", calling(""), FAIL, "call_to_action.missing"),
    case("call_to_action.present", calling("SHOP_NOW"), FAIL, "call_to_action.unknown"),
    case("call_to_action.present", calling("click_here"), FAIL, "call_to_action.unknown"),
    *(case("call_to_action.present", calling(None, name), FAIL, "call_to_action.missing") for name in FORMATS_BY_HAND),
    case("call_to_action.present", calling(None, "spark_ad"), FAIL, "call_to_action.missing"),
    case(
        "call_to_action.present", calling(None, "spark_ad"), NA, "check.not_for_format", params={"formats": ["in_feed"]},
    ),
    case("call_to_action.present", calling(1), ERROR, "check.unreadable"),
    case("call_to_action.fits", calling("shop_now"), PASS),
    case("call_to_action.fits", calling("join_this_hashtag", "branded_hashtag_challenge"), PASS),
    case("call_to_action.fits", calling("join_this_hashtag"), FAIL, "call_to_action.not_for_format"),
    case("call_to_action.fits", calling("shoot_with_this_effect", "branded_effect"), PASS),
    case("call_to_action.fits", calling("watch_live"), FAIL, "call_to_action.not_for_format"),
    case("call_to_action.fits", calling("view_profile"), FAIL, "call_to_action.not_for_objective"),
    case("call_to_action.fits", calling("view_profile"), PASS, around=ENGAGEMENT),
    case("call_to_action.fits", calling("view_profile"), ERROR, "check.context_missing", NO_OBJECTIVE),
    case("call_to_action.fits", calling("view_profile"), ERROR, "check.context_missing", context(campaign=None)),
    case("call_to_action.fits", calling(None), NA, "check.nothing_given"),
]  # fmt: skip


def leading(url: Any):
    """An ad with this landing page."""
    return ad(destination={"landing_page_url": url})


DOMAINS = {"domains": ["example.com", "müller.de"]}
REACH = context(campaign=campaign(structure={"objective": "reach"}).sections)
LANDING = [
    case("landing_page.present", ad(), PASS),
    case("landing_page.present", leading(""), FAIL, "landing_page.missing"),
    case("landing_page.present", leading(None), NA, "landing_page.not_needed", REACH),
    case("landing_page.present", leading(None), ERROR, "check.context_missing", context(campaign=None)),
    case("landing_page.https", leading("https://example.com/a?b=c#d"), PASS),
    case("landing_page.https", leading("HTTPS://EXAMPLE.COM"), PASS),
    case("landing_page.https", leading("https://example.com:443/"), PASS),
    case("landing_page.https", leading("https://example.com:8443/"), FAIL, "landing_page.port_not_allowed"),
    case("landing_page.https", leading("http://example.com/"), FAIL, "landing_page.not_https"),
    case("landing_page.https", leading("ftp://example.com/"), FAIL, "landing_page.not_https"),
    case("landing_page.https", leading("javascript:alert(1)"), FAIL, "landing_page.malformed"),
    case("landing_page.https", leading("example.com"), FAIL, "landing_page.malformed"),
    case("landing_page.https", leading("https://example.com/" + "x" * 1_980), PASS),
    case("landing_page.https", leading("https://example.com/" + "x" * 1_981), FAIL, "landing_page.malformed"),
    case("landing_page.https", leading(None), NA, "check.nothing_given"),
    case("landing_page.https", leading(["https://example.com"]), ERROR, "check.unreadable"),
    case("landing_page.domain", leading("https://example.com/"), PASS, params=DOMAINS),
    case("landing_page.domain", leading("https://a.b.example.com/"), PASS, params=DOMAINS),
    case("landing_page.domain", leading("https://evilexample.com/"), FAIL, "landing_page.domain_not_allowed", params=DOMAINS),
    case("landing_page.domain", leading("https://example.com@evil.com"), FAIL, "landing_page.malformed", params=DOMAINS),
    case("landing_page.domain", leading("https://example.com/"), FAIL, "landing_page.no_domains_configured"),
    case("landing_page.domain", leading(""), NA, "check.nothing_given", params=DOMAINS),
    case(
        "landing_page.domain", leading("https://example.com/"), ERROR, "check.params_invalid",
        params={"domains": ["*.example.com"]},
    ),
    case("landing_page.domain", ad(destination=...), ERROR, "check.unreadable", params=DOMAINS),
]  # fmt: skip

DISCLOSURE = [
    case("disclosure.ai_declared", ad(disclosure={"ai_generated": True}), PASS),
    case("disclosure.ai_declared", ad(disclosure={"ai_generated": False}), PASS),
    case("disclosure.ai_declared", ad(disclosure={"ai_generated": None}), FAIL, "disclosure.ai_not_declared"),
    case("disclosure.ai_declared", ad(disclosure={"ai_generated": ...}), FAIL, "disclosure.ai_not_declared"),
    case("disclosure.ai_declared", ad(disclosure={"ai_generated": "no"}), ERROR, "check.unreadable"),
    case("disclosure.ai_declared", ad(disclosure={"ai_generated": 0}), ERROR, "check.unreadable"),
    case("disclosure.ai_declared", ad(disclosure=...), ERROR, "check.unreadable"),
    case("disclosure.disclaimer_length", ad(disclosure={"disclaimer": "x" * 90}), PASS),
    case(
        "disclosure.disclaimer_length", ad(disclosure={"disclaimer": "x" * 91}), FAIL, "disclosure.disclaimer_too_long"
    ),
    case("disclosure.disclaimer_length", ad(), NA, "check.nothing_given"),
    case("disclosure.disclaimer_length", ad(disclosure={"disclaimer": 1}), ERROR, "check.unreadable"),
]

CASES = [*TEXT, *HASHTAGS, *NAMES, *CALLS, *LANDING, *DISCLOSURE]
