"""Write docs/rules.md from the rules."""

from __future__ import annotations

from config.rules_document import document
from config.written import DocumentCommand


class Command(DocumentCommand):
    help = "Write docs/rules.md from the rules; with --check, say whether it is up to date."
    file, source = "rules.md", "the rules"

    def document(self) -> str:
        return document()
