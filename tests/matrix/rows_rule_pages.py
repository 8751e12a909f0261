"""The rows of the workplace's pages of rule sets and exceptions."""

from __future__ import annotations

from typing import Any

from tests.matrix.rules import Row, act, entering, lists, page
from tests.matrix.target import Names


def _about(name: str) -> dict[str, str]:
    return {"identifier": name}


def _nothing(names: Names) -> dict[str, Any]:
    return {}


RULE_SETS = [
    Row("GET admin:rule_sets", entering(lists("account")), query="?show=all", shows="rule_set"),
    Row("GET admin:rule_set", page("account"), url=_about("rule_set"), shows="rule_set"),
    Row("GET admin:rule_set_diff", page("account"), url=_about("rule_set"), shows="rule_set"),
    Row("POST admin:rule_set_confirm", act("manage_policy", "account"), 303, url=_about("rule_set"), body=_nothing, sought=True),
    Row("POST admin:rule_set_decline", act("manage_policy", "account"), 303, url=_about("rule_set"), body=_nothing, sought=True),
]

EXCEPTIONS = [
    Row(
        "POST admin:override", act("override", "account"), 303, url={"identifier": "blocked", "finding": "soft_finding"},
        body=lambda names: {"why": "The name of the shop."}, sought=True,
    ),
]  # fmt: skip

ROWS = [*RULE_SETS, *EXCEPTIONS]
