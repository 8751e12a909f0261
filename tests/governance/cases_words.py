"""Tables for the rules about words (R-54)."""

from __future__ import annotations

from typing import Any

from tests.governance.builders import ERROR, FAIL, NA, PASS, Case, ad, ad_group, campaign, case, context, formatted
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
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", params={**WORDS, "languages": ["de", "fr"]}),
    case("text.forbidden_words", said("gratis"), ERROR, "check.params_invalid", params={**WORDS, "languages": ["german"]}),
    case("text.forbidden_words", said("gratis"), ERROR, "check.params_invalid", params={**WORDS, "markets": ["de"]}),
    case("text.forbidden_words", said("gratis"), ERROR, "check.params_invalid", params={**WORDS, "markets": ["ZZ"]}),
    case("text.forbidden_words", said("gratis"), NA, "text.for_others", params={**WORDS, "languages": ["fr"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", speaking(), {**WORDS, "languages": ["fr"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", speaking(7), {**WORDS, "languages": ["fr"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", speaking("en", "fr"), {**WORDS, "languages": ["fr"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", context(ad_group=None), {**WORDS, "languages": ["fr"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", params={**WORDS, "markets": ["DE"]}),
    case("text.forbidden_words", said("gratis"), NA, "text.for_others", params={**WORDS, "markets": ["FR"]}),
    case("text.forbidden_words", said("gratis"), FAIL, "text.forbidden_word", context(country=None), {**WORDS, "markets": ["FR"]}),
]  # fmt: skip

REQUIRED = {"words": ["Anzeige|Werbung", "ab 18"]}
REQUIRED_WORDS = [
    case("text.required_words", said("WERBUNG. Nur ab  18!"), PASS, params=REQUIRED),
    case("text.required_words", ad(copy={"text": "Ab 18", "hashtags": ["#Anzeige"]}), PASS, params=REQUIRED),
    case("text.required_words", ad(copy={"text": "Anzeige"}, disclosure={"disclaimer": "Ab 18."}), PASS, params=REQUIRED),
    case("text.required_words", said("Werbung"), FAIL, "text.required_word_missing", params=REQUIRED),
    case("text.required_words", said("Werbungen ab 18"), FAIL, "text.required_word_missing", params=REQUIRED),
    case("text.required_words", said("Wеrbung ab 18"), FAIL, "text.required_word_missing", params=REQUIRED, note="a Cyrillic letter"),
    Case("text.required_words", said(None), ((FAIL, "text.required_word_missing"),) * 2, params=REQUIRED),
    case("text.required_words", said("x"), NA, "text.no_words_required"),
    case("text.required_words", said("x"), NA, "text.for_others", params={**REQUIRED, "languages": ["en"]}),
    case("text.required_words", said("x"), ERROR, "check.params_invalid", params={"words": [""]}),
    case("text.required_words", said(5), ERROR, "check.unreadable", params=REQUIRED),
]


def noted(disclaimer: Any, text: str = "Run further"):
    """An ad with this disclaimer."""
    return ad(copy={"text": text}, disclosure={"disclaimer": disclaimer})


def of_industry(*industries: Any):
    """A context in which the campaign is of these special industries."""
    return context(campaign=campaign(structure={"special_industries": list(industries)}).sections)


DRINK = {"texts": ["Bitte verantwortungsvoll genießen", "Kein Alkohol unter 18|Erst ab 18"]}
CREDIT = {**DRINK, "special_industries": ["credit", "housing"]}
DISCLAIMERS = [
    case("disclosure.disclaimer_required", noted("Bitte verantwortungsvoll genießen."), PASS, params=DRINK),
    case("disclosure.disclaimer_required", noted("Prost! ERST AB 18"), PASS, params=DRINK),
    case("disclosure.disclaimer_required", noted("Anything"), PASS, note="any will do"),
    case("disclosure.disclaimer_required", noted(" "), FAIL, "disclosure.disclaimer_missing"),
    case("disclosure.disclaimer_required", noted(None), FAIL, "disclosure.disclaimer_differs", params=DRINK),
    case("disclosure.disclaimer_required", noted("Bitte genießen"), FAIL, "disclosure.disclaimer_differs", params=DRINK),
    case("disclosure.disclaimer_required", noted("", "Erst ab 18"), FAIL, "disclosure.disclaimer_differs", params=DRINK),
    case("disclosure.disclaimer_required", noted("", "Erst ab 18"), PASS, params={**DRINK, "in_caption": True}),
    case("disclosure.disclaimer_required", noted(""), FAIL, "disclosure.disclaimer_differs", of_industry("credit"), CREDIT),
    case("disclosure.disclaimer_required", noted(""), NA, "disclosure.no_such_industry", of_industry("employment"), CREDIT),
    case("disclosure.disclaimer_required", noted(""), NA, "text.for_others", params={**DRINK, "markets": ["FR"]}),
    case("disclosure.disclaimer_required", noted(""), ERROR, "check.context_missing", context(campaign=None), CREDIT),
    case("disclosure.disclaimer_required", noted(1), ERROR, "check.unreadable", params=DRINK),
    case("disclosure.disclaimer_required", noted("x"), ERROR, "check.params_invalid", params={"texts": ["|"]}),
]

LOUD = [
    case("text.capitals", said("Run further"), PASS),
    case("text.capitals", said("BIGSALESSSaaaaaaaaaa"), PASS, note="half of twenty"),
    case("text.capitals", said("BIGSALESSSSaaaaaaaaa"), FAIL, "text.too_many_capitals", note="eleven of twenty"),
    case("text.capitals", said("BIG SALE FOR EVERYBOD"), PASS, params={"letters": 19}, note="eighteen letters"),
    case("text.capitals", said("BIG SALE FOR EVERYBODY"), FAIL, "text.too_many_capitals", params={"letters": 19}),
    case("text.capitals", said("ＢＩＧ ＳＡＬＥ ＦＯＲ ＥＶＥＲＹＢＯＤＹ ＮＯＷ"), FAIL, "text.too_many_capitals"),
    case("text.capitals", said("ÄÖÜ ГДЕ ΩΣ ĞŞİ ÆØÅ ÑÉÈ ÇÔÛ"), FAIL, "text.too_many_capitals"),
    case("text.capitals", said("漢字" * 30), PASS, note="no letter has a case"),
    case("text.capitals", said("BMW GTI SUV BMW GTI SUV BMW now"), PASS, params={"acronyms": ["BMW", "GTI", "SUV"]}),
    case("text.capitals", ad(copy={"display_name": "THE VERY BEST SHOES EVER"}), FAIL, "text.too_many_capitals"),
    case("text.capitals", said(5), ERROR, "check.unreadable"),
    case("text.letter_symbols", said("Run further! 5-a-side, C&A, H2O, AT&T, e-mail; z. B. u. a. (really?!) it's 50% … Kund:innen"), PASS),
    case("text.letter_symbols", said("Now F R E E"), FAIL, "text.letters_spaced"),
    case("text.letter_symbols", said("S-A-L-E"), FAIL, "text.letters_spaced"),
    case("text.letter_symbols", said("S.a.L.e"), FAIL, "text.letters_spaced"),
    case("text.letter_symbols", said("A B C done"), PASS, note="three letters"),
    case("text.letter_symbols", said("A B C"), FAIL, "text.letters_spaced", params={"spaced_letters": 3}),
    case("text.letter_symbols", said("all fr€e today"), FAIL, "text.letters_replaced"),
    case("text.letter_symbols", said("S＠le"), FAIL, "text.letters_replaced"),
    case("text.letter_symbols", said("P!nk, here"), PASS, params={"allowed": ["p!nk"]}),
    case("text.letter_symbols", said("fr€e"), PASS, params={"signs": ""}),
    case("text.letter_symbols", said("Go!!"), PASS),
    case("text.letter_symbols", said("Go!!!"), FAIL, "text.marks_repeated"),
    case("text.letter_symbols", said("Go?!?"), FAIL, "text.marks_repeated"),
    case("text.letter_symbols", said("Go..."), PASS),
    case("text.letter_symbols", said("Go...."), FAIL, "text.marks_repeated"),
    case("text.letter_symbols", said("Pаris"), FAIL, "text.alphabets_mixed"),
    case("text.letter_symbols", said("5 µm, 3 kΩ, вода, νέο"), PASS),
    Case("text.letter_symbols", said("S A L E!!!"), ((FAIL, "text.letters_spaced"), (FAIL, "text.marks_repeated"))),
    case("text.letter_symbols", ad(copy={"display_name": "Sh@es"}), FAIL, "text.letters_replaced"),
    case("text.letter_symbols", ad(copy={"display_name": ["x"]}), ERROR, "check.unreadable"),
]  # fmt: skip


def called(name: Any):
    """A campaign of this name."""
    return campaign(structure={"name": name})


AGREED = {"campaign": "{brand}_{market}_{date:YYYYMMDD}_{free}", "brands": ["Acme", "Acme Kids"]}
WRONG = "structure.name_not_as_agreed"
NAMING = [
    case("structure.naming", called("Acme_DE_20261201_Spring: now"), PASS, params=AGREED),
    case("structure.naming", called("acme kids_de_20240229_x"), PASS, params=AGREED, note="in any case; a leap day"),
    case("structure.naming", called("Acme_DE_20250229_x"), FAIL, WRONG, params=AGREED, note="no leap day"),
    case("structure.naming", called("Acme_XX_20261201_x"), FAIL, WRONG, params=AGREED, note="no such country"),
    case("structure.naming", called("Acne_DE_20261201_x"), FAIL, "structure.name_begins_otherwise", params=AGREED),
    case("structure.naming", called("Acme-DE-20261201-x"), FAIL, WRONG, params=AGREED),
    case("structure.naming", called("Acme_DE_20261201_"), FAIL, WRONG, params=AGREED, note="nothing after it"),
    case("structure.naming", called(""), FAIL, "structure.name_begins_otherwise", params=AGREED),
    case("structure.naming", ad(structure={"name": "a1b2-v07 in_feed"}), PASS, params={"ad": "{word}-v{number} {format}"}),
    case("structure.naming", ad(structure={"name": "v7b"}), FAIL, "structure.name_goes_on", params={"ad": "v{number}"}),
    case("structure.naming", ad_group(structure={"name": "Q1 2026-12/26"}), PASS, params={"ad_group": "Q{number} {date:YYYY-MM}/{date:YY}"}),
    case("structure.naming", ad_group(structure={"name": "2026-13"}), FAIL, "structure.name_begins_otherwise", params={"ad_group": "{date:YYYY-MM}"}),
    case("structure.naming", called("x"), NA, "structure.no_pattern", params={"ad": "{free}"}),
    case("structure.naming", called(5), ERROR, "check.unreadable", params=AGREED),
    *(
        case("structure.naming", called("x"), ERROR, "check.params_invalid", params={"campaign": pattern})
        for pattern in ("{brand}", "{", "}", "{}", "{.*}", "{weather}", "{market:DE}", "{date:DDMM}", "{date:YYYYYY}", "{date:YYQ}", "{free")
    ),
]  # fmt: skip

CASES = [*FORBIDDEN, *REQUIRED_WORDS, *DISCLAIMERS, *LOUD, *NAMING]
