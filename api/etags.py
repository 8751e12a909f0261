"""ETag and If-Match on drafts: the entity tag is the draft's version."""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError

_TAG: Final = re.compile(r'"v([0-9]{1,9})"')


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"v{version}"'


def expected_version(request: HttpRequest) -> int | None:
    """The version that If-Match demands; None when the client does not care. Raises ParseError."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    found = _TAG.fullmatch(given.strip())
    if found is None:
        raise ParseError(_("If-Match takes one entity tag as it was sent, such as “\"v3\"”."), code="invalid_if_match")
    return int(found[1])
