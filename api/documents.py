"""The OpenAPI document and its reader. Both are public: they say what exists, not what is in it."""

from __future__ import annotations

import functools
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView


@functools.cache
def _document() -> str:
    """The document as JSON; the same for everybody, so it is made once a process."""
    generator: Any = SchemaGenerator
    return json.dumps(generator().get_schema(request=None, public=True), default=str)


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/openapi.json"""
    return HttpResponse(_document(), content_type="application/vnd.oai.openapi+json;version=3.1")


class Docs(SpectacularSwaggerSplitView):
    """GET /api/v1/docs/: assets and script served by us, nothing inline, nothing from elsewhere."""

    authentication_classes = ()
