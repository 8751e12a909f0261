"""A role for somebody, given at the console: the way back where nobody manages access any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.access_policy import current_policy
from accounts.holdings import permissions_of_roles
from accounts.management.scopes import scope_named
from accounts.models import RoleGrant, User
from accounts.permissions import scope_chain
from accounts.roles import APPROVING
from accounts.second_factor import has_second_factor
from accounts.services import grant_role
from core import clock
from core.actor import Channel, system
from core.errors import ImprimaturError, Invalid

MOST_DAYS: Final = 3650


class Command(BaseCommand):
    """`grant_role <email> <role> <kind>:<id> [--days N]`. The log names the console as who gave it."""

    help = "Give a person or service account a role on a place, as whoever runs the installation. It is in force at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="of the person or service account")
        parser.add_argument("role", help="access_manager, or any other built-in role, or the id of a role of one's own")
        parser.add_argument("object", help="organisation:<id>, brand:<id>, ad_account:<id> or page:<id>")
        parser.add_argument("--days", type=int, help="1 to 3650 days until it ends (default: never)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).select_related("organisation").first()
        if user is None:
            raise CommandError(f"There is no such person or service account: {options['email']}")
        scope, days = scope_named(options["object"]), options["days"]
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise CommandError(f"Give 1 to {MOST_DAYS} days.")
        until = None if days is None else clock.now() + timedelta(days=days)
        try:
            grant = grant_role(actor=system(Channel.COMMAND), role=options["role"], principal=user, scope=scope, expires_at=until)
        except Invalid as error:
            raise CommandError(" ".join(each.detail for each in error.errors)) from error
        except ImprimaturError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{user.email} is {grant.role} on {grant.scope} (grant {grant.pk})")
        for warning in _warnings(user, grant):
            self.stderr.write(self.style.WARNING(warning))


def _warnings(user: User, grant: RoleGrant) -> Iterator[str]:
    """What the page that gives roles says beforehand. (Duties that are kept apart are refused.)"""
    now = clock.now()
    if user.is_service_account and permissions_of_roles([grant.role_id], now)[grant.role_id] & APPROVING:
        yield "A service account never approves, whatever it holds (R-33)."
    policy = current_policy(scope_chain(grant.scope)[-1][1], now)
    if policy.two_managers:
        yield "This organisation asks for two access managers; the console is not asked for the second."
    if grant.role_id in policy.second_factor_roles and not user.is_service_account and not has_second_factor(user):
        yield "This role demands a second factor, and they have none: it gives nothing before they set one up."
