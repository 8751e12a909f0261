"""The rows of the REST resources of governance: rule sets, waivers, overrides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import clock
from tests.api.test_whole_way import bodies
from tests.matrix.rules import Expected, Row, does, held, lists, lists_when, outside, sees, when
from tests.matrix.target import Names

ALL = "?page_size=200"


def _id(name: str) -> dict[str, str]:
    return {"id": name}


def _nothing(names: Names) -> dict[str, Any]:
    return {}


def _evaluated(names: Names) -> dict[str, Any]:
    return {"campaign": {**bodies(names.target.world)[0], "ad_account": names.account}}


def _evaluated_below(names: Names) -> dict[str, Any]:
    return {"ad": {**bodies(names.target.world)[2], "ad_group": names.ad_group, "media": [names.media]}}


def _rule_set(names: Names) -> dict[str, Any]:
    line = {"rule": "text.emoji", "mode": "hard"}
    return {"key": "fresh", "title": "Fresh", "scope": {"type": "ad_account", "id": names.account}, "rules": [line]}


def _policy(names: Names) -> dict[str, Any]:
    stage = {"key": "content", "title": "Content", "permission": "approve_content", "sections": ["copy"], "quorum": 1}
    return {"key": "fresh", "title": "Fresh", "scope": {"type": "ad_account", "id": names.account}, "stages": [stage]}


def _envelope(names: Names) -> dict[str, Any]:
    month = clock.now().date().replace(day=1).isoformat()
    scope = {"type": "ad_account", "id": names.account}
    return {"scope": scope, "title": "Fresh", "amount": "100000.00", "currency": "USD", "first_month": month}


def _calendar(names: Names) -> dict[str, Any]:
    scope = {"type": "ad_account", "id": names.account}
    return {"scope": scope, "timezone": "Europe/Berlin", "hours": {"monday": ["09:00", "17:00"]}, "holidays": ["2026-12-25"]}


def _freeze(names: Names) -> dict[str, Any]:
    scope = {"type": "ad_account", "id": names.account}
    return {"scope": scope, "ends_at": (clock.now() + timedelta(days=3)).isoformat(), "reason": "A trial."}


def _waiver(names: Names) -> dict[str, Any]:
    ends = (clock.now() + timedelta(days=3)).isoformat()
    return {
        "rule": "text.forbidden_words",
        "scope": {"type": "ad_account", "id": names.account},
        "reason": "A trial.",
        "expires_at": ends,
    }


def _document(names: Names) -> str:
    """Named by what the channel calls the account; of one that is nowhere, by an id that is nowhere."""
    account = names.target.world.account
    there = names.account == str(account.pk)
    scope = f"{{channel: tiktok, ad_account: '{account.external_id if there else 404}'}}"
    rules = "[{rule: text.emoji, mode: hard}]"
    return f"format: imprimatur.rule-set/1\nkey: fresh\ntitle: Fresh\nscope: {scope}\nrules: {rules}\n"


def _ready_made(names: Names) -> dict[str, Any]:
    return {"ready_made": "alcohol", "scope": {"type": "ad_account", "id": names.account}, "key": "fresh"}


RULE_SETS = [
    Row("GET rule-sets-list", lists("account"), shows="rule_set", query=ALL),
    Row("GET rule-sets-detail", sees("account"), url=_id("rule_set"), shows="rule_set"),
    Row("GET rule-sets-diff", sees("account"), url=_id("rule_set"), shows="rule_set"),
    Row("POST rule-sets-list", does("manage_policy", "account"), 201, body=_rule_set, sought=True),
    Row("GET rule-sets-document", sees("account"), url=_id("rule_set")),
    Row("GET rule-sets-ready-made", lambda who, answer: outside(who) or Expected(answer), note="the same for everybody"),
    Row("POST rule-sets-apply", does("manage_policy", "account"), 201, body=_document, sought=True, note="a document"),
    Row("POST rule-sets-apply", does("manage_policy", "account"), 201, body=_ready_made, sought=True, note="a ready-made set"),
    Row(
        "POST rule-sets-apply", does("manage_policy", "account"), body=_document, query="?dry_run=true", quiet=True, sought=True,
        note="what would change",
    ),
    Row("POST rule-sets-confirm", does("manage_policy", "account"), url=_id("rule_set"), body=_nothing, sought=True),
    Row("POST rule-sets-decline", does("manage_policy", "account"), url=_id("rule_set"), body=_nothing, sought=True),
]

POLICIES = [
    Row("GET approval-policies-list", lists("account"), shows="approval_policy", query=ALL),
    Row("GET approval-policies-detail", sees("account"), url=_id("approval_policy"), shows="approval_policy"),
    Row("GET approval-policies-diff", sees("account"), url=_id("approval_policy"), shows="approval_policy"),
    Row("POST approval-policies-list", does("manage_policy", "account"), 201, body=_policy, sought=True),
    Row("POST approval-policies-lint", does("manage_policy", "account"), body=_policy, quiet=True, sought=True),
    Row("POST approval-policies-confirm", does("manage_policy", "account"), url=_id("approval_policy"), body=_nothing, sought=True),
    Row("POST approval-policies-decline", does("manage_policy", "account"), url=_id("approval_policy"), body=_nothing, sought=True),
    Row("POST approval-policies-retire", does("manage_policy", "account"), 201, url=_id("old_policy"), body=_nothing, sought=True),
]

EXCEPTIONS = [
    Row("GET waivers-list", lists("account"), shows="waiver", query=ALL),
    Row("GET waivers-detail", sees("account"), url=_id("waiver"), shows="waiver"),
    Row("POST waivers-list", does("override", "account"), 201, body=_waiver, sought=True),
    Row("POST waivers-confirm", does("override", "account"), url=_id("waiver"), body=_nothing, sought=True),
    Row("POST waivers-end", does("override", "account"), url=_id("waiver"), body=_nothing, sought=True),
    Row(
        "POST findings-override", does("override", "account"), 201, url=_id("soft_finding"), sought=True,
        body=lambda names: {"reason": "The name of the shop."},
    ),
]  # fmt: skip

REPLAYS = [
    Row("GET rule-sets-shadow", sees("account"), url=_id("rule_set")),
    Row("POST rule-sets-replays", does("manage_policy", "account"), 202, url=_id("rule_set"), body=_nothing, sought=True),
    Row("GET replays-list", lists("account"), shows="replay", query=ALL),
    Row("GET replays-detail", sees("account"), url=_id("replay"), shows="replay"),
    Row("POST replays-cancel", does("manage_policy", "account"), url=_id("going_replay"), body=_nothing, sought=True),
    Row("GET replay-verdicts-list", lists("account"), shows="verdict", query=ALL),
    Row("GET replay-verdicts-detail", sees("account"), url=_id("verdict"), shows="verdict"),
]

ENVELOPES = [
    Row("GET envelopes-list", lists("account"), shows="envelope", query=ALL),
    Row("GET envelopes-detail", sees("account"), url=_id("envelope"), shows="envelope"),
    Row("POST envelopes-list", does("manage_policy", "account"), 201, body=_envelope, sought=True),
    Row(
        "POST envelopes-confirm", does("manage_policy", "account"), url=_id("envelope"), sought=True,
        body=lambda names: {"amount": names.envelope_amount},
    ),
    Row(
        "POST envelopes-decline", does("manage_policy", "account"), url=_id("envelope"), sought=True,
        body=lambda names: {"amount": names.envelope_amount},
    ),
]  # fmt: skip

CALENDARS = [
    Row("GET calendars-list", lists("account"), shows="calendar", query=ALL),
    Row("GET calendars-detail", sees("account"), url=_id("calendar"), shows="calendar"),
    Row("POST calendars-list", does("manage_policy", "account"), 201, body=_calendar, sought=True),
]

FREEZES = [
    Row("GET freezes-list", lists("account"), shows="freeze", query=ALL),
    Row("GET freezes-detail", sees("account"), url=_id("freeze"), shows="freeze"),
    Row("POST freezes-list", does("manage_policy", "account"), 201, body=_freeze, sought=True),
    Row(
        "POST freezes-end", does("manage_policy", "account"), url=_id("freeze"), sought=True,
        body=lambda names: {"reason": "Over."},
    ),
    Row(
        "POST freezes-passes", does("override", "account"), 201, url=_id("freeze"), sought=True,
        body=lambda names: {"approval_request": names.approved, "reason": "Agreed."},
    ),
]  # fmt: skip

MINIMUMS = [
    Row("GET budget-minimums-list", lists_when(held("view")), shows="minimum", query=f"{ALL}&currency=USD"),
    Row("GET budget-minimums-detail", when(held("view")), url=_id("minimum"), shows="minimum"),
]

EVALUATING = [
    Row("POST evaluate", does("submit", "account"), 200, body=_evaluated, quiet=True, sought=True),
    Row(
        "POST evaluate",
        does("submit", "account"),
        200,
        body=_evaluated_below,
        quiet=True,
        sought=True,
        note="below what is saved",
    ),
]

ROWS = [*EVALUATING, *RULE_SETS, *POLICIES, *EXCEPTIONS, *REPLAYS, *ENVELOPES, *CALENDARS, *FREEZES, *MINIMUMS]
