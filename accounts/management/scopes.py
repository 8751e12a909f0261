"""How commands are told of an object: `kind:id`."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.core.management.base import CommandError

from accounts.models import AdAccount, Brand, Organisation, Page, Scope

SCOPES: Final[dict[str, tuple[type[Any], str]]] = {
    "organisation": (Organisation, ""),
    "brand": (Brand, "organisation"),
    "ad_account": (AdAccount, "brand__organisation"),
    "page": (Page, "brand__organisation"),
}


def scope_named(text: str) -> Scope:
    """The object, with what is above it. Raises CommandError."""
    kind, _, identifier = text.partition(":")
    try:
        model, path = SCOPES[kind]
        rows = model.objects.select_related(path) if path else model.objects
        found: Scope | None = rows.filter(pk=UUID(identifier)).first()
    except (KeyError, ValueError) as error:
        raise CommandError(f"Give the object as {', '.join(f'{each}:<id>' for each in SCOPES)}.") from error
    if found is None:
        raise CommandError(f"There is no such object: {text}")
    return found
