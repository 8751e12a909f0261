"""Facts about a video, by demuxing it to its end and decoding its first and last key pictures. Runs in the
child only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, Any

import av
from av.stream import Disposition

from campaigns.media.probe_shape import announced_seconds, refuse_cut_off
from campaigns.media.refused import Refused

# Only these readers: others (playlists, image sequences, device and network formats) would open further
# files.
_DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,avi,mpeg,mpegts,matroska,webm"
_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": _DEMUXERS}
_NAMES = {"avi": "avi", "mpeg": "mpeg", "mpegts": "ts"}
_MAX_BAD_PACKETS = 50
# Codings of which no picture starts with sixteen zero bytes (raw ones may: black).
_NEVER_ZERO = {
    "h264",
    "hevc",
    "mpeg4",
    "h263",
    "mpeg1video",
    "mpeg2video",
    "vp8",
    "vp9",
    "av1",
    "mjpeg",
    "prores",
}
_HOLE = bytes(16)
DAMAGE = (av.error.FFmpegError, OSError, ValueError, OverflowError, LookupError)


@dataclass(slots=True)
class Track:
    """What passed by on one track: seconds of play and bytes."""

    start: float | None = None
    end: float = 0.0
    size: int = 0

    def add(self, packet: Any, frame_seconds: float) -> None:
        """Count a packet (libav packet; time stamps in its time base)."""
        stamp = packet.pts if packet.pts is not None else packet.dts
        self.size += packet.size
        if stamp is None or packet.is_discard:
            return
        unit = float(packet.time_base)
        begin = stamp * unit
        self.start = begin if self.start is None else min(self.start, begin)
        self.end = max(self.end, begin + (packet.duration * unit if packet.duration else frame_seconds))

    @property
    def seconds(self) -> float:
        """Length of play."""
        return 0.0 if self.start is None else max(0.0, self.end - max(self.start, 0.0))


@dataclass(slots=True)
class Reading:
    """What reading a file to its end brought."""

    tracks: dict[int, Track] = field(default_factory=dict)
    picture: Any = None
    last_key: Any = None
    bad_packets: int = 0
    cut_off: bool = False


def facts(file: IO[bytes], head: bytes, limits: dict[str, int]) -> dict[str, object]:
    """Container, codec, size as seen, length, sound and bit rate. Raises Refused."""
    max_pixels = limits["max_video_pixels"]
    refuse_cut_off(file, head)
    announced = announced_seconds(file, head)
    file.seek(0)
    with open_film(file) as container:
        stream = moving_picture(container)
        codec = stream.codec_context
        refuse_pixels(codec.width, codec.height, max_pixels)
        codec.thread_count = 1
        reading = _read_through(container, stream)
        _refuse_incomplete(max(announced, (container.duration or 0) / av.time_base), stream, reading)
        width, height = _seen_size(reading.picture, max_pixels)
        duration_ms = _duration_ms(stream, reading, limits["max_duration_ms"])
        return {
            "kind": "video",
            "container": _container_name(container, head, file),
            "codec": codec.codec.canonical_name,
            "width": width,
            "height": height,
            "duration_ms": duration_ms,
            "has_audio": _has_sound(container, reading),
            "bit_rate": sum(t.size for t in reading.tracks.values()) * 8000 // max(duration_ms, 1),
        }


def _has_sound(container: Any, reading: Reading) -> bool:
    """Whether there is a sound track with anything in it."""
    sizes = (reading.tracks[s.index].size for s in container.streams.audio if s.index in reading.tracks)
    return any(size > 0 for size in sizes)


def open_film(file: IO[bytes]) -> Any:
    """The container, by one of the readers that open no other file. Raises Refused."""
    try:
        return av.open(file, mode="r", options=dict(_OPTIONS), metadata_errors="replace", buffer_size=1 << 18)
    except MemoryError:
        raise
    except DAMAGE as error:
        raise Refused("not_media") from error


def moving_pictures(container: Any) -> list[Any]:
    """The tracks of moving pictures; cover art and timed thumbnails are none."""
    stills = Disposition.attached_pic | Disposition.timed_thumbnails
    return [s for s in container.streams.video if not s.disposition & stills]


def moving_picture(container: Any) -> Any:
    """The first moving picture. Raises Refused."""
    streams = moving_pictures(container)
    if not streams:
        raise Refused("no_video")
    if streams[0].codec_context is None:
        raise Refused("codec", codec="unknown")
    return streams[0]


def refuse_pixels(width: int, height: int, max_pixels: int) -> None:
    """Raises Refused for a picture that is too large to decode."""
    if width * height > max_pixels:
        raise Refused("pixels", width=width, height=height, limit=max_pixels)


def _read_through(container: Any, stream: Any) -> Reading:
    reading = Reading()
    frame_seconds = 1 / float(stream.average_rate) if stream.average_rate else 0.0
    solid = stream.codec_context.codec.canonical_name in _NEVER_ZERO
    watched = [s for s in container.streams if s.type in ("video", "audio")]
    try:
        for packet in container.demux(watched):
            track = reading.tracks.setdefault(packet.stream_index, Track())
            track.add(packet, frame_seconds if packet.stream_index == stream.index else 0.0)
            reading.cut_off = reading.cut_off or packet.is_corrupt
            if packet.stream_index == stream.index:
                reading.cut_off = reading.cut_off or (solid and _is_hole(packet))
                _look(packet, reading)
    except MemoryError:
        raise
    except DAMAGE:
        reading.cut_off = True
    return reading


def _is_hole(packet: Any) -> bool:
    """A download that was allotted but not filled has its outline, and zeros for pictures."""
    return packet.size >= len(_HOLE) and bytes(memoryview(packet)[: len(_HOLE)]) == _HOLE


def _look(packet: Any, reading: Reading) -> None:
    """Decode until the first picture; remember the last key packet for later."""
    if packet.size and packet.is_keyframe:
        reading.last_key = packet
    if reading.picture is not None or reading.bad_packets > _MAX_BAD_PACKETS:
        return
    frames, bad = _decode(packet)
    reading.bad_packets += bad
    reading.picture = next(iter(frames), None)


def _decode(packet: Any) -> tuple[list[Any], bool]:
    try:
        return packet.decode(), False
    except MemoryError:
        raise
    except DAMAGE:
        return [], True


def _refuse_incomplete(declared: float, stream: Any, reading: Reading) -> None:
    """Refuse a file whose content is not all there: announced longer, cut off, or without a picture near its
    end.
    """
    found = max((t.seconds for t in reading.tracks.values()), default=0.0)
    if declared > found + max(0.5, declared * 0.03):
        raise Refused(
            "shorter_than_declared", declared_ms=round(declared * 1000), found_ms=round(found * 1000)
        )
    if reading.cut_off:
        raise Refused("cut_off")
    if reading.picture is None:
        raise Refused("undecodable")
    if not _last_key_decodes(stream, reading.last_key):
        raise Refused("cut_off")


def _last_key_decodes(stream: Any, packet: Any) -> bool:
    """A file whose later part is noise has no pictures towards its end."""
    if packet is None:
        return True
    stream.codec_context.flush_buffers()
    frames, bad = _decode(packet)
    if bad or frames:
        return not bad
    try:
        return bool(stream.codec_context.decode(None))
    except MemoryError:
        raise
    except DAMAGE:
        return False


def _seen_size(frame: Any, max_pixels: int) -> tuple[int, int]:
    """Width and height after rotation (display matrix of the first picture)."""
    refuse_pixels(frame.width, frame.height, max_pixels)
    turned = round(frame.rotation) % 180 == 90
    return (frame.height, frame.width) if turned else (frame.width, frame.height)


def _duration_ms(stream: Any, reading: Reading, max_duration_ms: int) -> int:
    """Milliseconds of the picture, or of the longest track when that plays on for more than half a second."""
    picture = reading.tracks[stream.index].seconds
    longest = max(t.seconds for t in reading.tracks.values())
    found_ms = round((longest if longest > picture + 0.5 else picture) * 1000)
    if found_ms > max_duration_ms:
        raise Refused("seconds", found_ms=found_ms, limit_ms=max_duration_ms)
    return found_ms


def _container_name(container: Any, head: bytes, file: IO[bytes]) -> str:
    """Our word for the container. mp4, mov and 3gp share a reader and differ by brand (ISO 14496-12, 4.3)."""
    name = container.format.name
    if name in _NAMES:
        return _NAMES[name]
    if name.startswith("matroska"):
        file.seek(0)
        return "webm" if b"\x42\x82\x84webm" in file.read(4096) else "mkv"
    if head[4:8] != b"ftyp" or head[8:12] == b"qt  ":
        return "mov"
    return "3gp" if head[8:11] in (b"3gp", b"3g2", b"3ge", b"3gr", b"3gs") else "mp4"
