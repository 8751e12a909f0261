"""What a version of a rule set would have said of past revisions (docs/replay.md).

`Trial.compare` is pure: it judges one recorded check run twice, with the version that governs and with the one that is tried
in its place, beside whatever else governs. `work_off` is the worker: claim a part, judge outside any transaction, write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import AdAccount
from core import clock, transitions
from governance.applicability import applies
from governance.checks import LOOKED_INTO, MAX_ATTEMPTS, Lines, at_least_the_seed, context_seen, found_by, subject_of
from governance.contract import Context, EvaluatedFinding, Mode, Outcome, Subject
from governance.evaluation import WEIGHTY, Line, outcome
from governance.models import CheckRun, ReplayChunk, ReplayVerdict, RuleSet
from governance.queries import governing, lines_of, replayed
from governance.states import CheckState, ReplayState, Word
from governance.transitions import REPLAY_CHUNK

NOTED: Final = frozenset({"landing_page", "rejected_media", "increase", "live", "brand"})
"""What of a context is noted only where a rule asked for it at the time, or was not noted from the beginning."""
ALOUD: Final = frozenset({Mode.WARN, Mode.SOFT, Mode.HARD})


@dataclass(frozen=True, slots=True)
class Difference:
    """A run of which another thing would be said, and what: outcome before and after, findings that came and went."""

    run: CheckRun
    before: str
    after: str
    appeared: list[dict[str, Any]]
    gone: list[dict[str, Any]]


@dataclass(slots=True)
class Trial:
    """A version (None: none at all) tried in the place of another (None: of none). `unseen` counts its rules that could not be
    asked."""

    version: RuleSet | None
    instead_of: RuleSet | None
    unseen: Counter[str] = field(default_factory=Counter)
    beside: dict[UUID, Sequence[RuleSet]] = field(default_factory=dict)

    def compare(self, run: CheckRun) -> Difference | None:
        """None when the same is said. One statement for each ad account that was not met before."""
        subject, context = subject_of(run.revision), context_seen(run)
        others = self._others(run.revision.ad_account, subject, context)
        old, new = (_bound([each], subject, context) for each in (self.instead_of, self.version))
        self._note_unseen(new, subject, context)
        if not others and not (old and new):  # where nothing is bound the seed's rules hold
            before, after = (_told(at_least_the_seed(each), subject, context) for each in (old, new))
        else:
            before, after = _told(old, subject, context), _told(new, subject, context)
        gone, appeared = _without(before, after), _without(after, before)
        if not gone and not appeared:
            return None
        said = _told(others, subject, context)
        was, would_be = (str(outcome([*said, *each])) for each in (before, after))
        return Difference(run, was, would_be, _plain(appeared), _plain(gone))

    def _others(self, account: AdAccount, subject: Subject, context: Context) -> Lines:
        if account.pk not in self.beside:
            found = governing(RuleSet, account)
            keys = {each.key for each in (self.version, self.instead_of) if each is not None}
            self.beside[account.pk] = [each for each in found if each.key not in keys]
        return _bound(self.beside[account.pk], subject, context)

    def _note_unseen(self, versions: Lines, subject: Subject, context: Context) -> None:
        lines = (line for lines, *_ in versions for line in lines if subject.type in line.applies_to)
        self.unseen.update(line.rule for line in lines if not _answerable(line, context))


def _bound(versions: Iterable[RuleSet | None], subject: Subject, context: Context) -> Lines:
    """Those that apply, with their lines."""
    applying = (each for each in versions if each is not None and applies(each, subject, context))
    return [(lines_of(each), each.pk, False) for each in applying]


def _told(versions: Lines, subject: Subject, context: Context) -> list[EvaluatedFinding]:
    """What is said aloud, of what was noted."""
    asked = [([line for line in lines if _answerable(line, context)], *rest) for lines, *rest in versions]
    found = (each.finding for each in found_by(subject, asked, context))  # type: ignore[arg-type]
    return [each for each in found if each.result in WEIGHTY and each.mode in ALOUD]


def _answerable(line: Line, context: Context) -> bool:
    """Whether what the line's rule reads was noted at the time."""
    wanted = LOOKED_INTO.intersection(line.reads)
    looked_into = all(name in facts for facts in context.media.values() for name in wanted)
    return looked_into and all(getattr(context, name) is not None for name in NOTED.intersection(line.reads))


def _key(finding: EvaluatedFinding) -> tuple[str, str, str, str]:
    return finding.rule, str(finding.mode), str(finding.result), finding.code


def _without(these: Iterable[EvaluatedFinding], those: Iterable[EvaluatedFinding]) -> list[EvaluatedFinding]:
    known = {_key(each) for each in those}
    return [each for each in these if _key(each) not in known]


def _plain(findings: Iterable[EvaluatedFinding]) -> list[dict[str, Any]]:
    names = ("rule", "mode", "result", "code")
    return [dict(zip(names, _key(each), strict=True)) | {"params": dict(each.params)} for each in findings]


def passes_only_now(runs: Iterable[CheckRun], version: RuleSet) -> bool:
    """Whether anything that was checked would be blocked, had a version that governs not taken the place of the one before it;
    also by a rule that could not be asked any more, since nobody looked at what it reads (R-03)."""
    earlier = version_before(version)
    trial = Trial(earlier, version)
    return any(_is_let_through(trial, run) for run in runs) or bool(trial.unseen.keys() & (_blocking(earlier) - _blocking(version)))


def _is_let_through(trial: Trial, run: CheckRun) -> bool:
    found = trial.compare(run)
    return found is not None and found.after == Outcome.BLOCKED and found.before != Outcome.BLOCKED


def _blocking(version: RuleSet | None) -> set[str]:
    return set() if version is None else {line.rule for line in lines_of(version) if line.mode in (Mode.SOFT, Mode.HARD)}


def version_before(version: RuleSet) -> RuleSet | None:
    """The version that governed before this one."""
    earlier = RuleSet.objects.filter(key=version.key, version__lt=version.version, confirmations__word=Word.CONFIRMED)
    return earlier.order_by("-version").first()


# --- working off -----------------------------------------------------------------------------------------------------------


def owed(now: datetime) -> Q:
    """Parts that nobody works on, of replays that go on."""
    free = Q(state=CheckState.QUEUED) | Q(state=CheckState.RUNNING, leased_until__lt=now)
    return free & Q(replay__state=ReplayState.RUNNING)


def owed_parts(replay: UUID | None, now: datetime) -> QuerySet[ReplayChunk]:
    """What may be worked on, of one replay or of all, in order."""
    rows = ReplayChunk.objects.filter(owed(now), attempts__lt=MAX_ATTEMPTS).order_by("replay_id", "number")
    return rows if replay is None else rows.filter(replay=replay)


def work_off(chunk: UUID) -> bool:
    """Do one part, if nobody else does: whether it was done. A worker that dies leaves a lease that runs out."""
    now = clock.now()
    until = now + timedelta(seconds=settings.LEASE_SECONDS)
    mine = ReplayChunk.objects.filter(pk=chunk).filter(owed(now), attempts__lt=MAX_ATTEMPTS)
    if not transitions.claim(REPLAY_CHUNK, "start", mine, leased_until=until, attempts=F("attempts") + 1):
        return False
    row = ReplayChunk.objects.select_related("replay__rule_set", "replay__instead_of").get(pk=chunk)
    trial = Trial(row.replay.rule_set, row.replay.instead_of)
    found = [difference for run in _runs(row) if (difference := trial.compare(run)) is not None]
    return _write(row, found, trial.unseen)


def _runs(chunk: ReplayChunk) -> QuerySet[CheckRun]:
    runs = replayed(chunk.replay.rule_set, chunk.replay.since, chunk.replay.until).filter(pk__gte=chunk.first, pk__lte=chunk.last)
    return runs.select_related("revision__ad_account__brand").order_by("pk")


def _write(chunk: ReplayChunk, found: Iterable[Difference], unseen: Mapping[str, int]) -> bool:
    """Verdicts and the step that ends the part, together; False when it was taken over meanwhile."""
    with transaction.atomic():
        mine = ReplayChunk.objects.filter(pk=chunk.pk, attempts=chunk.attempts, state=CheckState.RUNNING)
        if not mine.select_for_update(of=("self",), no_key=True).exists():
            return False
        ReplayVerdict.objects.bulk_create(
            ReplayVerdict(
                replay=chunk.replay, chunk=chunk, check_run=each.run, before=each.before, after=each.after,
                appeared=each.appeared, gone=each.gone,
            )
            for each in found
        )  # fmt: skip
        transitions.move(REPLAY_CHUNK, "complete", chunk, leased_until=None, unseen=dict(unseen))
    return True
