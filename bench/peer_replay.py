"""Fills a database with checked revisions of one ad, and starts a replay: prints `{replay, checked}`, checked a second."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.peer_cycle import set_up

BATCH = 500


def fill(number: int) -> float:
    """So many more revisions of the ad of one cycle, each with its words, queued, judged by the real rules, and written. How
    many a second were judged and written."""
    from campaigns.models import Revision
    from campaigns.snapshots import seal
    from core import clock
    from governance import checks
    from governance.models import CheckRun
    from governance.queries import rule_sets_for

    pattern = CheckRun.objects.select_related("revision__ad_account__brand", "revision__created_by").get(revision__entity_type="ad")
    first, context = pattern.revision, checks.context_seen(pattern)
    rule_sets, took = rule_sets_for(first.ad_account), 0.0
    for start in range(0, number, BATCH):
        revisions = [_like(first, seal, index) for index in range(start, min(start + BATCH, number))]
        Revision.objects.bulk_create(revisions)
        begin = time.perf_counter()
        runs = checks.queue([(row, context) for row in revisions], rule_sets, clock.now())
        checks.claim(_among(runs), clock.now())
        for run, row in zip(runs, revisions, strict=True):
            run.state, run.revision = "running", row
        checks.write([checks.judge(run) for run in runs], clock.now())
        took += time.perf_counter() - begin
    return number / took


def _among(runs: Any) -> Any:
    from governance import checks

    return lambda now: list(checks.free(now).filter(pk__in=[run.pk for run in runs]))


def _like(first: Any, seal: Any, index: int) -> Any:
    from campaigns.content import section_digests
    from campaigns.models import Revision
    from core import clock

    content = json.loads(first.canonical)
    word = "jackets" if index % 10 == 0 else "coats"
    content["sections"]["copy"]["text"] = f"Warm {word} number {index} are here"
    canonical, digest = seal(content)
    return Revision(
        entity_type="ad", ad_id=first.entity_id, entity_id=first.entity_id, ad_account=first.ad_account,
        number=first.number + index + 1, name=first.name, canonical=canonical, digest=digest,
        sections=section_digests(content), created_by=first.created_by, created_at=clock.now(),
    )  # fmt: skip


def started(number: int) -> Any:
    """A replay of a version that forbids a word of every tenth."""
    from core.actor import Channel, system
    from governance.models import RuleSet
    from governance.services import publish_rule_set, start_replay

    root, current = system(Channel.COMMAND), RuleSet.objects.get()
    line = {"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jackets"]}}
    rules = [each for each in current.rules if each["rule"] != line["rule"]]
    tried = publish_rule_set(
        actor=root, key=current.key, title=current.title, rules=[*rules, line], scope=current.organisation, propose=True
    )
    return start_replay(actor=root, rule_set=tried.pk, most=number)


def main(number: int) -> None:
    with tempfile.TemporaryDirectory(prefix="imprimatur-bench-") as name:
        set_up(Path(name))
        from bench.cycle import Cycle, build

        Cycle(build(Path(name)))()
        checked = fill(number)
        print(json.dumps({"replay": str(started(number).pk), "checked": checked}), flush=True)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
