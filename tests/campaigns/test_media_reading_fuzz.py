"""Damaged and odd pictures and films end in what is read or in a coded refusal, never in a crash of ours or a hang."""

from __future__ import annotations

import io
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from campaigns.media.errors import MediaRefused
from campaigns.media.reading import READING_LIMITS, read
from tests import settings
from tests.campaigns.test_media_fuzz import mutate
from tests.lettered import captioned, filmed, font, lettered

pytestmark = pytest.mark.slow
FILES = min(settings.EXAMPLES, 300) or 12
KEYS = {"reader", "pictures", "read", "texts"}


def ended(path: Path) -> str:
    """How it ended. It takes no longer than it may: the rest is for starting and ending processes on a busy machine."""
    started = time.monotonic()
    reason, found = _end(path)
    assert time.monotonic() - started < READING_LIMITS.wall_seconds + 10
    if found is None:
        return reason
    assert set(found) == KEYS
    assert 1 <= found["read"] <= found["pictures"] <= 16
    assert all(isinstance(block, str) and block for each in found["texts"] for block in each["blocks"])
    return "result"


def _end(path: Path) -> tuple[str, dict[str, Any] | None]:
    try:
        return "result", read(path)
    except MediaRefused as refused:
        return refused.reason, None


def still(kind: str) -> bytes:
    """The bytes of a picture with words in it."""
    out = io.BytesIO()
    lettered(("Jetzt gratis", 90, 40), ("Größe 9,99 €", 240, 30), size=(360, 360)).save(out, format=kind)
    return out.getvalue()


def test_damaged_files_end_in_a_reading_or_a_coded_refusal(tmp_path: Path) -> None:
    """`make fuzz` takes three hundred."""
    film = filmed(tmp_path / "whole", captioned([(0, "Neu"), (1, "gratis")], (180, 320)), 2)
    seeds = [*map(still, ["JPEG", "PNG", "GIF", "WEBP", "JPEG"]), film.read_bytes()]
    dice = random.Random(None if settings.EXAMPLES else 20263)
    for number in range(FILES):
        (tmp_path / str(number)).write_bytes(mutate(seeds[number % len(seeds)], dice))
    with ThreadPoolExecutor(2) as pool:
        outcomes = Counter(pool.map(lambda number: ended(tmp_path / str(number)), range(FILES)))
    assert sum(outcomes.values()) == FILES
    assert set(outcomes) >= {"result", "cut_off"}
    assert "timeout" not in outcomes, "no damage makes a small file slow"


def odd() -> Iterator[tuple[str, Image.Image]]:
    """Pictures that are no trouble to decode, and may be to whoever looks for lines in them."""
    yield "dot", Image.new("RGB", (1, 1))
    yield "line", Image.new("RGB", (16_000, 1), "white")
    yield "pole", Image.new("RGB", (1, 16_000))
    yield "noise", Image.merge("RGB", [Image.effect_noise((960, 960), 120) for _ in range(3)])
    stripes = Image.new("L", (960, 960))
    stripes.putdata([255 * (row // 4 % 2) for row in range(960) for _ in range(960)])
    yield "stripes", stripes
    yield "crossed", stripes.rotate(45)
    checked = Image.new("1", (700, 900))
    checked.putdata([(row + column) % 2 for row in range(900) for column in range(700)])
    yield "checked", checked
    ribbon = Image.new("RGB", (9600, 90), "white")
    ImageDraw.Draw(ribbon).text((10, 10), "gratis und " * 40, font=font(60), fill="black")
    yield "ribbon", ribbon
    page = Image.new("RGB", (900, 960), "white")
    ImageDraw.Draw(page).multiline_text((5, 5), "\n".join(["Angebot gilt nur heute, ohne Gewähr, " * 3] * 24), font=font(12), fill="black")
    yield "page", page


@pytest.mark.parametrize(("name", "picture"), list(odd()), ids=lambda each: each if isinstance(each, str) else "")
def test_odd_pictures_are_read(name: str, picture: Image.Image, tmp_path: Path) -> None:
    picture.save(tmp_path / name, format="PNG")
    assert ended(tmp_path / name) == "result"
