"""The rows of the workplace's pages of approval policies."""

from __future__ import annotations

from typing import Any

from tests.matrix.rows_rule_pages import begins, form_of, places_it
from tests.matrix.rules import FORBIDDEN, Row, act, entering, lists, page
from tests.matrix.target import Names

ONE = {"identifier": "approval_policy"}
STAGES = "stages:\n- {key: content, title: Content, permission: approve_content, sections: [copy], quorum: 1}\n"


def _nothing(names: Names) -> dict[str, Any]:
    return {}


def _next(names: Names) -> dict[str, Any]:
    return {"title": "Fresh", "document": STAGES, "after": "2", "save": "1"}


def _first(names: Names) -> dict[str, Any]:
    return {**_next(names), "key": "fresh", "scope": f"ad_account:{names.account}", "after": "0"}


ROWS = [
    Row("GET admin:policies", entering(lists("account")), query="?show=all", shows="approval_policy"),
    Row("GET admin:policy", page("account"), url=ONE, shows="approval_policy"),
    Row("GET admin:policy_diff", page("account"), url=ONE, shows="approval_policy"),
    Row("GET admin:policy_new", begins("manage_policy")),
    Row("POST admin:policy_new", places_it("manage_policy", FORBIDDEN, opens=True), 303, body=_first, sought=True),
    Row("GET admin:policy_edit", form_of("manage_policy"), url=ONE),
    Row("POST admin:policy_edit", form_of("manage_policy"), 303, url=ONE, body=_next, sought=True),
    Row("POST admin:policy_confirm", act("manage_policy", "account"), 303, url=ONE, body=_nothing, sought=True),
    Row("POST admin:policy_decline", act("manage_policy", "account"), 303, url=ONE, body=_nothing, sought=True),
    Row("POST admin:policy_retire", act("manage_policy", "account"), 303, url={"identifier": "old_policy"}, body=_nothing, sought=True),
]
