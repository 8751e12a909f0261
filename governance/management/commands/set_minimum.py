"""A line for the table of minimum budgets, added at the console (R-23)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.actor import Channel, system
from core.errors import ImprimaturError, Invalid
from core.money import known_currencies, parse_amount
from governance.services import set_minimum
from governance.services.minimums import ENTITY_TYPES, MODES, Minimum


def _day(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    """`set_minimum <channel> <currency> <entity_type> <mode> <amount> --source …`; see docs/budgets.md."""

    help = "Add what a budget has to reach at least. It binds every organisation, and is judged by from its first day on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", help="such as tiktok")
        parser.add_argument("currency", help="in three capital letters, such as EUR")
        parser.add_argument("entity_type", choices=ENTITY_TYPES)
        parser.add_argument("mode", choices=MODES, help="of an ad group, lifetime is for each scheduled day")
        parser.add_argument("amount", help="in whole units, such as 50.00")
        parser.add_argument("--source", required=True, help="where this number comes from")
        parser.add_argument("--objective", help="only for this objective (default: any)")
        parser.add_argument("--from", dest="starts_on", type=_day, help="first day, such as 2027-01-01 (default: today, UTC)")
        parser.add_argument("--until", dest="ends_on", type=_day, help="last day (default: none)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            row = set_minimum(actor=system(Channel.COMMAND), line=_line(options))
        except Invalid as error:
            raise CommandError(" ".join(each.detail for each in error.errors)) from error
        except ImprimaturError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{row}: {options['amount']} {row.currency} from {row.starts_on} on")


def _line(options: dict[str, Any]) -> Minimum:
    if options["currency"] not in known_currencies():
        raise CommandError("Give a currency in three capital letters, such as EUR.")
    return Minimum(
        channel=options["channel"], entity_type=options["entity_type"], mode=options["mode"],
        amount=parse_amount(options["amount"], options["currency"], "amount"),
        starts_on=options["starts_on"] or clock.now().date(), ends_on=options["ends_on"],
        objective=options["objective"], source=options["source"],
    )  # fmt: skip
