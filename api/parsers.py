"""Reading bodies strictly: what two readers might understand differently is refused, not guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer


def _refuse_constant(name: str) -> Any:
    raise ParseError(_("JSON has no %(name)s.") % {"name": name}, code="invalid_json")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ParseError(_("The name “%(name)s” stands twice in one object.") % {"name": twice}, code="duplicate_name")
    return found


class StrictJSONParser(BaseParser):
    """RFC 8259 JSON in UTF-8 without NaN, Infinity or a name twice in one object. The body is one object."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The object. Raises ParseError (code `invalid_json`, `duplicate_name`)."""
        try:
            found = json.loads(stream.read().decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unique)
        except UnicodeDecodeError as error:
            raise ParseError(_("The body is not UTF-8."), code="invalid_json") from error
        except ValueError as error:
            raise ParseError(_("The body is not JSON: %(error)s") % {"error": error}, code="invalid_json") from error
        except RecursionError as error:
            raise ParseError(_("The body is nested too deeply."), code="invalid_json") from error
        if not isinstance(found, dict):
            raise ParseError(_("The body is a JSON object."), code="invalid_json")
        return found
