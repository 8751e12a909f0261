"""Files with random damage end in a result or in a coded refusal, never in a crash or a hang, whether they are probed or
analysed.
"""

from __future__ import annotations

import random
import resource
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from campaigns.media import demo
from campaigns.media.analysis import ANALYSIS_LIMITS, analyse
from campaigns.media.errors import MediaRefused
from campaigns.media.probe import probe
from tests import settings
from tests.campaigns.test_media_broken import VIDEOS, picture, remuxed
from tests.media_corpus.items import SEEDS, whole

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


def most_memory() -> int:
    """Bytes of memory that the largest child of this process had so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


KEYS = {"pictures", "bars", "colours", "difference_hashes", "sound"}


def test_mutated_files_are_analysed_or_refused_within_the_limits(tmp_path: Path) -> None:
    """Every coding of the corpus, with its sound. `make fuzz` takes two thousand."""
    dice = random.Random(None if settings.EXAMPLES else 20262)
    codes: Counter[str] = Counter()
    before = most_memory()

    def outcome(number: int) -> str:
        path = tmp_path / str(number)
        try:
            found = analyse(path)
        except MediaRefused as refused:
            return f"{refused.code} {refused.reason}"
        assert set(found) == KEYS
        assert 0 <= found["bars"]["share"] <= 1000
        assert 1 <= found["pictures"] <= 12
        path.unlink()
        return "result"

    for number in range(2 * FILES):
        (tmp_path / str(number)).write_bytes(mutate(whole(number % SEEDS), dice))
    with ThreadPoolExecutor(4) as pool:
        codes.update(pool.map(outcome, range(2 * FILES)))
    assert sum(codes.values()) == 2 * FILES
    assert {"result", "media_not_recognised not_media"} <= set(codes)
    assert "media_timeout timeout" not in codes, "no damage makes a small file slow"
    if before <= ANALYSIS_LIMITS.memory_bytes:  # else some child of an earlier test took more, and it cannot be told
        assert most_memory() <= ANALYSIS_LIMITS.memory_bytes
