"""Looking at processes from the outside, on Linux and macOS alike."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any


def children(pid: int) -> dict[int, str]:
    """Process id → command line of the direct children that live."""
    listed = subprocess.run(["ps", "-axo", "pid=,ppid=,stat=,command="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 3) for line in listed.stdout.splitlines()]
    return {
        int(row[0]): row[3] for row in rows if len(row) == 4 and int(row[1]) == pid and not row[2].startswith("Z")
    }


def descendants(pid: int) -> dict[int, str]:
    """All that a process started, and what those started."""
    found = children(pid)
    for child in list(found):
        found |= descendants(child)
    return found


def lives(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(shown.stdout.strip()) and not shown.stdout.strip().startswith("Z")


def eventually(what: str, happened: Callable[[], Any], patience: float = 120.0) -> Any:
    """Poll until `happened` answers something true; fail in words when it does not in time."""
    deadline = time.monotonic() + patience
    while not (answer := happened()):
        assert time.monotonic() < deadline, f"waited {patience:.0f} s in vain: {what}"
        time.sleep(0.05)
    return answer
