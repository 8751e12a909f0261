"""The exact shape of revision contents. A field nobody knows could be dropped without anyone noticing, so it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import say
from publishing.channels.base import Content, Problem


@dataclass(frozen=True, slots=True)
class Maybe:
    """The spec, or null."""

    spec: Any


@dataclass(frozen=True, slots=True)
class Later:
    """The spec of a key that revisions of before do not have; where it stands it is of the spec."""

    spec: Any


_MONEY = {"minor": int, "currency": str}

SHAPES: dict[str, dict[str, Any]] = {
    "campaign": {
        "structure": {
            "name": str,
            "ad_account": {"id": str, "channel": str, "external_id": str},
            "objective": str,
            "special_industries": [str],
        },
        "budget": {"mode": str, "amount": Maybe(_MONEY), "optimization": bool},
        "schedule": Later({"starts_at": Maybe(str), "ends_at": Maybe(str)}),
    },
    "ad_group": {
        "structure": {"name": str, "campaign": str},
        "targeting": {
            "placement": {"type": str, "apps": [str]},
            "audience": {
                "locations": [str],
                "age_groups": [str],
                "gender": str,
                "languages": [str],
                "interests": [str],
            },
        },
        "budget": {"mode": str, "amount": Maybe(_MONEY)},
        "schedule": {"start": str, "end": Maybe(str), "dayparting": Maybe(str)},
        "bid": {"strategy": str, "amount": Maybe(_MONEY), "pacing": str, "optimization_goal": str},
    },
    "ad": {
        "structure": {"name": str, "ad_group": str, "format": str},
        "creative": {
            "media": [{"sha256": str, "kind": str}],
            "spark_post": Maybe(str),
            "effect": Later({"name": str, "icon": Maybe(str)}),
            "spark_authorization": Later({"proof": str, "expires_at": Maybe(str)}),
        },
        "copy": {"text": str, "call_to_action": Maybe(str), "display_name": str, "hashtags": [str]},
        "destination": {"landing_page_url": str},
        "identity": {"page": Maybe({"id": str, "external_id": str, "identity_type": str})},
        "disclosure": {"ai_generated": Maybe(bool), "disclaimer": str, "payer": Later(str), "beneficiary": Later(str)},
    },
}
"""Sections by entity type: dict = exactly these keys (but Later), list = any number of the one spec, type = a value of it."""

_TOP = {"format": str, "type": str, "id": str}
FORMAT = "imprimatur.revision/1"


def shape_problems(content: Content) -> list[Problem]:
    """Fields that are missing, unknown or of the wrong type. Empty means that every known path can be read safely."""
    top = {key: value for key, value in content.items() if key != "sections"}
    problems = list(_walk(_TOP, top, ""))
    if problems:
        return problems
    if content["format"] != FORMAT or content["type"] not in SHAPES:
        return [Problem("type", "unknown_format", _("This revision's format is not known to the channel."))]
    return list(_walk(SHAPES[content["type"]], content.get("sections"), ""))


def _walk(spec: Any, value: Any, path: str) -> Iterator[Problem]:
    if isinstance(spec, Later):
        yield from _walk(spec.spec, value, path)
    elif isinstance(spec, Maybe):
        if value is not None:
            yield from _walk(spec.spec, value, path)
    elif isinstance(spec, dict):
        yield from _walk_object(spec, value, path)
    elif isinstance(spec, list):
        yield from _walk_list(spec[0], value, path)
    elif type(value) is not spec:
        words = say(_("Expected {expected}, got {found}."), expected=spec.__name__, found=type(value).__name__)
        yield Problem(path, "wrong_type", words)


def _walk_list(spec: Any, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        yield Problem(path, "wrong_type", say(_("Expected a list, got {found}."), found=type(value).__name__))
        return
    for index, item in enumerate(value):
        yield from _walk(spec, item, f"{path}[{index}]")


def _walk_object(spec: dict[str, Any], value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        words = say(_("Expected an object, got {found}."), found=type(value).__name__)
        yield Problem(path or "sections", "wrong_type", words)
        return
    for key in sorted(spec.keys() | value.keys()):
        where = f"{path}.{key}" if path else key
        if key not in spec:
            yield Problem(where, "unknown_field", _("The channel does not know this field."))
        elif key not in value and isinstance(spec[key], Later):
            continue
        elif key not in value:
            yield Problem(where, "missing_field", _("This field is missing."))
        else:
            yield from _walk(spec[key], value[key], where)
