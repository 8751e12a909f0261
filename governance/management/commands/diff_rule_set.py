"""How a document of a rule set differs from what is in force, at the console: for checks beside the code of an agency."""

from __future__ import annotations

import sys
from typing import Any

from governance.management.documents import DIFFERS, DocumentCommand
from governance.previews import preview


class Command(DocumentCommand):
    """`diff_rule_set FILE`: exit code 0 when nothing differs, 1 when something does, 2 for errors."""

    help = "Tell how a document differs from the version in force. Exit code: 0 nothing, 1 something, 2 error."

    def handle(self, *args: Any, **options: Any) -> None:
        document, scope = self.wanted(options)
        found = preview(actor=self.actor, document=document, scope=scope)
        self.tell(found, document)
        if found.differs:
            sys.exit(DIFFERS)
