"""Whether a version of a policy asks for at least as much as the one before: pure. What is plainly stricter waits for nobody (R-04,
R-55)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from approvals.stage_specs import StageSpec


def only_tightens(before: Sequence[StageSpec], after: Sequence[StageSpec], *, same_requests: bool) -> bool:
    """Whether every stage of `before` is there in `after` by its key, asks the same people for no less, carries no more over and
    comes no sooner; no section is read that was not (its default stage would go, R-03); and the condition is of the
    `same_requests`, or of more. Whoever else is asked may be more or less; nobody can tell, so they count as less."""
    held = {spec.key: spec for spec in after}
    pairs = [(spec, held[spec.key]) for spec in before if spec.key in held]
    if not before or len(pairs) < len(before) or not same_requests:
        return False
    stays = all(old.is_covered_by(new) and (old.carries or not new.carries) for old, new in pairs)
    return stays and _in_order(pairs) and _read(before) == _read(after)


def _in_order(pairs: Sequence[tuple[StageSpec, StageSpec]]) -> bool:
    """What came one after the other still does."""
    steps = [(old.step, new.step) for old, new in sorted(pairs, key=lambda pair: pair[0].step)]
    return all(one[0] == other[0] or one[1] < other[1] for one, other in combinations(steps, 2))


def _read(stages: Sequence[StageSpec]) -> set[str]:
    return {section for stage in stages for section in stage.sections}
