"""A version of a rule set as a document, at the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.subjects import audit_scope
from core.actor import Channel, system
from governance.documents import write
from governance.management.documents import add_scope, given, named, told_in_words
from governance.models import RuleSet
from governance.scope_words import Bound


class Command(BaseCommand):
    """`export_rule_set KEY [--organisation SLUG] [--version N] [--output FILE]`: the version in force, or the one named."""

    help = "Write a version of a rule set as a YAML document: the one in force, or the one that --version names."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Here --version is that of the rule set, not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key")
        add_scope(parser)
        parser.add_argument("--version", type=int, help="its number (default: the version in force)")
        parser.add_argument("--output", type=Path, help="the file to write (default: standard output)")

    def execute(self, *args: Any, **options: Any) -> Any:
        with told_in_words():
            return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        text = write(_row(options))
        if options["output"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            options["output"].write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['output']}: {error}") from error


def _row(options: dict[str, Any]) -> RuleSet:
    """The version that is asked for. Raises CommandError."""
    key, number, words = options["key"], options["version"], given(options)
    rows = RuleSet.objects.filter(key=key).select_related("organisation", "brand__organisation", "ad_account__brand")
    last = rows.order_by("-version").first()
    if last is None or (words is not None and not _below(last.scope, named(system(Channel.COMMAND), words))):
        where = "" if words is None else f" of {words}"
        raise CommandError(f"There is no rule set “{key}”{where}.")
    found = rows.filter(version=number).first() if number is not None else rows.filter(pk__in=RuleSet.current()).first()
    if found is None and number is not None:
        raise CommandError(f"“{key}” has no version {number}; the last one is {last.version}.")
    if found is None:
        raise CommandError(f"No version of “{key}” is in force; name one with --version (the last one is {last.version}).")
    return found


def _below(scope: Bound, wanted: Bound) -> bool:
    """Whether something bound to `scope` is the matter of `wanted`: of an organisation, all that lies below it."""
    if scope is None or wanted is None:
        return scope == wanted
    return wanted.pk in _chain(scope)


def _chain(scope: Any) -> set[UUID | None]:
    placed = audit_scope(scope)
    return {placed.organisation, placed.brand, placed.ad_account}
