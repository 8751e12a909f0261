"""The child process of `confined`: limits itself, then reads the file behind a descriptor and prints what it
found.

Protocol: argv[1] is JSON (`fd`, `task` and the fields of `confined.Limits`). A line `ready` when the libraries are
loaded and the limits stand, then one line of JSON: {task: {...}} or {"refused": reason, "params": {...}}.
Anything else, a crash included, is judged by the parent. Imports no framework, so that it starts fast and has
nothing worth stealing.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from typing import IO, Final, cast

from campaigns.media import probe_shape
from campaigns.media.refused import Refused

Reader = Callable[[IO[bytes], bytes, dict[str, int]], dict[str, object]]

_MODULES: Final = {
    ("facts", True): "probe_image", ("facts", False): "probe_video",
    ("analysis", True): "analysis_image", ("analysis", False): "analysis_video",
    ("reading", True): "reading_image", ("reading", False): "reading_video",
}  # fmt: skip


def limit_self(cpu_seconds: int, memory_bytes: int) -> None:
    """Give up for good: processor time, address space, writing files, core dumps, most descriptors.

    macOS refuses some of these (address space above all); the limits that exist still count, and the parent's
    clock always does.
    """
    wanted = {
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + 1),
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NOFILE: (32, 32),
    }
    for what, (soft, hard) in wanted.items():
        _lower(what, soft, hard)


def _lower(what: int, soft: int, hard: int) -> None:
    try:
        ceiling = resource.getrlimit(what)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(what, (soft, hard))
    except (ValueError, OSError):
        return


def reader_for(task: str, head: bytes) -> Reader:
    """The reader that the task and the first bytes ask for; it decides by decoding. Loads only the library needed."""
    still = probe_shape.still_format(head) is not None
    module = import_module(f"campaigns.media.{_MODULES[task, still]}")
    return cast("Reader", getattr(module, task))


def answer(task: str, reader: Reader, file: IO[bytes], head: bytes, limits: dict[str, int]) -> dict[str, object]:
    """The line of JSON for the parent, as a dict."""
    try:
        probe_shape.refuse_foreign(head)
        return {task: reader(file, head, limits)}
    except Refused as refused:
        return {"refused": refused.reason, "params": refused.params}
    except MemoryError:
        return {"refused": "memory", "params": {}}


def say(line: str) -> None:
    """A line for the parent, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read the request, limit this process, answer on standard output."""
    request = json.loads(sys.argv[1])
    limit_self(request["cpu_seconds"], request["memory_bytes"])
    with os.fdopen(request["fd"], "rb") as file:
        head = file.read(probe_shape.HEAD)
        task = request["task"]
        reader = reader_for(task, head)
        say("ready")
        line = json.dumps(answer(task, reader, file, head, request))
    say(line)


if __name__ == "__main__":
    main()
