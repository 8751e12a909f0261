"""Check runs: queueing, claiming, judging, writing down. `governance` does not know who waits for them.

Functions that write expect the transaction of the service that calls them; `claim` and `judge` need none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Count, F, Q, Value, When

from accounts.models import AdAccount
from campaigns.models import Revision
from campaigns.snapshots import Head
from core import clock, transitions
from core.canonical import canonical_text, digest, digest_of_text
from governance.applicability import applies
from governance.contract import Binding, Context, EvaluatedFinding, JsonObject, Mode, Outcome, Subject
from governance.defaults import seed_platform_rules
from governance.evaluation import Line, compiled, judged, outcome
from governance.excuses import BLOCKING, Excuses, excuses_for
from governance.minimums import minimums_for
from governance.models import CheckRun, Finding, RuleSet
from governance.queries import governing, lines_of, pinned, reads
from governance.states import CheckState
from governance.transitions import CHECK_RUN

MAX_ATTEMPTS = 3
OBSERVED = frozenset({"landing_page", "rejected_media", "analysis"})
"""What a worker looks at before it judges; it may look different another day."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, the version that bound its rule (none: the seed's own rules), and whether that version is on trial."""

    finding: EvaluatedFinding
    rule_set: UUID | None = None
    on_trial: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """One evaluated run, not yet written. What is found on trial has no part in the outcome."""

    run: CheckRun
    found: list[Found]
    outcome: Outcome

    @property
    def findings(self) -> list[EvaluatedFinding]:
        """What counts."""
        return [each.finding for each in self.found if not each.on_trial]


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
        brand=account.brand.name,
    )


# --- queueing ------------------------------------------------------------------------------------------------------------


def queue(work: Iterable[tuple[Revision, Context]], rule_sets: Sequence[RuleSet], now: datetime) -> list[CheckRun]:
    """A run for each revision, pinned to the versions that apply to it (R-12): one statement, one more when a revision is not
    of this moment. What was judged already, or is about to be, by the same versions in the same surroundings is not judged
    again, unless it was blocked after a worker had looked at something, which may look better now: one statement for that.
    Raises NotCanonical."""
    pairs = list(work)
    older = [revision.pk for revision, _ in pairs if revision.created_at != now]
    looks = _looks_in_vain(older) if older and reads(rule_sets) & OBSERVED else {}
    wanted = [_run(revision, context, rule_sets, now, looks.get(revision.pk, 0)) for revision, context in pairs]
    seen_before = [run.key for run in wanted if run.revision.created_at != now]
    standing = CheckRun.objects.filter(~Q(state=CheckState.ERRORED), key__in=seen_before)
    known = {run.key: run for run in standing} if seen_before else {}
    CheckRun.objects.bulk_create(run for run in wanted if run.key not in known)
    return [known.get(run.key, run) for run in wanted]


def _looks_in_vain(revisions: Sequence[UUID]) -> dict[UUID, int]:
    """By revision, how many runs were blocked after a worker had looked at something."""
    runs = CheckRun.objects.filter(revision__in=revisions, outcome="blocked").exclude(observations="").order_by()
    return dict(runs.values_list("revision").annotate(Count("pk")))


def _run(revision: Revision, context: Context, rule_sets: Sequence[RuleSet], now: datetime, looks: int) -> CheckRun:
    subject = subject_of(revision)
    versions = [each for each in rule_sets if applies(each, subject, context)]
    pins = [_pin(each) for each in versions]
    snapshot = context.as_json()
    text = canonical_text(snapshot)
    asked = reads(versions)
    seen = {name: snapshot.get(name) for name in asked} if versions else snapshot
    seen |= {"day": now.date().isoformat(), **({"looks": looks} if looks else {})} if asked & OBSERVED else {}
    key = digest({"revision": str(revision.pk), "rule_sets": [[pin["id"], "trial" in pin] for pin in pins], "context": seen})
    return CheckRun(revision=revision, rule_sets=pins, context=text, context_digest=digest_of_text(text), key=key, queued_at=now)


def _pin(version: RuleSet) -> dict[str, Any]:
    trial = {"trial": True} if getattr(version, "on_trial", False) else {}
    return {"id": str(version.pk), "key": version.key, "version": version.version, **trial}


def subject_of(revision: Revision) -> Subject:
    """A revision as the rules see it."""
    return Subject(revision.entity_type, str(revision.entity_id), revision.content["sections"])


# --- claiming ------------------------------------------------------------------------------------------------------------


def claim(owed: Q, now: datetime) -> int:
    """Take runs that are queued, or whose worker's lease has run out, for this worker. Returns how many.

    One guarded UPDATE: of two workers one gets them. A run tried MAX_ATTEMPTS times is left for the sweep to end.
    """
    free = Q(state=CheckState.QUEUED) | Q(state=CheckState.RUNNING, leased_until__lt=now)
    until = now + timedelta(seconds=settings.LEASE_SECONDS)
    rows = CheckRun.objects.filter(owed, free, attempts__lt=MAX_ATTEMPTS)
    return transitions.claim(CHECK_RUN, "start", rows, leased_until=until, attempts=F("attempts") + 1)


def back_off(runs: Sequence[CheckRun], now: datetime) -> timedelta:
    """After a fault: let the lease of claimed runs end soon, later with each try, so that they are tried again. Returns when."""
    tries = max((run.attempts for run in runs), default=1)
    delay = timedelta(seconds=settings.CHECK_BACKOFF_SECONDS * 2 ** (tries - 1))
    owed = CheckRun.objects.filter(pk__in=[run.pk for run in runs], state=CheckState.RUNNING)
    owed.update(leased_until=now + delay)
    return delay


# --- judging -------------------------------------------------------------------------------------------------------------


@cache
def _seed() -> tuple[Line, ...]:
    return compiled(Binding.from_json(line) for line in seed_platform_rules())


Lines = Sequence[tuple[Sequence[Line], UUID | None, bool]]
"""Lines with the version they are of, and whether it is on trial."""


def at_least_the_seed(versions: Lines) -> Lines:
    """No rule bound is not “nothing to check”: then the seed's platform rules hold (R-03, a missing check is failed)."""
    bound = any(lines for lines, _, on_trial in versions if not on_trial)
    return versions if bound else [*versions, (_seed(), None, False)]


def judge(run: CheckRun) -> Judged:
    """Evaluate a claimed run with what was observed for it: pure but for reading pinned rule sets, which are kept. No
    transaction is open."""
    pins = [(UUID(pin["id"]), "trial" in pin) for pin in run.rule_sets]
    versions = [(lines_of(pinned(identifier)), identifier, on_trial) for identifier, on_trial in pins]
    return _judge(run, at_least_the_seed(versions), context_seen(run))


def context_seen(run: CheckRun) -> Context:
    """The context of a run with what was observed for it."""
    snapshot = json.loads(run.context)
    seen = json.loads(run.observations) if run.observations else {}
    media = {**snapshot.get("media", {})}
    for sha256, facts in seen.pop("media", {}).items():
        media[sha256] = {**media.get(sha256, {}), **facts}
    return Context.from_json({**snapshot, **seen, "media": media})


def _judge(run: CheckRun, versions: Lines, context: Context) -> Judged:
    found = list(found_by(subject_of(run.revision), versions, context))
    return Judged(run, found, outcome(each.finding for each in found if not each.on_trial))


def found_by(subject: Subject, versions: Lines, context: Context) -> Iterator[Found]:
    """What the lines of versions say of a subject."""
    for lines, identifier, on_trial in versions:
        for finding in judged(subject, lines, context):
            yield Found(finding, identifier, on_trial)


# --- writing down ----------------------------------------------------------------------------------------------------------


def write(judged: Sequence[Judged], now: datetime) -> None:
    """Write findings and complete the runs: two statements."""
    Finding.objects.bulk_create(_row(each.run, found) for each in judged for found in each.found)
    outcomes = Case(*(When(pk=each.run.pk, then=Value(str(each.outcome))) for each in judged))
    seen = Case(*(When(pk=each.run.pk, then=Value(each.run.observations)) for each in judged))
    runs = [each.run for each in judged]
    transitions.move_many(
        CHECK_RUN, "complete", runs, outcome=outcomes, observations=seen, finished_at=now, leased_until=None
    )
    for each in judged:
        each.run.outcome = str(each.outcome)


def _row(run: CheckRun, found: Found) -> Finding:
    finding = found.finding
    weight = {"mode": str(Mode.AUDIT), "intended": str(finding.mode)} if found.on_trial else {"mode": str(finding.mode)}
    return Finding(
        check_run=run, rule_set_id=found.rule_set, rule=finding.rule, rule_version=finding.version,
        result=str(finding.result), code=finding.code, sections=list(finding.sections),
        params=dict(finding.params), evidence=dict(finding.evidence), **weight,
    )  # fmt: skip


def give_up(runs: Sequence[CheckRun], now: datetime) -> None:
    """End runs that could not be evaluated: errored, and errored is never passed (R-03)."""
    transitions.move_many(CHECK_RUN, "err", list(runs), outcome="blocked", finished_at=now, leased_until=None)


def blocked(runs: Sequence[UUID], account: AdAccount, now: datetime) -> bool:
    """Whether what was found by these runs blocks now: a hard finding, or a soft one that is neither overridden nor waived.

    Three statements. A run that is `blocked` without a finding that says why blocks, too (R-03).
    """
    rows = list(Finding.objects.filter(check_run__in=runs, **BLOCKING).select_related("check_run"))
    excuses = excuses_for((row.check_run.revision_id for row in rows), account, now)
    unexplained = set(runs) - {row.check_run_id for row in rows}
    return bool(unexplained) or any(not excuses.let_pass(row.check_run.revision_id, row.mode, row.rule) for row in rows)


# --- the rules of today ------------------------------------------------------------------------------------------------------


def failing_now(runs: Sequence[CheckRun], account: AdAccount, now: datetime) -> list[Judged]:
    """Runs that the rule sets of today block, each with what blocks (R-12, R-23: judged again when cleared and when published).

    What surrounded the revision is reused with today's time and minimum budgets; one statement for the rule sets, one for
    the minimums, two more when something blocks, the rest is pure.
    """
    today = governing(RuleSet, account)
    minimums = minimums_for(account, now)
    again = [_judge_today(run, today, minimums, now) for run in runs]
    blocked = [each for each in again if each.outcome is Outcome.BLOCKED]
    if not blocked:
        return []
    excuses = excuses_for((each.run.revision_id for each in blocked), account, now)
    standing = [replace(each, found=[found for found in each.found if _stands(each, found, excuses)]) for each in blocked]
    return [each for each in standing if each.found]


def _stands(judged: Judged, found: Found, excuses: Excuses) -> bool:
    return bool(excuses.blocking(judged.run.revision_id, [] if found.on_trial else [found.finding]))


def _judge_today(run: CheckRun, today: Sequence[RuleSet], minimums: JsonObject, now: datetime) -> Judged:
    context = replace(context_seen(run), now=clock.rfc3339(now), minimums=minimums)
    subject = subject_of(run.revision)
    versions = [(lines_of(each), each.pk, False) for each in today if applies(each, subject, context)]
    return _judge(run, at_least_the_seed(versions), context)


def blocking_codes(failing: Sequence[Judged]) -> list[str]:
    """The codes of what blocks."""
    return sorted({finding.code for each in failing for finding in each.findings})
