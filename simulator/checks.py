"""Small checks of parameters, each of which raises the refusal the API would send."""

import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from simulator.envelope import invalid
from simulator.text import has_emoji, weight

MISSING = "Missing data for required field."
_INT64 = re.compile(r"-?\d{1,19}")


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)  # 1e999 is valid JSON and no amount
    return isinstance(value, int) and not isinstance(value, bool)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list_of(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def _is_str(value: object) -> bool:
    return isinstance(value, str)


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


_KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "str": (_is_str, "Not a valid string."),
    "bool": (lambda value: isinstance(value, bool), "Not a valid boolean."),
    "int": (_is_int, "Not a valid integer."),
    "number": (_is_number, "Not a valid number."),
    "object": (_is_object, "Not a valid object."),
    "strings": (_is_list_of(_is_str), "Not a valid list of strings."),
    "ints": (_is_list_of(_is_int), "Not a valid list of integers."),
    "objects": (_is_list_of(_is_object), "Not a valid list of objects."),
}


def kind(name: str, value: object, expected: str) -> None:
    """The JSON type of one value; ids are strings and numbers are numbers, never mixed."""
    test, problem = _KINDS[expected]
    if not test(value):
        raise invalid(name, problem)


def typed(body: Mapping[str, Any], fields: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """The known fields of a body, types checked; nulls stay nulls, unknown fields drop."""
    known = {name: value for name, value in body.items() if name in fields}
    for name, value in known.items():
        if value is not None:
            kind(prefix + name, value, fields[name])
    return known


def required(body: Mapping[str, Any], name: str, prefix: str = "") -> Any:
    """A value that must be there: not absent, null, blank or an empty list."""
    value = body.get(name)
    if value is None or value in ("", []):
        raise invalid(prefix + name, MISSING)
    return value


def required_str(body: Mapping[str, Any], name: str) -> str:
    """A required string."""
    value = required(body, name)
    kind(name, value, "str")
    return str(value)


def one_of(name: str, value: object, allowed: Collection[str]) -> None:
    """An enumeration, in the spelling of the API; absent values pass."""
    if value is not None and value not in allowed:
        raise invalid(name, f"Must be one of: {', '.join(sorted(allowed))}.")


def each_of(name: str, values: list[str] | None, allowed: Collection[str]) -> None:
    """A list of distinct values of an enumeration."""
    for value in values or []:
        one_of(name, value, allowed)
    if values and len(set(values)) != len(values):
        raise invalid(name, "Duplicate values are not allowed.")


def text_length(name: str, value: str | None, maximum: int, minimum: int = 1) -> None:
    """A weighted length (CJK counts 2), bounds inclusive, and no emoji."""
    if value is None:
        return
    if not minimum <= weight(value) <= maximum:
        raise invalid(name, f"Length must be between {minimum} and {maximum}.")
    if has_emoji(value):
        raise invalid(name, "Emoji are not supported.")


def web_url(name: str, value: str | None) -> None:
    """An absolute http or https address with a host; absent values pass."""
    if value in (None, ""):
        return
    text = str(value)
    if not text.isprintable() or " " in text or not _has_web_host(text):
        raise invalid(name, "Not a valid URL.")


def _has_web_host(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def request_key(value: object) -> None:
    """`request_id` is the text of a 64-bit integer (facts 1.3)."""
    kind("request_id", value, "str")
    text = str(value)
    if not _INT64.fullmatch(text) or not -(2**63) <= int(text) < 2**63:
        raise invalid("request_id", "Must be the string of a 64-bit integer.")
