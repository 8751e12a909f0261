"""Check runs: queueing, claiming, judging, writing down. `governance` does not know who waits for them.

Functions that write expect the transaction of the service that calls them; `claim` and `judge` need none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db.models import Case, F, Q, Value, When

from accounts.models import AdAccount
from campaigns.models import Revision
from campaigns.snapshots import Head
from core import clock, transitions
from core.canonical import canonical_text, digest_of_text
from governance.contract import Binding, Context, EvaluatedFinding, JsonObject, Mode, Outcome, Result, Subject
from governance.defaults import seed_platform_rules
from governance.evaluation import Line, compiled, judged, outcome
from governance.models import CheckRun, Finding, RuleSet
from governance.queries import governing, lines_of, pinned_lines
from governance.states import CheckState
from governance.transitions import CHECK_RUN

MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """One evaluated run, not yet written."""

    run: CheckRun
    findings: list[EvaluatedFinding]
    outcome: Outcome


def context_of(
    head: Head, account: AdAccount, parents: Mapping[str, JsonObject], ads_in_group: int | None, now: datetime
) -> Context:
    """The snapshot of what surrounds a head: its parents' sections (`campaign`, `ad_group`), media facts, account, time."""
    return Context(
        currency=account.currency,
        country=account.country,
        now=clock.rfc3339(now),
        media={asset.sha256: asset.facts() for asset in head.media},
        campaign=parents.get("campaign"),
        ad_group=parents.get("ad_group"),
        ads_in_group=ads_in_group,
    )


def queue(work: Iterable[tuple[Revision, Context]], rule_sets: Sequence[RuleSet], now: datetime) -> list[CheckRun]:
    """Queue one run a revision, pinned to these versions (R-12): one INSERT. Raises NotCanonical."""
    pinned = [{"id": str(each.pk), "key": each.key, "version": each.version} for each in rule_sets]
    runs = []
    for revision, context in work:
        text = canonical_text(context.as_json())
        run = CheckRun(revision=revision, rule_sets=pinned, context=text, context_digest=digest_of_text(text), queued_at=now)
        runs.append(run)
    return CheckRun.objects.bulk_create(runs)


def claim(owed: Q, now: datetime) -> int:
    """Take runs that are queued, or whose worker's lease has run out, for this worker. Returns how many.

    One guarded UPDATE: of two workers one gets them. A run tried MAX_ATTEMPTS times is left for the sweep to end.
    """
    free = Q(state=CheckState.QUEUED) | Q(state=CheckState.RUNNING, leased_until__lt=now)
    until = now + timedelta(seconds=settings.LEASE_SECONDS)
    rows = CheckRun.objects.filter(owed, free, attempts__lt=MAX_ATTEMPTS)
    return transitions.claim(CHECK_RUN, "start", rows, leased_until=until, attempts=F("attempts") + 1)


@cache
def _seed() -> tuple[Line, ...]:
    return compiled(Binding.from_json(line) for line in seed_platform_rules())


def at_least_the_seed(lines: Sequence[Line]) -> Sequence[Line]:
    """No rule bound is not “nothing to check”: then the seed's platform rules hold (R-03, a missing check is failed)."""
    return lines or _seed()


def judge(run: CheckRun) -> Judged:
    """Evaluate a claimed run: pure but for reading pinned rule sets, which are kept. No transaction is open."""
    lines = at_least_the_seed([line for pin in run.rule_sets for line in pinned_lines(UUID(pin["id"]))])
    context = Context.from_json(json.loads(run.context))
    return _judge(run, lines, context)


def _judge(run: CheckRun, lines: Sequence[Line], context: Context) -> Judged:
    revision = run.revision
    subject = Subject(revision.entity_type, str(revision.entity_id), revision.content["sections"])
    findings = list(judged(subject, lines, context))
    return Judged(run, findings, outcome(findings))


def write(judged: Sequence[Judged], now: datetime) -> None:
    """Write findings and complete the runs: two statements."""
    Finding.objects.bulk_create(_row(each.run, finding) for each in judged for finding in each.findings)
    outcomes = Case(*(When(pk=each.run.pk, then=Value(str(each.outcome))) for each in judged))
    runs = [each.run for each in judged]
    transitions.move_many(CHECK_RUN, "complete", runs, outcome=outcomes, finished_at=now, leased_until=None)
    for each in judged:
        each.run.outcome = str(each.outcome)


def _row(run: CheckRun, finding: EvaluatedFinding) -> Finding:
    return Finding(
        check_run=run, rule=finding.rule, rule_version=finding.version, mode=str(finding.mode),
        result=str(finding.result), code=finding.code, sections=list(finding.sections),
        params=dict(finding.params), evidence=dict(finding.evidence),
    )  # fmt: skip


def give_up(runs: Sequence[CheckRun], now: datetime) -> None:
    """End runs that could not be evaluated: errored, and errored is never passed (R-03)."""
    transitions.move_many(CHECK_RUN, "err", list(runs), outcome="blocked", finished_at=now, leased_until=None)


def failing_now(runs: Sequence[CheckRun], account: AdAccount, now: datetime) -> list[Judged]:
    """Runs that the rule sets of today block (R-12, R-23: judged again when cleared and when published).

    The stored context is reused with today's time; one statement for the rule sets, the rest is pure.
    """
    lines = at_least_the_seed([line for each in governing(RuleSet, account) for line in lines_of(each)])
    again = [_judge(run, lines, replace(Context.from_json(json.loads(run.context)), now=clock.rfc3339(now))) for run in runs]
    return [each for each in again if each.outcome is Outcome.BLOCKED]


def blocking_codes(failing: Sequence[Judged]) -> list[str]:
    """What blocks, without what only warns or is on trial."""
    found = (finding for each in failing for finding in each.findings if finding.mode in (Mode.HARD, Mode.SOFT))
    return sorted({finding.code for finding in found if finding.result in (Result.FAIL, Result.ERROR)})
