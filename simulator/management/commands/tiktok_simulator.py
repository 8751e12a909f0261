"""`manage.py tiktok_simulator`: the same process as `python -m simulator`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from simulator.cli import add_arguments, run


class Command(BaseCommand):
    """Runs the simulator until it is told to stop (SIGINT or SIGTERM)."""

    help = "Run the TikTok Marketing API simulator."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The options of `python -m simulator`."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand the parsed options over; nothing of Django is used while it runs."""
        run(
            host=options["host"],
            port=options["port"],
            state=options["state"],
            fixture=options["fixture"],
            seed_demo=options["seed_demo"],
        )
