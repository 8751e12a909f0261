"""Rules about what an ad says: caption, hashtags, display name, call to action (R-54)."""

from __future__ import annotations

from collections.abc import Iterator

from governance.contract import (
    CannotJudge,
    Context,
    JsonObject,
    Subject,
    Verdict,
    failed,
    not_applicable,
    passed,
)
from governance.registry import rule, shown
from governance.rules import format_table
from governance.rules.declared import NOTE, SOME_FORMATS, at_most_characters
from governance.rules.media import no_limit
from governance.rules.reading import campaign_of, child, format_of, section, text, texts
from governance.rules.vocabulary import (
    CALLS_BY_FORMAT,
    CALLS_BY_OBJECTIVE,
    CALLS_TO_ACTION,
    CAPTION_FORMATS,
    FORMATS,
    LIVE_CALLS,
)
from governance.rules.writing import emoji_in, symbols_in, weight

SECTIONS = ("structure", "copy")


def copy_text(subject: Subject, name: str = "text") -> str:
    """A text of the section copy, "" when there is none."""
    return text(section(subject.sections, "copy"), name, f"copy.{name}")


@rule(
    code="text.length",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    params={"limits": format_table.CAPTIONS},
    schema={"min": at_most_characters(), "max": at_most_characters(), "source": NOTE},
    codes=("text.too_short", "text.too_long", "ad.format_unknown"),
    source="TikTok Help:In-Feed, Go (1-100 characters, wide ones count 2)",
)
def text_length(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The caption is neither empty nor longer than the channel takes."""
    row = params["limits"][format_of(subject)]
    least, most = row["min"], row["max"]
    length = weight(copy_text(subject).strip())
    evidence = {"length": length, "min": least, "max": most, "source": row["source"]}
    if least is None and most is None:
        yield no_limit(subject)
    elif least is not None and length < least:
        yield failed("text.too_short", evidence, length=length, min=least)
    elif most is not None and length > most:
        yield failed("text.too_long", evidence, length=length, max=most, surplus=length - most)
    else:
        yield passed(evidence=evidence)


@rule(
    code="text.emoji",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    params={"formats": list(CAPTION_FORMATS)},
    schema={"formats": SOME_FORMATS},
    codes=("text.emoji_found", "ad.format_unknown"),
    source="TikTok Go, Help:In-Feed (no emoji in captions outside Spark Ads)",
)
def text_emoji(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Caption and display name hold no emoji, which the channel refuses."""
    if format_of(subject) not in params["formats"]:
        yield no_limit(subject)
        return
    found = emoji_in(copy_text(subject)) + emoji_in(copy_text(subject, "display_name"))
    emoji = " ".join(found[:10])
    yield failed("text.emoji_found", {"emoji": emoji}, emoji=emoji) if found else passed()


@rule(
    code="text.symbols",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    params={"formats": list(CAPTION_FORMATS)},
    schema={"formats": SOME_FORMATS},
    codes=("text.symbols_found", "ad.format_unknown"),
    source="TikTok Help:In-Feed (no links, @, #, braces); the seed recommends hashtags",
)
def text_symbols(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The caption holds nothing that the channel shows as plain text only. Meant to be bound as a warning."""
    if format_of(subject) not in params["formats"]:
        yield no_limit(subject)
        return
    found = ", ".join(shown(each, 40) for each in symbols_in(copy_text(subject))[:10])
    yield failed("text.symbols_found", {"found": found}, found=found) if found else passed()


def hashtags_of(subject: Subject) -> list[str]:
    """The ad's hashtags without their leading sign."""
    tags = texts(section(subject.sections, "copy"), "hashtags", "copy.hashtags")
    return [tag.strip().removeprefix("#").removeprefix("\uff03") for tag in tags]


def _tag_lengths(code: str, tags: list[str], most: int | None) -> Iterator[Verdict]:
    if not tags or most is None:
        yield not_applicable("check.nothing_given")
    for tag in tags:
        length = weight(tag)
        evidence = {"hashtag": shown(tag), "length": length, "max": most, "source": "seed"}
        if most is None or length <= most:
            yield passed(evidence=evidence)
        else:
            yield failed(code, evidence, hashtag=shown(tag), length=length, max=most)


@rule(
    code="hashtag.length",
    version=1,
    applies_to=("ad",),
    sections=("copy",),
    params={"max": 70},
    schema={"max": at_most_characters()},
    codes=("hashtag.too_long",),
    source="seed (Hashtag Challenge: at most 70 English characters); R-54",
)
def hashtag_length(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """No hashtag is longer than the limit, in any format; the leading # does not count."""
    return _tag_lengths("hashtag.too_long", hashtags_of(subject), params["max"])


@rule(
    code="hashtag.length_ideal",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    params={"formats": ["branded_hashtag_challenge"], "ideal": 18},
    schema={"formats": SOME_FORMATS, "ideal": at_most_characters()},
    codes=("hashtag.longer_than_ideal", "ad.format_unknown"),
    source="seed (Hashtag Challenge: 18 English characters are ideal)",
)
def hashtag_length_ideal(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The challenge's hashtag is short enough to be remembered. Meant to be bound as a warning."""
    if format_of(subject) not in params["formats"]:
        return iter([no_limit(subject)])
    return _tag_lengths("hashtag.longer_than_ideal", hashtags_of(subject), params["ideal"])


@rule(
    code="hashtag.challenge",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    params={"formats": ["branded_hashtag_challenge"]},
    schema={"formats": SOME_FORMATS},
    codes=("hashtag.missing", "hashtag.characters_not_allowed", "ad.format_unknown"),
    source="seed (a challenge has a hashtag); TikTok Help:Standard Hashtag Challenge (letters, digits)",
)
def hashtag_challenge(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A hashtag challenge names its hashtag, of letters and digits only."""
    if format_of(subject) not in params["formats"]:
        yield no_limit(subject)
        return
    tags = hashtags_of(subject)
    if not any(tags):
        yield failed("hashtag.missing")
    for tag in filter(None, tags):
        evidence = {"hashtag": shown(tag)}
        if tag.isalnum():
            yield passed(evidence=evidence)
        else:
            yield failed("hashtag.characters_not_allowed", evidence, hashtag=shown(tag))


@rule(
    code="display_name.length",
    version=1,
    applies_to=("ad",),
    sections=("structure", "copy", "identity"),
    params={"max": 40, "exempt_formats": ["spark_ad"]},
    schema={"max": at_most_characters(), "exempt_formats": SOME_FORMATS},
    codes=("display_name.missing", "display_name.too_long", "display_name.from_page", "ad.format_unknown"),
    source="TikTok Go (1-40 characters, wide ones count 2; needed without an identity)",
)
def display_name_length(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The display name fits, and is there when no page speaks for the ad."""
    length = weight(copy_text(subject, "display_name").strip())
    evidence = {"length": length, "max": params["max"]}
    page = child(child(subject.sections, "identity", "identity") or {}, "page", "identity.page")
    if params["max"] is not None and length > params["max"]:
        yield failed("display_name.too_long", evidence, length=length, max=params["max"])
    elif length:
        yield passed(evidence=evidence)
    elif page is not None or format_of(subject) in params["exempt_formats"]:
        yield not_applicable("display_name.from_page")
    else:
        yield failed("display_name.missing", evidence)


@rule(
    code="call_to_action.present",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    params={"formats": list(FORMATS)},
    schema={"formats": SOME_FORMATS},
    codes=("call_to_action.missing", "call_to_action.unknown", "ad.format_unknown"),
    source="seed (always with a call to action); TikTok Go (known values)",
)
def call_to_action_present(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The ad asks for something, in words that the channel has."""
    call = copy_text(subject, "call_to_action")
    evidence = {"call_to_action": shown(call)}
    if call and call not in CALLS_TO_ACTION:
        yield failed("call_to_action.unknown", evidence, call_to_action=shown(call))
    elif call:
        yield passed(evidence=evidence)
    elif format_of(subject) in params["formats"]:
        yield failed("call_to_action.missing", evidence)
    else:
        yield no_limit(subject)


@rule(
    code="call_to_action.fits",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("campaign",),
    codes=("call_to_action.not_for_format", "call_to_action.not_for_objective", "ad.format_unknown"),
    source="TikTok Go (calls reserved for one objective or format)",
)
def call_to_action_fits(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The call to action belongs to the ad's format and to the campaign's objective."""
    call, name = copy_text(subject, "call_to_action"), format_of(subject)
    if not call:
        yield not_applicable("check.nothing_given")
    elif call in LIVE_CALLS or CALLS_BY_FORMAT.get(call, name) != name:
        yield failed("call_to_action.not_for_format", call_to_action=call, format=name)
    elif call in CALLS_BY_OBJECTIVE and _objective(context) != CALLS_BY_OBJECTIVE[call]:
        yield failed("call_to_action.not_for_objective", call_to_action=call, objective=CALLS_BY_OBJECTIVE[call])
    else:
        yield passed(evidence={"call_to_action": shown(call)})


def _objective(context: Context) -> str:
    objective = text(section(campaign_of(context), "structure"), "objective", "campaign.structure.objective")
    if not objective:
        raise CannotJudge("check.context_missing", what="campaign")
    return objective
