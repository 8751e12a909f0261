"""Plays histories through the services, tells the naive model the same, and compares what both say after each step."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import User, UserGroup
from approvals import services
from approvals.services.submitting import Submission
from approvals.tasks import check_request
from campaigns import services as campaigns
from campaigns.inputs import AdGroupInput
from core import clock
from core.actor import Channel, system
from core.errors import ImprimaturError
from tests.approvals.model.comparing import compare, key_of
from tests.approvals.model.drawing import APPROVERS, BUDGETERS, FORMS, GROUPS, PEOPLE, ROLES, Step
from tests.approvals.model.naive import OPEN, Content, Fact, Naive, Request, Stage
from tests.approvals.policies import BUDGET, CONTENT, govern, stage
from tests.builders import ROOT, Tree, World


@contextmanager
def clock_of(player: Player) -> Iterator[None]:
    """The product goes by the player's time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: player.now)
        yield


@contextmanager
def judged(expected: bool, words: str) -> Iterator[None]:
    """What is done here is taken exactly when the model says so."""
    try:
        yield
    except ImprimaturError as refused:
        if expected:
            raise AssertionError(f"{words}: refused ({refused.code}), and the model takes it") from refused
        raise
    assert expected, f"{words}: taken, and the model refuses it"


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
    digests: list[str] = field(default_factory=list)
    stages: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    facts: list[tuple[Fact, Any]] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    happened: set[str] = field(default_factory=set)
    played: list[str] = field(default_factory=list)

    # --- beginning -----------------------------------------------------------------------------------------------------

    def at(self, now: datetime) -> Player:
        """One who goes on from here at another time, and leaves this one as it is."""
        other = copy.deepcopy(self, {id(self.world): self.world})
        other.now = now
        return other

    def begin(self, starts: datetime) -> None:
        """People, groups, two campaigns that start then, and a policy."""
        for title in GROUPS:
            self.groups[title] = accounts.create_user_group(actor=ROOT, organisation=self.world.organisation, title=title)
        for fact_of in (("submitter", "submitter"), ("dual", "submitter"), ("dual", "access_manager")):
            self._conferred(*fact_of)
        for who in APPROVERS:
            self._conferred(who, "approve_content")
        for who in BUDGETERS:
            self._conferred(who, "approve_budget")
        for who, group in (("ann", "group:red"), ("ben", "group:red"), ("ben", "group:blue"), ("cleo", "group:blue"),
                           ("dual", "group:red")):  # fmt: skip
            self._conferred(who, group)
        self.policy(0)
        for number in range(2):
            campaign = self.world.campaign()
            below = self.world.ad_group(campaign, schedule={"start": starts, "end": starts + timedelta(days=10)})
            self.trees.append(Tree(campaign, below, self.world.ad(below, text="Text")))
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
        outcome = "taken"
        try:
            try:
                getattr(self, step[0])(*step[1:])
            except ImprimaturError as refused:
                outcome = f"refused: {refused.code}"
            names = {key_of(each.pk): name for name, each in self.world.people.items()}
            compare(self.naive, list(map(key_of, self.ids)), names, self.seen)
        except BaseException as found:
            found.add_note("\n".join([*self.played, f"{step} <- here"]))
            raise
        self.happened.add(step[0] if outcome == "taken" else f"{step[0]} {outcome}")
        self.played.append(f"{step} {outcome}")

    def tick(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        for number, request in enumerate(self.naive.requests):
            if request.state in OPEN and request.at + timedelta(days=14) <= self.now:
                self.naive.close(request, "expired")
                services.expire(actor=system(Channel.TASK), request=self.ids[number])
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
        assert len(forms) == FORMS
        chosen = forms[number]
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

    def leave(self, who: str, what: str) -> None:
        """Take something from somebody, whatever gave it."""
        for index, (fact, _made) in enumerate(self.facts):
            if (fact.who, fact.what) == (who, what):
                self.take(index)

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
        changed = {name: self._changed(number, name) for name in self.content[number]}
        put_forward = {name: sections for name, sections in changed.items() if sections}
        previous = self.naive.open_request(number)
        free = previous is None or previous.state == "changes_requested" or (amend and previous.by == who)
        expected = self.naive.holds(who, "submitter", self.now) and bool(put_forward) and free
        with judged(expected, f"{who} submits {number}, R-06"):
            made = services.submit(actor=self.actor(who), submission=submission)
        assert len(put_forward) == len(made.items), "R-26: what changed, and nothing else"
        if previous is not None:
            self.naive.close(previous, "superseded")
        people = {who, *(editor for name in put_forward for editor in self.editors[number][name])}
        self.naive.requests.append(Request(
            len(self.ids), number, who, self.now, {name: dict(self.content[number][name]) for name in put_forward}, people,
            self._route({section for sections in put_forward.values() for section in sections}), previous,
            changed={section for sections in put_forward.values() for section in sections},
        ))  # fmt: skip
        self.ids.append(made.request.pk)
        self.digests.append(made.request.digest)
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
        digest = self.digests[(number + 1) % len(self.ids) if stale else number]
        lifts = request.state == "changes_requested"
        expected = digest == self.digests[number] and self.naive.may_decide(who, request, chosen, verdict, self.now)
        expected = expected and self.naive.decide(who, request, chosen, verdict, self.now)
        with judged(expected, f"{who} says {verdict} to {chosen.key} of request {number}"):
            services.decide(
                actor=self.actor(who), request=self.ids[number], stage=chosen.key, digest=digest, verdict=verdict, comment="Because."
            )
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
        expected = request.state in OPEN and request.by == who and self.naive.sees(who, self.now)
        with judged(expected, f"{who} withdraws {number}, R-30"):
            services.withdraw(actor=self.actor(who), request=self.ids[number])
        self.naive.close(request, "withdrawn")

    def revoke(self, who: str, which: int) -> None:
        number = self._of(which)
        if number is None:
            return
        expected = who == "operator" and self.naive.requests[number].state == "approved"
        with judged(expected, f"{who} revokes {number}, R-32"):
            services.revoke(actor=self.actor(who), request=self.ids[number], reason="The price is wrong.")
        self.naive.requests[number].state = "revoked"
