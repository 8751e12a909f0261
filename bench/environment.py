"""What processes of the benchmark run in."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment(url: str) -> dict[str, str]:
    """Ours alone: no setting of the caller's installation may leak in."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("IMPRIMATUR_", "DJANGO_"))}
    bench = {key: value for key, value in os.environ.items() if key.startswith("IMPRIMATUR_BENCH_")}
    return {**kept, **bench, "IMPRIMATUR_DATABASE_URL": url}
