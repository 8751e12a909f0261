"""Submissions and their checks by a real worker, beside bare Celery tasks, as a process: prints one JSON line.

Both workers run on the same Redis with two processes each; whichever is not measured is idle. Each ad is submitted by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.environment import ROOT
from bench.peer_cycle import percentile, set_up

AD = {"id": 1, "budget": 60, "text": "Fresh bread"}
PATIENCE = 120.0


@contextmanager
def worker(application: str, ready: Any) -> Iterator[None]:
    """A worker with two processes, from when it answers until the end."""
    command = [sys.executable, "-m", "celery", "-A", application, "worker", "-P", "prefork", "-c", "2", "-l", "error"]
    around = {**os.environ, "C_FORCE_ROOT": "1", "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen([*command, "--without-gossip", "--without-mingle"], cwd=ROOT, env=around)
    try:
        ready()
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def bare_once() -> float:
    from bench.bare import check

    begin = time.perf_counter()
    check.delay(AD).get(timeout=PATIENCE)
    return time.perf_counter() - begin


def bare_burst(number: int) -> float:
    """So many a second."""
    from bench.bare import check

    begin = time.perf_counter()
    for each in [check.delay(AD) for _ in range(number)]:
        each.get(timeout=PATIENCE)
    return number / (time.perf_counter() - begin)


class Ours:
    """Submits ads of one cycle's group."""

    def __init__(self, folder: Path) -> None:
        from bench.cycle import Cycle, build

        self.cycle = Cycle(build(folder))
        self.cycle()

    def submitted(self) -> Any:
        from approvals import services as approvals
        from approvals.services.submitting import Submission
        from bench.cycle import ADS_A_GROUP
        from campaigns import services as campaigns

        if self.cycle.count % ADS_A_GROUP == 0:
            self.cycle()  # which makes the next ad group
        place, group = self.cycle.place, self.cycle.group
        self.cycle.count += 1
        ad = campaigns.draft_ad(actor=place.actor("submitter"), ad_group=group.pk, values=self.cycle._ad())  # type: ignore[union-attr]
        submission = Submission(items=(("ad", ad.pk),), publish="manual")
        return approvals.submit(actor=place.actor("submitter"), submission=submission).request

    def once(self) -> float:
        """From the commit of a submission, which wakes the worker, to when its verdicts are stored."""
        request = self.submitted()
        begin = time.perf_counter()
        self.wake(request)
        self.wait([request], 0.002)
        return time.perf_counter() - begin

    def burst(self, number: int) -> float:
        """Checks a second: so many submissions wait, then the worker is woken for all."""
        requests = [self.submitted() for _ in range(number)]
        begin = time.perf_counter()
        for request in requests:
            self.wake(request)
        self.wait(requests, 0.05)
        return number / (time.perf_counter() - begin)

    def wake(self, request: Any) -> None:
        from config.celery import send

        send("approvals.tasks.check_request", str(request.pk))

    def wait(self, requests: list[Any], poll: float) -> None:
        """Look every `poll` seconds: looking takes the processor from those who work."""
        from governance.models import CheckRun

        left = CheckRun.objects.filter(request_items__request=requests[-1]).exclude(state="completed")
        rest = CheckRun.objects.filter(request_items__request__in=requests).exclude(state="completed")
        deadline = time.perf_counter() + PATIENCE
        while left.exists() or rest.exists():
            if time.perf_counter() > deadline:
                raise RuntimeError("the worker did not check in time")
            time.sleep(poll)


def main(rounds: int, times: int, number: int) -> None:
    with tempfile.TemporaryDirectory(prefix="imprimatur-bench-") as name:
        set_up(Path(name))
        ours = Ours(Path(name))
        with worker("bench.bare", bare_once), worker("config", ours.once):
            found = [
                {
                    "bare_ms": 1000 * percentile([bare_once() for _ in range(times)], 0.95),
                    "ours_ms": 1000 * percentile([ours.once() for _ in range(times)], 0.95),
                    "bare_rate": bare_burst(number), "ours_rate": ours.burst(number),
                }
                for _ in range(rounds)
            ]  # fmt: skip
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:4]))
