"""Words of the pages. Values of a revision are put into words by `approvals.words`, for both doors."""

from __future__ import annotations

from datetime import datetime

from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext, ngettext

from approvals.words import (
    CALLS,
    LABELS,
    SECTIONS,
    Line,
    Names,
    call_to_action,
    in_order,
    label,
    language,
    lines,
    media,
    moment,
    money,
    section,
    sections,
    text,
)
from campaigns.vocabulary import EntityType

__all__ = [
    "CALLS", "LABELS", "SECTIONS", "Line", "Names", "ago", "call_to_action", "count", "in_order", "kind", "label", "language",
    "lines", "media", "moment", "money", "section", "sections", "text",
]  # fmt: skip


def ago(moment: datetime, now: datetime) -> str:
    """How long ago; seconds are not told."""
    if (now - moment).total_seconds() < 60:
        return gettext("just now")
    return gettext("%(age)s ago") % {"age": timesince(moment, now, depth=1)}


def until(due: datetime, now: datetime) -> str:
    """How far off a deadline is, or since when it has passed."""
    if due <= now:
        return gettext("overdue by %(age)s") % {"age": timesince(due, now, depth=1)}
    return gettext("due in %(age)s") % {"age": timesince(now, due, depth=1)}


def kind(entity_type: str) -> str:
    """Campaign, ad group or ad, as a title."""
    return (
        str(EntityType(entity_type).label).capitalize()
        if get_language() != "de"
        else str(EntityType(entity_type).label)
    )


def count(entity_type: str, number: int) -> str:
    """`2 ads`."""
    words = {
        "campaign": ngettext("%(n)d campaign", "%(n)d campaigns", number),
        "ad_group": ngettext("%(n)d ad group", "%(n)d ad groups", number),
        "ad": ngettext("%(n)d ad", "%(n)d ads", number),
    }
    return words[entity_type] % {"n": number}
