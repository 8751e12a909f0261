"""The next version of a rule set from a document, at the console."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from governance.documents import Document
from governance.management.documents import DocumentCommand
from governance.previews import narrowing, preview
from governance.scope_words import Bound
from governance.services import publish_rule_set


class Command(DocumentCommand):
    """`apply_rule_set FILE [--propose] [--yes]`; where nothing differs there is no new version."""

    help = "Publish a document as the next version of its rule set, after showing what changes. Applying it again does nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--propose", action="store_true", help="on trial alone, until somebody confirms it")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        document, scope = self.wanted(options)
        found = preview(actor=self.actor, document=document, scope=scope, propose=options["propose"])
        self.tell(found, document)
        if found.same is not None:
            standing = "in force" if found.same == found.before else "proposed"
            self.stdout.write(f"Version {found.same.version} is {standing} and says the same; nothing was done.")
            return
        if not options["yes"] and not self._agreed():
            raise CommandError("Nothing was done.")
        self._publish(document, scope, found.latest, options["propose"])

    def _agreed(self) -> bool:
        try:
            return input("Apply this? [yes/no] ").strip().lower() in ("y", "yes")
        except EOFError as error:
            raise CommandError("Nobody answered, and nothing was done; --yes applies without asking.") from error

    def _publish(self, document: Document, scope: Bound, after: int, propose: bool) -> None:
        row = publish_rule_set(
            actor=self.actor, key=document.key, title=document.title, rules=document.rules, scope=scope,
            narrowing=narrowing(document), propose=propose, after=after,
        )  # fmt: skip
        standing = "proposed, and runs on trial until it is confirmed" if propose else "in force"
        self.stdout.write(self.style.SUCCESS(f"{row.key} version {row.version} is {standing} ({row.pk})"))
