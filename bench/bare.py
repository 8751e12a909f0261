"""A Celery application with one task that looks at three fields: the peer of our checks."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

REDIS = os.environ.get("IMPRIMATUR_BENCH_REDIS_URL", "redis://127.0.0.1:6379/8")

app = Celery("bare")
app.conf.update(
    broker_url=REDIS, result_backend=REDIS, worker_prefetch_multiplier=1, task_acks_late=True, worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True, task_default_queue="imprimatur-bench-bare", result_expires=60,
)  # fmt: skip


@app.task(name="bench.bare.check")
def check(ad: dict[str, Any]) -> dict[str, Any]:
    """Whether an ad of three fields is good."""
    return {"id": ad["id"], "ok": ad["budget"] >= 50 and len(ad["text"]) <= 100 and "guaranteed" not in ad["text"]}
