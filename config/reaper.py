"""Ends what a supervisor leaves behind when it is killed without warning.

It runs as a process of its own (`python config/reaper.py`) and reads lines `+<group>` and `-<group>` from its standard
input, whose other end only the supervisor holds. End of file means that the supervisor is gone, however it went: then
every process group still noted is told to end, and made to. The standard library alone, so that it starts at once.
"""

from __future__ import annotations

import os
import signal
import sys
import time

GRACE_SECONDS = 5.0
PAUSE_SECONDS = 0.1


def signal_group(group: int, number: int) -> bool:
    """Signal a process group; False when nobody is left in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        return False
    return True


def end_groups(groups: set[int]) -> None:
    """Ask every group to end, wait a little, and kill what is left."""
    left = {group for group in groups if signal_group(group, signal.SIGTERM)}
    deadline = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        (groups.add if line[0] == "+" else groups.discard)(group)
    end_groups(groups)


if __name__ == "__main__":
    main()
