"""What follows from what people do, as a reader of the rules would work it out on paper: no database, no code of the product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

HOLDING = timedelta(minutes=60)
NEVER = datetime(1, 1, 1, tzinfo=UTC)
EXPIRES = timedelta(days=14)
OPEN = ("awaiting_checks", "in_review", "changes_requested")
NEGATIVE = ("request_changes", "reject")


@dataclass
class Fact:
    """Somebody holds a role, or belongs to a group, from when to when, given by whom."""

    who: str
    what: str
    since: datetime
    by: str = "root"
    until: datetime | None = None

    def at(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or self.until > now)


@dataclass
class Vote:
    """One accepted decision."""

    stage: str
    who: str
    verdict: str
    carried: bool = False


@dataclass
class Stage:
    """One stage, with the words of the policy that asked for it."""

    key: str
    role: str
    sections: tuple[str, ...]
    quorum: int
    step: int
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    everyone: bool = False
    each_group: bool = False
    carries: bool = False
    state: str = "pending"

    @property
    def whom(self) -> tuple[object, ...]:
        return self.role, tuple(sorted(self.groups)), tuple(sorted(self.people))


Content = dict[str, dict[str, Any]]
"""By entity the value of each section that histories change."""


@dataclass
class Request:
    """What was put forward, by whom and when."""

    number: int
    tree: int
    by: str
    at: datetime
    content: Content
    contributors: set[str]
    stages: list[Stage]
    previous: Request | None
    state: str = "awaiting_checks"
    votes: list[Vote] = field(default_factory=list)
    cleared: bool = False
    changed: set[str] = field(default_factory=set)

    def standing(self, key: str) -> dict[str, str]:
        """The last word of each person on a stage."""
        return {vote.who: vote.verdict for vote in self.votes if vote.stage == key}

    def approving(self, key: str) -> set[str]:
        return {who for who, verdict in self.standing(key).items() if verdict == "approve"}

    def elsewhere(self, key: str) -> set[str]:
        """Who approves another stage."""
        return {who for stage in self.stages if stage.key != key for who in self.approving(stage.key)}


@dataclass
class Naive:
    """Everybody and everything, as the history has told it so far."""

    facts: list[Fact] = field(default_factory=list)
    inactive: set[str] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)
    governs: Callable[[set[str]], list[Stage]] = lambda changed: []
    """The stages by which the policy of now asks about what changed."""
    since: datetime = NEVER

    # --- people --------------------------------------------------------------------------------------------------------

    def _counting(self, who: str, what: str, request: Request, now: datetime, *, early: bool = False) -> bool:
        """Whether somebody holds something that counts for a request (R-13): from before it, or long enough and not given by
        anybody who worked on it; `early`: from before it."""
        for fact in self.facts:
            if (fact.who, fact.what) != (who, what) or not fact.at(now):
                continue
            if fact.since <= request.at:
                return True
            if not early and fact.since <= now - HOLDING and fact.by not in request.contributors:
                return True
        return False

    def holds(self, who: str, what: str, now: datetime) -> bool:
        return who not in self.inactive and any((fact.who, fact.what) == (who, what) and fact.at(now) for fact in self.facts)

    def sees(self, who: str, now: datetime) -> bool:
        """Whether somebody may look at all: active, with any role."""
        roles = any(fact.who == who and fact.at(now) and not fact.what.startswith("group:") for fact in self.facts)
        return who not in self.inactive and roles

    def asked(self, who: str, stage: Stage, request: Request, now: datetime, *, early: bool = False) -> bool:
        if not stage.people and not stage.groups:
            return True
        return who in stage.people or any(self._counting(who, group, request, now, early=early) for group in stage.groups)

    def eligible(self, who: str, stage: Stage, request: Request, now: datetime, *, early: bool = False) -> bool:
        """Whether somebody may decide a stage (R-13, R-16)."""
        return (
            self.sees(who, now)
            and self._counting(who, stage.role, request, now, early=early)
            and self.asked(who, stage, request, now, early=early)
            and who not in request.contributors
        )

    # --- counting ------------------------------------------------------------------------------------------------------

    def met(self, request: Request, stage: Stage, now: datetime) -> bool:
        """R-18: enough, of distinct people who may still, and nobody against."""
        standing = request.standing(stage.key)
        if any(verdict in NEGATIVE for verdict in standing.values()):
            return False
        counted = {who for who in request.approving(stage.key) if self.eligible(who, stage, request, now)}
        if len(counted) < max(1, stage.quorum):
            return False
        if stage.everyone:
            people = {fact.who for fact in self.facts}
            awaited = {who for who in people if self.eligible(who, stage, request, now, early=True)} - request.elsewhere(stage.key)
            if awaited - standing.keys():
                return False
        return not stage.each_group or all(
            any(self._counting(who, group, request, now) for who in counted) for group in stage.groups
        )

    # --- deciding ------------------------------------------------------------------------------------------------------

    def may_decide(self, who: str, request: Request, stage: Stage, verdict: str, now: datetime) -> bool:
        """Whether a decision is taken at all, before what follows from it."""
        lifts = (
            request.state == "changes_requested" and request.standing(stage.key).get(who) == "request_changes"
            and verdict != "request_changes"
        )  # fmt: skip
        return (
            self.eligible(who, stage, request, now)
            and who not in request.elsewhere(stage.key)
            and (request.state == "in_review" or lifts)
            and now < request.at + EXPIRES
            and stage.state == "open"
        )

    def decide(self, who: str, request: Request, stage: Stage, verdict: str, now: datetime) -> bool:
        """Take a decision that may be taken. False when it is refused for what would follow (R-13 at the end)."""
        before = [each.state for each in request.stages], request.state, list(request.votes)
        request.votes.append(Vote(stage.key, who, verdict))
        request.state = "in_review"
        if verdict == "reject":
            stage.state = "failed"
            self.close(request, "rejected")
        elif verdict == "request_changes":
            request.state = "changes_requested"
        elif not self.settle(request, now):
            for each, state in zip(request.stages, before[0], strict=True):
                each.state = state
            request.state, request.votes = before[1:]
            return False
        return True

    def settle(self, request: Request, now: datetime) -> bool:
        """Close stages that have what they need, open the next, finish; False when it may not be finished."""
        while True:
            opened = [each for each in request.stages if each.state == "open"]
            met = [each for each in opened if self.met(request, each, now)]
            for each in met:
                each.state = "satisfied"
            if not met or len(met) < len(opened):
                return True
            pending = [each for each in request.stages if each.state == "pending"]
            if not pending:
                if self.tighten(request):
                    return True
                if not all(self.met(request, each, now) for each in request.stages if each not in met):
                    return False
                request.state, request.cleared = "approved", True
                return True
            step = min(each.step for each in pending)
            for each in [each for each in pending if each.step == step]:
                each.state = "open"
                self.carry(request, each, now)

    def tighten(self, request: Request) -> bool:
        """R-12: a policy that came after the request adds what it asks for and is not there yet: other people, or more of them."""
        added = 0
        left = [each.step for each in request.stages if each.state in ("pending", "open")]
        for want in self.governs(request.changed) if self.since > request.at else []:
            held = [each for each in request.stages if each.whom == want.whom and set(want.sections) <= set(each.sections)]
            lacking = want.quorum - sum(each.quorum for each in held)
            alike = (not want.everyone or any(e.everyone for e in held)) and (not want.each_group or any(e.each_group for e in held))
            if lacking <= 0 and alike:
                continue
            names, number = {each.key for each in request.stages}, 2
            key = want.key
            while key in names:
                key, number = f"{want.key}_{number}", number + 1
            quorum = want.quorum if want.each_group else max(1, lacking)
            state = "open" if want.step <= min(left, default=want.step) else "pending"
            request.stages.append(replace(want, key=key, quorum=quorum, state=state))
            added += 1
        return added > 0

    # --- carrying over -------------------------------------------------------------------------------------------------

    def carry(self, request: Request, stage: Stage, now: datetime) -> None:
        """R-07: what did not change is not decided again, by whoever may decide it still."""
        previous = request.previous
        held = None if previous is None else next((each for each in previous.stages if each.key == stage.key), None)
        if previous is None or held is None or not stage.carries or held.role != stage.role:
            return
        if not set(stage.sections) <= set(held.sections):
            return
        for entity, sections in request.content.items():
            before = previous.content.get(entity, {})
            if any(sections.get(name) != before.get(name) for name in stage.sections):
                return
        for who in previous.approving(held.key):
            if self.eligible(who, stage, request, now) and who not in request.elsewhere(stage.key):
                request.votes.append(Vote(stage.key, who, "approve", carried=True))

    def review(self, request: Request, now: datetime) -> None:
        """The checks have passed."""
        request.state = "in_review"
        self.tighten(request)
        for stage in [each for each in request.stages if each.state == "open"]:
            self.carry(request, stage, now)
        if request.previous is not None:
            self.settle(request, now)

    def close(self, request: Request, state: str) -> None:
        request.state = state
        for stage in request.stages:
            if stage.state in ("pending", "open"):
                stage.state = "cancelled"

    def open_request(self, tree: int) -> Request | None:
        return next((each for each in self.requests if each.tree == tree and each.state in OPEN), None)
