"""What is to be heard in a sound track: silence, loudness, clipping. Runs in the child only.

Loudness is measured as EBU R 128 and ITU-R BS.1770 say, by libavfilter; what is made of the measurements is pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Final

import av
from av.filter import Graph

SECONDS_AT_MOST: Final = 600
"""So much of a sound track is listened to."""

_STEPS_OF_WINDOW: Final = 4
"""A momentary loudness is over 400 ms and comes every 100 ms; the first three are of windows that are not yet full."""
_SILENT: Final = -60.0
"""LUFS below which a moment is silent."""
_GATE: Final = -70.0
"""The absolute gate of BS.1770: where nothing is louder, there is no loudness."""
_QUIET_SAMPLE: Final = 33
"""-60 dB of full scale in 16 bits."""
_FULL: Final = bytes(1 if high in (0x7F, 0x80) else 0 for high in range(256))
"""By the higher byte of a 16-bit sample: within 0.07 dB of full scale, or not."""
_RUN: Final = re.compile(b"\x01{3,}")
_DAMAGE: Final = (av.error.FFmpegError, OSError, ValueError, OverflowError, LookupError)


def clipped_samples(samples: bytes) -> int:
    """How many of the signed 16-bit samples (little endian, one channel) stand at full scale, three or more in a row.

    A single one may be a peak that was just reached; where the wave was cut off, neighbours are equal.
    """
    return sum(run.end() - run.start() for run in _RUN.finditer(samples[1::2].translate(_FULL)))


def silent_permille(momentary: Sequence[float]) -> int | None:
    """The share of moments that are silent (thousandths), from a track's momentary loudnesses in LUFS; None when too short."""
    moments = momentary[_STEPS_OF_WINDOW - 1 :]
    if not moments:
        return None
    silent = sum(1 for each in moments if not each > _SILENT)
    return silent * 1000 // len(moments)


def loudness_tenths(integrated: float | None) -> int | None:
    """The integrated loudness in tenths of LUFS, None for silence."""
    if integrated is None or not math.isfinite(integrated) or integrated <= _GATE:
        return None
    return round(integrated * 10)


class Ear:
    """Takes the packets of one sound track and keeps what was measured."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.graph: Any = None
        self.converter: Any = None
        self.momentary: list[float] = []
        self.integrated: float | None = None
        self.samples = self.clipped = self.heard = self.bad = 0
        self.loud = False

    @property
    def full(self) -> bool:
        """Whether enough was heard."""
        return self.heard > SECONDS_AT_MOST * (self.stream.rate or 48_000)

    def take(self, packet: Any) -> None:
        """Listen to a packet; a damaged one is passed over."""
        if self.full:
            return
        try:
            for frame in packet.decode():
                self._hear(frame)
        except MemoryError:
            raise
        except _DAMAGE:
            self.bad += 1

    def _hear(self, frame: Any) -> None:
        if self.converter is None:
            self.converter = av.AudioResampler(format="s16p", layout=frame.layout, rate=frame.sample_rate)
        for plain in self.converter.resample(frame):
            self.heard += plain.samples
            for plane in plain.planes:
                self._count(bytes(memoryview(plane)[: plain.samples * 2]))
            self._measure(plain)

    def _count(self, samples: bytes) -> None:
        self.samples += len(samples) // 2
        self.clipped += clipped_samples(samples)
        if not self.loud and self.heard <= self.stream.rate:  # later the moments say it, for less
            values = memoryview(samples).cast("h")
            self.loud = max(values, default=0) > _QUIET_SAMPLE or min(values, default=0) < -_QUIET_SAMPLE

    def _measure(self, frame: Any) -> None:
        if self.graph is None:
            self.graph = _meter(frame)
        self.graph.push(frame)
        self._read()

    def _read(self) -> None:
        while True:
            try:
                metadata = self.graph.pull().metadata
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            if "lavfi.r128.M" in metadata:
                self.momentary.append(float(metadata["lavfi.r128.M"]))
                self.integrated = float(metadata["lavfi.r128.I"])

    def heard_in_all(self) -> dict[str, object] | None:
        """What was heard; None when nothing could be decoded, or much could not."""
        if self.graph is None or self.bad * 10 > len(self.momentary) + 10:
            return None
        self.graph.push(None)
        self._read()
        silent = silent_permille(self.momentary)
        return {
            "codec": self.stream.codec_context.codec.canonical_name,
            "milliseconds": self.heard * 1000 // self.stream.rate,
            "silent_permille": (0 if self.loud else 1000) if silent is None else silent,
            "loudness_tenths": loudness_tenths(self.integrated),
            "clipped_ppm": self.clipped * 1_000_000 // max(1, self.samples),
        }


def _meter(frame: Any) -> Any:
    """A graph that measures sound like this frame."""
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name, time_base=frame.time_base
    )
    meter, sink = graph.add("ebur128", "metadata=1:framelog=quiet"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    return graph
