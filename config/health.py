"""What readiness asks beside the API's own checks: the guards of the database, and the heartbeat of the workers.

A worker touches a file in VAR_DIR from its main loop (config/celery.py), so that a worker that hangs stops beating.
Web servers and workers share VAR_DIR, as they share the media in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from config.all_guards import ALL
from core import clock
from core.triggers import missing, shadowing

HEARTBEAT_SECONDS: Final = 5.0
WORKER_LOST_SECONDS: Final = 30.0


def guards() -> str | None:
    """Readiness (READINESS_CHECKS): None when every trigger and view stands as it should and nothing stands before them."""
    absent, before = missing(ALL, connection), shadowing(connection)
    words = [f"Missing in the database: {', '.join(absent)}."] if absent else []
    words += [f"In the way of the guards: {', '.join(before)}; drop it."] if before else []
    return " ".join(words) or None


def heartbeat_file() -> Path:
    """The file that workers touch."""
    return Path(settings.VAR_DIR, "worker.heartbeat")


def beat() -> None:
    """A worker lives: touch the file."""
    path = heartbeat_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def worker_age_seconds() -> float | None:
    """Seconds since any worker's last heartbeat; None when there never was one."""
    try:
        touched = heartbeat_file().stat().st_mtime
    except FileNotFoundError:
        return None
    return max(0.0, clock.now().timestamp() - touched)


def worker() -> str | None:
    """Readiness (READINESS_CHECKS): None when a worker beats, else what is missing, in words."""
    age = worker_age_seconds()
    if age is None:
        return "No worker has started yet."
    return None if age <= WORKER_LOST_SECONDS else f"No heartbeat of a worker for {age:.0f} s."
