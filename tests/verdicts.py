"""All that the rules said in a check run, whether it is kept as a finding or with the run."""

from __future__ import annotations

from typing import Any

from governance.models import CheckRun

NAMES = ("rule", "rule_version", "mode", "result", "code", "sections", "params", "evidence")


def verdicts(run: CheckRun, **wanted: Any) -> list[dict[str, Any]]:
    """What failed, could not be judged or is on trial, then what passed; only those that are as `wanted`."""
    run.refresh_from_db(fields=["passed"])
    rows = [*run.findings.values(*NAMES), *({name: each[name] for name in NAMES} for each in run.passed or ())]
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]
