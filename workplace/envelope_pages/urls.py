"""The addresses of the pages of envelopes: (route, view, name)."""

from __future__ import annotations

from typing import Final

from workplace.access import View
from workplace.envelope_pages import pages

_ONE: Final = "envelopes/<uuid:identifier>/"

ROUTES: Final[list[tuple[str, View, str]]] = [
    ("envelopes/", pages.listing, "envelopes"),
    ("envelopes/new/", pages.new, "envelope_new"),
    (_ONE, pages.show, "envelope"),
    (f"{_ONE}change/", pages.change, "envelope_change"),
    (f"{_ONE}amounts/<uuid:amount>/confirm/", pages.confirm, "envelope_confirm"),
    (f"{_ONE}amounts/<uuid:amount>/decline/", pages.decline, "envelope_decline"),
]
