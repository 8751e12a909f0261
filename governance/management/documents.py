"""What the commands about documents of rule sets share: which document, bound where, and how a difference is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from core.actor import Actor, Channel, system
from core.errors import ImprimaturError, Invalid, NotFound
from governance import ready_made, scope_words
from governance.differences import LineChange
from governance.documents import Document, read
from governance.plain_yaml import MAX_CHARACTERS
from governance.previews import Preview
from governance.scope_words import Bound, ScopeWords

READY_MADE: Final = "ready-made:"
FAILED: Final = 2
"""The exit code of every error: 1 says that something differs."""
DIFFERS: Final = 1


class DocumentCommand(BaseCommand):
    """A command that takes a document, and says where it binds. The log names the console as who acts."""

    actor: Actor = system(Channel.COMMAND)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help=f"a document, - for standard input, or {READY_MADE}<name>")
        add_scope(parser)
        parser.add_argument("--key", help="another key than the document's (keys are unique on an installation)")
        parser.add_argument("--everywhere", action="store_true", help="bind it to everything on this installation")

    def execute(self, *args: Any, **options: Any) -> Any:
        with told_in_words():
            return super().execute(*args, **options)

    def wanted(self, options: dict[str, Any]) -> tuple[Document, Bound]:
        """The document, with its key, and what it is bound to. Raises CommandError, Invalid."""
        found = _document(options["file"])
        words = _scope(options, found)
        scope = named(self.actor, words)
        bundled = options["file"].startswith(READY_MADE)
        key = options["key"] or (scope_words.key_for(scope, found.key) if bundled else found.key)
        return replace(found, key=key), scope

    def tell(self, found: Preview, document: Document) -> None:
        """What would change, by line and parameter."""
        version = f"version {found.before.version}, in force" if found.before else "nothing in force"
        where = scope_words.said(found.row.scope)
        bound = where if isinstance(where, str) else ", ".join(f"{name} {value}" for name, value in where.items())
        self.stdout.write(f"{document.key} ({bound}): {version}")
        for line in told(found, document):
            self.stdout.write(line)
        if not found.differs:
            self.stdout.write("Nothing differs.")


def add_scope(parser: CommandParser) -> None:
    """The options that name a scope."""
    parser.add_argument("--organisation", help="its short name (slug)")
    parser.add_argument("--brand", help="the name of a brand of that organisation")
    parser.add_argument("--ad-account", help="its id on the channel, such as 7300000000000000001 or tiktok:7300000000000000001")


def given(options: dict[str, Any]) -> ScopeWords | None:
    """The scope that options name, if they do. Raises CommandError."""
    organisation, brand, account = options["organisation"], options["brand"], options["ad_account"]
    everywhere = options.get("everywhere", False)
    if brand and not organisation:
        raise CommandError("A brand is named with its organisation: --organisation SLUG --brand NAME.")
    if sum(map(bool, (organisation, account, everywhere))) > 1:
        raise CommandError("Name one scope: an organisation (and a brand of it), an ad account, or everywhere.")
    if account:
        channel, colon, identifier = account.rpartition(":")
        return scope_words.parse({**({"channel": channel} if colon else {}), "ad_account": identifier})
    if organisation:
        return ScopeWords(organisation, brand or "")
    return ScopeWords() if everywhere else None


def named(actor: Actor, words: ScopeWords) -> Bound:
    """What the words name. Raises CommandError."""
    try:
        return scope_words.find(actor, words)
    except NotFound as error:
        raise CommandError(f"There is no {words} here.") from error


@contextmanager
def told_in_words() -> Iterator[None]:
    """Every refusal as a CommandError of the exit code of errors."""
    try:
        yield
    except Invalid as error:
        lines = "\n".join(f"  {each.field}: {each.detail}" for each in error.errors)
        raise CommandError(f"{error.detail}\n{lines}", returncode=FAILED) from error
    except ImprimaturError as error:
        raise CommandError(error.detail, returncode=FAILED) from error
    except (CommandError, DatabaseError, OSError) as error:
        raise CommandError(str(error), returncode=FAILED) from error


def _document(name: str) -> Document:
    if name.startswith(READY_MADE):
        try:
            return ready_made.document(name.removeprefix(READY_MADE))
        except NotFound as error:
            raise CommandError(f"There is no such set; there are: {', '.join(ready_made.READY_MADE)}.") from error
    try:
        raw = sys.stdin.buffer.read(4 * MAX_CHARACTERS + 1) if name == "-" else Path(name).read_bytes()
        return read(raw.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name}: {error}") from error


def _scope(options: dict[str, Any], document: Document) -> ScopeWords:
    words = given(options) or document.scope
    if words is None:
        raise CommandError("The document does not say where it binds; give --organisation, --brand, --ad-account or --everywhere.")
    return words


# --- differences, a line each ---------------------------------------------------------------------------------------------------


def told(found: Preview, document: Document) -> Iterator[str]:
    """The differences: `+` is new, `-` goes, `~` changes."""
    for name, before, after in found.details:
        yield f"~ {name}: {_change(before, after)}"
    for change in found.changes:
        yield from _line(change, _where(change, found, document))


def _where(change: LineChange, found: Preview, document: Document) -> str:
    index = next((i for i, line in enumerate(found.row.rules) if line is change.after), None)
    place = document.places.get(f"rules.{index}")
    return f" (line {place})" if place else ""


def _line(change: LineChange, where: str) -> Iterator[str]:
    sign = {"added": "+", "removed": "-", "changed": "~"}[change.kind]
    if change.before and change.after:
        yield f"{sign} {change.rule}{where}"
        yield from (f"    {path}: {_change(before, after)}" for path, before, after in change.paths)
        return
    line = change.after or change.before or {}
    yield f"{sign} {change.rule}: {line['mode']}{where}"
    yield from (f"    {name}: {_shown(value)}" for name, value in line["params"].items())


def _change(before: Any, after: Any) -> str:
    if isinstance(before, list) and isinstance(after, list):
        gone = [f"-{_shown(each)}" for each in before if each not in after]
        new = [f"+{_shown(each)}" for each in after if each not in before]
        return " ".join([*new, *gone]) or f"{_shown(before)} → {_shown(after)}"
    return f"{_shown(before)} → {_shown(after)}"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
