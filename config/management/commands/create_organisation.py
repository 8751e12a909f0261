"""`manage.py create_organisation plan.json`: see config/setting_up.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from config.setting_up import set_up
from core.errors import ImprimaturError, Invalid


class Command(BaseCommand):
    help = "Makes an organisation with brands, ad accounts, people, roles, rules and an approval policy from a JSON plan."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", type=Path, help="the plan; docs/organisation.example.json is one")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = set_up(json.loads(options["plan"].read_text(encoding="utf-8")))
        except (OSError, json.JSONDecodeError) as error:
            raise CommandError(f"{options['plan']}: {error}") from error
        except KeyError as error:
            raise CommandError(f"The plan lacks {error}; see docs/organisation.example.json.") from error
        except Invalid as error:
            raise CommandError("; ".join(f"{each.field}: {each.detail}" for each in error.errors)) from error
        except (ImprimaturError, IntegrityError) as error:
            raise CommandError(f"{error}. What was made before stands; the rest was not made.") from error
        self.stdout.write(self.style.SUCCESS(f"{made.organisation} is set up with {len(made.people)} people."))
        self.stdout.write("Give each their first password: manage.py changepassword <email>")
