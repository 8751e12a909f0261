"""The only machine approval there is (R-20): stages that a policy marked automatic are left out where all checks passed and an
envelope holds the money. No decision is written, and nobody is counted: where a person is required, a person is asked."""

from __future__ import annotations

from collections.abc import Sequence

from approvals import outlook
from approvals.lowering import is_lowering
from approvals.models import Stage
from approvals.services.bench import Bench, items_of
from approvals.transitions import STAGE
from core import transitions
from governance.contract import Outcome
from governance.states import CheckState


def leave_out(bench: Bench, opened: Sequence[Stage]) -> list[Stage]:
    """Leave out those of the stages just opened that are automatic. No statement where none is. Whatever speaks against it (a
    warning is enough, and so is a finding that somebody overrode) leaves them to people. What only spends less needs none of it
    (R-04): whatever does not block the request."""
    automatic = [stage for stage in opened if stage.automatic]
    lowers = is_lowering(bench.request.policies)
    if not automatic or not (lowers or (not bench.held_up and _all_passed(bench) and outlook.fits(bench.request, bench.now))):
        return []
    for stage in automatic:
        transitions.move(STAGE, "skip", stage, closed_at=bench.now)
    return automatic


def _all_passed(bench: Bench) -> bool:
    runs = [item.check_run for item in items_of(bench.request.pk)]
    return bool(runs) and all(run.state == CheckState.COMPLETED and run.outcome == Outcome.PASSED for run in runs)
