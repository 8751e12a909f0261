"""Plays histories through the services, tells the naive model the same, and compares what both say after each step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

import pytest

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import User, UserGroup
from approvals import services
from approvals.models import ApprovalRequest, Clearance, Decision, RequestItem, Revocation
from approvals.models import Stage as StoredStage
from approvals.services.submitting import Submission
from approvals.tasks import check_request
from campaigns import services as campaigns
from campaigns.inputs import AdGroupInput
from core import clock
from core.actor import Channel, system
from core.errors import ImprimaturError
from tests.approvals.model.naive import OPEN, Content, Fact, Naive, Request, Stage
from tests.approvals.policies import BUDGET, CONTENT, govern, stage
from tests.builders import ROOT, Tree, World

APPROVERS: Final = ("ann", "ben", "cleo", "dual")
BUDGETERS: Final = ("fin", "gus", "dual")
SUBMITTERS: Final = ("submitter", "dual")
PEOPLE: Final = ("ann", "ben", "cleo", "dual", "fin", "gus", "submitter")
GROUPS: Final = ("group:red", "group:blue")
ROLES: Final = {"approve_content": "content_approver", "approve_budget": "budget_approver"}
FINAL: Final = ("approved", "rejected", "withdrawn", "superseded", "expired", "revoked", "blocked")
TICKS: Final = (1, 30, 61, 60 * 24, 60 * 24 * 5)

VERDICTS: Final = ("approve",) * 6 + ("request_changes", "reject", "abstain")
KINDS: Final = (
    ("decide",) * 10 + ("submit",) * 4 + ("check",) * 4 + ("edit",) * 3 + ("give", "give", "take", "policy", "tick", "tick")
    + ("withdraw", "revoke", "deactivate", "reactivate", "amend", "amend", "whole", "forgotten")
)  # fmt: skip


Step = tuple[Any, ...]


def drawn(random: Random) -> list[Step]:
    """The next steps of a history."""
    kind, who, which = random.choice(KINDS), random.choice(PEOPLE), random.choice((0, 0, 0, 1, 2))
    author, tree = random.choice(SUBMITTERS), random.randrange(2)
    change, voter = random.choice(("text", "budget", "name", "back")), random.choice((*APPROVERS, *BUDGETERS, who))
    steps: dict[str, list[Step]] = {
        "decide": [("decide", voter, which, random.randrange(3), random.choice(VERDICTS), random.random() < 0.05)],
        "submit": [("submit", author, tree, False), *([("check", 0)] * random.randrange(2))],
        "amend": [("edit", author, tree, change), ("submit", author, tree, True), ("check", 0)],
        "check": [("check", which)],
        "edit": [("edit", author, tree, change)],
        "give": [("give", who, random.choice((*ROLES, *GROUPS)), random.choice(("root", "dual")))],
        "take": [("take", random.randrange(20))],
        "policy": [("policy", random.randrange(8))],
        "tick": [("tick", random.choice(TICKS))],
        "withdraw": [("withdraw", author, which)],
        "revoke": [("revoke", random.choice(("operator", "operator", "ann")), which)],
        "whole": _whole(random, tree),
        "forgotten": [("submit", author, tree, True), *(("tick", 60 * 24 * 5) for _ in range(3))],
    }
    return steps.get(kind, [(kind, who)])


def _whole(random: Random, tree: int) -> list[Step]:
    """A policy of everybody or of each group, and all who could say yes do, in any order, now and then after the request lapsed."""
    late: list[Step] = [("late",)] if random.random() < 0.2 else []
    voters = [("decide", who, 0, index, "approve", False) for who in (*APPROVERS, *BUDGETERS) for index in (0, 1)]
    random.shuffle(voters)
    return [
        ("policy", random.choice((2, 3))), ("edit", "submitter", tree, "text"), ("edit", "submitter", tree, "budget"),
        ("submit", "submitter", tree, True), ("check", 0), *late, *voters,
    ]  # fmt: skip


def drawn_history(random: Random, steps: int) -> list[Step]:
    """A history of so many steps."""
    found: list[Step] = []
    while len(found) < steps:
        found += drawn(random)
    return found[:steps]


def length(history: list[Step]) -> timedelta:
    """How long a history may take: what its ticks say, and a second for each step."""
    minutes = sum({"tick": step[-1], "late": 60 * 24 * 14}.get(step[0], 0) for step in history)
    return timedelta(minutes=minutes, seconds=2 * len(history) + 5)


@contextmanager
def clock_of(player: Player) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: player.now)
        yield


@dataclass
class Player:
    """A world, the model of it, and the time."""

    world: World
    now: datetime
    naive: Naive = field(default_factory=Naive)
    trees: list[Tree] = field(default_factory=list)
    content: list[Content] = field(default_factory=list)
    editors: list[dict[str, set[str]]] = field(default_factory=list)
    cleared: dict[str, list[tuple[Request, dict[str, Any]]]] = field(default_factory=dict)
    ids: list[UUID] = field(default_factory=list)
    stages: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    facts: list[tuple[Fact, Any]] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    happened: set[str] = field(default_factory=set)
    played: list[Step] = field(default_factory=list)

    # --- beginning -----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """People, groups, two campaigns and a policy."""
        for fact_of in (("submitter", "submitter"), ("dual", "submitter"), ("dual", "access_manager")):
            self._conferred(*fact_of)
        for who in APPROVERS:
            self._conferred(who, "approve_content")
        for who in BUDGETERS:
            self._conferred(who, "approve_budget")
        for who, group in (("ann", "group:red"), ("ben", "group:red"), ("ben", "group:blue"), ("cleo", "group:blue")):
            self._conferred(who, group)
        self.policy(0)
        for number in range(2):
            tree = self.world.tree(text="Text")
            self.trees.append(tree)
            self.content.append({
                f"{number}:campaign": {"structure": 0}, f"{number}:group": {"budget": "30.00"}, f"{number}:ad": {"copy": "Text"},
            })  # fmt: skip
            self.editors.append({name: {"submitter"} for name in self.content[-1]})

    def _conferred(self, who: str, what: str, by: str = "root") -> None:
        """Give somebody a role or a place in a group, and tell the model."""
        actor = ROOT if by == "root" else self.actor(by)
        if what in GROUPS:
            made: Any = accounts.add_member(actor=actor, group=self.groups[what], user=self.world.user(who))
        elif (who, what) == ("submitter", "submitter"):
            made = None
        else:
            role = ROLES.get(what, what)
            where = self.world.organisation if what == "access_manager" else self.world.brand
            made = accounts.grant_role(actor=actor, role=role, principal=self.world.user(who), scope=where)
        fact = Fact(who, what, self.now, by)
        self.naive.facts.append(fact)
        self.facts.append((fact, made))

    def actor(self, who: str) -> Any:
        return actor_for(User.objects.get(pk=self.world.people[who].pk), Channel.API)

    # --- one step ------------------------------------------------------------------------------------------------------

    def play(self, step: Step) -> None:
        """Play a step and compare. What the services refuse has not happened: the model is told only what they took."""
        self.now += timedelta(seconds=1)
        try:
            getattr(self, step[0])(*step[1:])
        except ImprimaturError as refused:
            self.happened.add(f"{step[0]} refused: {refused.code}")
        else:
            self.happened.add(step[0])
        self.played.append(step)
        try:
            self.compare()
        except AssertionError as found:
            found.add_note("\n".join(map(str, self.played)))
            raise

    def tick(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        for number, request in enumerate(self.naive.requests):
            if request.state in OPEN and request.at + timedelta(days=14) <= self.now:
                services.expire(actor=system(Channel.TASK), request=self.ids[number])
                self.naive.close(request, "expired")
                self.happened.add("expired")

    def late(self) -> None:
        """To just after the latest request has lapsed, before the task that ends it has looked."""
        if self.naive.requests:
            self.now = max(self.now, self.naive.requests[-1].at + timedelta(days=14, seconds=1))

    def policy(self, number: int) -> None:
        people = {name: str(self.world.people[name].pk) for name in PEOPLE}
        red, blue = (str(self.groups[group].public_id) for group in GROUPS)
        forms: list[list[dict[str, Any]]] = [
            [stage(carries=True), stage("budget", BUDGET, carries=True)],
            [stage(quorum=2, step=1, carries=True), stage("budget", BUDGET, step=1, carries=True)],
            [stage(everyone=True, carries=True), stage("budget", BUDGET, quorum=2)],
            [stage(groups=[red, blue], each_group=True, step=1), stage("budget", BUDGET, step=1, carries=True)],
            [stage(people=[people["ann"], people["dual"]], carries=True), stage("budget", BUDGET, carries=True)],
            [stage(groups=[red], quorum=2, carries=True), stage("second", CONTENT, step=1, carries=True), stage("budget", BUDGET, step=2)],
            [stage(sections=["copy"], carries=True), stage("rest", [each for each in CONTENT if each != "copy"]), stage("budget", BUDGET)],
            [stage("budget", [*BUDGET, *CONTENT], carries=True)],
        ]  # fmt: skip
        chosen = forms[number % len(forms)]
        govern(self.world, *chosen)
        self.stages = chosen
        self.naive.governs, self.naive.since = self._asked, self.now

    def give(self, who: str, what: str, by: str) -> None:
        self._conferred(who, what, by)

    def take(self, index: int) -> None:
        fact, made = self.facts[index % len(self.facts)]
        if made is None or fact.until is not None:
            return
        if fact.what in GROUPS:
            accounts.remove_member(actor=ROOT, group=self.groups[fact.what], user=self.world.user(fact.who))
            ended = [each for each, _made in self.facts if (each.who, each.what) == (fact.who, fact.what)]
        else:
            accounts.revoke_role(actor=ROOT, grant=made.pk)
            ended = [fact]
        for each in ended:
            each.until = each.until or self.now

    def deactivate(self, who: str) -> None:
        accounts.deactivate_user(actor=ROOT, user=self.world.people[who].pk)
        self.naive.inactive.add(who)
        for fact, _made in self.facts:
            fact.until = fact.until or (self.now if fact.who == who else None)

    def reactivate(self, who: str) -> None:
        accounts.reactivate_user(actor=ROOT, user=self.world.people[who].pk)
        self.naive.inactive.discard(who)

    def edit(self, who: str, number: int, what: str) -> None:
        tree, content = self.trees[number], self.content[number]
        mark = f"{len(self.happened)}-{self.now:%d%H%M%S}"
        if what in ("text", "back"):
            text = f"Warm jackets {mark}" if what == "text" else "Text"
            campaigns.edit_ad(actor=self.actor(who), ad=tree.ad.pk, version=None, values={"text": text})
            name, section, value = "ad", "copy", text
        elif what == "budget":
            value = f"{30 + len(self.naive.requests) % 9}.00"
            values: AdGroupInput = {"budget": {"mode": "daily", "amount": value}}
            campaigns.edit_ad_group(actor=self.actor(who), ad_group=tree.ad_group.pk, version=None, values=values)
            name, section = "group", "budget"
        else:
            campaigns.edit_campaign(actor=self.actor(who), campaign=tree.campaign.pk, version=None, values={"name": mark})
            name, section, value = "campaign", "structure", mark
        content[f"{number}:{name}"] = {**content[f"{number}:{name}"], section: value}
        self.editors[number][f"{number}:{name}"].add(who)

    def submit(self, who: str, number: int, amend: bool) -> None:
        submission = Submission(campaign=self.trees[number].campaign.pk, amend=amend)
        made = services.submit(actor=self.actor(who), submission=submission)
        changed = {name: self._changed(number, name) for name in self.content[number]}
        put_forward = {name: sections for name, sections in changed.items() if sections}
        assert len(put_forward) == len(made.items), "R-26: what changed, and nothing else"
        previous = self.naive.open_request(number)
        assert previous is None or previous.state == "changes_requested" or (amend and previous.by == who), "R-06"
        if previous is not None:
            self.naive.close(previous, "superseded")
        people = {who, *(editor for name in put_forward for editor in self.editors[number][name])}
        self.naive.requests.append(Request(
            len(self.ids), number, who, self.now, {name: dict(self.content[number][name]) for name in put_forward}, people,
            self._route({section for sections in put_forward.values() for section in sections}), previous,
            changed={section for sections in put_forward.values() for section in sections},
        ))  # fmt: skip
        self.ids.append(made.request.pk)
        self.happened |= {"amended"} if amend and previous is not None else set()

    def _changed(self, number: int, name: str) -> set[str]:
        """The sections of an entity that differ from what was cleared last and not revoked; all of one that never was."""
        standing = [content for request, content in self.cleared.get(name, ()) if request.state != "revoked"]
        if not standing:
            return {"campaign": {"structure", "budget", "schedule"}, "group": {*BUDGET, "targeting", "structure"}}.get(
                name.partition(":")[2], set(CONTENT)
            )
        now = self.content[number][name]
        return {section for section, value in now.items() if standing[-1].get(section) != value}

    def _route(self, changed: set[str]) -> list[Stage]:
        asked = self._asked(changed)
        first = min(each.step for each in asked)
        for each in asked:
            each.state = "open" if each.step == first else "pending"
        return asked

    def _asked(self, changed: set[str]) -> list[Stage]:
        """The stages of the policy that read what changed."""
        by_id = {str(self.world.people[name].pk): name for name in PEOPLE}
        groups = {str(group.public_id): name for name, group in self.groups.items()}
        return [
            Stage(
                line["key"], line["permission"], tuple(line["sections"]), max(line["quorum"], 2 if line.get("each_group") else 1),
                line.get("step") or index, tuple(by_id[each] for each in line.get("people", ())),
                tuple(groups[each] for each in line.get("groups", ())), bool(line.get("everyone")), bool(line.get("each_group")),
                bool(line.get("carries")),
            )
            for index, line in enumerate(self.stages, 1) if changed & set(line["sections"])
        ]  # fmt: skip

    def _of(self, which: int) -> int | None:
        """One of the latest requests."""
        return len(self.ids) - 1 - which if which < len(self.ids) else None

    def check(self, which: int) -> None:
        number = self._of(which)
        if number is None:
            return
        request = self.naive.requests[number]
        check_request(str(self.ids[number]))
        if request.state == "awaiting_checks":
            self.naive.review(request, self.now)
            self._cleared(request)
            self.happened |= {"carried over"} if request.votes else set()

    def decide(self, who: str, which: int, index: int, verdict: str, stale: bool) -> None:
        number = self._of(which)
        if number is None:
            return
        request = self.naive.requests[number]
        chosen = request.stages[index % len(request.stages)]
        other = self.ids[(number + 1) % len(self.ids)]
        digest = ApprovalRequest.objects.get(pk=other if stale else self.ids[number]).digest
        lifts = request.state == "changes_requested"
        stale = stale and ApprovalRequest.objects.get(pk=self.ids[number]).digest != digest
        expected = not stale and self.naive.may_decide(who, request, chosen, verdict, self.now)
        expected = expected and self.naive.decide(who, request, chosen, verdict, self.now)
        try:
            services.decide(
                actor=self.actor(who), request=self.ids[number], stage=chosen.key, digest=digest, verdict=verdict, comment="Because."
            )
        except ImprimaturError as refused:
            if expected:
                pytest.fail(f"{who} was refused {verdict} on {chosen.key} of {number}: {refused.code}")
            raise
        assert expected, f"{who} must not {verdict} {chosen.key} of request {number}"
        self._cleared(request)
        self.happened.add(f"decide {verdict}")
        self.happened |= {"lifted"} if lifts else set()
        if chosen.state == "satisfied":
            self.happened |= {name for name, term in (("by everyone", chosen.everyone), ("by each group", chosen.each_group)) if term}

    def _cleared(self, request: Request) -> None:
        if request.state == "approved":
            self.happened.add("approved")
            for name, content in request.content.items():
                self.cleared.setdefault(name, []).append((request, content))

    def withdraw(self, who: str, which: int) -> None:
        number = self._of(which)
        if number is None:
            return
        request = self.naive.requests[number]
        services.withdraw(actor=self.actor(who), request=self.ids[number])
        assert request.state in OPEN, "R-30"
        assert request.by == who, "R-30"
        self.naive.close(request, "withdrawn")

    def revoke(self, who: str, which: int) -> None:
        number = self._of(which)
        if number is None:
            return
        services.revoke(actor=self.actor(who), request=self.ids[number], reason="The price is wrong.")
        assert who == "operator", "R-32"
        assert self.naive.requests[number].state == "approved", "R-32"
        self.naive.requests[number].state = "revoked"

    # --- comparing -----------------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """What is stored against what the model says, and against what holds whatever happened."""
        stored = {row.pk: row for row in ApprovalRequest.objects.all()}
        names = {str(self.world.people[name].pk): name for name in self.world.people}
        for number, request in enumerate(self.naive.requests):
            row = stored[self.ids[number]]
            assert row.state == request.state, f"request {number} is {row.state}, the model says {request.state}"
            earlier = self.seen.get(number, row.state)
            assert earlier not in FINAL or earlier == row.state or (earlier, row.state) == ("approved", "revoked"), "final states stay"
            self.seen[number] = row.state
            if earlier == row.state and row.state in FINAL:
                continue
            self._compare_one(row, request, names)
        self._invariants()

    def _compare_one(self, row: ApprovalRequest, request: Request, names: dict[str, str]) -> None:
        stages = {each.key: each for each in StoredStage.objects.filter(request=row)}
        said, expected = {key: each.state for key, each in stages.items()}, {each.key: each.state for each in request.stages}
        assert said == expected, f"stages of {request.number} are {said}, the model says {expected}"
        assert all(each.quorum >= 1 for each in stages.values()), "R-03"
        assert {names[each] for each in row.contributors} == request.contributors, "R-16"
        votes = Decision.objects.filter(request=row).select_related("stage").order_by("id")
        told = [(each.stage.key, names[str(each.decided_by_id)], str(each.verdict), each.carried_from_id is not None) for each in votes]
        assert sorted(told) == sorted((each.stage, each.who, each.verdict, each.carried) for each in request.votes)
        assert all(each.digest == row.digest for each in votes), "R-02"
        clearances = Clearance.objects.filter(request=row)
        assert clearances.exists() == request.cleared, "R-01"
        assert not request.cleared or clearances.count() == row.items.count()

    def _invariants(self) -> None:
        """R-06: one open request an entity. R-02: a clearance is of the digest of its item. R-16, R-18: nobody twice, nobody who
        contributed."""
        entities = list(RequestItem.objects.filter(is_open=True).values_list("entity_id", flat=True))
        assert len(entities) == len(set(entities))
        for clearance in Clearance.objects.select_related("revision", "request", "item"):
            assert clearance.digest == clearance.revision.digest
            assert clearance.item.revision_id == clearance.revision_id
            assert clearance.request.state in ("approved", "revoked")
            assert (clearance.request.state == "revoked") == Revocation.objects.filter(clearance=clearance).exists()
