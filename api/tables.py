"""Listings as CSV (RFC 4180): one line of names, one line a row of the page; members of members have dotted names.

What a spreadsheet would take for a formula is text here (core.spreadsheets).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from drf_spectacular.drainage import get_override
from rest_framework.renderers import BaseRenderer
from rest_framework.serializers import Serializer, SerializerMethodField

from core.spreadsheets import inert

MEDIA_TYPE: Final = "text/csv"
Path = tuple[str, ...]
Columns = Sequence[Path]


def columns(serializer: type[Serializer[Any]], names: Sequence[str] | None = None) -> list[Path]:
    """The columns of a listing: the members of its rows (of these `names` alone), taken apart."""
    fields: Mapping[str, Any] = serializer().fields
    return [path for name in (names or fields) for path in _apart((name,), fields[name])]


def _apart(path: Path, field: Any) -> Iterator[Path]:
    if isinstance(field, SerializerMethodField):
        declared = get_override(getattr(field.parent, field.method_name or ""), "field")
        field = declared() if isinstance(declared, type) else declared
    if not isinstance(field, Serializer):  # a list of them is none
        yield path
        return
    for name, inner in field.fields.items():
        yield from _apart((*path, name), inner)


def cell(value: Any) -> str:
    """A value as text that no spreadsheet computes with."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(each, Mapping | list) for each in value):
        value = "; ".join(map(str, value))
    elif isinstance(value, Mapping | list):
        value = json.dumps(value, ensure_ascii=False, default=str)
    elif not isinstance(value, str):
        return str(value)
    return inert(value)


def _at(row: Any, path: Path) -> Any:
    for name in path:
        row = row.get(name) if isinstance(row, Mapping) else None
    return row


class CSVRenderer(BaseRenderer):
    """`Accept: text/csv` on a listing. Where the page ends, the Link header names the next."""

    media_type = MEDIA_TYPE
    format = "csv"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The rows of a page."""
        paths: Columns = (renderer_context or {})["view"].table
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(".".join(path) for path in paths)
        writer.writerows([cell(_at(row, path)) for path in paths] for row in data["results"])
        return text.getvalue().encode()
