"""What was seen, heard and read in a file, in words and units (docs/media.md). Takes what was written down; decodes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import MediaAnalysis, MediaAsset
from governance import messages
from governance.rules.analysed import REASONS
from workplace import words

COLOURS_SHOWN: Final = 6
"""The most frequent of the colours that were found."""
TEXTS_SHOWN: Final = 10
"""Pictures of a film of which the text is told."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was measured; `colours` are (#rrggbb, its share in words), where it is about them."""

    label: str
    text: str
    colours: tuple[tuple[str, str], ...] = ()


def facts(asset: MediaAsset, analysis: MediaAnalysis | None, reading: MediaAnalysis | None = None) -> list[Fact]:
    """All of an analysis and of a reading for people; nothing where there is none."""
    return [*_measured(asset, analysis), *_read(reading)]


def _measured(asset: MediaAsset, analysis: MediaAnalysis | None) -> Iterator[Fact]:
    if analysis is None:
        return
    if analysis.result is None:
        yield Fact(_("Analysis"), _not_possible(analysis))
        return
    yield from _seen(analysis.result)
    if asset.kind == "video":
        yield from _heard(asset, analysis.result.get("sound"))


def _not_possible(row: MediaAnalysis) -> str:
    reason = row.fault if row.fault in REASONS else "damaged"
    return _("not possible: %(reason)s") % {"reason": messages.label(reason, words.language())}


# --- seen --------------------------------------------------------------------------------------------------------------------


def _seen(found: Mapping[str, Any]) -> Iterator[Fact]:
    number = int(found.get("pictures", 0))
    if number > 1:
        yield Fact(_("Looked at"), ngettext("%(n)d picture", "%(n)d pictures", number) % {"n": number})
    if "bars" in found:
        yield Fact(_("Black bars"), _bars(found["bars"]))
    colours = tuple((str(each["hex"]), permille(each["permille"])) for each in found.get("colours", ())[:COLOURS_SHOWN])
    if colours:
        yield Fact(_("Colours"), ", ".join(f"{name} {share}" for name, share in colours), colours)


def _bars(bars: Mapping[str, int]) -> str:
    if not bars["share"]:
        return _("none")
    sides = {"top": _("top"), "bottom": _("bottom"), "left": _("left"), "right": _("right")}
    thick = ", ".join(f"{name} {permille(bars[side])}" for side, name in sides.items() if bars[side])
    return _("%(share)s of the picture (%(sides)s)") % {"share": permille(bars["share"]), "sides": thick}


# --- heard -------------------------------------------------------------------------------------------------------------------


def _heard(asset: MediaAsset, sound: Mapping[str, Any] | None) -> Iterator[Fact]:
    if sound is None:
        yield Fact(_("Sound"), _("the track cannot be read") if asset.has_audio else _("no sound track"))
        return
    seconds = {"codec": sound["codec"], "seconds": decimal(Decimal(sound["milliseconds"]) / 1000, 1)}
    yield Fact(_("Sound"), _("%(codec)s, %(seconds)s s heard") % seconds)
    yield Fact(_("Loudness"), _loudness(sound["loudness_tenths"]))
    if sound["silent_permille"] is not None:
        yield Fact(_("Silence"), _("%(share)s of the track") % {"share": permille(sound["silent_permille"])})
    clipped = _("%(share)s of the samples at full scale") % {"share": percent(Decimal(sound["clipped_ppm"]) / 10_000, 4)}
    yield Fact(_("Clipping"), clipped)


def _loudness(tenths: int | None) -> str:
    return _("nothing to measure") if tenths is None else f"{decimal(Decimal(tenths) / 10, 1)} LUFS"


# --- read --------------------------------------------------------------------------------------------------------------------


def _read(reading: MediaAnalysis | None) -> Iterator[Fact]:
    """The text of each picture in which it is another than in the one before."""
    if reading is None:
        return
    label = _("Text in the picture")
    if reading.result is None:
        yield Fact(label, _not_possible(reading))
        return
    told = [next(same) for _blocks, same in groupby(reading.result.get("texts", ()), key=lambda each: each["blocks"])]
    if not told:
        yield Fact(label, _("none"))
    for each in told[:TEXTS_SHOWN]:
        second = each["at_ms"]
        when = label if second is None else _("Text at %(second)s s") % {"second": decimal(Decimal(second) / 1000, 1)}
        yield Fact(when, " · ".join(block.replace("\n", " / ") for block in each["blocks"]))
    more = len(told) - TEXTS_SHOWN
    if more > 0:
        yield Fact(label, ngettext("in %(n)d more picture", "in %(n)d more pictures", more) % {"n": more})


# --- numbers -----------------------------------------------------------------------------------------------------------------


def decimal(number: Decimal, places: int) -> str:
    """With so many digits after the point at most, in the reader's language."""
    shown = round(number, places).normalize()
    return formats.number_format(Decimal(f"{shown:f}"))


def percent(number: Decimal, places: int = 1) -> str:
    return _("%(number)s %%") % {"number": decimal(number, places)}


def permille(thousandths: int) -> str:
    """Thousandths as a percentage."""
    return percent(Decimal(thousandths) / 10)
