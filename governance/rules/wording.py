"""Rules about the words of an ad, as a brand and the law want them (R-54); finding them is governance.rules.words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from governance.applicability import any_market
from governance.contract import Context, InvalidParams, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.parameters import some_texts, true_or_false
from governance.registry import rule, shown
from governance.rules.declared import LANGUAGES, MARKETS, WORDS
from governance.rules.reading import child, section, special_industries, text, texts
from governance.rules.vocabulary import SPECIAL_INDUSTRIES
from governance.rules.words import Slices, find_entry, forms_of, is_word, readings, says

SECTIONS = ("copy", "creative", "disclosure")
NARROWED: JsonObject = {"languages": [], "markets": []}
NARROWING: Final = {"languages": LANGUAGES, "markets": MARKETS}


def said(subject: Subject) -> Iterator[tuple[str, str]]:
    """What people read of an ad, each text with its path: caption, display name, hashtags, effect's name, disclaimer."""
    copy = section(subject.sections, "copy")
    for name in ("text", "display_name"):
        yield f"copy.{name}", text(copy, name, f"copy.{name}")
    for position, tag in enumerate(texts(copy, "hashtags", "copy.hashtags")):
        yield f"copy.hashtags[{position}]", tag
    creative = child(subject.sections, "creative", "creative") or {}
    effect = child(creative, "effect", "creative.effect") or {}
    yield "creative.effect.name", text(effect, "name", "creative.effect.name")
    disclosure = child(subject.sections, "disclosure", "disclosure") or {}
    yield "disclosure.disclaimer", text(disclosure, "disclaimer", "disclosure.disclaimer")


def elsewhere(subject: Subject, params: JsonObject, context: Context) -> bool:
    """Whether the ad is certainly shown only in other languages or markets than the line is for."""
    return not (any_market(params["markets"], subject, context) and _any_language(params["languages"], context))


def _any_language(wanted: Sequence[str], context: Context) -> bool:
    """Whether the ad group's audience may speak one of these; where it names none, or cannot be read, it may (R-03)."""
    found: object = context.ad_group
    for name in ("targeting", "audience", "languages"):
        found = found.get(name) if isinstance(found, Mapping) else None
    if not wanted or not isinstance(found, list) or not found:
        return True
    asked = {_base(each) for each in wanted}
    return any(not isinstance(each, str) or _base(each) in asked for each in found)


def _base(tag: str) -> str:
    """`de` of `de-AT`."""
    return tag.replace("_", "-").split("-")[0].casefold()


def check_words(params: JsonObject, name: str = "words") -> None:
    """Whether every entry can be looked for. Raises InvalidParams."""
    if not all(map(is_word, params[name])):
        raise InvalidParams(f"params.{name}", "words that are not empty, forms of one apart by |")


@rule(
    code="text.forbidden_words",
    version=3,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("country", "ad_group"),
    params={"words": [], "allowed": [], **NARROWED},
    schema={"words": WORDS, "allowed": WORDS, **NARROWING},
    codes=("text.forbidden_word", "text.no_words_configured", "text.for_others"),
    source="R-54 (forbidden words and claims per brand, market, language); lookalikes by Unicode UTS #39",
    check=check_words,
)
def forbidden_words(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """No forbidden word stands in what people read, however it is disguised, but inside an allowed phrase."""
    words = params["words"]
    if not words:
        yield not_applicable("text.no_words_configured")
        return
    if elsewhere(subject, params, context):
        yield not_applicable("text.for_others")
        return
    fields = [(path, readings(value), Slices(params["allowed"], value)) for path, value in said(subject) if value]
    clean = True
    for word in words:
        for path, value, spared in fields:
            hit = find_entry(word, value, spared)
            if hit is not None:
                clean = False
                named = {"word": shown(hit.form), "found": shown(hit.written), "field": path}
                yield failed("text.forbidden_word", {**named, "position": hit.position}, **named)
    if clean:
        yield passed(evidence={"words": len(words)})


@rule(
    code="text.required_words",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("country", "ad_group"),
    params={"words": [], **NARROWED},
    schema={"words": WORDS, **NARROWING},
    codes=("text.required_word_missing", "text.no_words_required", "text.for_others"),
    source="R-54 (required words per brand, market, language)",
    check=check_words,
)
def required_words(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Each required word, in any of its forms, stands somewhere in what people read, and not in disguise."""
    words = params["words"]
    if not words:
        yield not_applicable("text.no_words_required")
        return
    if elsewhere(subject, params, context):
        yield not_applicable("text.for_others")
        return
    fields = [value for _, value in said(subject) if value]
    missing = [word for word in words if not any(says(form, value) for form in forms_of(word) for value in fields)]
    for word in missing:
        named = {"word": shown(" / ".join(forms_of(word)))}
        yield failed("text.required_word_missing", named, **named)
    if not missing:
        yield passed(evidence={"words": len(words)})


@rule(
    code="disclosure.disclaimer_required",
    version=1,
    applies_to=("ad",),
    sections=("copy", "disclosure"),
    reads=("campaign", "country", "ad_group"),
    params={"texts": [], "in_caption": False, "special_industries": [], **NARROWED},
    schema={
        "texts": some_texts(100),
        "in_caption": true_or_false(),
        "special_industries": some_texts(len(SPECIAL_INDUSTRIES), choices=SPECIAL_INDUSTRIES),
        **NARROWING,
    },
    codes=(
        "disclosure.disclaimer_missing",
        "disclosure.disclaimer_differs",
        "disclosure.no_such_industry",
        "text.for_others",
        "check.context_missing",
    ),
    source="R-54 (disclaimers); TikTok facts 6 (disclaimer where law demands: template per industry)",
    check=lambda params: check_words(params, "texts"),
)
def disclaimer_required(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The disclaimer, or the caption where that counts as well, says one of the texts; without texts there is just any.

    `special_industries` leaves out the campaigns that are of none of these.
    """
    if elsewhere(subject, params, context):
        yield not_applicable("text.for_others")
        return
    if params["special_industries"] and not special_industries(context) & frozenset(params["special_industries"]):
        yield not_applicable("disclosure.no_such_industry")
        return
    written = [text(section(subject.sections, "disclosure"), "disclaimer", "disclosure.disclaimer")]
    if params["in_caption"]:
        written.append(text(section(subject.sections, "copy"), "text", "copy.text"))
    yield _disclaimed([each for each in written if each.strip()], params["texts"])


def _disclaimed(written: Sequence[str], wanted: Sequence[str]) -> Verdict:
    if not wanted:
        return passed() if written else failed("disclosure.disclaimer_missing")
    if any(says(form, value) for entry in wanted for form in forms_of(entry) for value in written):
        return passed()
    named = {"wanted": shown(" / ".join(form for entry in wanted for form in forms_of(entry)), 200)}
    return failed("disclosure.disclaimer_differs", named, **named)
