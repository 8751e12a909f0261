"""A role for somebody, given at the console: the way back where nobody manages access any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.management.scopes import scope_named
from accounts.models import User
from accounts.services import grant_role
from core import clock
from core.actor import Channel, system
from core.errors import ImprimaturError, Invalid


class Command(BaseCommand):
    """`grant_role <email> <role> <kind>:<id> [--days N]`. The log names the console as who gave it."""

    help = "Give a person or service account a role on a place, as whoever runs the installation. It is in force at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="of the person or service account")
        parser.add_argument("role", help="access_manager, or any other built-in role, or the id of a role of one's own")
        parser.add_argument("object", help="organisation:<id>, brand:<id>, ad_account:<id> or page:<id>")
        parser.add_argument("--days", type=int, choices=range(1, 3651), metavar="1-3650", help="until it ends (default: never)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).select_related("organisation").first()
        if user is None:
            raise CommandError(f"There is no such person or service account: {options['email']}")
        scope, days = scope_named(options["object"]), options["days"]
        until = None if days is None else clock.now() + timedelta(days=days)
        try:
            grant = grant_role(actor=system(Channel.COMMAND), role=options["role"], principal=user, scope=scope, expires_at=until)
        except Invalid as error:
            raise CommandError(" ".join(each.detail for each in error.errors)) from error
        except ImprimaturError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{user.email} is {grant.role} on {grant.scope} (grant {grant.pk})")
