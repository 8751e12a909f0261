"""Write docs/states.md from the transition tables."""

from __future__ import annotations

from config.states_document import document
from config.written import DocumentCommand


class Command(DocumentCommand):
    help = "Write docs/states.md from the transition tables; with --check, say whether it is up to date."
    file, source = "states.md", "the transition tables"

    def document(self) -> str:
        return document()
