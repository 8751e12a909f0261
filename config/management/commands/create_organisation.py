"""`manage.py create_organisation plan.json`: see config/setting_up.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from config.organisation_plan import PlanRefused, read, warnings
from config.setting_up import Made, set_up
from core.errors import ImprimaturError


class Command(BaseCommand):
    help = (
        "Makes an organisation with brands, ad accounts, people, roles, rules and an approval policy from a JSON plan. "
        "A plan with a mistake in it makes nothing; what was broken off is finished by the same command."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", type=Path, help="the plan; docs/organisation.example.json is one")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = self._read(options["plan"])
        try:
            made = set_up(plan)
        except (ImprimaturError, DatabaseError) as error:
            words = "What was made before stands. See to the cause, then give the same command again: it makes the rest."
            raise CommandError(f"{error}. {words}") from error
        self.stdout.write(self.style.SUCCESS(f"{made.organisation} is set up with {len(made.people)} people."))
        for warning in warnings(plan):
            self.stderr.write(self.style.WARNING(warning))
        self.stdout.write(getting_in(made))

    def _read(self, path: Path) -> Mapping[str, Any]:
        try:
            return read(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise CommandError(f"{path}: {error}") from error
        except PlanRefused as error:
            lines = "\n".join(f"  {where}: {words}" if where else f"  {words}" for where, words in error.problems)
            raise CommandError(f"{path} cannot be carried out, and nothing was made:\n{lines}") from error


def getting_in(made: Made) -> str:
    """How the people get their first password, as this installation is set up."""
    if settings.OIDC_ONLY:
        return "They log in with single sign-on alone (IMPRIMATUR_OIDC_ONLY=1); no link is sent."
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    where = f"as files in {folder} (no IMPRIMATUR_EMAIL_URL is set)" if folder else "by mail"
    return (
        f"A worker sends each a link for setting their password, {where}. "
        "Where none arrives: manage.py changepassword <address>."
    )
