"""The tables of `governance`."""

from governance.models.budgets import BudgetMinimum
from governance.models.check_runs import CheckRun, Finding
from governance.models.exceptions import Override, Waiver
from governance.models.rule_sets import Confirmation, RuleSet, ScopeBound

__all__ = ["BudgetMinimum", "CheckRun", "Confirmation", "Finding", "Override", "RuleSet", "ScopeBound", "Waiver"]
