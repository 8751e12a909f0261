"""The addresses of the pages of rule sets and exceptions: (route, view, name)."""

from __future__ import annotations

from typing import Final

from workplace.access import View
from workplace.rule_pages import document, editing, replays, rule_sets, waivers

_ONE: Final = "rule-sets/<uuid:identifier>/"

ROUTES: Final[list[tuple[str, View, str]]] = [
    ("rule-sets/", rule_sets.listing, "rule_sets"),
    ("rule-sets/new/", editing.new, "rule_set_new"),
    ("rule-sets/upload/", document.upload, "rule_set_upload"),
    ("rule-sets/save/", editing.save, "rule_set_save"),
    (_ONE, rule_sets.show, "rule_set"),
    (f"{_ONE}diff/", rule_sets.diff, "rule_set_diff"),
    (f"{_ONE}document/", document.download, "rule_set_document"),
    (f"{_ONE}edit/", editing.edit, "rule_set_edit"),
    (f"{_ONE}confirm/", rule_sets.confirm, "rule_set_confirm"),
    (f"{_ONE}decline/", rule_sets.decline, "rule_set_decline"),
    (f"{_ONE}replays/", replays.start, "replay_start"),
    ("replays/<uuid:identifier>/", replays.show, "replay"),
    ("replays/<uuid:identifier>/cancel/", replays.cancel, "replay_cancel"),
    ("waivers/", waivers.listing, "waivers"),
    ("waivers/new/", waivers.new, "waiver_new"),
    ("waivers/<uuid:identifier>/confirm/", waivers.confirm, "waiver_confirm"),
    ("waivers/<uuid:identifier>/end/", waivers.end, "waiver_end"),
]
