"""Try a version of a rule set on past revisions, and show what it would have said (docs/replay.md)."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from approvals.queries import changes_of
from core import clock
from core.actor import Channel, system
from core.errors import ImprimaturError, Invalid
from governance.models import Replay, RuleSet
from governance.queries import done_of, unseen_in
from governance.replaying import owed_parts
from governance.services import start_replay
from governance.services.replays import BACK, USUAL
from governance.states import ReplayState
from governance.tasks import end_if_through, replay_chunk

BAR = 40
MOST_DAYS = 36_500
WAIT = 0.2


class Command(BaseCommand):
    """`replay_rule_set <key>`: this process does the work, and workers help where they run."""

    help = "Try a version of a rule set on past revisions. Nothing that is in force changes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="of the rule set, or with --join the id of a replay that goes on")
        parser.add_argument("--version-number", type=int, dest="number", help="which version (default: the latest)")
        parser.add_argument("--days", type=_days, default=BACK.days, help=f"how far it goes back (default: {BACK.days})")
        parser.add_argument("--most", type=int, default=USUAL, help=f"at most so many revisions, the newest (default: {USUAL})")
        parser.add_argument("--join", action="store_true", help="help with a replay that goes on")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            replay = _joined(options["key"]) if options["join"] else _started(options)
        except Invalid as error:
            raise CommandError(" ".join(each.detail for each in error.errors)) from error
        except ImprimaturError as error:
            raise CommandError(error.detail) from error
        self._work(replay)
        self._tell(replay)

    def _work(self, replay: Replay) -> None:
        """Do part after part until none is left; what others do is waited for."""
        while replay.state == ReplayState.RUNNING:
            part = owed_parts(replay.pk, clock.now()).first()
            if part is not None:
                replay_chunk(str(part.pk))
            else:
                end_if_through(replay.pk)
                time.sleep(WAIT)
            replay.refresh_from_db()
            self._progress(done_of(replay), replay.total)
        if self.stderr.isatty():
            self.stderr.write("")

    def _progress(self, done: int, total: int) -> None:
        filled = BAR * done // max(total, 1)
        if self.stderr.isatty():
            self.stderr.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done} of {total}", ending="")
            self.stderr.flush()

    def _tell(self, replay: Replay) -> None:
        self.stdout.write(f"Replay {replay.pk} of {replay.rule_set}: {replay.state}, {done_of(replay)} of {replay.total} revisions")
        for change in changes_of(replay.verdicts.all()):
            later = f", {change['refused_later']} of them refused by people later" if change["refused_later"] else ""
            self.stdout.write(f"  {change['before']} → {change['after']}: {change['revisions']}{later}")
        for rule, number in unseen_in(replay).items():
            self.stdout.write(f"  {rule}: could not be asked of {number}, what it reads was not looked at then")
        if not replay.verdicts.exists():
            self.stdout.write("  Nothing would have been said otherwise.")


def _days(text: str) -> int:
    found = int(text)
    if not 1 <= found <= MOST_DAYS:
        raise ValueError(text)
    return found


def _started(options: dict[str, Any]) -> Replay:
    versions = RuleSet.objects.filter(key=options["key"])
    if options["number"] is not None:
        versions = versions.filter(version=options["number"])
    row = versions.order_by("-version").first()
    if row is None:
        raise CommandError("There is no such version; `GET rule-sets/` lists them.")
    since = clock.now() - timedelta(days=options["days"])
    return start_replay(actor=system(Channel.COMMAND), rule_set=row.pk, since=since, most=options["most"])


def _joined(text: str) -> Replay:
    try:
        return Replay.objects.select_related("rule_set").get(pk=UUID(text))
    except (ValueError, Replay.DoesNotExist) as error:
        raise CommandError("There is no such replay.") from error
