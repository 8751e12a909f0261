"""The Celery application: which task listens to which topic, and what is swept when."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, bootsteps
from celery.signals import setup_logging, task_prerun
from kombu.exceptions import OperationalError
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES["filesystem"] = "config.broker:Transport"

app = Celery("imprimatur")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks()

TOPICS = {
    "accounts.access.ended": "approvals.tasks.watch_routes",
    "accounts.link.wanted": "accounts.tasks.send_link",
    "approvals.account.compromised": "publishing.tasks.recall",
    "approvals.request.submitted": "approvals.tasks.check_request",
    "approvals.request.approved": "publishing.tasks.publish_request",
    "governance.replay.owed": "governance.tasks.replay_chunk",
    "publishing.publication.queued": "publishing.tasks.publish_request",
}
"""Topic → the task that is woken with the subject's id."""


def send(task: str, subject: str) -> None:
    """Put one message on the broker. A broker fault becomes a ConnectionError: the sweeps will find the work."""
    try:
        app.send_task(task, args=(subject,))
    except OperationalError as error:
        raise ConnectionError(str(error)) from error


@app.on_after_finalize.connect
def _periodic(sender: Celery, **_: Any) -> None:
    from django.conf import settings

    sender.conf.beat_schedule = {
        "sweep-checks": {"task": "approvals.tasks.sweep", "schedule": settings.SWEEP_SECONDS},
        "keep-time": {"task": "approvals.tasks.keep_time", "schedule": 60.0},
        "watch-routes": {"task": "approvals.tasks.watch_routes", "schedule": 300.0},
        "run-envelopes-on": {"task": "approvals.tasks.run_on", "schedule": 3600.0},
        "sweep-replays": {"task": "governance.tasks.sweep", "schedule": settings.SWEEP_SECONDS},
        "sweep-publications": {"task": "publishing.tasks.sweep", "schedule": settings.SWEEP_SECONDS},
        "read-notices": {"task": "notices.tasks.read_on", "schedule": settings.SWEEP_SECONDS},
        "send-notices": {"task": "notices.tasks.send_owed", "schedule": settings.SWEEP_SECONDS},
        "sweep-idempotency-keys": {"task": "api.tasks.sweep", "schedule": 3600.0},
    }


@setup_logging.connect
def _keep_django_logging(**_: Any) -> None:
    """Celery would install handlers of its own; settings.LOGGING stands."""


@task_prerun.connect
def _close_old_connections(**_: Any) -> None:
    """A connection that is older than IMPRIMATUR_CONN_MAX_AGE, or that the server ended, is not used for the next task."""
    from django.db import close_old_connections

    close_old_connections()


class Heartbeat(bootsteps.StartStopStep):
    """Touches the heartbeat file from the worker's main loop, for /readyz and the supervisor."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.repeated: Any = None

    def start(self, parent: Any) -> None:
        from config import health

        health.beat()
        self.repeated = parent.timer.call_repeatedly(health.HEARTBEAT_SECONDS, health.beat)

    def stop(self, parent: Any) -> None:
        if self.repeated is not None:
            self.repeated.cancel()


app.steps["worker"].add(Heartbeat)
