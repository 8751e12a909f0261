"""What an expression may name: typed, dotted names, each with its words and where its value is read.

Money is a whole number of minor units, since CEL compares no integer with a fraction. What may be left out has a companion
`…_present`; read without asking for it, it is no value at all, and the expression cannot be judged (R-03). Texts that are left
out are empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from core.money import MAX_MINOR
from governance.contract import CannotJudge, Context, Subject
from governance.places import targeted

MOST_TEXT: Final = 2_500
"""Characters of a text that an expression reads. The longest field, an address, has 2,048."""
MOST_ITEMS: Final = 250
"""Members of a list that an expression reads."""


class Kind(StrEnum):
    """The type of a value, as CEL calls it."""

    TEXT = "string"
    TEXTS = "list(string)"
    NUMBER = "int"
    NUMBERS = "list(int)"
    FLAG = "bool"
    TIME = "timestamp"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the names of rules are read from."""

    subject: Subject
    context: Context

    def sections(self, owner: str) -> Mapping[str, Any]:
        """The sections of the subject or of a parent. Raises CannotJudge when the context lacks them."""
        found: Any = self.subject.sections if owner == self.subject.type else getattr(self.context, owner, None)
        if not isinstance(found, Mapping):
            raise CannotJudge("check.context_missing", what=owner)
        return found


Read = Callable[[Any], Any]
"""The value of a name in the surroundings; None where there is none. Raises CannotJudge for what cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One name. `sections`: of its owner's content, that it is read from; `reads`: the fields of Context (for the subject's own
    names none); `optional`: it may have no value; `sample`: an ordinary value, to try an expression on."""

    name: str
    kind: Kind
    en: str
    de: str
    read: Read
    sample: Any
    unit: str = ""
    sections: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    optional: bool = False

    @property
    def owner(self) -> str:
        """`ad` of `ad.text`; what stands alone owns itself."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The names that one sort of expression may read. Others than rules have their own, made of the same entries and more."""

    entries: tuple[Entry, ...]
    named: Mapping[str, Entry] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "named", {each.name: each for each in self.entries})

    @cached_property
    def sample(self) -> Mapping[str, Any]:
        """An ordinary value for every name."""
        return {each.name: each.sample for each in self.entries}


# --- reading ---------------------------------------------------------------------------------------------------------------


def _unreadable(path: str, kind: Kind) -> CannotJudge:
    return CannotJudge("check.unreadable", path=path, expected=_EXPECTED[kind])


_EXPECTED: Final = {
    Kind.TEXT: "text",
    Kind.TEXTS: "list of texts",
    Kind.NUMBER: "whole number",
    Kind.NUMBERS: "list of whole numbers",
    Kind.FLAG: "true or false",
    Kind.TIME: "time with offset",
}
_SAMPLES: Final[Mapping[Kind, Any]] = {
    Kind.TEXT: "sample",
    Kind.TEXTS: ["sample", "other"],
    Kind.NUMBER: 10_000,
    Kind.NUMBERS: [12_000, 15_000],
    Kind.FLAG: True,
    Kind.TIME: datetime(2026, 6, 1, 12, tzinfo=UTC),
}


_SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""What no UTF-8 has."""


def _is_number(value: Any) -> bool:
    return type(value) is int and abs(value) <= MAX_MINOR


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MOST_TEXT and (value.isascii() or _SURROGATE.search(value) is None)


def typed(kind: Kind, value: Any, path: str) -> Any:
    """A value as an expression takes it: absent texts and lists are empty, all else absent is None. Raises CannotJudge."""
    if kind is Kind.TIME:
        return _moment(value, path)
    if value is None:
        return {Kind.TEXT: "", Kind.TEXTS: [], Kind.NUMBERS: []}.get(kind)
    if kind in (Kind.TEXTS, Kind.NUMBERS):
        fits = _is_text if kind is Kind.TEXTS else _is_number
        sound = isinstance(value, list | tuple) and len(value) <= MOST_ITEMS and all(map(fits, value))
        if not sound:
            raise _unreadable(path, kind)
        return list(value)
    if not _FITS[kind](value):
        raise _unreadable(path, kind)
    return value


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


_FITS: Final[Mapping[Kind, Callable[[Any], bool]]] = {Kind.TEXT: _is_text, Kind.NUMBER: _is_number, Kind.FLAG: _is_flag}


def _moment(value: Any, path: str) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise _unreadable(path, Kind.TIME)


def _inside(sections: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """What stands at a path; None where a part of it is absent. Raises CannotJudge."""
    found: Any = sections
    for index, name in enumerate(path):
        found = found.get(name)
        if found is None:
            return None
        if index < len(path) - 1 and not isinstance(found, Mapping):
            raise CannotJudge("check.unreadable", path=".".join(path[: index + 1]), expected="object")
    return found


def _of_context(owner: str) -> tuple[str, ...]:
    return () if owner == "ad" else (owner,)


def _at(name: str, kind: Kind, path: str, en: str, de: str, *, unit: str = "", optional: bool = False) -> Entry:
    """A name that is read at a path of its owner's sections."""
    owner, parts = name.partition(".")[0], tuple(path.split("."))

    def read(around: Surroundings) -> Any:
        return typed(kind, _inside(around.sections(owner), parts), path)

    return Entry(name, kind, en, de, read, _SAMPLES[kind], unit, parts[:1], _of_context(owner), optional)


def _maybe(name: str, kind: Kind, path: str, en: str, de: str, *, unit: str = "") -> tuple[Entry, Entry]:
    """A name that may have no value, and the flag that says whether it has one."""
    entry = _at(name, kind, path, en, de, unit=unit, optional=True)
    flag = Entry(
        f"{name.removesuffix('_minor')}_present", Kind.FLAG, f"whether there is {en}", f"ob es gibt: {de}",
        lambda around: entry.read(around) is not None, True, sections=entry.sections, reads=entry.reads,
    )  # fmt: skip
    return entry, flag


def _around(name: str, kind: Kind, known: str, en: str, de: str, sample: Any = None) -> Entry:
    """A name that is read from a field of the context, which has to be known."""

    def read(around: Surroundings) -> Any:
        value = getattr(around.context, known)
        if value is None:
            raise CannotJudge("check.context_missing", what=known)
        return typed(kind, value, known)

    return Entry(name, kind, en, de, read, _SAMPLES[kind] if sample is None else sample, reads=(known,))


def _facts(around: Surroundings) -> list[Mapping[str, Any]]:
    """The probed facts of the ad's files, in order. Raises CannotJudge for a file that was not probed."""
    media = _inside(around.sections("ad"), ("creative", "media")) or []
    if not isinstance(media, list | tuple) or len(media) > MOST_ITEMS or not all(isinstance(each, Mapping) for each in media):
        raise CannotJudge("check.unreadable", path="creative.media", expected="list")
    found = [around.context.media.get(str(each.get("sha256"))) for each in media]
    for position, each in enumerate(found, 1):
        if not isinstance(each, Mapping):
            raise CannotJudge("media.unprobed", position=position)
    return [each for each in found if each is not None]


def _media(name: str, kind: Kind, en: str, de: str, value: Callable[[list[Mapping[str, Any]]], Any], **more: Any) -> Entry:
    """A name that is read from the facts of the ad's files."""

    def read(around: Surroundings) -> Any:
        return typed(kind, value(_facts(around)), "creative.media")

    return Entry(name, kind, en, de, read, _SAMPLES[kind], sections=("creative",), reads=("media",), **more)


def _countries(around: Surroundings) -> list[str]:
    return sorted(place for place in targeted(around.sections("ad_group")) if place is not None)


def _known_countries(around: Surroundings) -> bool:
    return None not in targeted(around.sections("ad_group"))


# --- the names of rules ------------------------------------------------------------------------------------------------------

_PLACE: Final[dict[str, Any]] = {"sections": ("targeting",), "reads": ("ad_group",)}
_MINOR: Final = "minor units of account.currency"

AD: Final = (
    _at("ad.name", Kind.TEXT, "structure.name", "name of the ad", "Name der Anzeige"),
    _at("ad.format", Kind.TEXT, "structure.format", "format, such as in_feed", "Format, etwa in_feed"),
    _at("ad.text", Kind.TEXT, "copy.text", "text of the ad", "Text der Anzeige"),
    _at("ad.call_to_action", Kind.TEXT, "copy.call_to_action", "call to action, such as shop_now", "Handlungsaufruf"),
    _at("ad.display_name", Kind.TEXT, "copy.display_name", "name that is shown", "angezeigter Name"),
    _at("ad.hashtags", Kind.TEXTS, "copy.hashtags", "hashtags", "Hashtags"),
    _at("ad.landing_page_url", Kind.TEXT, "destination.landing_page_url", "address of the landing page", "Adresse der Zielseite"),
    _at("ad.identity_type", Kind.TEXT, "identity.page.identity_type", "kind of identity it speaks as", "Art der Identität"),
    _at("ad.spark_post", Kind.TEXT, "creative.spark_post", "post that a spark ad shows", "Beitrag, den eine Spark-Anzeige zeigt"),
    _at("ad.disclaimer", Kind.TEXT, "disclosure.disclaimer", "disclaimer", "Pflichthinweis"),
    _at("ad.payer", Kind.TEXT, "disclosure.payer", "who pays", "wer zahlt"),
    _at("ad.beneficiary", Kind.TEXT, "disclosure.beneficiary", "on whose behalf", "in wessen Auftrag"),
    *_maybe(
        "ad.ai_generated", Kind.FLAG, "disclosure.ai_generated",
        "a declaration that AI made it or not", "eine Angabe, ob KI sie erzeugt hat",
    ),
    _media("ad.media_count", Kind.NUMBER, "number of files", "Zahl der Dateien", len),
    _media(
        "ad.media_kinds", Kind.TEXTS, "kind of each file: video, image", "Art jeder Datei: video, image",
        lambda facts: [each.get("kind") for each in facts],
    ),
    _media(
        "ad.video_milliseconds", Kind.NUMBERS, "length of each video", "Länge jedes Videos",
        lambda facts: [each.get("duration_ms") for each in facts if each.get("kind") == "video"], unit="milliseconds",
    ),
)  # fmt: skip

AD_GROUP: Final = (
    _at("ad_group.name", Kind.TEXT, "structure.name", "name of the ad group", "Name der Anzeigengruppe"),
    _at("ad_group.budget_mode", Kind.TEXT, "budget.mode", "daily, dynamic_daily or lifetime", "daily, dynamic_daily oder lifetime"),
    *_maybe("ad_group.budget_minor", Kind.NUMBER, "budget.amount.minor", "a budget of its own", "ein eigenes Budget", unit=_MINOR),
    *_maybe("ad_group.start", Kind.TIME, "schedule.start", "a start", "ein Beginn"),
    *_maybe("ad_group.end", Kind.TIME, "schedule.end", "an end", "ein Ende"),
    _at("ad_group.bid_strategy", Kind.TEXT, "bid.strategy", "bid strategy, such as cost_cap", "Gebotsstrategie, etwa cost_cap"),
    *_maybe("ad_group.bid_minor", Kind.NUMBER, "bid.amount.minor", "a bid", "ein Gebot", unit=_MINOR),
    _at("ad_group.pacing", Kind.TEXT, "bid.pacing", "standard or accelerated", "standard oder accelerated"),
    _at("ad_group.optimization_goal", Kind.TEXT, "bid.optimization_goal", "optimisation goal", "Optimierungsziel"),
    _at("ad_group.placement_type", Kind.TEXT, "targeting.placement.type", "automatic or selected", "automatic oder selected"),
    _at("ad_group.placement_apps", Kind.TEXTS, "targeting.placement.apps", "apps it is shown in", "Apps, in denen sie läuft"),
    _at("ad_group.locations", Kind.TEXTS, "targeting.audience.locations", "targeted locations", "Zielorte"),
    Entry(
        "ad_group.countries", Kind.TEXTS, "countries of the targeted locations, as far as they are known",
        "Länder der Zielorte, soweit bekannt", lambda around: typed(Kind.TEXTS, _countries(around), "targeting"),
        ["DE", "FR"], **_PLACE,
    ),
    Entry(
        "ad_group.countries_known", Kind.FLAG, "whether the country of every location is known",
        "ob das Land jedes Zielorts bekannt ist", _known_countries, True, **_PLACE,
    ),
    _at("ad_group.age_groups", Kind.TEXTS, "targeting.audience.age_groups", "age groups; none: any", "Altersgruppen; keine: alle"),
    _at("ad_group.gender", Kind.TEXT, "targeting.audience.gender", "all, female or male", "all, female oder male"),
    _at("ad_group.languages", Kind.TEXTS, "targeting.audience.languages", "languages", "Sprachen"),
    _around("ad_group.ads", Kind.NUMBER, "ads_in_group", "ads in it", "Anzeigen darin", 3),
)  # fmt: skip

CAMPAIGN: Final = (
    _at("campaign.name", Kind.TEXT, "structure.name", "name of the campaign", "Name der Kampagne"),
    _at("campaign.objective", Kind.TEXT, "structure.objective", "objective, such as traffic", "Ziel, etwa traffic"),
    _at(
        "campaign.special_industries", Kind.TEXTS, "structure.special_industries",
        "special industries: housing, employment, credit", "besondere Branchen: housing, employment, credit",
    ),
    _at("campaign.budget_mode", Kind.TEXT, "budget.mode", "daily, lifetime or unlimited", "daily, lifetime oder unlimited"),
    *_maybe("campaign.budget_minor", Kind.NUMBER, "budget.amount.minor", "a budget of its own", "ein eigenes Budget", unit=_MINOR),
    *_maybe(
        "campaign.budget_optimization", Kind.FLAG, "budget.optimization",
        "a word on whether it shares its budget out itself", "eine Angabe, ob sie ihr Budget selbst verteilt",
    ),
    *_maybe("campaign.starts_at", Kind.TIME, "schedule.starts_at", "a start", "ein Beginn"),
    *_maybe("campaign.ends_at", Kind.TIME, "schedule.ends_at", "an end", "ein Ende"),
    _at("campaign.channel", Kind.TEXT, "structure.ad_account.channel", "channel, such as tiktok", "Kanal, etwa tiktok"),
)  # fmt: skip

AROUND: Final = (
    _around("account.brand", Kind.TEXT, "brand", "name of the brand", "Name der Marke"),
    _around("account.country", Kind.TEXT, "country", "market of the ad account, such as DE", "Markt des Werbekontos", "DE"),
    _around("account.currency", Kind.TEXT, "currency", "currency of the ad account", "Währung des Werbekontos", "EUR"),
    _around("now", Kind.TIME, "now", "when it is judged", "wann geprüft wird"),
)

EVERYTHING: Final = Vocabulary((*AD, *AD_GROUP, *CAMPAIGN, *AROUND))
"""Every name that any rule may read."""

RULES: Final[Mapping[str, Vocabulary]] = {
    "campaign": Vocabulary((*CAMPAIGN, *AROUND)),
    "ad_group": Vocabulary((*AD_GROUP, *CAMPAIGN, *AROUND)),
    "ad": EVERYTHING,
}
"""The names that a rule may read, by the type of entity that it is about: its own, and those of what it belongs to."""


def sections(kind: str) -> frozenset[str]:
    """The sections of a type of entity that any of its names is read from."""
    return frozenset(name for each in EVERYTHING.entries if each.owner == kind for name in each.sections)
