"""What a film shows and how it sounds, by a few of its key pictures and its first sound track. Runs in the child only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, Any, Final

from PIL import Image

from campaigns.media.lengths import timeline
from campaigns.media.listening import Ear
from campaigns.media.looking import seen, small_size
from campaigns.media.probe_video import DAMAGE, moving_picture, open_film, refuse_pixels
from campaigns.media.refused import Refused

PICTURES: Final = 12
"""So many key pictures are looked at, spread over the film."""
_STEP: Final = 2.0
"""Seconds between them in a film of one picture."""
_TURNS: Final = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}


@dataclass(slots=True)
class Eye:
    """Takes the packets of the moving picture and keeps a few small pictures."""

    stream: Any
    step: float
    max_pixels: int
    pictures: list[Image.Image] = field(default_factory=list)
    first: float | None = None
    due: float = float("-inf")

    def take(self, packet: Any) -> None:
        """Decode a key packet when the next picture is due; a damaged one is passed over."""
        if not (packet.size and packet.is_keyframe) or len(self.pictures) == PICTURES:
            return
        at = float((packet.pts if packet.pts is not None else packet.dts or 0) * packet.time_base)
        if at < self.due:
            return
        frame = self._decoded(packet)
        if frame is not None:
            self.pictures.append(small(frame, self.max_pixels))
            self.first = at if self.first is None else self.first
            self.due = self.first + self.step * ((at - self.first) // self.step + 1)

    def _decoded(self, packet: Any) -> Any:
        """The picture of this packet alone, or None."""
        context = self.stream.codec_context
        try:
            if context.is_open:
                context.flush_buffers()
            frames = [*packet.decode(), *context.decode(None)]
        except MemoryError:
            raise
        except DAMAGE:
            return None
        return frames[0] if frames else None


def small(frame: Any, max_pixels: int) -> Image.Image:
    """A decoded frame as seen, small. Raises Refused for one that is too large."""
    refuse_pixels(frame.width, frame.height, max_pixels)
    return upright(frame, small_size(frame.width, frame.height))


def upright(frame: Any, size: tuple[int, int]) -> Image.Image:
    """A decoded frame at another size, then turned as the film says."""
    width, height = size
    picture: Image.Image = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA").to_image()
    turns = round(frame.rotation / 90) % 4
    return picture.transpose(_TURNS[turns]) if turns else picture


def analysis(file: IO[bytes], head: bytes, limits: dict[str, int]) -> dict[str, object]:
    """Bars, colours and hashes of key pictures, and what is heard; `sound` is null without a sound track that can be decoded.

    Raises Refused.
    """
    times = timeline(file)
    file.seek(0)
    with open_film(file) as container:
        stream = moving_picture(container)
        refuse_pixels(stream.codec_context.width, stream.codec_context.height, limits["max_video_pixels"])
        stream.codec_context.thread_count = 1
        eye = Eye(stream, times.seconds / PICTURES or _STEP, limits["max_video_pixels"])
        ear = Ear(container.streams.audio[0]) if container.streams.audio else None
        _read_through(container, eye, ear)
        if not eye.pictures:
            raise Refused("undecodable")
        return {**seen(eye.pictures), "sound": None if ear is None else ear.heard_in_all()}


def _read_through(container: Any, eye: Eye, ear: Ear | None) -> None:
    """Show every packet to whom it is for. Where the file breaks off, what came before counts; the probe judges that."""
    watched = [eye.stream, *([] if ear is None else [ear.stream])]
    try:
        for packet in container.demux(watched):
            if packet.stream_index == eye.stream.index:
                eye.take(packet)
            elif ear is not None:
                ear.take(packet)
    except MemoryError:
        raise
    except DAMAGE:
        return
