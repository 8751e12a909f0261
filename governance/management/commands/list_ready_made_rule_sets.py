"""Which ready-made rule sets there are, at the console."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from governance.management.documents import READY_MADE
from governance.ready_made import READY_MADE as SETS
from governance.ready_made import document


class Command(BaseCommand):
    """`list_ready_made_rule_sets`: a set a paragraph, with its file."""

    help = "List the ready-made rule sets; `apply_rule_set ready-made:<name> --organisation <slug>` applies one."

    def handle(self, *args: Any, **options: Any) -> None:
        for each in SETS.values():
            self.stdout.write(f"{READY_MADE}{each.name}: {each.title}, {len(document(each.name).rules)} rules")
            self.stdout.write(f"    {each.description}")
            self.stdout.write(f"    {each.path}")
