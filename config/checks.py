"""Wrong deployments fail `manage.py check`, not at two in the morning."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

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


@checks.register
def check_leases(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """A lease that ends while its worker may still be working makes two workers do the same work."""
    if settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < settings.LEASE_SECONDS:
        return []
    return [
        checks.Error(
            "The time limits of tasks and the lease of their work do not follow each other.",
            hint="IMPRIMATUR_TASK_SOFT_LIMIT < IMPRIMATUR_TASK_HARD_LIMIT < IMPRIMATUR_LEASE_SECONDS.",
            id="imprimatur.E002",
        )
    ]


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
