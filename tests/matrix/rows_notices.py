"""The rows of notices, of both doors: everybody has their own, and nobody another's."""

from __future__ import annotations

from typing import Any

from tests.matrix.principals import Principal
from tests.matrix.rules import Expected, Row, all_enter, entering, lists_when, outside, when
from tests.matrix.target import Names

ONE = {"id": "notice"}


def _told(who: Principal) -> bool:
    """Whose notice the target's is."""
    return who.name == "content_approver"


def _nothing(names: Names) -> dict[str, Any]:
    return {}


def _everybody(who: Principal, answer: int) -> Expected:
    """Of one's own; it says nothing of the target."""
    return outside(who) or Expected(answer)


def _people(who: Principal, answer: int) -> Expected:
    """Choosing is for people; machines are never told."""
    if turned := outside(who):
        return turned
    return Expected(403, "forbidden") if who.name.startswith("machine") else Expected(answer, allowed=True)


def _choice(names: Names) -> dict[str, Any]:
    return {"kind": "rejected", "delivery": "daily"}


def _choices(names: Names) -> dict[str, Any]:
    from notices.kinds import DEFAULTS

    return {**DEFAULTS, "rejected": "daily"}


ROWS = [
    Row("GET notices-list", lists_when(_told), shows="notice"),
    Row("GET notices-detail", when(_told), url=ONE, shows="notice"),
    Row("POST notices-read", when(_told), url=ONE, body=_nothing, quiet=True),
    Row("POST notices-read-all", _everybody, body=_nothing, quiet=True),
    Row("GET notice-preferences", _everybody),
    Row("POST notice-preferences", _people, body=_choice),
    Row("GET admin:notices", entering(lists_when(_told)), shows="notice"),
    Row("POST admin:notice_read", entering(when(_told)), 303, url={"identifier": "notice"}, body=_nothing, quiet=True),
    Row("POST admin:notices_read", all_enter, 303, body=_nothing, quiet=True),
    Row("GET admin:notice_preferences", all_enter),
    Row("POST admin:notice_preferences", entering(_people), 303, body=_choices),
]
