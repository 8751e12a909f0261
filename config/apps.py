from functools import partial
from pathlib import Path

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from django.conf import settings

        from config import checks as checks
        from config.celery import TOPICS, send
        from core import wake

        for topic, task in TOPICS.items():
            wake.listen(topic, partial(send, task))
        if settings.CELERY_BROKER_URL.startswith("filesystem://"):
            for folder in ("messages", "control"):
                Path(settings.VAR_DIR, "queue", folder).mkdir(parents=True, exist_ok=True)
