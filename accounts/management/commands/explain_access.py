"""Why somebody may or may not, at the console (R-58)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from accounts.explain import Explanation, Reason, explain, holders
from accounts.management.scopes import scope_named
from accounts.models import Scope, User
from accounts.roles import PERMISSIONS
from core import clock


class Command(BaseCommand):
    """`explain_access <permission> <kind>:<id> [--user EMAIL] [--at TIME]`: who may and why, or why not."""

    help = "Tell by which grant, group and scope somebody may do something, or what is missing; without --user, who may."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("permission", choices=sorted(PERMISSIONS))
        parser.add_argument("object", help="organisation:<id>, brand:<id>, ad_account:<id> or page:<id>")
        parser.add_argument("--user", help="e-mail address of a person or service account; without it: everybody who may")
        parser.add_argument("--at", help="a past moment with its offset, e.g. 2026-11-01T09:00:00+01:00 (default: now)")

    def handle(self, *args: Any, **options: Any) -> None:
        scope, at = scope_named(options["object"]), _moment(options["at"])
        if options["user"] is None:
            self._tell_holders(options["permission"], scope, at)
            return
        user = User.objects.filter(email=options["user"].strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no such person or service account: {options['user']}")
        self._tell(explain(user, options["permission"], scope, at))

    def _tell_holders(self, permission: str, scope: Scope, at: datetime | None) -> None:
        found = holders(permission, scope, at)
        for each in found:
            self.stdout.write(f"{each.user.email}: " + "; ".join(map(_because, each.because)))
        if not found:
            when = "now" if at is None else f"at {at.isoformat(timespec='seconds')}"
            self.stdout.write(f"Nobody may {permission} on {scope} {when}.")

    def _tell(self, found: Explanation) -> None:
        answer = "may" if found.allowed else "may not"
        when = found.at.isoformat(timespec="seconds")
        self.stdout.write(f"{found.user.email} {answer} {found.permission} on {found.scope} ({when})")
        for reason in found.because:
            self.stdout.write(f"  because: {_because(reason)}")
        for missing in found.missing:
            self.stdout.write(f"  missing: {missing.words} [{missing.code}]")


def _because(reason: Reason) -> str:
    group = f" through “{reason.membership.group}”" if reason.membership else ""
    until = f" until {reason.until.isoformat(timespec='seconds')}" if reason.until else ""
    late = reason.counts_for_earlier_from
    earlier = f", for what was put forward before it from {late.isoformat(timespec='seconds')}" if late else ""
    factor = ", with a second factor" if reason.second_factor else ""
    return f"{reason.grant.role} on {reason.grant.scope}{group}{until}{earlier}{factor} (grant {reason.grant.pk})"


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise CommandError("Give the time with its offset, e.g. 2026-11-01T09:00:00+01:00.")
    if found > clock.now():
        raise CommandError("Give a moment that is past: what will be is not known.")
    return found
