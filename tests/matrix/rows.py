"""All rows: those of the REST door and those of the workplace."""

from __future__ import annotations

from tests.matrix import (
    rows_access,
    rows_access_pages,
    rows_account,
    rows_api,
    rows_deputies,
    rows_envelope_pages,
    rows_governance,
    rows_limits,
    rows_notices,
    rows_policy_pages,
    rows_recall,
    rows_rule_pages,
    rows_workplace,
)

ROWS = [
    *rows_api.ROWS, *rows_governance.ROWS, *rows_access.ROWS, *rows_workplace.ROWS, *rows_access_pages.ROWS, *rows_rule_pages.ROWS,
    *rows_envelope_pages.ROWS, *rows_notices.ROWS, *rows_policy_pages.ROWS, *rows_account.ROWS, *rows_deputies.ROWS, *rows_limits.ROWS,
    *rows_recall.ROWS,
]  # fmt: skip
