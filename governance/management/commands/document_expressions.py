"""Write docs/expressions.md from the vocabulary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.expressions.document import document


class Command(BaseCommand):
    help = "Write docs/expressions.md from the vocabulary; with --check, say whether it is up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when the file differs")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR, "docs", "expressions.md")
        text = document()
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {path}")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError("docs/expressions.md is not what the vocabulary says; run `manage.py document_expressions`")
