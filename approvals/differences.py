"""Changes between two revisions as what they mean (R-09): money with what can be spent, dates with how far they move, targeting
and media by name, texts word by word. Pure; everything told is plain text in the reader's language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any, Final, Literal, TypeGuard, get_args
from zoneinfo import ZoneInfo

from babel.units import format_unit
from django.utils.translation import gettext_lazy as _

from approvals import words
from approvals.diffs import Change, Sections, diff
from approvals.words import Names

Mark = Literal["same", "deleted", "inserted"]
MARKS: Final = get_args(Mark)
WORDS_AT_MOST: Final = 500
"""Longer texts are told whole: to compare them word by word takes too long."""
_WORD: Final = re.compile(r"\s+|[\u3040-\u30ff\u3400-\u9fff]|\w+|[^\w\s]")
_TEXTS: Final = frozenset({
    "structure.name", "copy.text", "copy.display_name", "disclosure.disclaimer", "disclosure.payer", "disclosure.beneficiary",
    "creative.effect.name", "creative.spark_authorization.proof",
})  # fmt: skip
_SPENDS: Final = ("budget.amount", "budget.mode", "budget.optimization", "schedule.end", "schedule.start")
"""Fields that exposure follows from; the first of them that changed tells it."""
_UNITS: Final = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


@dataclass(frozen=True, slots=True)
class Shift:
    """What can be spent at most (R-24), before and after, in minor units."""

    before_minor: int
    after_minor: int
    currency: str

    @property
    def by(self) -> str:
        """How much more or less, with its sign; nothing for no change."""
        return signed(self.after_minor - self.before_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: in both, or only before or after. What is not inserted makes the text before, what is not deleted the one
    after."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One change in words. `lead` stands before both values (a budget's mode), `note` says what it comes to; of lists `added` and
    `removed` are told instead of the values, of texts `pieces`."""

    change: Change
    label: str
    before: str
    after: str
    lead: str = ""
    note: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()

    @property
    def words(self) -> str:
        """All of it in one line: `daily €80.00 to €240.00, exposure +€4,800.00`."""
        return ", ".join(each for each in (*self._said(), self.note) if each)

    def _said(self) -> Iterable[str]:
        if self.added or self.removed:
            yield str(_("added: %(names)s") % {"names": ", ".join(self.added)}) if self.added else ""
            yield str(_("removed: %(names)s") % {"names": ", ".join(self.removed)}) if self.removed else ""
        elif self.change.kind == "removed":
            yield str(_("no longer %(value)s") % {"value": self.before})
        elif self.change.kind == "added":
            yield f"{self.lead} {self.after}".strip()
        else:
            before = f"{self.lead} {self.before}".strip()
            yield str(_("%(before)s to %(after)s") % {"before": before, "after": self.after})


def signed(minor: int, currency: str) -> str:
    """An amount with its sign; nothing for none."""
    return "" if minor == 0 else f"{'+' if minor > 0 else '−'}{words.money(abs(minor), currency)}"


def differences(base: Sections | None, head: Sections, names: Names, shift: Shift | None = None) -> list[Difference]:
    """Every change from `base` to `head` in words, in the order in which fields are shown. `shift` is the exposure of this
    entity."""
    changes = diff(base, head)
    changed = {f"{each.section}.{each.path}" for each in changes}
    tells = next((name for name in _SPENDS if name in changed), "") if shift is not None else ""
    found = []
    for change in changes:
        told = _told(change, base or {}, head, names)
        if f"{change.section}.{change.path}" == tells and shift is not None:
            told = _with_exposure(told, shift)
        found.append(told)
    return sorted(found, key=lambda each: words.place(each.change.section, each.change.path))


def _with_exposure(told: Difference, shift: Shift) -> Difference:
    if shift.before_minor == shift.after_minor == 0:  # the campaign's budget holds: it is told there
        return told
    note = str(_("exposure %(by)s") % {"by": shift.by}) if shift.by else str(_("exposure unchanged"))
    return replace(told, note=", ".join(each for each in (told.note, note) if each))


def _told(change: Change, base: Sections, head: Sections, names: Names) -> Difference:
    section, path = change.section, change.path
    plain = Difference(
        change, words.label(section, path), _value(change, change.before, names), _value(change, change.after, names)
    )
    name = f"{section}.{path}"
    if section == "budget" and path in ("mode", "amount"):
        return _budget(plain, base, head)
    if words.is_moment(section, path):
        return replace(plain, note=_moved(change.before, change.after, names))
    if name in _TEXTS and change.kind == "changed":
        return replace(plain, pieces=pieces(change.before, change.after))
    if name == "creative.media":
        return _files(plain, names)
    if name == "schedule.dayparting":
        return _hours(plain)
    if _is_amount(change.before) and _is_amount(change.after):
        return replace(plain, note=_raised(change.before, change.after))
    return _members(plain, names)


def _value(change: Change, value: Any, names: Names) -> str:
    return words.text(change.section, change.path, value, names)


# --- money -------------------------------------------------------------------------------------------------------------------


def _is_amount(value: Any) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping) and set(value) == {"minor", "currency"}


def _raised(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return signed(after["minor"] - before["minor"], after["currency"]) if before["currency"] == after["currency"] else ""


def _budget(plain: Difference, base: Sections, head: Sections) -> Difference:
    """A mode says nothing without its amount, nor an amount without its mode."""
    old, new = base.get("budget", {}), head.get("budget", {})
    if old.get("mode") == new.get("mode"):
        return replace(plain, lead=_mode(new))
    amounts = [_mode_and_amount(each) for each in (old, new)]
    return replace(plain, before=amounts[0], after=amounts[1])


def _mode(budget: Mapping[str, Any]) -> str:
    return words.text("budget", "mode", budget.get("mode"), Names()) if budget.get("mode") else ""


def _mode_and_amount(budget: Mapping[str, Any]) -> str:
    amount = budget.get("amount")
    return f"{_mode(budget)} {words.money(amount['minor'], amount['currency'])}" if _is_amount(amount) else _mode(budget) or "–"


# --- dates -------------------------------------------------------------------------------------------------------------------


def _moved(before: Any, after: Any, names: Names) -> str:
    """How much later or earlier, by the clock of the ad account; nothing where there is no time on one side."""
    if not before or not after:
        return ""
    zone = ZoneInfo(names.timezone)
    one, other = (datetime.fromisoformat(str(each)).astimezone(zone).replace(tzinfo=None) for each in (before, after))
    span = _span(abs(other - one))
    if not span:
        return ""
    return str((_("%(span)s later") if other > one else _("%(span)s earlier")) % {"span": span})


def _span(length: timedelta) -> str:
    """`3 days 4 hours`, to the minute."""
    told = []
    for unit, size in _UNITS:
        number, length = divmod(length, size)
        if number:
            told.append(format_unit(number, f"duration-{unit}", length="long", locale=words.language().replace("-", "_")))
    return " ".join(told)


def _hours(plain: Difference) -> Difference:
    before, after = words.week(plain.change.before), words.week(plain.change.after)
    if before == after:
        return replace(plain, note=str(_("the same hours")))
    return replace(plain, added=tuple(words.hours(after - before)), removed=tuple(words.hours(before - after)))


# --- lists and files ---------------------------------------------------------------------------------------------------------


def _less(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """What is in `one` and not in `other`, in its order; what is there twice counts twice."""
    left, found = Counter(other), []
    for each in one:
        if left[each]:
            left[each] -= 1
        else:
            found.append(each)
    return tuple(found)


def _members(plain: Difference, names: Names) -> Difference:
    """Of a list of names what was added and removed; all else as it is."""
    section, path = plain.change.section, plain.change.path
    before, after = (words.members(section, path, each or [], names) for each in (plain.change.before, plain.change.after))
    if before is None or after is None:
        return plain
    return _listed(plain, before, after)


def _listed(plain: Difference, before: Sequence[str], after: Sequence[str]) -> Difference:
    added, removed = _less(after, before), _less(before, after)
    if before and after and not added and not removed:
        return replace(plain, note=str(_("in another order")))
    return replace(plain, added=added, removed=removed)


def _files(plain: Difference, names: Names) -> Difference:
    """Files by name; one of the same name with other bytes is another file, and that is said."""
    old, new = list(plain.change.before or ()), list(plain.change.after or ())
    hashes = {each["sha256"] for each in old} ^ {each["sha256"] for each in new}
    changed = [{names.media.get(each["sha256"]) for each in files if each["sha256"] in hashes} for files in (old, new)]
    same = sorted(name for name in changed[0] & changed[1] if name)
    told = _listed(plain, [words.file(each, names) for each in old], [words.file(each, names) for each in new])
    if not same:
        return told
    return replace(told, note=str(_("other bytes under the same name: %(names)s") % {"names": ", ".join(same)}))


# --- texts -------------------------------------------------------------------------------------------------------------------


def pieces(before: Any, after: Any) -> tuple[Piece, ...]:
    """Two texts word by word; none where they are too long, or are no texts."""
    if not isinstance(before, str) or not isinstance(after, str):
        return ()
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > WORDS_AT_MOST:
        return ()
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        between_changes = bool(found) and (b < len(old) or d < len(new))
        if tag == "equal" and not (gone.isspace() and between_changes):
            found.append(Piece("same", gone))
        else:
            found += [Piece("deleted", gone), Piece("inserted", come)]
    return _joined(found)


def _joined(found: Iterable[Piece]) -> tuple[Piece, ...]:
    """Without empty pieces; what was deleted between two pieces that stayed is told at once, and then what was inserted."""
    told: list[Piece] = []
    gone = come = ""
    for each in (*found, Piece("same", "")):
        if each.mark == "deleted":
            gone += each.text
        elif each.mark == "inserted":
            come += each.text
        else:
            told += [Piece("deleted", gone), Piece("inserted", come), each]
            gone = come = ""
    return tuple(each for each in told if each.text)
