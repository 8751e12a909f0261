"""Pages by cursor: rows newest first by key (UUIDv7), so a page costs the same at a million rows, and stays put while
rows are added. A view says which `key` its rows have (the primary key), and of which `key_kind` it is (UUID).

A listing may be made of several kinds of rows, each a queryset of its own; their keys put them in one order.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

PAGE_SIZE: Final = 50
MAX_PAGE_SIZE: Final = 200
PARAMETERS: Final = ("cursor", "page_size")
_NAME: Final = re.compile(rb"[a-z0-9_-]{1,40}")


def _refusal(field: str, words: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(words, code="invalid")]})


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: before (`n`, going down the keys) or after (`p`, going up) the row `key`."""

    backward: bool
    key: UUID | str

    def encode(self) -> str:
        key = self.key.encode() if isinstance(self.key, str) else self.key.bytes
        return base64.urlsafe_b64encode((b"p" if self.backward else b"n") + key).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, kind: type[UUID] | type[str] = UUID) -> Cursor:
        """Raises ValidationError."""
        try:
            raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        except (binascii.Error, ValueError) as error:
            raise _refusal("cursor", _("This is not a cursor of ours.")) from error
        well_formed = _NAME.fullmatch(raw[1:]) if kind is str else len(raw) == 17
        if not well_formed or raw[:1] not in (b"n", b"p"):
            raise _refusal("cursor", _("This is not a cursor of ours."))
        return cls(raw[:1] == b"p", raw[1:].decode() if kind is str else UUID(bytes=raw[1:]))


class CursorPagination(BasePagination):
    """`?cursor=` and `?page_size=`; answers `{next, previous, results}`."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """One page, in one statement a kind of row. Raises ValidationError naming the parameter."""
        self.key: str = getattr(view, "key", "pk")
        self.url = request.build_absolute_uri()
        size = self._size(request)
        text = request.query_params.get("cursor")
        cursor = Cursor.decode(text, getattr(view, "key_kind", UUID)) if text else None
        kinds: list[QuerySet[Model]] = queryset if isinstance(queryset, list) else [queryset]
        found = [row for rows in kinds for row in self._next(rows, cursor)[: size + 1]]
        if len(kinds) > 1:
            found.sort(key=attrgetter(self.key), reverse=cursor is None or not cursor.backward)
        return self._settle(found[: size + 1], size, cursor)

    def _next(self, rows: QuerySet[Model], cursor: Cursor | None) -> QuerySet[Model]:
        if cursor is not None and cursor.backward:
            return rows.filter(**{f"{self.key}__gt": cursor.key}).order_by(self.key)
        below = rows if cursor is None else rows.filter(**{f"{self.key}__lt": cursor.key})
        return below.order_by(f"-{self.key}")

    def _settle(self, found: list[Any], size: int, cursor: Cursor | None) -> list[Any]:
        backward = cursor is not None and cursor.backward
        more, page = len(found) > size, found[:size]
        if backward:
            page.reverse()
        self.next = Cursor(False, self._key_of(page[-1])) if page and (more or backward) else None
        self.previous = Cursor(True, self._key_of(page[0])) if page and (more if backward else cursor is not None) else None
        return page

    def _key_of(self, row: Model) -> Any:
        return getattr(row, self.key)

    def _size(self, request: Request) -> int:
        text = request.query_params.get("page_size")
        if text is None:
            return PAGE_SIZE
        if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_PAGE_SIZE):
            raise _refusal("page_size", _("Give a number from 1 to %(most)s.") % {"most": MAX_PAGE_SIZE})
        return int(text)

    def _link(self, cursor: Cursor | None) -> str | None:
        return None if cursor is None else replace_query_param(self.url, "cursor", cursor.encode())

    def get_paginated_response(self, data: Any) -> Response:
        """The envelope, with the same addresses in a Link header."""
        links = {"next": self._link(self.next), "previous": self._link(self.previous)}
        header = ", ".join(f'<{url}>; rel="{"prev" if name == "previous" else name}"' for name, url in links.items() if url)
        return Response({**links, "results": data}, headers={"Link": header} if header else None)

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The envelope in OpenAPI."""
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": ["next", "previous", "results"], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameters in OpenAPI."""
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"},
             "description": "Where the page begins: taken from `next` or `previous`."},
            {"name": "page_size", "in": "query", "required": False, "schema": size},
        ]  # fmt: skip
