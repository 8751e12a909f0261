"""Rules on one real ad, as a process: prints one JSON line.

One cycle of cycle.py makes an ad with its check run through the services; everything measured after that is pure and on one core.
`floor`: the same loop over the same lines with a rule that only says yes.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.peer_cycle import set_up

SECONDS = 2.0
ROUNDS = 7


def rate(act: Callable[[], Any]) -> float:
    """So many a second of the processor, whatever else the machine does."""
    done, start = 0, time.process_time()
    while (elapsed := time.process_time() - start) < SECONDS / ROUNDS:
        for _ in range(20):
            act()
        done += 20
    return done / elapsed


def measured(acts: dict[str, Callable[[], Any]]) -> dict[str, list[float]]:
    """Interleaved, round by round."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            found[name].append(rate(act))
    return found


def acts() -> dict[str, Callable[[], Any]]:
    """What is measured: each judges one revision."""
    from dataclasses import replace

    from governance import checks
    from governance.contract import Binding, Mode, passed
    from governance.defaults import seed_platform_rules
    from governance.evaluation import Line, compiled, judged
    from governance.models import CheckRun

    yes = (passed(),)
    runs = {run.revision.entity_type: run for run in CheckRun.objects.select_related("revision")}
    lines = compiled(Binding(line["rule"], Mode(line["mode"]), line["params"]) for line in seed_platform_rules())
    seen = {kind: (checks.subject_of(run.revision), checks.context_seen(run)) for kind, run in runs.items()}

    def without_media(kind: str) -> list[Line]:
        return [line for line in lines if kind in line.applies_to and not line.rule.startswith("media.")]

    def on(kind: str, asked: Sequence[Line]) -> Callable[[], Any]:
        subject, context = seen[kind]
        return lambda: list(judged(subject, asked, context))

    of_ad = [line for line in lines if "ad" in line.applies_to]
    texts, budgets = without_media("ad"), without_media("ad_group")
    forty = [*texts, *budgets, *texts, *budgets]
    on_ad, on_group = on("ad", [line for line in forty if "ad" in line.applies_to][:20]), on("ad_group", (budgets * 4)[:20])
    ready = [replace(line, judge=lambda subject, params, context: yes) for line in of_ad[:20]]
    return {
        "twenty": on("ad", of_ad[:20]),
        "twenty_floor": on("ad", ready),
        "forty": lambda: (on_ad(), on_group()),
        "all_from_text": lambda: (checks.subject_of(runs["ad"].revision), checks.context_seen(runs["ad"])),
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="imprimatur-bench-") as name:
        set_up(Path(name))
        from bench.cycle import Cycle, build

        Cycle(build(Path(name)))()
        print(json.dumps(measured(acts())), flush=True)


if __name__ == "__main__":
    sys.exit(main())
