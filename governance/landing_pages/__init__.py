"""Landing pages: which one a check run has to look at, and looking at it (docs/landing-pages.md).

Call `observe` outside any transaction: it waits for somebody else's server.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from governance.contract import CannotJudge, Subject
from governance.evaluation import Line
from governance.landing_pages.addresses import Policy
from governance.landing_pages.outside import Limits, Outside
from governance.landing_pages.visiting import unseen, visit
from governance.rules.reading import section, text

__all__ = ["Limits", "Outside", "observe", "wanted"]


def observe(url: str, *, limits: Limits | None = None, outside: Outside | None = None) -> dict[str, Any]:
    """What fetching this landing page brought, as plain JSON; `error` is `not_fetched` where the operator switched it off.

    Never raises because of what the other side does. `limits` and `outside` replace what the settings say.
    """
    if not settings.LANDING_PAGES_FETCHED:
        return {**unseen(url), "error": "not_fetched"}
    return visit(url, limits or _limits(), outside or Outside(_policy()))


def _limits() -> Limits:
    connect, read, total = settings.LANDING_PAGES_SECONDS
    return Limits(connect_seconds=connect, read_seconds=read, total_seconds=total)


def _policy() -> Policy:
    return Policy(opened=settings.LANDING_PAGES_OPENED, refused=settings.LANDING_PAGES_REFUSED)


def wanted(subject: Subject, lines: Iterable[Line]) -> str | None:
    """The landing page of an ad if any of the lines judges what fetching it brings, else None."""
    if subject.type != "ad" or not any("landing_page" in line.reads for line in lines):
        return None
    try:
        return text(section(subject.sections, "destination"), "landing_page_url", "destination.landing_page_url") or None
    except CannotJudge:  # the rules will say so
        return None
