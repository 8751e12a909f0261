"""The tables of `governance`."""

from governance.models.budgets import BudgetMinimum
from governance.models.check_runs import CheckRun, Finding
from governance.models.exceptions import Override, Waiver
from governance.models.replays import Replay, ReplayChunk, ReplayVerdict
from governance.models.rule_sets import Confirmation, RuleSet, ScopeBound

__all__ = [
    "BudgetMinimum", "CheckRun", "Confirmation", "Finding", "Override", "Replay", "ReplayChunk", "ReplayVerdict", "RuleSet",
    "ScopeBound", "Waiver",
]  # fmt: skip
