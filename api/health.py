"""/healthz: the process answers. /readyz: it can do its work.

Readiness: the database answers, migrations are applied. More checks come from the setting READINESS_CHECKS: dotted paths
of functions without arguments that return None, or words about what is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

UNCACHED: Final = {"Cache-Control": "no-store"}
Check = Callable[[], str | None]


def database() -> str | None:
    """Whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return None


def migrations() -> str | None:
    """Whether all migrations are applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} migrations are not applied; run `manage.py migrate`." if plan else None


def checks() -> list[tuple[str, Check]]:
    """All checks, by name."""
    own: list[tuple[str, Check]] = [("database", database), ("migrations", migrations)]
    return own + [(path.rpartition(".")[2], import_string(path)) for path in settings.READINESS_CHECKS]


def _judge(check: Check) -> str | None:
    try:
        return check()
    except (Error, OSError):
        return "It does not answer."


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers. Nothing else is asked, so that a lost database restarts no web server."""
    return JsonResponse({"status": "ok"}, headers=UNCACHED)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when all checks pass, else 503; `checks` says which one does not, and why."""
    found = [(name, _judge(check)) for name, check in checks()]
    listed = [{"name": name, "ok": words is None, "detail": words or ""} for name, words in found]
    ready = all(line["ok"] for line in listed)
    answer = {"status": "ready" if ready else "not_ready", "checks": listed}
    return JsonResponse(answer, status=200 if ready else 503, headers=UNCACHED)
