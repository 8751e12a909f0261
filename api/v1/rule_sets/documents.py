"""Rule sets as YAML documents, in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from accounts.models import Page
from api.v1.scopes import place
from core.actor import Actor
from governance import ready_made, scope_words
from governance.differences import LineChange
from governance.documents import Document, read
from governance.previews import Preview
from governance.scope_words import Bound

MEDIA_TYPE: Final = "application/yaml"
"""RFC 9512."""


class DocumentParser(BaseParser):
    """A document in UTF-8, as text: what it says is read where its mistakes can be told by field."""

    media_type = MEDIA_TYPE

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """The text. Raises ParseError (code `invalid_yaml`)."""
        try:
            return stream.read().decode("utf-8")
        except UnicodeDecodeError as error:
            raise ParseError(_("The body is not UTF-8."), code="invalid_yaml") from error


class DocumentRenderer(BaseRenderer):
    """A document that is written already."""

    media_type = MEDIA_TYPE
    format = "yaml"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The text as bytes."""
        return str(data).encode()


def written(actor: Actor, text: str) -> tuple[Document, Bound]:
    """A document that was sent, and what it names. Raises Invalid, NotFound, ValidationError."""
    document = read(text)
    if document.scope is None:
        raise ValidationError({"scope": [ErrorDetail(_("The document does not say where it binds."), code="required")]})
    return document, scope_words.find(actor, document.scope)


def bundled(actor: Actor, values: Mapping[str, Any]) -> tuple[Document, Bound]:
    """A ready-made set, and what it is wanted for. Raises NotFound, ValidationError."""
    scope = bound(actor, values["scope"])
    document = ready_made.document(values["ready_made"])
    return replace(document, key=values.get("key") or scope_words.key_for(scope, document.key), places={}), scope


def bound(actor: Actor, values: Mapping[str, Any]) -> Bound:
    """What a body wants a rule set to be bound to. Raises NotFound, ValidationError."""
    scope = place(actor, values["type"], values["id"])
    if isinstance(scope, Page):
        raise ValidationError({"scope": [ErrorDetail(_("Rule sets are bound to no page."), code="page")]})
    return scope


def difference(found: Preview) -> dict[str, Any]:
    """A preview, as it is answered."""
    return {
        "key": found.row.key,
        "before": found.before and found.before.pk,
        "same": found.same and found.same.pk,
        "needs_second": found.row.needs_second,
        "details": paths(found.details),
        "changes": changed(found.changes),
    }


def changed(changes: Iterable[LineChange]) -> list[dict[str, Any]]:
    """Lines that differ, as they are answered."""
    return [{**asdict(each), "paths": paths(each.paths)} for each in changes]


def paths(found: Iterable[tuple[str, Any, Any]]) -> list[dict[str, Any]]:
    """What differs within something, as it is answered."""
    return [{"path": path, "before": one, "after": other} for path, one, other in found]


def shown_sets() -> list[dict[str, Any]]:
    """The ready-made sets, as they are answered."""
    found = []
    for each in ready_made.READY_MADE.values():
        said = ready_made.document(each.name)
        words = {"title": str(each.title), "description": str(each.description)}
        found.append({"name": each.name, **words, "markets": said.markets, "rules": said.rules})
    return found
