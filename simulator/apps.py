"""The Django app exists only for the management command `tiktok_simulator`."""

from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    """No models, no signals, no settings."""

    name = "simulator"
    verbose_name = "TikTok simulator"
