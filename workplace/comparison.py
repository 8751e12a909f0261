"""What a request changes, against one of three (R-09): tabs, items in their tree, and in words why there is nothing to see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from approvals.comparing import Against, Base, Bases, Comparison, Pair
from approvals.differences import Difference
from approvals.models import ApprovalRequest
from approvals.states import PublishMode, RequestState, Verdict
from approvals.words import Names
from core import dates
from publishing.models import ChannelObject
from workplace import words
from workplace.items import ItemView

TITLES: Final[dict[Against, Promise]] = {
    Against.APPROVED: _("Approved last"),
    Against.REVIEWED: _("You decided on last"),
    Against.PREVIOUS: _("Previous request"),
}
_NOTHING: Final[dict[Against, Promise]] = {
    Against.APPROVED: _("Nothing of this was approved before: all of it is new."),
    Against.REVIEWED: _("You have not decided on an earlier version of this, so there is nothing to compare it with."),
    Against.PREVIOUS: _("Nothing of this was put forward before, so there is nothing to compare it with."),
}
_SAME: Final[dict[Against, Promise]] = {
    Against.APPROVED: _("Nothing differs from what was approved last; it is put forward again."),
    Against.REVIEWED: _("Nothing differs from what you decided on last."),
    Against.PREVIOUS: _("Nothing differs from the previous request."),
}
_NEW: Final[dict[Against, Promise]] = {
    Against.APPROVED: _("new"),
    Against.REVIEWED: _("new to you"),
    Against.PREVIOUS: _("added"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the three; `note` says how much differs there."""

    against: str
    title: str
    note: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ComparedItem:
    """One item; `stood` says what it is compared with. `channel` is `live` where that is what the channel has, `other` where it
    has something else."""

    kind: str
    name: str
    depth: int
    result: str
    chip: str
    stood: str
    channel: str
    sections: list[tuple[str, list[Difference]]]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """The card. `plainly` is said where there is nothing to compare with, or nothing differs."""

    tabs: list[Tab]
    plainly: str
    items: list[ComparedItem]
    exposure: tuple[str, str, str] | None
    earlier: ApprovalRequest | None
    earlier_words: str
    publishing: tuple[str, str] | None
    gone: list[tuple[str, str]]


def comparison_view(
    bases: Bases, found: Comparison, views: Sequence[ItemView], names: Names, channel: Iterable[ChannelObject]
) -> ComparisonView:
    """The card of one request, from what was read before: no statement is made here."""
    pairs = {pair.item.entity_id: pair for pair in found.pairs}
    live = {each.entity_id: each.live_digest for each in channel}
    items = [
        _item(found.against, view, pairs[view.item.entity_id], names, live.get(view.item.entity_id, "")) for view in views
    ]
    return ComparisonView(
        tabs=[_tab(bases, each, found.against) for each in Against],
        plainly=_plainly(found),
        items=items if found.against == Against.APPROVED or not (found.is_empty or found.is_same) else [],
        exposure=_exposure(found),
        earlier=found.earlier,
        earlier_words=_earlier(found.earlier),
        publishing=_publishing(bases.request, found),
        gone=[(words.kind(each.entity_type), each.revision.name) for each in found.gone],
    )


def _tab(bases: Bases, against: Against, current: Against) -> Tab:
    pairs = bases.pairs(against)
    differing = sum(pair.result != "same" for pair in pairs)
    if all(pair.base is None for pair in pairs):
        note = gettext("all new") if against == Against.APPROVED else gettext("nothing yet")
    elif differing:
        note = ngettext("%(n)d differs", "%(n)d differ", differing) % {"n": differing}
    else:
        note = gettext("the same")
    return Tab(against.value, str(TITLES[against]), note, against == current)


def _plainly(found: Comparison) -> str:
    if found.is_empty:
        return str(_NOTHING[found.against])
    return str(_SAME[found.against]) if found.is_same else ""


def _exposure(found: Comparison) -> tuple[str, str, str] | None:
    """Before, after and by how much; None where it is the same."""
    shift = found.shift
    if shift is None or found.is_empty or not shift.by:
        return None
    return words.money(shift.before_minor, shift.currency), words.money(shift.after_minor, shift.currency), shift.by


def _earlier(earlier: ApprovalRequest | None) -> str:
    if earlier is None:
        return ""
    said = {"time": dates.moment(earlier.submitted_at), "state": RequestState(earlier.state).label}
    return gettext("request of %(time)s (%(state)s)") % said


def _publishing(request: ApprovalRequest, found: Comparison) -> tuple[str, str] | None:
    if found.earlier is None or not found.publishes_otherwise:
        return None
    return _published(found.earlier), _published(request)


def _published(request: ApprovalRequest) -> str:
    mode = str(PublishMode(request.publish).label)
    if request.publish_at is None:
        return mode
    late = gettext(" (late is fine)") if request.late_is_fine else ""
    return f"{mode}, {dates.moment(request.publish_at)}{late}"


def _item(against: Against, view: ItemView, pair: Pair, names: Names, live: str) -> ComparedItem:
    told = pair.differences(names) if pair.base is not None else []
    chips = {"new": _NEW[against], "same": _("the same"), "changed": _("changed")}
    return ComparedItem(
        kind=view.kind,
        name=view.name,
        depth=view.depth,
        result=pair.result,
        chip=str(chips[pair.result]),
        stood="" if pair.base is None else _stood(against, pair.base),
        channel=_on_channel(pair.base, live) if against == Against.APPROVED else "",
        sections=[(words.section(name), list(group)) for name, group in groupby(told, key=lambda each: each.change.section)],
    )


def _on_channel(base: Base | None, live: str) -> str:
    if base is None or not live:
        return ""
    return "live" if live == base.revision.digest else "other"


def _stood(against: Against, base: Base) -> str:
    """Which version it is compared with, and what the reader said of it."""
    version = f"r{base.revision.number}"
    stood: Any = base.stood
    if stood is None or against != Against.REVIEWED:
        return version
    verdict, at = Verdict(stood.verdict).label, dates.moment(stood.decided_at)
    return gettext("%(version)s, your decision: %(verdict)s, %(time)s") % {"version": version, "verdict": verdict, "time": at}
