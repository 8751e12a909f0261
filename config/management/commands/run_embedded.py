"""`manage.py run_embedded`: what `make run` calls."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.embedded import CannotRun, Ports, run
from config.supervision import StartFailed


class Command(BaseCommand):
    help = "Runs web server, worker, beat and TikTok simulator on this machine, with demo data, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the web server's port")
        parser.add_argument("--simulator-port", type=int, default=8899, help="the TikTok simulator's port")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.OWN_MACHINE:
            raise CommandError("This is for trying Imprimatur out; it needs IMPRIMATUR_DEBUG=1, as `make run` sets it.")
        try:
            run(Ports(options["port"], options["simulator_port"]), self._say)
        except (CannotRun, StartFailed) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("Ended.")

    def _say(self, line: str) -> None:
        try:
            self.stdout.write(line)
            self.stdout.flush()
        except OSError:  # the terminal is closed; what is left to say must not keep the service from ending
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.close(nowhere)
