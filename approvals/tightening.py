"""Whether a version of a policy asks for at least as much as the one before: pure. What is plainly stricter waits for nobody (R-04,
R-55)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from approvals.stage_specs import StageSpec


def only_tightens(before: Sequence[StageSpec], after: Sequence[StageSpec], *, same_requests: bool) -> bool:
    """Whether every stage of `before` is there in `after` by its key, asks the same people for no less, carries no more over and
    comes no sooner; no section is read that was not (its default stage would go, R-03); and the condition is of the
    `same_requests`, or of more. Whoever else is asked may be more or less; nobody can tell, so they count as less: also who is
    asked after a deadline (R-20)."""
    held = {spec.key: spec for spec in after}
    pairs = [(spec, held[spec.key]) for spec in before if spec.key in held]
    if not before or len(pairs) < len(before) or not same_requests:
        return False
    stays = all(old.is_covered_by(new) and (old.carries or not new.carries) and _nobody_else_late(old, new) for old, new in pairs)
    return stays and _in_order(pairs) and _read(before) == _read(after)


def _nobody_else_late(old: StageSpec, new: StageSpec) -> bool:
    """Whoever is asked after the deadline was asked after it before, and is asked no sooner."""
    late = [{*spec.escalate_to_groups, *spec.escalate_to_people} for spec in (old, new)]
    return not late[1] or (late[1] <= late[0] and (new.deadline_hours or 0) >= (old.deadline_hours or 0))


def _in_order(pairs: Sequence[tuple[StageSpec, StageSpec]]) -> bool:
    """What came one after the other still does."""
    steps = [(old.step, new.step) for old, new in sorted(pairs, key=lambda pair: pair[0].step)]
    return all(one[0] == other[0] or one[1] < other[1] for one, other in combinations(steps, 2))


def _read(stages: Sequence[StageSpec]) -> set[str]:
    return {section for stage in stages for section in stage.sections}
