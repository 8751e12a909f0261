"""Where in a revision a comment stands (R-51): pure. A JSON pointer (RFC 6901) into its sections, a part of a picture, a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, say

LONGEST_PATH: Final = 300
WHOLE: Final = 1000
"""Per mille."""
_MEDIA: Final = ("creative", "media")


@dataclass(frozen=True, slots=True)
class Anchor:
    """As somebody gave it: `/copy/text` or `copy.text`; `region` is x, y, width and height in per mille of a picture, `at_ms` a
    moment of a film."""

    path: str
    region: Sequence[int] | None = None
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The place, with the value that stands there."""

    keys: tuple[str, ...]
    value: Any

    @property
    def section(self) -> str:
        return self.keys[0]

    @property
    def pointer(self) -> str:
        return "".join(f"/{key.replace('~', '~0').replace('/', '~1')}" for key in self.keys)

    @property
    def is_medium(self) -> bool:
        """Whether it is one picture or film of an ad."""
        return len(self.keys) == 3 and self.keys[:2] == _MEDIA


def keys_of(path: str) -> tuple[str, ...]:
    """The keys of a JSON pointer, or of a dotted path."""
    if not path.startswith("/"):
        return tuple(path.split("."))
    return tuple(key.replace("~1", "/").replace("~0", "~") for key in path[1:].split("/"))


def find(sections: Mapping[str, Any], anchor: Anchor) -> Found:
    """What an anchor points at. Raises Invalid by field."""
    keys = keys_of(anchor.path) if len(anchor.path) <= LONGEST_PATH else ()
    value: Any = sections
    for key in keys:
        value = _inside(value, key)
    if not keys or value is _NOTHING:
        words = say(_("There is no such place in this item. Its sections are {sections}."), sections=", ".join(sections))
        raise Invalid.field("path", "unknown", words)
    found = Found(keys, value)
    if (anchor.region is not None or anchor.at_ms is not None) and not found.is_medium:
        words = say(_("A part of a picture, or a moment, is given at one of the media: {path}."), path="/creative/media/0")
        raise Invalid.field("path", "no_medium", words)
    if anchor.region is not None:
        _check_region(anchor.region)
    return found


_NOTHING: Final = object()


def _inside(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(key, _NOTHING)
    if isinstance(value, list) and key.isascii() and key.isdigit() and str(int(key)) == key and int(key) < len(value):
        return value[int(key)]
    return _NOTHING


def _check_region(region: Sequence[int]) -> None:
    """Raises Invalid."""
    x, y, width, height = region if len(region) == 4 else (-1, -1, 0, 0)
    if x < 0 or y < 0 or width < 1 or height < 1 or x + width > WHOLE or y + height > WHOLE:
        words = say(_("Give x, y, width and height in per mille of the picture, 0 to {most}."), most=WHOLE)
        raise Invalid.field("region", "out_of_range", words)
