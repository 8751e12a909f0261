"""English texts of customers' own rules."""

from __future__ import annotations

TITLES = {
    "custom.expression": "Rule of your own",
}

MESSAGES = {
    "custom.failed": "Rule “{key}”: {message}",
    "custom.unexplained": "Rule “{key}” of your organisation is not met. Its author left no explanation; ask your policy managers.",
    "custom.absent": "Could not be judged: the expression reads what has no value here ({names}). A policy manager must make it "
    "ask for “…_present” first.",
    "custom.undecided": "Could not be judged: {problem}. A policy manager must correct the expression.",
}
