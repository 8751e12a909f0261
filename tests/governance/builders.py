"""Revisions and contexts that satisfy every rule, to be spoilt in one place by a test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from governance.contract import Binding, Context, EvaluatedFinding, Mode, Result, Subject
from governance.evaluation import evaluate

PASS, FAIL, NA, ERROR = Result.PASS, Result.FAIL, Result.NOT_APPLICABLE, Result.ERROR

VIDEO = {
    "sha256": "v1", "kind": "video", "container": "mp4", "codec": "h264", "width": 720, "height": 1280,
    "duration_ms": 12_000, "size_bytes": 2_000_000, "has_audio": True, "bit_rate": 1_200_000,
}  # fmt: skip
IMAGE = {
    "sha256": "i1", "kind": "image", "container": "jpg", "codec": "mjpeg", "width": 720, "height": 1280,
    "duration_ms": None, "size_bytes": 200_000, "has_audio": None, "bit_rate": None,
}  # fmt: skip


def money(minor: int, currency: str = "USD") -> dict[str, Any]:
    """An amount as it stands in a revision."""
    return {"minor": minor, "currency": currency}


def budget(mode: str = "daily", minor: int | None = 10_000, currency: str = "USD", **more: Any) -> dict[str, Any]:
    """A budget section."""
    return {"mode": mode, "amount": None if minor is None else money(minor, currency), **more}


def campaign(**changes: Any) -> Subject:
    """A campaign with 100 USD a day; `changes` are merged into its sections."""
    sections = {
        "structure": {
            "name": "Spring",
            "ad_account": {"id": "a", "channel": "tiktok", "external_id": "7"},
            "objective": "traffic",
            "special_industries": [],
        },
        "budget": budget(optimization=False),
    }
    return Subject("campaign", "c", merged(sections, changes))


def ad_group(**changes: Any) -> Subject:
    """An ad group with 100 USD a day from 1 to 11 December 2026; `changes` are merged into its sections."""
    sections = {
        "structure": {"name": "Germany", "campaign": "c"},
        "targeting": {
            "placement": {"type": "selected", "apps": ["tiktok"]},
            "audience": {"locations": ["2921044"], "age_groups": ["18_24"], "gender": "all", "languages": ["de"]},
        },
        "budget": budget(),
        "schedule": {"start": "2026-12-01T00:00:00Z", "end": "2026-12-11T00:00:00Z", "dayparting": None},
        "bid": {"strategy": "lowest_cost", "amount": None, "pacing": "standard", "optimization_goal": "click"},
    }
    return Subject("ad_group", "g", merged(sections, changes))


def ad(*media: str, **changes: Any) -> Subject:
    """An In-Feed ad with one video; `media` lists other files by their sha256, `changes` are merged in."""
    sections = {
        "structure": {"name": "Shoe", "ad_group": "g", "format": "in_feed"},
        "creative": {"media": [{"sha256": sha256, "kind": kind_of(sha256)} for sha256 in media or ("v1",)]},
        "copy": {"text": "Run further", "call_to_action": "shop_now", "display_name": "Shoes", "hashtags": []},
        "destination": {"landing_page_url": "https://shop.example.com/shoe"},
        "identity": {"page": {"id": "p", "external_id": "9", "identity_type": "tt_user"}},
        "disclosure": {"ai_generated": False, "disclaimer": "", "payer": "Shoes", "beneficiary": "Shoes"},
    }
    return Subject("ad", "a", merged(sections, changes))


def kind_of(sha256: str) -> str:
    """`v1` is a video, `i1` an image."""
    return "video" if sha256.startswith("v") else "image"


def formatted(name: str, *media: str, **changes: Any) -> Subject:
    """An ad of another format."""
    return ad(*media, **merged({"structure": {"format": name}}, changes))


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`base` with `changes`, one level of objects deep; the value Ellipsis removes."""
    result = dict(base)
    for name, value in changes.items():
        if value is ...:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result


def context(*facts: dict[str, Any], **changes: Any) -> Context:
    """All that the rules may know; `facts` are further files or replace files with the same sha256."""
    known: dict[str, Any] = {
        "currency": "USD",
        "country": "DE",
        "now": "2026-11-20T09:00:00Z",
        "media": {each["sha256"]: each for each in (VIDEO, IMAGE, *facts)},
        "campaign": campaign().sections,
        "ad_group": ad_group().sections,
        "ads_in_group": 3,
    }
    return Context(**{**known, **changes})


def video(**facts: Any) -> dict[str, Any]:
    """Facts of the video `v1` with changes."""
    return {**VIDEO, **facts}


def image(**facts: Any) -> dict[str, Any]:
    """Facts of the image `i1` with changes."""
    return {**IMAGE, **facts}


def judge(
    rule: str,
    subject: Subject,
    around: Context | None = None,
    params: dict[str, Any] | None = None,
    mode: Mode = Mode.HARD,
) -> list[EvaluatedFinding]:
    """The findings of one rule."""
    return evaluate(subject, [Binding(rule, mode, params or {})], around or context())


@dataclass(frozen=True)
class Case:
    """One line of a rule's table: the expected results and codes, in order."""

    rule: str
    subject: Subject
    expected: tuple[tuple[Result, str], ...]
    around: Context = field(default_factory=context)
    params: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def case(
    rule: str,
    subject: Subject,
    result: Result,
    code: str = "check.passed",
    around: Context | None = None,
    params: dict[str, Any] | None = None,
    note: str = "",
) -> Case:
    """A line with one finding."""
    return Case(rule, subject, ((result, code),), around or context(), params or {}, note)
