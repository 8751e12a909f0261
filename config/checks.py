"""Wrong deployments fail `manage.py check`, not at two in the morning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS

from api import health as health_of_api
from config import health

PRODUCTION_HOST = "business-api.tiktok.com"


@checks.register(checks.Tags.security, deploy=True)
def check_broker_and_database(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """Embedded parts are for one machine; say so where several are meant."""
    found: list[checks.CheckMessage] = []
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(
            checks.Warning(
                "The embedded database serves one machine only.",
                hint="Set IMPRIMATUR_DATABASE_URL=postgres://… for production.",
                id="imprimatur.W001",
            )
        )
    if settings.CELERY_BROKER_URL.startswith("filesystem://"):
        found.append(
            checks.Warning(
                "The embedded broker serves one machine only.",
                hint="Set IMPRIMATUR_BROKER_URL=redis://… for production.",
                id="imprimatur.W002",
            )
        )
    return found


@checks.register(checks.Tags.database)
def check_guards(app_configs: Any, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """The guards of a database that is up to date. Only a warning: `migrate` runs this too, and must not be kept from it."""
    if not databases or DEFAULT_DB_ALIAS not in databases or health_of_api.migrations() is not None:
        return []
    problem = health.guards()
    hint = "Restore the schema from a dump that has its triggers, or from the migrations; see docs/guards.md."
    return [checks.Warning(problem, hint=hint, id="imprimatur.W003")] if problem else []


@checks.register(checks.Tags.security)
def check_channel_host(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """Nothing reaches the real platform by accident."""
    if PRODUCTION_HOST in settings.TIKTOK_HOST and not settings.TIKTOK_ALLOW_PRODUCTION:
        return [
            checks.Error(
                "IMPRIMATUR_TIKTOK_HOST is the production platform.",
                hint="Set IMPRIMATUR_TIKTOK_ALLOW_PRODUCTION=1 if real ads are to be published.",
                id="imprimatur.E001",
            )
        ]
    return []
