"""How long a film is by what is in it. Headers may say anything, and nothing. Runs in the child only."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import IO, Any

from campaigns.media.probe_video import DAMAGE, moving_picture, open_film


@dataclass(frozen=True, slots=True)
class Timeline:
    """When the pictures of the moving picture are shown, and the key pictures among them: seconds, in the order of the packets."""

    every: array[float]
    keys: array[float]

    @property
    def seconds(self) -> float:
        """From the first picture to the last."""
        return max(self.every) - min(self.every) if self.every else 0.0

    def slots(self, times: array[float], step: float) -> int:
        """In how many of the spans of so many seconds from the first picture on one of these is shown."""
        begin = min(self.every, default=0.0)
        return len({int((at - begin) // step) for at in times})


def timeline(file: IO[bytes]) -> Timeline:
    """By the packets, to where the file ends or breaks off; nothing is decoded. Raises Refused."""
    file.seek(0)
    found = Timeline(array("d"), array("d"))
    with open_film(file) as container:
        stream = moving_picture(container)
        try:
            for packet in container.demux(stream):
                _note(packet, found)
        except MemoryError:
            raise
        except DAMAGE:
            pass
    return found


def _note(packet: Any, found: Timeline) -> None:
    at = packet.pts if packet.pts is not None else packet.dts
    if packet.size and at is not None:
        for times in (found.every, found.keys) if packet.is_keyframe else (found.every,):
            times.append(float(at * packet.time_base))
