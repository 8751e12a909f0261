"""The rows of the workplace's pages of rule sets and exceptions."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock
from governance.documents import FORMAT
from tests.matrix.principals import Principal
from tests.matrix.rows_access_pages import UNFOUND
from tests.matrix.rules import FORBIDDEN, UNSEEN, Expected, Row, Rule, act, entering, lists, page
from tests.matrix.target import Names


def _about(name: str) -> dict[str, str]:
    return {"identifier": name}


def _nothing(names: Names) -> dict[str, Any]:
    return {}


def form_of(permission: str) -> Rule:
    """A form about something below the account: 404 unless they see it, 403 unless they may send it."""

    def rule(who: Principal, answer: int) -> Expected:
        if not who.may("view", "account"):
            return UNSEEN
        return Expected(answer, allowed=True) if who.may(permission, "account") else FORBIDDEN

    return entering(rule)


def begins(permission: str) -> Rule:
    """A form that names no object, for whoever holds a permission anywhere."""
    return entering(lambda who, answer: Expected(answer) if who.anywhere(permission) else FORBIDDEN)


def places_it(permission: str, refused: Expected, opens: bool) -> Rule:
    """A form that names the account as the place: what cannot be seen is no place; `opens`: closed to whoever holds the
    permission nowhere."""

    def rule(who: Principal, answer: int) -> Expected:
        if opens and not who.anywhere(permission):
            return FORBIDDEN
        if not who.may("view", "account"):
            return UNFOUND
        return Expected(answer, allowed=True) if who.may(permission, "account") else refused

    return entering(rule)


def _beginning(names: Names) -> dict[str, Any]:
    return {"key": "fresh", "title": "Fresh", "scope": f"ad_account:{names.account}", "text.emoji~0.mode": "hard"}


def _edited(names: Names) -> dict[str, Any]:
    return {"title": "Fresh", "text.emoji~0.mode": "hard"}


def _whole(names: Names) -> dict[str, Any]:
    lines = json.dumps([{"rule": "text.emoji", "mode": "hard", "params": {}}])
    return {"key": "fresh", "title": "Fresh", "scope": f"ad_account:{names.account}", "base": "", "lines": lines}


def _document(names: Names) -> dict[str, Any]:
    said = f"format: {FORMAT}\nkey: fresh\ntitle: Fresh\nrules:\n- rule: text.emoji\n  mode: hard\n"
    return {"document": SimpleUploadedFile("rules.yaml", said.encode()), "scope": f"ad_account:{names.account}"}


RULE_SETS = [
    Row("GET admin:rule_set_new", begins("manage_policy")),
    Row("POST admin:rule_set_new", places_it("manage_policy", FORBIDDEN, opens=True), body=_beginning, quiet=True),
    Row("GET admin:rule_set_upload", begins("manage_policy")),
    Row("POST admin:rule_set_upload", places_it("manage_policy", FORBIDDEN, opens=True), body=_document, quiet=True),
    Row("GET admin:rule_set_document", page("account"), url=_about("rule_set")),
    Row("GET admin:rule_set_edit", form_of("manage_policy"), url=_about("rule_set")),
    Row("POST admin:rule_set_edit", form_of("manage_policy"), url=_about("rule_set"), body=_edited, quiet=True),
    Row("POST admin:rule_set_save", places_it("manage_policy", Expected(403), opens=False), 303, body=_whole, sought=True),
    Row("GET admin:rule_sets", entering(lists("account")), query="?show=all", shows="rule_set"),
    Row("GET admin:rule_set", page("account"), url=_about("rule_set"), shows="rule_set"),
    Row("GET admin:rule_set_diff", page("account"), url=_about("rule_set"), shows="rule_set"),
    Row("POST admin:rule_set_confirm", act("manage_policy", "account"), 303, url=_about("rule_set"), body=_nothing, sought=True),
    Row("POST admin:rule_set_decline", act("manage_policy", "account"), 303, url=_about("rule_set"), body=_nothing, sought=True),
]

REPLAYS = [
    Row("POST admin:replay_start", act("manage_policy", "account"), 303, url=_about("rule_set"), body=lambda names: {"days": "30"}, sought=True),
    Row("GET admin:replay", page("account"), url=_about("replay")),
    Row("POST admin:replay_cancel", act("manage_policy", "account"), 303, url=_about("going_replay"), body=_nothing, sought=True),
]


def _waiver(names: Names) -> dict[str, Any]:
    until = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    return {"rule": "text.forbidden_words", "scope": f"ad_account:{names.account}", "reason": "A trial.", "expires_at": until}


EXCEPTIONS = [
    Row("GET admin:waivers", entering(lists("account")), query="?show=all", shows="waiver_reason"),
    Row("GET admin:waiver_new", begins("override")),
    Row("POST admin:waiver_new", places_it("override", Expected(403), opens=True), 303, body=_waiver, sought=True),
    Row("POST admin:waiver_confirm", act("override", "account"), 303, url=_about("waiver"), body=_nothing, sought=True),
    Row("POST admin:waiver_end", act("override", "account"), 303, url=_about("waiver"), body=_nothing, sought=True),
    Row(
        "POST admin:override", act("override", "account"), 303, url={"identifier": "blocked", "finding": "soft_finding"},
        body=lambda names: {"why": "The name of the shop."}, sought=True,
    ),
]  # fmt: skip

ROWS = [*RULE_SETS, *REPLAYS, *EXCEPTIONS]
