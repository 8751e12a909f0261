"""The addresses of the pages of approval policies: (route, view, name)."""

from __future__ import annotations

from typing import Final

from workplace.access import View
from workplace.policy_pages import editing, pages

_ONE: Final = "policies/<uuid:identifier>/"

ROUTES: Final[list[tuple[str, View, str]]] = [
    ("policies/", pages.listing, "policies"),
    ("policies/new/", editing.new, "policy_new"),
    (_ONE, pages.show, "policy"),
    (f"{_ONE}diff/", pages.diff, "policy_diff"),
    (f"{_ONE}edit/", editing.edit, "policy_edit"),
    (f"{_ONE}confirm/", pages.confirm, "policy_confirm"),
    (f"{_ONE}decline/", pages.decline, "policy_decline"),
    (f"{_ONE}retire/", pages.retire, "policy_retire"),
]
