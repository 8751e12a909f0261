"""What publishing a document would change, without keeping anything of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import clock
from core.actor import Actor
from core.errors import Invalid
from governance.differences import LineChange, line_changes
from governance.documents import LISTS, LONGEST, Document, told_by_line
from governance.models import RuleSet
from governance.sameness import same_as
from governance.scope_words import Bound
from governance.services.rule_sets import Narrowing, drafted


@dataclass(frozen=True, slots=True)
class Preview:
    """`row` is the version as it would be, unsaved; `before` the one in force; `latest` the number of the last one, 0 where there
    is none. `details` are title and lists that differ, as (name, before, after); `changes` the lines.

    `same` is the version that says all of it already, in force or, where it would only be proposed, proposed: then there is
    nothing to publish.
    """

    row: RuleSet
    before: RuleSet | None
    latest: int
    details: list[tuple[str, Any, Any]]
    changes: list[LineChange]
    same: RuleSet | None

    @property
    def differs(self) -> bool:
        """Whether anything is not as it is in force."""
        return self.before is None or bool(self.details or self.changes)


def narrowing(document: Document) -> Narrowing:
    """What a document narrows its rule set to."""
    return Narrowing(document.markets, document.formats, document.objectives)


def preview(*, actor: Actor, document: Document, scope: Bound, propose: bool = False) -> Preview:
    """What `publish_rule_set` would do at this moment. Raises what it raises, with the lines of the document."""
    now = clock.now()
    with told_by_line(document):
        row = drafted(
            actor=actor, key=document.key, title=document.title, rules=document.rules, scope=scope,
            narrowing=narrowing(document), now=now,
        )  # fmt: skip
        latest = RuleSet.objects.filter(key=row.key).order_by("-version").first()
        _check_key(row, latest)
    before = RuleSet.current().filter(key=row.key).first()
    same = same_as(row, propose or row.needs_second, now)
    details = [(name, one, other) for name, one, other in _details(before, row) if one != other]
    changes = line_changes(before.rules if before else [], row.rules)
    return Preview(row, before, latest.version if latest else 0, details, changes, same)


def _check_key(row: RuleSet, latest: RuleSet | None) -> None:
    """Raises Invalid where publishing would not take the key."""
    if len(row.key) > LONGEST["key"]:
        raise Invalid.field("key", "max_length", _("This key is too long; choose another key."))
    if latest is not None and any(getattr(row, column) != getattr(latest, column) for column in RuleSet.bound_by):
        raise Invalid.field("key", "taken", _("This key names a definition of another scope; choose another key."))


def _details(before: RuleSet | None, row: RuleSet) -> list[tuple[str, Any, Any]]:
    names = ("title", *LISTS)
    return [(name, getattr(before, name) if before else ("" if name == "title" else []), getattr(row, name)) for name in names]
