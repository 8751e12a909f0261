"""Files with random damage end in facts or in a coded refusal, never in a crash or a hang."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from campaigns.media import demo
from campaigns.media.errors import MediaRefused
from campaigns.media.probe import probe
from tests import settings
from tests.campaigns.test_media_broken import VIDEOS, picture, remuxed

pytestmark = pytest.mark.slow
FILES = settings.EXAMPLES or 80


def mutate(data: bytes, dice: random.Random) -> bytes:
    """One of: flipped bytes, a hole, a doubled stretch, a lost stretch, a cut, a forged 32-bit number."""
    out = bytearray(data)
    for _ in range(dice.choice([1, 1, 3, 20])):
        at, length = dice.randrange(len(out)), dice.choice([1, 4, 16, 300])
        if dice.random() < 0.6:
            at = min(at, dice.randrange(2048))  # headers are where decoders trip
        change = dice.randrange(6)
        if change == 0:
            out[at : at + length] = dice.randbytes(len(out[at : at + length]))
        elif change == 1:
            out[at : at + length] = bytes(len(out[at : at + length]))
        elif change == 2:
            out[at:at] = out[at : at + length]
        elif change == 3 and len(out) > length + 16:
            del out[at : at + length]
        elif change == 4:
            del out[max(16, at) :]
        else:
            out[at : at + 4] = dice.choice(
                [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\1"]
            )
    return bytes(out)


def test_mutated_files_end_in_facts_or_a_coded_refusal(tmp_path: Path) -> None:
    demo.make_video(tmp_path / "whole", 90, 160, seconds=6)
    whole = (tmp_path / "whole").read_bytes()
    videos = [whole, *(remuxed(whole, name) for name in [*VIDEOS[1:], "mpegts"])]
    seeds = [*videos, *map(picture, ["JPEG", "PNG", "GIF", "WEBP"])]
    dice = random.Random(None if settings.EXAMPLES else 20261)

    def outcome(number: int) -> str:
        try:
            facts = probe(tmp_path / str(number))
        except MediaRefused as refused:
            return refused.code
        assert min(facts.width, facts.height) > 0
        assert facts.kind == "image" or (facts.duration_ms or 0) >= 0
        return "facts"

    for number in range(FILES):
        (tmp_path / str(number)).write_bytes(mutate(seeds[number % len(seeds)], dice))
    with ThreadPoolExecutor(4) as pool:
        outcomes = Counter(pool.map(outcome, range(FILES)))
    assert sum(outcomes.values()) == FILES
    assert set(outcomes) >= {"facts", "media_truncated", "media_not_recognised"}
