"""A bearer token for a person or service account, printed once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.management.scopes import scope_named
from accounts.models import User
from accounts.roles import PERMISSIONS
from accounts.services import create_api_token
from core import clock
from core.actor import Channel, system
from core.errors import ImprimaturError, Invalid


class Command(BaseCommand):
    """`create_api_token <email> --name N [--days N] [--permission P]… [--scope kind:id]`: the token alone on the last line of
    standard output."""

    help = "Make an API token for a person or service account. It is printed once; only its hash is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="of the person or service account")
        parser.add_argument("--name", required=True, help="what the token is for; one of each name per person")
        parser.add_argument("--days", type=int, help="days until it expires (default: never)")
        parser.add_argument(
            "--permission", action="append", default=[], choices=sorted(PERMISSIONS),
            help="what alone it gives of what they hold, beside seeing; may be said several times (default: everything)",
        )  # fmt: skip
        parser.add_argument("--scope", help="where alone: organisation:<id>, brand:<id> or ad_account:<id> (default: everywhere)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).select_related("organisation").first()
        if user is None:
            raise CommandError(f"There is no such person or service account: {options['email']}")
        self._check(options)
        scope = None if options["scope"] is None else scope_named(options["scope"])
        until = None if options["days"] is None else clock.now() + timedelta(days=options["days"])
        try:
            _, text = create_api_token(
                actor=system(Channel.COMMAND), user=user, name=options["name"].strip(), expires_at=until,
                permissions=options["permission"], scope=scope,
            )  # fmt: skip
        except Invalid as error:
            raise CommandError(" ".join(each.detail for each in error.errors)) from error
        except ImprimaturError as error:
            raise CommandError(error.detail) from error
        self.stderr.write(f"Token “{options['name']}” of {user.email}; it is not shown again:")
        self.stdout.write(text)

    def _check(self, options: dict[str, Any]) -> None:
        if not 1 <= len(options["name"].strip()) <= 100:
            raise CommandError("Give the token a name of 1 to 100 characters.")
        if options["days"] is not None and not 1 <= options["days"] <= 3650:
            raise CommandError("Give 1 to 3650 days.")
