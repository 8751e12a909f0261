"""The parameters of rules: what each takes, and the defaults with what a line of a rule set overrides (R-53). Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from governance.contract import InvalidParams, JsonObject, Param, ParamKind

LARGEST: Final = 2**53 - 1
"""Whole numbers that every reader of JSON keeps exact."""


def whole(unit: str, least: int = 0, most: int = LARGEST, *, optional: bool = False) -> Param:
    """A whole number of some unit; `optional` also takes null, for no limit."""
    return Param(ParamKind.WHOLE, unit, least, most, optional=optional)


def true_or_false() -> Param:
    """True or false."""
    return Param(ParamKind.FLAG)


def a_text(most: int = 200) -> Param:
    """A text of at most so many characters."""
    return Param(ParamKind.TEXT, most=most)


def some_texts(most: int = 500, longest: int = 200, choices: Sequence[str] = (), least: int = 0, called: str = "") -> Param:
    """A list of so many texts, each of at most `longest` characters or one of the choices, `called` so in words."""
    bound = None if choices else longest
    return Param(ParamKind.TEXTS, least=least, most=most, longest=bound, choices=tuple(choices), called=called)


def leaves(params: JsonObject, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value of the parameters with its path."""
    for name, value in params.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


def check_declared(params: JsonObject, schema: Mapping[str, Param]) -> None:
    """Whether the schema says of every parameter, and of nothing else, what it takes, and the defaults are so.

    Raises ValueError (InvalidParams is one).
    """
    found = list(leaves(params))
    if {path[-1] for path, _ in found} != set(schema):
        raise ValueError(f"parameters {sorted({path[-1] for path, _ in found} ^ set(schema))} and schema differ")
    for path, value in found:
        check(schema[path[-1]], value, ".".join(path))


def merge_params(
    defaults: JsonObject, given: JsonObject, schema: Mapping[str, Param] | None = None, path: str = "params"
) -> dict[str, Any]:
    """The defaults with what a binding overrides, object by object; lists are replaced whole.

    A name that the defaults lack, or a value that the schema does not allow, is refused, since a misspelt parameter would
    otherwise leave a rule quietly weaker than its author believes. Raises InvalidParams.
    """
    if not isinstance(given, Mapping):
        raise InvalidParams(path, "an object")
    merged = dict(defaults)
    for name, value in given.items():
        here = f"{path}.{name}"
        if name not in defaults:
            raise InvalidParams(here, "a parameter that this rule knows")
        default = defaults[name]
        if isinstance(default, Mapping):
            merged[name] = merge_params(default, value, schema, here)
        else:
            check((schema or {}).get(name) or _of_kind(default), value, here)
            merged[name] = value
    return merged


def check_meant(params: JsonObject, path: str = "params") -> None:
    """Whether no least amount is above the greatest of the same name (`min_ms`, `max_ms`), which nothing could ever meet, and no
    list has an empty entry. Asked when a line is written. Raises InvalidParams.
    """
    for name, value in params.items():
        here = f"{path}.{name}"
        if isinstance(value, Mapping):
            check_meant(value, here)
        most = params.get("_".join("max" if part == "min" else part for part in name.split("_")))
        if isinstance(value, int) and isinstance(most, int) and value > most:
            raise InvalidParams(here, f"at most {most}")
        if isinstance(value, list) and not all(each.strip() for each in value):
            raise InvalidParams(here, "no empty entries")


def _of_kind(default: Any) -> Param:
    """What takes values such as this one, where nothing is declared: a null stands for a whole number or null."""
    if isinstance(default, bool):
        return true_or_false()
    if default is None or isinstance(default, int):
        return whole("", optional=True)
    return Param(ParamKind.TEXT if isinstance(default, str) else ParamKind.TEXTS)


def check(param: Param, value: Any, path: str) -> None:
    """Whether the parameter takes the value. Raises InvalidParams."""
    if value is None and param.optional:
        return
    if not _takes(param, value):
        raise InvalidParams(path, expected(param))


def _takes(param: Param, value: Any) -> bool:
    if param.kind is ParamKind.FLAG:
        return isinstance(value, bool)
    if param.kind is ParamKind.WHOLE:
        return isinstance(value, int) and not isinstance(value, bool) and _within(param, value)
    if param.kind is ParamKind.TEXT:
        return isinstance(value, str) and _within(param, len(value)) and _is_among(param, value)
    return isinstance(value, list) and _within(param, len(value)) and all(_is_entry(param, each) for each in value)


def _within(param: Param, amount: int) -> bool:
    return param.least <= amount and (param.most is None or amount <= param.most)


def _is_entry(param: Param, value: Any) -> bool:
    return isinstance(value, str) and (param.longest is None or len(value) <= param.longest) and _is_among(param, value)


def _is_among(param: Param, value: str) -> bool:
    """One of the choices; where there are none, any text that can be stored: databases take no NUL, UTF-8 no half characters."""
    if param.choices:
        return value in param.choices
    return not any(unicodedata.category(each) in ("Cc", "Cs") for each in value if each not in "\t\n\r")


def expected(param: Param) -> str:
    """What the parameter takes, in words; parted by semicolons, so that messages can translate each part."""
    return "; ".join(_expected(param))


def _expected(param: Param) -> Iterator[str]:
    if param.kind is ParamKind.FLAG:
        yield "true or false"
        return
    yield {ParamKind.WHOLE: "a whole number", ParamKind.TEXT: "a text", ParamKind.TEXTS: "a list of texts"}[param.kind]
    counted = {ParamKind.WHOLE: "", ParamKind.TEXT: " characters", ParamKind.TEXTS: " entries"}[param.kind]
    if param.least or param.kind is ParamKind.WHOLE:
        yield f"at least {param.least}{counted}"
    if param.most not in (None, LARGEST) and not param.choices:
        yield f"at most {param.most}{counted}"
    if param.longest is not None:
        yield f"each of at most {param.longest} characters"
    if param.choices:
        yield param.called or f"out of: {', '.join(param.choices)}"
    elif param.kind is not ParamKind.WHOLE:
        yield "without control characters"
    if param.optional:
        yield "or null for no limit"
