"""Reading a media file in a child process with limits.

A file from outside is read by large C libraries. They run in a process of their own that has no framework, no
network address, no secrets in its environment and hard limits on time, memory and writing, so that a hostile
file can spoil only the answer about itself.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal

from campaigns.media.errors import REASONS, MediaProbeFailed, refusal

_PROJECT = Path(__file__).resolve().parents[2]
_MAX_ANSWER = 512 * 1024
_FRUGAL: Final = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": "4194304", "MALLOC_TRIM_THRESHOLD_": "4194304",
}  # fmt: skip
"""For libraries for numbers: no threads, of which each takes address space of its own; large memory goes back when it is freed."""

Task = Literal["facts", "analysis", "reading"]
"""What the child is asked for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading a file may cost. Bytes, pixels (width x height), milliseconds of play, seconds of work."""

    max_bytes: int = 500 * 1024 * 1024
    max_image_pixels: int = 50_000_000
    max_video_pixels: int = 36_000_000
    max_duration_ms: int = 6 * 3600 * 1000
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    memory_bytes: int = 1536 * 1024 * 1024


@contextmanager
def descriptor(source: Path | str | IO[bytes]) -> Iterator[int]:
    """A file descriptor of a path or of an open binary file."""
    if not isinstance(source, (str, Path)):
        yield source.fileno()
        return
    # O_NONBLOCK: opening a named pipe must not wait for a writer.
    fd = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)


def checked_size(fd: int, limits: Limits) -> int:
    """The size in bytes. Raises MediaRefused for what is no file, empty or too large."""
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode):
        raise refusal("not_a_file")
    if found.st_size == 0:
        raise refusal("empty")
    if found.st_size > limits.max_bytes:
        raise refusal("bytes", {"limit": limits.max_bytes})
    return found.st_size


def _start(fd: int, task: Task, limits: Limits) -> subprocess.Popen[bytes]:
    request = json.dumps({"fd": fd, "task": task, **asdict(limits)})
    # -E -s: no variable and no user directory of the caller changes what is imported; -B: it may not write
    # anyway.
    command = [sys.executable, "-E", "-s", "-B", "-W", "ignore", "-m", "campaigns.media.probe_child", request]
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell, no word of the caller's
            command,
            cwd=_PROJECT,
            env={"LC_ALL": "C.UTF-8", **(_FRUGAL if task == "reading" else {})},
            pass_fds=(fd,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise MediaProbeFailed(str(error)) from error


def ask(fd: int, task: Task, limits: Limits) -> dict[str, Any]:
    """What the child finds in the file. Raises MediaRefused, or MediaProbeFailed when no child can run here."""
    os.lseek(fd, 0, os.SEEK_SET)
    output, status, expired = _run(_start(fd, task, limits), limits.wall_seconds)
    lines = output.decode("utf-8", "replace").splitlines()
    if expired or status == -signal.SIGXCPU:
        raise refusal("timeout", {"seconds": limits.cpu_seconds if not expired else limits.wall_seconds})
    if "ready" not in lines:
        raise MediaProbeFailed(f"the probe did not start (status {status}): {output[-2000:]!r}")
    if status == -signal.SIGKILL:  # not ours: the kernel ran out of memory
        raise refusal("memory")
    if status != 0:
        raise refusal("crashed", {"status": status})
    return _parse(lines[-1], task)


def _run(child: subprocess.Popen[bytes], seconds: float) -> tuple[bytes, int, bool]:
    """Output (capped), exit status, and whether the time ran out."""
    expired = threading.Event()

    def stop() -> None:
        expired.set()
        child.kill()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        with child:
            output = child.stdout.read(_MAX_ANSWER) if child.stdout else b""
            babbling = len(output) == _MAX_ANSWER
            if babbling:
                child.kill()
            status = child.wait()
    finally:
        timer.cancel()
    return output, 1 if babbling else status, expired.is_set()


def _parse(line: str, task: Task) -> dict[str, Any]:
    try:
        answer = json.loads(line)
        reason, params = answer.get("refused"), answer.get("params")
        found = answer[task] if reason is None else None
    except (ValueError, AttributeError, KeyError) as error:
        raise MediaProbeFailed(f"unreadable answer: {line[:200]!r}") from error
    if reason in REASONS:
        raise refusal(reason, params)
    if not isinstance(found, dict):
        raise MediaProbeFailed(f"unexpected answer: {line[:200]!r}")
    return found
