"""Bundles: a campaign with what is new or changed below it, put forward as one (R-26), and what of one may be sent back (R-27).
Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from approvals.digests import parent_in
from approvals.models import RequestItem
from core.errors import FieldError, Invalid, say


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a request: its entity, what that is called, and what it hangs below."""

    entity: UUID
    name: str
    parent: UUID | None


def parts_of(items: Iterable[RequestItem]) -> list[Part]:
    """The parts of a request, from its items with their revisions."""
    return [Part(item.entity_id, item.revision.name, parent_in(item.revision.content)) for item in items]


def below(parts: Sequence[Part], entities: Collection[UUID]) -> set[UUID]:
    """Everything put forward that hangs below one of these entities; they themselves are not meant."""
    parents: Mapping[UUID, UUID | None] = {part.entity: part.parent for part in parts}
    found: set[UUID] = set()
    while more := {key for key, parent in parents.items() if parent in entities or parent in found} - found:
        found |= more
    return found - set(entities)


def check_division(parts: Sequence[Part], returned: Collection[UUID]) -> None:
    """Whether these may be sent back, and the rest stay: some of them but not all, and none without what was put forward below
    it. Raises Invalid, naming `returned`."""
    names = {part.entity: part.name for part in parts}
    if not returned:
        raise Invalid.field("returned", "required", _("Say what is sent back."))
    if set(returned) - set(names):
        raise Invalid.field("returned", "unknown", _("Only what is in the request can be sent back."))
    if set(names) <= set(returned):
        words = _("That is all of it; nothing would stay. Ask for changes of the whole request, or reject it.")
        raise Invalid.field("returned", "everything", words)
    words = _("“{name}” belongs to what is sent back, and cannot stay without it; send it back as well.")
    left = below(parts, set(returned))
    if left:
        raise Invalid([FieldError("returned", "child_left", say(words, name=names[each])) for each in names if each in left])
