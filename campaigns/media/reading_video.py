"""The text in a film, by a few of its pictures. Runs in the child only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import IO, Any, Final

from PIL import Image, ImageChops

from campaigns.media.analysis_video import upright
from campaigns.media.blocks import blocks
from campaigns.media.lengths import Timeline, timeline
from campaigns.media.looking import small_size
from campaigns.media.ocr import NAME, lines, read_size
from campaigns.media.probe_video import DAMAGE, moving_picture, moving_pictures, open_film, refuse_pixels
from campaigns.media.refused import Refused

PICTURES: Final = 16
"""So many pictures are looked at, at even distances, and not closer than `STEP`."""
STEP: Final = 1.0
"""Seconds; what is seen for less nobody reads."""
WHOLE_SECONDS: Final = 120.0
"""Of a longer film only key pictures are decoded, where there are nearly as many as are looked at."""
_UNLIKE: Final = 12
"""Two pictures in which no pixel of their small versions differs by more, of 256 in each colour, show the same text."""


@dataclass(slots=True)
class Watcher:
    """Takes the pictures that are due, and keeps those that show something else than one before: milliseconds and picture."""

    step: float
    expected: int
    max_pixels: int
    kept: list[tuple[int, Image.Image]] = field(default_factory=list)
    small: list[Image.Image] = field(default_factory=list)
    looked_at: int = 0
    first: float | None = None
    due: float = float("-inf")

    def take(self, frames: Iterable[Any]) -> None:
        """Look at decoded frames. Raises Refused for one that is too large."""
        for frame in frames:
            at = frame.time
            if at is not None and at >= self.due and self.looked_at < PICTURES:
                self.first = at if self.first is None else self.first
                self.due = self.first + self.step * ((at - self.first) // self.step + 1)
                self.looked_at += 1
                self._keep(round((at - self.first) * 1000), frame)

    def _keep(self, at_ms: int, frame: Any) -> None:
        refuse_pixels(frame.width, frame.height, self.max_pixels)
        small = upright(frame, small_size(frame.width, frame.height))
        if not any(same(small, each) for each in self.small):
            self.small.append(small)
            self.kept.append((at_ms, upright(frame, read_size(frame.width, frame.height))))


def same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two small pictures show the same in every colour; even a short line of small print makes a difference."""
    if one.size != other.size:
        return False
    extremes: Any = ImageChops.difference(one, other).getextrema()
    return all(most <= _UNLIKE for _, most in extremes)


def reading(file: IO[bytes], head: bytes, limits: dict[str, int]) -> dict[str, object]:
    """What is to be read in the film, in the order in which it is seen. Raises Refused."""
    times = timeline(file)
    file.seek(0)
    with open_film(file) as container:
        refuse_several(container)
        watcher = _watched(container, times, limits["max_video_pixels"])
    if watcher.looked_at < max(1, watcher.expected - 1):
        raise Refused("undecodable")
    found = [{"at_ms": at_ms, "blocks": blocks(lines(picture))} for at_ms, picture in watcher.kept]
    texts = [each for before, each in pairwise([{}, *found]) if each["blocks"] and each["blocks"] != before.get("blocks")]
    return {"reader": NAME, "pictures": watcher.looked_at, "read": len(found), "texts": texts}


def refuse_several(container: Any) -> None:
    """Who shows the film may take another track than we would read. Raises Refused."""
    if len(moving_pictures(container)) > 1:
        raise Refused("picture_tracks")


def _watched(container: Any, times: Timeline, max_pixels: int) -> Watcher:
    stream = moving_picture(container)
    context = stream.codec_context
    refuse_pixels(context.width, context.height, max_pixels)
    step = max(STEP, times.seconds / PICTURES)
    every, keys = (min(PICTURES, times.slots(each, step)) for each in (times.every, times.keys))
    keys_do = times.seconds > WHOLE_SECONDS and 4 * keys >= 3 * every
    context.thread_count = 1
    context.skip_frame = "NONKEY" if keys_do else "NONREF"
    watcher = Watcher(step, keys if keys_do else every, max_pixels)
    _read_through(container, stream, watcher)
    return watcher


def _read_through(container: Any, stream: Any, watcher: Watcher) -> None:
    """Show every frame. Where the file breaks off, what came before counts; the probe judges that."""
    try:
        for packet in container.demux(stream):
            watcher.take(_frames(packet))
            if watcher.looked_at == PICTURES:
                return
    except MemoryError:
        raise
    except DAMAGE:
        return


def _frames(packet: Any) -> list[Any]:
    """The frames that come out with this packet; the last one, which is empty, brings all that are left."""
    try:
        return list(packet.decode())
    except MemoryError:
        raise
    except DAMAGE:
        return []
