"""What a creative needs beside its files: the permission that a Spark Ad rests on, and the name and icon of an effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from governance.contract import CannotJudge, Context, JsonObject, Subject, Verdict, failed, passed
from governance.parameters import some_texts, whole
from governance.registry import rule
from governance.rules.declared import at_most_characters
from governance.rules.media import no_limit
from governance.rules.reading import Medium, ad_group_of, child, format_of, moment, section, text


@rule(
    code="spark.authorization",
    version=1,
    applies_to=("ad",),
    sections=("structure", "creative", "identity"),
    reads=("ad_group",),
    codes=(
        "spark.proof_missing",
        "spark.expiry_missing",
        "spark.ends_too_early",
        "spark.ends_some_day",
        "ad.format_unknown",
    ),
    source="seed and R-54 (Spark Ads: proof of creator permission); TikTok facts 1.7 (a code is valid for a time)",
)
def authorization(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A Spark Ad says where the creator's permission is, and that lasts until the ad group has ended."""
    if format_of(subject) != "spark_ad":
        yield no_limit(subject)
        return
    given = child(section(subject.sections, "creative"), "spark_authorization", "creative.spark_authorization") or {}
    until = moment(given, "expires_at", "creative.spark_authorization.expires_at")
    if not text(given, "proof", "creative.spark_authorization.proof").strip():
        yield failed("spark.proof_missing")
    elif until is not None:
        yield _lasting(until, moment(section(ad_group_of(context), "schedule"), "end", "ad_group.schedule.end"))
    elif _by_code(subject):
        yield failed("spark.expiry_missing")
    else:
        yield passed()


def _lasting(until: datetime, end: datetime | None) -> Verdict:
    evidence = {"expires_at": until.isoformat(), "end": end and end.isoformat()}
    if end is None:
        return failed("spark.ends_some_day", evidence, until=until.isoformat())
    if until < end:
        return failed("spark.ends_too_early", evidence, until=until.isoformat(), end=end.isoformat())
    return passed(evidence=evidence)


def _by_code(subject: Subject) -> bool:
    """Whether the ad speaks by a code of the creator's, which never lasts for ever."""
    page = child(section(subject.sections, "identity"), "page", "identity.page") or {}
    return text(page, "identity_type", "identity.page.identity_type").upper() == "AUTH_CODE"


@rule(
    code="effect.complete",
    version=1,
    applies_to=("ad",),
    sections=("structure", "creative"),
    reads=("media",),
    params={"name_max": 30, "icon_side": 162, "icon_below_bytes": 60_000, "icon_containers": ["png"]},
    schema={
        "name_max": at_most_characters(),
        "icon_side": whole("pixels", 1, 100_000, optional=True),
        "icon_below_bytes": whole("bytes", 1, optional=True),
        "icon_containers": some_texts(20, 20),
    },
    codes=(
        "effect.name_missing",
        "effect.name_too_long",
        "effect.name_symbols",
        "effect.icon_missing",
        "effect.icon_container",
        "effect.icon_pixels",
        "effect.icon_too_large",
        "effect.icon_unprobed",
        "media.fact_unknown",
        "ad.format_unknown",
    ),
    source="TikTok Help:Branded Effect specs (name up to 30 English characters; icon PNG, 162 x 162, below 60 KB); the seed's "
    "10 days are format.live_time",
)
def complete(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A branded effect has a name and an icon as TikTok takes them."""
    if format_of(subject) != "branded_effect":
        yield no_limit(subject)
        return
    effect = child(section(subject.sections, "creative"), "effect", "creative.effect") or {}
    found = [*_name(text(effect, "name", "creative.effect.name").strip(), params)]
    found += _icon(text(effect, "icon", "creative.effect.icon"), params, context)
    yield from found or [passed()]


def _name(name: str, params: JsonObject) -> Iterator[Verdict]:
    most = params["name_max"]
    if not name:
        yield failed("effect.name_missing")
    elif most is not None and len(name) > most:
        yield failed("effect.name_too_long", length=len(name), max=most)
    elif not all(each == " " or (each.isascii() and each.isalnum()) for each in name):
        yield failed("effect.name_symbols")


def _icon(sha256: str, params: JsonObject, context: Context) -> Iterator[Verdict]:
    if not sha256:
        yield failed("effect.icon_missing")
        return
    facts = context.media.get(sha256)
    if facts is None:
        raise CannotJudge("effect.icon_unprobed")
    icon, side, limit = Medium(0, sha256, "image", facts), params["icon_side"], params["icon_below_bytes"]
    container, (width, height), size = icon.text("container").lower(), icon.size(), icon.number("size_bytes")
    if container not in params["icon_containers"]:
        yield failed("effect.icon_container", container=container, allowed=", ".join(params["icon_containers"]))
    if side is not None and (width, height) != (side, side):
        yield failed("effect.icon_pixels", width=width, height=height, side=side)
    if limit is not None and size >= limit:
        yield failed("effect.icon_too_large", {"size_bytes": size, "below": limit}, size=size, below=limit)
