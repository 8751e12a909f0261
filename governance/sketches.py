"""What the rules of today say of drafts that nobody has saved (`POST checks/evaluate/`). Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from campaigns.sketches import Sketch
from campaigns.snapshots import Head
from governance.applicability import applies
from governance.checks import OBSERVED, Found, Lines, at_least_the_seed, context_of, found_by
from governance.contract import Context, JsonObject, Mode, Outcome, Subject
from governance.evaluation import WEIGHTY, Line, outcome
from governance.excuses import excuses_for
from governance.minimums import minimums_for
from governance.models import RuleSet
from governance.queries import lines_of, rule_sets_for

NOT_SEEN = OBSERVED | {"increase"}
"""What of a context is known of a submission alone."""
NEVER_APPROVED = {"approved": False, "changed": True, "spent_minor": None}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was found in one draft, and what it adds up to.

    `waived`: rules whose soft findings a waiver in force lets pass; the outcome leaves them out. `not_observed`: rules about
    what is looked at only once it is submitted (a landing page visited, what else was raised in the account); nothing is said
    of them.
    """

    head: Head
    found: list[Found]
    outcome: Outcome
    waived: frozenset[str]
    not_observed: list[str]


def opinions(sketch: Sketch, now: datetime) -> list[Opinion]:
    """What would be found if it were submitted now, by versions in force and on trial: three statements."""
    account = sketch.account
    rule_sets, minimums = rule_sets_for(account), minimums_for(account, now)
    waived = excuses_for((), account, now).waived
    return [_opinion(head, _context(sketch, head, minimums, now), rule_sets, waived) for head in sketch.heads]


def _context(sketch: Sketch, head: Head, minimums: JsonObject, now: datetime) -> Context:
    members = None if head.type == "campaign" else sketch.ads_in_group
    context = context_of(head, sketch.account, sketch.parents_of(head), members, now)
    return context if head.type == "ad" else replace(context, minimums=minimums, live=NEVER_APPROVED)


def _opinion(head: Head, context: Context, rule_sets: Sequence[RuleSet], waived: frozenset[str]) -> Opinion:
    subject = Subject(head.type, str(head.key), head.content["sections"])
    bound = [each for each in rule_sets if applies(each, subject, context)]
    versions: Lines = at_least_the_seed([(lines_of(each), each.pk, _on_trial(each)) for each in bound])
    lines = [line for lines, _, _ in versions for line in lines if subject.type in line.applies_to]
    told = [([line for line in lines if not _observes(line)], *rest) for lines, *rest in versions]
    found = list(found_by(subject, told, context))  # type: ignore[arg-type]
    excused = frozenset(each.finding.rule for each in found if each.finding.mode == Mode.SOFT) & waived
    counting = (each.finding for each in found if not each.on_trial and not _let_pass(each, excused))
    return Opinion(head, found, outcome(counting), excused, sorted({line.rule for line in lines if _observes(line)}))


def _on_trial(version: RuleSet) -> bool:
    return bool(getattr(version, "on_trial", False))


def _let_pass(found: Found, excused: frozenset[str]) -> bool:
    finding = found.finding
    return finding.mode == Mode.SOFT and finding.result in WEIGHTY and finding.rule in excused


def _observes(line: Line) -> bool:
    """Whether a line is about what is looked at only once it is submitted."""
    return not NOT_SEEN.isdisjoint(line.reads)
