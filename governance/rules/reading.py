"""Reading a revision's sections, which may hold anything: a typed value, or CannotJudge with the path.

Absent and null are the same everywhere and read as empty. Nothing is converted: "5" is not 5 and true is not
1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeGuard

from core.money import MAX_MINOR, Money
from governance.contract import CannotJudge, Context, JsonObject, Subject
from governance.registry import shown
from governance.rules.vocabulary import FORMATS


@dataclass(frozen=True, slots=True)
class Medium:
    """One file of a creative: its place in the list (from 1), what the revision claims and what the file
    is.
    """

    position: int
    sha256: str
    claimed_kind: str
    facts: JsonObject

    @property
    def kind(self) -> str:
        """`video` or `image`, by what is in the file."""
        return self.text("kind")

    def text(self, fact: str) -> str:
        """A fact that is a text. Raises CannotJudge when it is not known."""
        value = self.facts.get(fact)
        if not isinstance(value, str):
            raise CannotJudge("media.fact_unknown", position=self.position, fact=fact)
        return value

    def number(self, fact: str) -> int:
        """A fact that is a whole number of at least 0. Raises CannotJudge when it is not known."""
        value = self.facts.get(fact)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
            raise CannotJudge("media.fact_unknown", position=self.position, fact=fact)
        return value

    def flag(self, fact: str) -> bool:
        """A fact that is true or false. Raises CannotJudge when it is not known."""
        value = self.facts.get(fact)
        if not isinstance(value, bool):
            raise CannotJudge("media.fact_unknown", position=self.position, fact=fact)
        return value

    def size(self) -> tuple[int, int]:
        """Width and height in pixels as seen by a viewer. Raises CannotJudge when not known or zero."""
        width, height = self.number("width"), self.number("height")
        if not (width and height):
            raise CannotJudge("media.fact_unknown", position=self.position, fact="width, height")
        return width, height


def unreadable(path: str, expected: str) -> CannotJudge:
    """The error for a value at `path` that is not of the `expected` kind."""
    return CannotJudge("check.unreadable", path=path, expected=expected)


def _is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Asked for a dict first: the answer of an abstract class costs ten times as much, some hundred times a revision."""
    return type(value) is dict or isinstance(value, Mapping)


def section(sections: Any, name: str) -> JsonObject:
    """A section of a revision; a revision without it is not one of ours."""
    value = sections.get(name) if _is_object(sections) else None
    if not _is_object(value):
        raise unreadable(name, "object")
    return value


def child(parent: JsonObject, name: str, path: str) -> JsonObject | None:
    """An object inside a section, or None."""
    value = parent.get(name)
    if value is not None and not _is_object(value):
        raise unreadable(path, "object")
    return value


def text(parent: JsonObject, name: str, path: str) -> str:
    """A text, "" when there is none."""
    value = parent.get(name)
    if value is not None and not isinstance(value, str):
        raise unreadable(path, "text")
    return value or ""


def texts(parent: JsonObject, name: str, path: str) -> list[str]:
    """A list of texts, empty when there is none."""
    value = parent.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise unreadable(path, "list of texts")
    return value


def flag(parent: JsonObject, name: str, path: str) -> bool | None:
    """True, false, or None for not set."""
    value = parent.get(name)
    if value is not None and not isinstance(value, bool):
        raise unreadable(path, "true or false")
    return value


def money(parent: JsonObject, name: str, path: str) -> Money | None:
    """An amount `{minor, currency}`, or None."""
    value = child(parent, name, path)
    if value is None:
        return None
    minor, currency = value.get("minor"), value.get("currency")
    if isinstance(minor, bool) or not isinstance(minor, int) or abs(minor) > MAX_MINOR:
        raise unreadable(f"{path}.minor", "whole number of minor units")
    # Babel raises on anything that is not a code, and the currency stands in messages.
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        raise unreadable(f"{path}.currency", "currency code")
    return Money(minor, currency)


def moment(parent: JsonObject, name: str, path: str) -> datetime | None:
    """A time with its offset, in UTC, or None."""
    value = text(parent, name, path)
    if not value:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        if parsed.tzinfo is not None:
            return parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise unreadable(path, "time with offset")


def format_of(subject: Subject) -> str:
    """The ad's format, one of the nine."""
    value = text(section(subject.sections, "structure"), "format", "structure.format")
    if value not in FORMATS:
        raise CannotJudge("ad.format_unknown", format=shown(value))
    return value


_read_last: tuple[Subject, Context, Sequence[Medium]] | None = None
"""A dozen rules ask for the files of one ad, one after another. Replaced as a whole, so that threads do not meet in it."""


def media_of(subject: Subject, context: Context) -> Sequence[Medium]:
    """The creative's files with their facts, in order. Raises CannotJudge for a file that was not probed."""
    global _read_last
    last = _read_last
    if last is None or last[0] is not subject or last[1] is not context:
        last = _read_last = (subject, context, tuple(_media(subject, context)))
    return last[2]


def _media(subject: Subject, context: Context) -> list[Medium]:
    value = section(subject.sections, "creative").get("media")
    if value is None:
        return []
    if not isinstance(value, list):
        raise unreadable("creative.media", "list")
    return [_medium(position, item, context) for position, item in enumerate(value, 1)]


def _medium(position: int, item: Any, context: Context) -> Medium:
    sha256, kind = (item.get("sha256"), item.get("kind")) if _is_object(item) else (None, None)
    if not isinstance(sha256, str) or not isinstance(kind, str):
        sha256, kind = _unusual(position, item)
    facts: object = context.media.get(sha256)
    if not _is_object(facts):
        raise CannotJudge("media.unprobed", position=position)
    return Medium(position, sha256, kind, facts)


def _unusual(position: int, item: Any) -> tuple[str, str]:
    """Digest and kind of what is no file as we write them; its path is only said where something is wrong."""
    path = f"creative.media[{position - 1}]"
    if not _is_object(item):
        raise unreadable(path, "object")
    return text(item, "sha256", f"{path}.sha256"), text(item, "kind", f"{path}.kind")


def campaign_of(context: Context) -> JsonObject:
    """The sections of the parent campaign. Raises CannotJudge when the context lacks them."""
    if not _is_object(context.campaign):
        raise CannotJudge("check.context_missing", what="campaign")
    return context.campaign


def ad_group_of(context: Context) -> JsonObject:
    """The sections of the parent ad group. Raises CannotJudge when the context lacks them."""
    if not _is_object(context.ad_group):
        raise CannotJudge("check.context_missing", what="ad_group")
    return context.ad_group


def special_industries(context: Context) -> frozenset[str]:
    """The special industries that the campaign is declared to be of. Raises CannotJudge."""
    structure = section(campaign_of(context), "structure")
    return frozenset(texts(structure, "special_industries", "campaign.structure.special_industries"))
