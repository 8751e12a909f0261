"""Upgrades are tried in a process of their own: it makes an old installation, brings it to today, and says what it found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import settings


def upgraded(module: str, database: str, folder: Path) -> Any:
    """What a module printed last, run on an empty database and directory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IMPRIMATUR_")}
    ran = subprocess.run(
        [sys.executable, "-m", module], cwd=settings.ROOT, capture_output=True, text=True, timeout=300, check=False,
        env=kept | {
            "DJANGO_SETTINGS_MODULE": "config.settings", "IMPRIMATUR_DEBUG": "1", "IMPRIMATUR_VAR_DIR": str(folder),
            "IMPRIMATUR_DATABASE_URL": database,
        },
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])
