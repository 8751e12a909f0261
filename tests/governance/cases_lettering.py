"""Tables for the rule about words in pictures (R-54)."""

from __future__ import annotations

from typing import Any

from governance.contract import Context
from tests.governance.builders import ERROR, FAIL, NA, PASS, Case, ad, ad_group, case, context, formatted, image, video

RULE = "media.forbidden_words"
WORD, WORD_AT = "media.forbidden_word", "media.forbidden_word_at"
WORDS = {"words": ["gratis|kostenlos", "beste Wahl", "heil*", "tube"], "allowed": ["gratis Lieferung", "Kosten los", "YouTube"]}


def reading(*texts: tuple[int | None, list[Any]], **changes: Any) -> dict[str, Any]:
    """What was read: blocks of text, each with when it was seen."""
    told = [{"at_ms": at_ms, "blocks": blocks} for at_ms, blocks in texts]
    return {"reader": "rapidocr 3.10.0", "pictures": 12, "texts": told, **changes}


def film(*texts: tuple[int | None, list[Any]], **changes: Any) -> Context:
    """A context in which this is to be read in the ad's video."""
    return context(video(reading=reading(*texts, **changes)), image(reading=reading(pictures=1)))


def shown(*blocks: str) -> Context:
    """The same, in one picture of it at 2.5 seconds."""
    return film((2500, list(blocks)))


def still(*blocks: Any) -> Context:
    """A context in which this is to be read in the ad's still."""
    return context(image(reading=reading((None, list(blocks)), pictures=1)))


PICTURE = formatted("single_image", "i1")
FRENCH = {"ad_group": ad_group(targeting={"audience": {"languages": ["fr"]}}).sections}

FOUND = (
    "Gratis", "Jetzt GRATIS\ntesten", "kostenlos!", "Die beste\nWahl", "beste Wahl", "Gra-\ntis", "GRA\nTIS", "Heil-\nmittel", "Heilung",
    "Ganz gra\ntis!", "gr4tis", "G R A T I S", "Grаtis", "Die\nbeste\nWahl", "Jetzt die be-\nste Wahl", "gratis Lieferung, gratis",
    "JetztGratis", "nur9gratis",
)  # fmt: skip
NOT_FOUND = (
    "YouTube Premium", "Keine Kosten\nLos geht's", "Lauf weiter", "Gratistage", "Unheil", "gratis Lieferung", "gratis\nLieferung", "beste\nguten\nWahl", "gra\nund\ntis", "9,99 €",
)  # fmt: skip

CASES = [
    *(case(RULE, ad(), FAIL, WORD_AT, shown(text), WORDS) for text in FOUND),
    *(case(RULE, PICTURE, FAIL, WORD, still(text), WORDS) for text in FOUND),
    *(case(RULE, ad(), PASS, around=shown(text), params=WORDS) for text in NOT_FOUND),
    *(case(RULE, PICTURE, PASS, around=still(text), params=WORDS) for text in NOT_FOUND),
    case(RULE, ad(), PASS, around=film(), params=WORDS, note="nothing is to be read"),
    case(RULE, ad(), PASS, around=shown("beste", "Wahl"), params=WORDS, note="what stands apart is no phrase"),
    case(RULE, ad(), PASS, around=shown("gra", "tis"), params=WORDS, note="nor a word"),
    case(RULE, ad(), PASS, around=film((0, ["beste"]), (5000, ["Wahl"])), params=WORDS, note="nor what is seen one after another"),
    case(RULE, ad(), FAIL, WORD_AT, film((0, ["gratis"]), (5000, ["gratis"])), WORDS, note="told once"),
    Case(RULE, ad(), ((FAIL, WORD_AT), (FAIL, WORD_AT)), film((0, ["Heilung"]), (5000, ["gratis"])), WORDS),
    Case(RULE, ad("v1", "i1"), ((FAIL, WORD_AT), (PASS, "check.passed")), shown("gratis"), WORDS),
    Case(
        RULE, ad("v1", "i1"), ((ERROR, "media.not_read"), (FAIL, WORD)), still("gratis"), WORDS,
        note="the next file is looked at all the same",
    ),
    case(RULE, ad(), NA, "text.no_words_configured", shown("gratis")),
    case(RULE, ad(), NA, "text.for_others", shown("gratis"), {**WORDS, "markets": ["FR"]}),
    case(RULE, ad(), NA, "text.for_others", shown("gratis"), {**WORDS, "languages": ["fr"]}),
    case(RULE, ad(), FAIL, WORD_AT, context(video(reading=reading((0, ["gratis"]))), **FRENCH), {**WORDS, "languages": ["fr"]}),
    case(RULE, ad(), FAIL, WORD_AT, shown("gratis"), {**WORDS, "markets": ["DE"], "languages": ["de"]}),
    case(RULE, ad(creative={"media": []}), NA, "check.not_for_media", shown("gratis"), WORDS),
    case(RULE, ad(), ERROR, "media.reader_missing", context(video(reading={"fault": "reader_missing"})), WORDS),
    case(RULE, ad(), ERROR, "media.reading_failed", context(video(reading={"fault": "timeout"})), WORDS),
    case(RULE, ad(), ERROR, "media.reading_failed", context(video(reading={"fault": "crashed"})), WORDS),
    case(RULE, ad(), ERROR, "media.reading_failed", context(video(reading={"fault": 5})), WORDS),
    case(RULE, ad(), ERROR, "media.not_read", context(), WORDS),
    case(RULE, ad(), ERROR, "media.not_read", context(video(reading=None)), WORDS),
    case(RULE, ad(), ERROR, "media.unprobed", context(media={}), WORDS),
    case(RULE, ad(), ERROR, "media.fact_unknown", film(texts=None), WORDS),
    case(RULE, ad(), ERROR, "media.fact_unknown", film(texts=["gratis"]), WORDS),
    case(RULE, ad(), ERROR, "media.fact_unknown", film((0, [7])), WORDS),
    case(RULE, ad(), ERROR, "media.fact_unknown", film(texts=[{"at_ms": 0, "blocks": "gratis"}]), WORDS),
    case(RULE, ad(), ERROR, "media.fact_unknown", film(texts=[{"at_ms": "soon", "blocks": ["x"]}]), WORDS),
    case(RULE, ad(), ERROR, "media.fact_unknown", film(pictures=0), WORDS, note="nobody looked"),
    case(RULE, ad(), ERROR, "check.params_invalid", shown("x"), {"words": ["gratis", " "]}),
    case(RULE, ad(), ERROR, "check.params_invalid", shown("x"), {"words": ["бесплатно"]}, note="no such letters are read"),
    case(RULE, ad(), ERROR, "check.params_invalid", shown("x"), {"words": ["gratis|δωρεάν"]}, note="no such letters are read"),
    case(RULE, ad(), FAIL, WORD_AT, shown("现在免费试用"), {"words": ["*免费*"]}),
    case(RULE, ad(), FAIL, WORD_AT, shown("Żółć 100 %"), {"words": ["żółć", "50 %"]}),
    case(RULE, ad(), ERROR, "check.params_invalid", shown("x"), {**WORDS, "languages": ["german"]}),
    case(RULE, ad(creative={"media": "v1"}), ERROR, "check.unreadable", shown("x"), WORDS),
]  # fmt: skip
