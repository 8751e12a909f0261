"""Guards of the minimum budgets: what a budget was judged by is evidence (R-23)."""

from __future__ import annotations

from typing import Final

from core.triggers import insert_only

MINIMUM: Final = "governance_budgetminimum"

GUARDS: Final = insert_only("governance_budget_minimum", MINIMUM)
