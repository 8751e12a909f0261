"""Tables for the rules about words (R-54)."""

from __future__ import annotations

from typing import Any

from tests.governance.builders import ERROR, FAIL, NA, PASS, Case, ad, ad_group, case, context, formatted
from tests.governance.cases_copy import said


def speaking(*languages: Any):
    """A context in which the ad group is for people of these languages."""
    return context(ad_group=ad_group(targeting={"audience": {"languages": list(languages)}}).sections)


def effect(name: Any):
    """A branded effect of this name."""
    return formatted("branded_effect", creative={"effect": {"name": name, "icon": "i1"}})


MIRACLE = {"words": ["miracle|miracles|miraculous", "wunder*", "*frei"], "allowed": ["Miracle Whip", "blaues Wunder"]}
MIRACLES = (
    "A miracle", "Miracles!", "so miraculous", "m1racle", "Mіraclе", "ΜIRACLE", "ᎷIRACLE", "m.i.r.a.c.l.e", "m i r a c l e", "miracle-cure",
    "Miracle Whip, a miracle", "m1racle whip", "Miracle-Whip", "Wundermittel", "Wunder", "alkoholfrei", "frei", "mi\u200bracle",
    "m!r!a!c!l!e", "m!r!a!c!1!e", "mírácle",
)  # fmt: skip
NO_MIRACLES = (
    "Miracle Whip", "with miracle  whip now", "miracled", "ein blaues Wunder", "bewundern", "Freiheit", "freier", "mira cle", "oracle",
)  # fmt: skip

WORDS = {"words": ["gratis", "beste Wahl", "heil*"]}
FORBIDDEN = [
    case("text.forbidden_words", said("Run further"), PASS, params=WORDS),
    case("text.forbidden_words", said("Jetzt GRATIS testen"), FAIL, "text.forbidden_word", params=WORDS),
    case("text.forbidden_words", said("Gratistage"), PASS, params=WORDS, note="whole words only"),
    case("text.forbidden_words", said("Heilung"), FAIL, "text.forbidden_word", params=WORDS),
    case("text.forbidden_words", said("Die beste  Wahl!"), FAIL, "text.forbidden_word", params=WORDS),
    case("text.forbidden_words", ad(copy={"display_name": "Gratis"}), FAIL, "text.forbidden_word", params=WORDS),
    case("text.forbidden_words", ad(copy={"hashtags": ["ok", "#gratis"]}), FAIL, "text.forbidden_word", params=WORDS),
    case("text.forbidden_words", ad(disclosure={"disclaimer": "gratis"}), FAIL, "text.forbidden_word", params=WORDS),
    Case(
        "text.forbidden_words", said("gratis, die beste Wahl"),
        ((FAIL, "text.forbidden_word"), (FAIL, "text.forbidden_word")), params=WORDS,
    ),
    case("text.forbidden_words", said("gratis"), NA, "text.no_words_configured"),
    case("text.forbidden_words", said("x"), ERROR, "check.params_invalid", params={"words": ["gratis", " "]}),
    case("text.forbidden_words", said("x"), ERROR, "check.params_invalid", params={"word": ["gratis"]}),
    case("text.forbidden_words", ad(copy={"hashtags": "gratis"}), ERROR, "check.unreadable", params=WORDS),
    *(case("text.forbidden_words", said(text), FAIL, "text.forbidden_word", params=MIRACLE) for text in MIRACLES),
    *(case("text.forbidden_words", said(text), PASS, params=MIRACLE) for text in NO_MIRACLES),
    case("text.forbidden_words", effect("Miracle"), FAIL, "text.forbidden_word", params=MIRACLE, note="name of an effect"),
    case("text.forbidden_words", said("x"), ERROR, "check.params_invalid", params={"words": ["a||b"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", params={**WORDS, "languages": ["de-AT", "fr"]}),
    case("text.forbidden_words", said("gratis"), NA, "text.for_others", params={**WORDS, "languages": ["fr"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", speaking(), {**WORDS, "languages": ["fr"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", speaking(7), {**WORDS, "languages": ["fr"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", speaking("en", "fr"), {**WORDS, "languages": ["fr"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", context(ad_group=None), {**WORDS, "languages": ["fr"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", params={**WORDS, "markets": ["DE"]}),
    case("text.forbidden_words", said("gratis"), NA, "text.for_others", params={**WORDS, "markets": ["FR"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", context(country=None), {**WORDS, "markets": ["FR"]}),
]  # fmt: skip

CASES = [*FORBIDDEN]
