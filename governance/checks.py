"""Check runs: queueing, claiming, judging, writing down. `governance` does not know who waits for them.

Functions that write expect the transaction of the service that calls them; `claim` and `judge` need none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from accounts.models import AdAccount
from campaigns.models import Revision
from campaigns.snapshots import Head
from core import clock, transitions
from core.canonical import canonical_text, digest, digest_of_text
from core.statements import Change, insert, prepared
from governance.applicability import applies
from governance.contract import Binding, Context, EvaluatedFinding, JsonObject, Mode, Outcome, Subject
from governance.defaults import seed_platform_rules
from governance.evaluation import WEIGHTY, Line, compiled, judged, outcome
from governance.excuses import BLOCKING, Excuses, excuses_for
from governance.minimums import minimums_for
from governance.models import CheckRun, Finding, RuleSet
from governance.queries import governing, lines_of, pinned, reads
from governance.states import CheckState
from governance.transitions import CHECK_RUN

MAX_ATTEMPTS = 3
LOOKED_INTO = frozenset({"analysis", "reading"})
"""What of the facts of a file is found by looking into it."""
OBSERVED = LOOKED_INTO | {"landing_page", "rejected_media"}
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
    insert([run for run in wanted if run.key not in known])
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
    judges = _judges((each, "trial" in pin) for each, pin in zip(versions, pins, strict=True))
    known_by = [[str(identifier), on_trial, *(line.version for line in lines)] for lines, identifier, on_trial in judges]
    key = digest({"revision": str(revision.pk), "rule_sets": known_by, "context": seen})
    return CheckRun(revision=revision, rule_sets=pins, context=text, context_digest=digest_of_text(text), key=key, queued_at=now)


def _pin(version: RuleSet) -> dict[str, Any]:
    trial = {"trial": True} if getattr(version, "on_trial", False) else {}
    return {"id": str(version.pk), "key": version.key, "version": version.version, **trial}


def subject_of(revision: Revision) -> Subject:
    """A revision as the rules see it."""
    return Subject(revision.entity_type, str(revision.entity_id), revision.content["sections"])


# --- claiming ------------------------------------------------------------------------------------------------------------


def free(now: datetime) -> QuerySet[CheckRun]:
    """Runs that are queued, or whose worker's lease has run out, with what they are about. A run tried MAX_ATTEMPTS times is left
    for the sweep to end."""
    return CheckRun.objects.filter(owed_by_nobody(now), attempts__lt=MAX_ATTEMPTS).select_related("revision").order_by("pk")


@prepared
def _start(runs: Sequence[UUID], now: datetime, until: datetime) -> Change[CheckRun]:
    mine = free(now).select_related(None).filter(pk__in=runs)
    return transitions.change(CHECK_RUN, "start", mine, leased_until=until, attempts=F("attempts") + 1)


def claim(which: Callable[[datetime], list[CheckRun]], now: datetime) -> list[CheckRun]:
    """Take runs for this worker; `which` reads some of those that are `free`.

    One guarded UPDATE: of two workers one gets a run. Who got some of several knows them by their lease; were two leases to
    end in the same microsecond, both would judge, and one would come too late to write (`approvals.services.record_checks`).
    Where two requests share several runs, PostgreSQL may end one of two claims that meet crosswise; the sweep does it again.
    """
    runs, until = which(now), now + timedelta(seconds=settings.LEASE_SECONDS)
    taken = _start.count([run.pk for run in runs], now, until) if runs else 0
    if taken < len(runs):
        mine = CheckRun.objects.filter(pk__in=[run.pk for run in runs], state=CheckState.RUNNING, leased_until=until)
        kept = set(mine.values_list("pk", flat=True)) if taken else set()
        runs = [run for run in runs if run.pk in kept]
    for run in runs:
        run.state, run.leased_until, run.attempts = CheckState.RUNNING, until, run.attempts + 1
    return runs


def back_off(runs: Sequence[CheckRun], now: datetime) -> timedelta:
    """After a fault: let the lease of claimed runs end soon, later with each try, so that they are tried again. Returns when.
    Another worker's lease, who took them over meanwhile, stays."""
    tries = max((run.attempts for run in runs), default=1)
    delay = timedelta(seconds=settings.CHECK_BACKOFF_SECONDS * 2 ** (tries - 1))
    CheckRun.objects.filter(held(runs)).update(leased_until=now + delay)
    return delay


def held(runs: Sequence[CheckRun]) -> Q:
    """The condition for those of the runs of one claim whose lease is still that claim's."""
    leases = {run.leased_until for run in runs}
    return Q(pk__in=[run.pk for run in runs], state=CheckState.RUNNING, leased_until__in=leases)


def owed_by_nobody(now: datetime) -> Q:
    """The condition for runs that are due, and that no worker holds."""
    return Q(state=CheckState.QUEUED) | Q(state=CheckState.RUNNING, leased_until__lt=now)


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


def _judges(versions: Iterable[tuple[RuleSet, bool]]) -> Lines:
    """The lines of versions, each with whether it is on trial."""
    return at_least_the_seed([(lines_of(each), each.pk, on_trial) for each, on_trial in versions])


def judge(run: CheckRun) -> Judged:
    """Evaluate a claimed run with what was observed for it: pure but for reading pinned rule sets, which are kept. No
    transaction is open."""
    versions = ((pinned(UUID(pin["id"])), "trial" in pin) for pin in run.rule_sets)
    return _judge(run, _judges(versions), context_seen(run))


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
    """Write what was found and complete the runs: two statements."""
    insert([_row(each.run, found) for each in judged for found in each.found if _is_row(found)])
    ended = {"finished_at": now, "leased_until": None}
    if len(judged) == 1:
        transitions.move(CHECK_RUN, "complete", judged[0].run, **ended, **_told(judged[0]))
        return
    runs, told = [each.run for each in judged], [_told(each) for each in judged]
    by_run = {name: _by_run(runs, [each[name] for each in told], CheckRun._meta.get_field(name)) for name in told[0]}
    transitions.move_many(CHECK_RUN, "complete", runs, **ended, **by_run)
    for each in judged:
        each.run.outcome = str(each.outcome)


def _told(judged: Judged) -> dict[str, Any]:
    return {"outcome": str(judged.outcome), "observations": judged.run.observations, "passed": _passed(judged)}


def _by_run(runs: Sequence[CheckRun], values: Sequence[Any], field: Any) -> Case:
    """To each run its own value."""
    return Case(*(When(pk=run.pk, then=Value(value, field)) for run, value in zip(runs, values, strict=True)))


def _is_row(found: Found) -> bool:
    """Most of what rules say is that all is well: as rows of their own they would take longer to write than to find."""
    return found.on_trial or found.finding.result in WEIGHTY


def _passed(judged: Judged) -> list[JsonObject]:
    """What is no row, as CheckRun keeps it."""
    kept = (each for each in judged.found if not _is_row(each))
    return [{**_said(each.finding), "rule_set": each.rule_set and str(each.rule_set)} for each in kept]


def _row(run: CheckRun, found: Found) -> Finding:
    said = _said(found.finding)
    weight = {"mode": str(Mode.AUDIT), "intended": said["mode"]} if found.on_trial else {}
    return Finding(check_run=run, rule_set_id=found.rule_set, **{**said, **weight})


def _said(finding: EvaluatedFinding) -> dict[str, Any]:
    return {
        "rule": finding.rule, "rule_version": finding.version, "mode": str(finding.mode), "result": str(finding.result),
        "code": finding.code, "sections": list(finding.sections), "params": dict(finding.params),
        "evidence": dict(finding.evidence),
    }  # fmt: skip


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
