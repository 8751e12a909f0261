"""Commands that write a file of docs/ from the code, and say whether it is up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class DocumentCommand(BaseCommand):
    """`document()` is what `file` should be; with --check nothing is written, and a difference is an error."""

    file: str
    source: str

    def document(self) -> str:
        """The text of the file."""
        raise NotImplementedError

    def add_arguments(self, parser: CommandParser) -> None:
        """--check."""
        parser.add_argument("--check", action="store_true", help="change nothing, fail when the file differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, or compare. Raises CommandError."""
        path = Path(settings.BASE_DIR, "docs", self.file)
        text = self.document()
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {path}")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            name = type(self).__module__.rpartition(".")[2]
            raise CommandError(f"docs/{self.file} is not what {self.source} say; run `manage.py {name}`")
