"""Tasks of `api`: forgetting what has expired."""

from __future__ import annotations

from celery import shared_task

from api import idempotency
from core import clock


@shared_task(name="api.tasks.sweep")
def sweep() -> None:
    """Delete expired Idempotency-Keys with the answers they hold."""
    idempotency.forget_expired(clock.now())
