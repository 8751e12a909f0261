"""Rules about what TikTok can publish and what it asks for beside the media: names, identity, disclosure
(R-54).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from governance.contract import Context, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.money_minimums import scheduled_days
from governance.parameters import whole
from governance.registry import rule, shown
from governance.rules.declared import SOME_FORMATS, at_most_characters
from governance.rules.media import no_limit
from governance.rules.reading import ad_group_of, child, flag, format_of, moment, section, text, texts
from governance.rules.vocabulary import RESERVATION_FORMATS
from governance.rules.writing import emoji_in, weight


@rule(
    code="disclosure.ai_declared",
    version=1,
    applies_to=("ad",),
    sections=("disclosure",),
    codes=("disclosure.ai_not_declared",),
    source="R-54 (AI disclosure set explicitly); TikTok Go (NOT_DECLARED is the channel's default)",
)
def ai_declared(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The author says whether the content is AI-generated; silence would be sent as "not declared"."""
    declared = flag(section(subject.sections, "disclosure"), "ai_generated", "disclosure.ai_generated")
    if declared is None:
        yield failed("disclosure.ai_not_declared")
    else:
        yield passed(evidence={"ai_generated": declared})


@rule(
    code="disclosure.disclaimer_length",
    version=1,
    applies_to=("ad",),
    sections=("disclosure",),
    params={"max": 90},
    schema={"max": at_most_characters()},
    codes=("disclosure.disclaimer_too_long",),
    source="TikTok Doc:Include disclaimers (text only: at most 90)",
)
def disclaimer_length(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The disclaimer fits."""
    disclaimer = text(section(subject.sections, "disclosure"), "disclaimer", "disclosure.disclaimer")
    length, most = weight(disclaimer), params["max"]
    evidence = {"length": length, "max": most}
    if not disclaimer or most is None:
        yield not_applicable("check.nothing_given")
    elif length > most:
        yield failed("disclosure.disclaimer_too_long", evidence, length=length, max=most)
    else:
        yield passed(evidence=evidence)


@rule(
    code="structure.name",
    version=1,
    applies_to=("campaign", "ad_group", "ad"),
    sections=("structure",),
    params={"max": 512},
    schema={"max": at_most_characters()},
    codes=("structure.name_missing", "structure.name_too_long", "structure.name_has_emoji"),
    source="TikTok Go (names up to 512, no emoji, wide characters count 2)",
)
def name(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The entity's name is one that the channel takes."""
    given = text(section(subject.sections, "structure"), "name", "structure.name").strip()
    length, emoji = weight(given), " ".join(emoji_in(given)[:10])
    # TikTok writes "< 512" for ad groups and "<= 512" for the others; the stricter reading holds for ad
    # groups.
    most = None if params["max"] is None else params["max"] - (subject.type == "ad_group")
    if not given:
        yield failed("structure.name_missing")
    elif most is not None and length > most:
        yield failed("structure.name_too_long", {"length": length, "max": most}, length=length, max=most)
    elif emoji:
        yield failed("structure.name_has_emoji", {"emoji": emoji}, emoji=emoji)
    else:
        yield passed(evidence={"length": length})


@rule(
    code="format.live_time",
    version=1,
    applies_to=("ad",),
    sections=("structure",),
    reads=("ad_group",),
    params={"formats": ["branded_effect"], "max_days": 10},
    schema={"formats": SOME_FORMATS, "max_days": whole("days", 0, 10_000, optional=True)},
    codes=(
        "format.live_time_too_long",
        "format.live_time_open",
        "format.live_time_unordered",
        "ad.format_unknown",
    ),
    source="seed (Branded Effects stay live for up to 10 days)",
)
def live_time(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A branded effect's ad group runs for at most so many days of 24 hours."""
    found_format, most = format_of(subject), params["max_days"]
    if found_format not in params["formats"] or most is None:
        yield no_limit(subject)
        return
    schedule = section(ad_group_of(context), "schedule")
    start = moment(schedule, "start", "ad_group.schedule.start")
    end = moment(schedule, "end", "ad_group.schedule.end")
    if start is None or end is None:
        yield failed("format.live_time_open", format=found_format, max=most)
        return
    evidence = {"start": start.isoformat(), "end": end.isoformat(), "max_days": most, "source": "seed"}
    if end <= start:
        yield failed("format.live_time_unordered", evidence, format=found_format)
    elif end - start > timedelta(days=most):
        days = scheduled_days(start, end)
        yield failed("format.live_time_too_long", evidence, format=found_format, days=days, max=most)
    else:
        yield passed(evidence=evidence)


@rule(
    code="format.publishable",
    version=1,
    applies_to=("ad",),
    sections=("structure",),
    params={"formats": list(RESERVATION_FORMATS)},
    schema={"formats": SOME_FORMATS},
    codes=("format.not_publishable", "ad.format_unknown"),
    source="TikTok Go (TopView is read-only by API; the others are booked with TikTok)",
)
def publishable(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The format can be created through the Marketing API. Meant to be bound as a warning: approve here, book
    there.
    """
    found = format_of(subject)
    evidence = {"format": found}
    refused = found in params["formats"]
    yield failed("format.not_publishable", evidence, format=found) if refused else passed(evidence=evidence)


@rule(
    code="format.placement",
    version=1,
    applies_to=("ad",),
    sections=("structure",),
    reads=("ad_group",),
    params={"formats": ["single_image"]},
    schema={"formats": SOME_FORMATS},
    codes=("format.not_on_tiktok", "ad.format_unknown"),
    source="TikTok Doc:single image (Pangle and Global App Bundle only); the seed lists static image ads",
)
def placement(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A single image is not placed in TikTok itself, which shows images as carousel only."""
    found = format_of(subject)
    if found not in params["formats"]:
        yield no_limit(subject)
    elif on_tiktok(ad_group_of(context)):
        yield failed("format.not_on_tiktok", format=found)
    else:
        yield passed()


def on_tiktok(ad_group: JsonObject) -> bool:
    """Whether TikTok is among the placements; it always is when the channel chooses."""
    chosen = child(section(ad_group, "targeting"), "placement", "ad_group.targeting.placement") or {}
    apps = texts(chosen, "apps", "ad_group.targeting.placement.apps")
    return text(chosen, "type", "ad_group.targeting.placement.type") != "selected" or "tiktok" in apps


@rule(
    code="identity.present",
    version=1,
    applies_to=("ad",),
    sections=("identity",),
    reads=("ad_group",),
    codes=("identity.page_missing", "identity.custom_not_allowed", "identity.not_needed"),
    source="TikTok Doc:Migrate to Spark Ads (no custom identity on TikTok since 2026-01)",
)
def identity_present(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """An ad on TikTok speaks as a TikTok account."""
    page = child(section(subject.sections, "identity"), "page", "identity.page")
    kind = text(page or {}, "identity_type", "identity.page.identity_type").lower()
    if not on_tiktok(ad_group_of(context)):
        yield not_applicable("identity.not_needed")
    elif page is None:
        yield failed("identity.page_missing")
    elif kind == "customized_user":
        yield failed("identity.custom_not_allowed")
    else:
        yield passed(evidence={"identity_type": shown(kind)})
