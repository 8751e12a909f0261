"""Random histories of access management, played through the services and told to the naive model alike.

The services may refuse; then nothing happened. When they do not, the model says what follows, from what was asked for and
never from what was written. The clock is turned: histories lie in the past and end now, so that the database's own views,
which know only the present, can be asked too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from accounts import services
from accounts.actors import actor_for
from accounts.models import AdAccount, Brand, Organisation, Page, Role, User
from accounts.roles import PERMISSIONS, ROLES
from core import clock
from core.actor import Actor, Channel, system
from core.errors import ImprimaturError
from tests.accounts.naive import ACCOUNTS, GROUPS, LAPSES, PEOPLE, SCOPES, Fact, Naive

ROOT = system(Channel.COMMAND)
CUSTOM = ("custom_a", "custom_b")
TARGETS = ("ann", "ben", "cat", "robot", *GROUPS)
MEMBERS = TARGETS[:4]
_minutes = st.sampled_from([None, None, 20, 90, 60 * 24])
_codes = st.sets(st.sampled_from(sorted(set(PERMISSIONS) - {"view"})), min_size=1, max_size=3)
grants = st.tuples(
    st.just("grant"), st.sampled_from([*sorted(ROLES), *CUSTOM, *CUSTOM]), st.sampled_from(TARGETS),
    st.sampled_from(SCOPES), _minutes, _minutes,
)  # fmt: skip
joins = st.tuples(st.just("join"), st.sampled_from(MEMBERS), st.sampled_from(GROUPS), _minutes, _minutes)
moves = st.tuples(st.just("move"), st.sampled_from(sorted(ACCOUNTS)), st.sampled_from(["brand_a", "brand_b"]))
operations = st.one_of(
    grants, joins, moves,
    st.tuples(st.just("leave"), st.sampled_from(MEMBERS), st.sampled_from(GROUPS)),
    st.tuples(st.just("revoke"), st.integers(0, 5)),
    st.tuples(st.just("role"), st.sampled_from(CUSTOM), _codes),
    st.tuples(st.sampled_from(["deactivate", "reactivate"]), st.sampled_from(MEMBERS)),
    st.tuples(st.just("policy"), st.booleans()),
    st.tuples(st.sampled_from(["confirm", "confirm", "decline"]), st.integers(0, 5)),
    st.tuples(st.just("tick"), st.sampled_from([10, 60, 120, 60 * 24 * 15])),
)  # fmt: skip


@st.composite
def _having_left(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """A member of a group that holds a role leaves it: by chance alone few histories come to that."""
    _join, who, group, start, last = draw(joins)
    role, where = draw(st.sampled_from(sorted(ROLES))), draw(st.sampled_from(SCOPES))
    given = ("grant", role, group, where, None, None)
    return [given, ("join", who, group, start, last), *draw(st.lists(operations, max_size=2)), ("leave", who, group)]


@st.composite
def _having_lost(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """A custom role that a group holds, with a member, gives less than it did."""
    role, who, group = draw(st.sampled_from(CUSTOM)), draw(st.sampled_from(MEMBERS)), draw(st.sampled_from(GROUPS))
    begun = [("role", role, draw(_codes)), ("grant", role, group, draw(st.sampled_from(SCOPES)), None, None)]
    return [*begun, ("join", who, group, None, None), ("role", role, draw(_codes))]


_parts = st.one_of(operations.map(lambda step: [step]), operations.map(lambda step: [step]), _having_left(), _having_lost())
histories = st.lists(_parts, min_size=3, max_size=9).map(lambda parts: [step for part in parts for step in part][:18])


def length(history: list[tuple[Any, ...]]) -> timedelta:
    """How long a history takes: what its ticks say, and a second for each step."""
    return timedelta(minutes=sum(step[1] for step in history if step[0] == "tick"), seconds=len(history))


@contextmanager
def clock_at(moment: Callable[[], datetime]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", moment)
        yield


@dataclass
class Place:
    """The objects by their names in the histories, and the other way round."""

    objects: dict[str, Any]
    names: dict[Any, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = {row.pk: name for name, row in self.objects.items()}

    def scopes(self) -> dict[str, Any]:
        """All scopes, read afresh."""
        found: dict[Any, Any] = Organisation.objects.in_bulk()
        found |= Brand.objects.select_related("organisation").in_bulk()
        for model in (AdAccount, Page):
            found |= model._default_manager.select_related("brand__organisation").in_bulk()
        return {name: found[self.objects[name].pk] for name in SCOPES}

    def user(self, name: str) -> User:
        return User.objects.get(pk=self.objects[name].pk)

    def actor(self, name: str) -> Actor:
        return actor_for(self.user(name), Channel.API)


def build() -> Place:
    """An organisation with two brands, three ad accounts, two pages, two access managers and who they may give roles to."""
    organisation = services.create_organisation(actor=ROOT, name="Acme", slug="acme")
    objects: dict[str, Any] = {"organisation": organisation}
    for name in ("brand_a", "brand_b"):
        objects[name] = brand = services.create_brand(actor=ROOT, organisation=organisation, name=name)
        objects[f"page_{name[-1]}"] = services.create_page(
            actor=ROOT, brand=brand, external_id=name, identity_type="TT_USER", handle=name
        )
    for name, where in ACCOUNTS.items():
        objects[name] = services.create_ad_account(
            actor=ROOT, brand=objects[where], external_id=name, name=name, currency="USD", timezone="UTC", country="US"
        )
    for name in PEOPLE:
        objects[name] = services.create_person(actor=ROOT, organisation=organisation, email=f"{name}@a.example", name=name)
    # Being superuser must change nothing about business objects.
    User.objects.filter(pk=objects["cat"].pk).update(is_superuser=True)
    objects["robot"] = services.create_service_account(actor=ROOT, owner=objects["ann"], email="r@a.example", name="robot")
    for name in GROUPS:
        objects[name] = services.create_user_group(actor=ROOT, organisation=organisation, title=name)
    return Place(objects)


@dataclass
class History:
    """Plays steps; `now` is the turned clock."""

    place: Place
    now: datetime
    naive: Naive = field(default_factory=Naive)
    refused: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Boss and deputy manage access."""
        for name in ("boss", "deputy"):
            where = self.place.objects["organisation"]
            row = services.grant_role(actor=ROOT, role="access_manager", principal=self.place.objects[name], scope=where)
            said = {"role": "access_manager", "who": name, "where": "organisation"}
            self.naive.grants.append(Fact(row.pk, self.now, self.now, what=said))

    def play(self, step: tuple[Any, ...]) -> None:
        """One step through the services and in the model, a second after the last."""
        verb, *rest = step
        self.now += timedelta(minutes=rest[0] if verb == "tick" else 0, seconds=1)
        if verb != "tick":
            try:
                getattr(self, verb)(*rest)
            except ImprimaturError as error:
                self.refused.append(f"{verb}: {error.code}")

    # --- steps -----------------------------------------------------------------------------------------------------

    def _later(self, minutes: int | None) -> datetime | None:
        """Never exactly at a step, nor near the end of the history."""
        return None if minutes is None else self.now + timedelta(minutes=minutes, seconds=30)

    def _fact(self, pk: Any, starts: datetime | None = None, expires: datetime | None = None, **what: Any) -> Fact:
        since = None if self.naive.two(self.now) else max(self.now, starts or self.now)
        return Fact(pk, self.now, since, expires, starts, what=what)

    def _window(self, start: int | None, last: int | None) -> dict[str, Any]:
        return {"starts_at": self._later(start), "expires_at": self._later(None if last is None else last + (start or 0))}

    def grant(self, role: str, who: str, where: str, start: int | None, last: int | None) -> None:
        window = self._window(start, last)
        known = role if role in ROLES else getattr(Role.objects.filter(title=role).first(), "pk", "unknown")
        row = services.grant_role(
            actor=self.place.actor("boss"), role=known, principal=self.place.objects[who],
            scope=self.place.scopes()[where], **window,
        )  # fmt: skip
        assert self.naive.present(who, self.now)
        self.naive.grants.append(self._fact(row.pk, *window.values(), role=role, who=who, where=where))

    def revoke(self, index: int) -> None:
        given = self.naive.grants[2:]
        if index < len(given):
            services.revoke_role(actor=self.place.actor("boss"), grant=given[index].pk)
            assert given[index].ended is None
            given[index].ended = self.now

    def join(self, user: str, group: str, start: int | None, last: int | None) -> None:
        window = self._window(start, last)
        row = services.add_member(
            actor=self.place.actor("boss"), group=self.place.objects[group], user=self.place.objects[user], **window
        )
        assert self.naive.present(user, self.now)
        assert not self._memberships(user, group)
        self.naive.members.append(self._fact(row.pk, *window.values(), user=user, group=group))

    def leave(self, user: str, group: str) -> None:
        services.remove_member(actor=self.place.actor("boss"), group=self.place.objects[group], user=self.place.objects[user])
        (membership,) = self._memberships(user, group)
        membership.ended = self.now

    def _memberships(self, user: str, group: str) -> list[Fact]:
        return [each for each in self.naive.members if (each.user, each.group) == (user, group) and each.stands(self.now)]

    def role(self, title: str, codes: set[str]) -> None:
        boss, found = self.place.actor("boss"), Role.objects.filter(title=title).first()
        wanted, given = {"view", *codes}, self.naive.permissions
        if found is None:
            organisation = self.place.objects["organisation"]
            services.create_role(actor=boss, organisation=organisation, title=title, permissions=codes)
            given += [Fact(None, self.now, self.now, what={"role": title, "code": code}) for code in sorted(wanted)]
            return
        services.change_role(actor=boss, role=found, permissions=codes)
        standing = {fact.code: fact for fact in given if fact.role == title and fact.ended is None}
        for code in set(standing) - wanted:
            standing[code].ended = self.now
        given += [self._fact(None, role=title, code=code) for code in sorted(wanted - set(standing))]
        for fact in given:
            if fact.pk is None and fact.ended is None:
                fact.pk = found.permissions.get(codename=fact.code, revoked_at__isnull=True).pk if fact.role == title else None

    def move(self, account: str, brand: str) -> None:
        scopes = self.place.scopes()
        row = services.move_ad_account(actor=self.place.actor("boss"), ad_account=scopes[account], brand=scopes[brand])
        assert self.naive.chain(account, self.now)[1] != brand
        self.naive.placements.append(self._fact(row.pk, account=account, brand=brand))

    def deactivate(self, user: str) -> None:
        services.deactivate_user(actor=self.place.actor("boss"), user=self.place.objects[user].pk)
        gone = {user, *(["robot"] if user == "ann" and self.naive.present("robot", self.now) else [])}
        for each in gone:
            self.naive.activity.setdefault(each, []).append((self.now, False))
        for fact in [*self.naive.grants, *self.naive.members]:
            if fact.ended is None and fact.what.get("who", fact.what.get("user")) in gone:
                fact.ended = self.now

    def reactivate(self, user: str) -> None:
        services.reactivate_user(actor=self.place.actor("boss"), user=self.place.objects[user].pk)
        self.naive.activity.setdefault(user, []).append((self.now, True))

    def policy(self, two: bool) -> None:
        organisation = self.place.objects["organisation"]
        row = services.set_access_policy(actor=self.place.actor("boss"), organisation=organisation, two_managers=two)
        fact = self._fact(row.pk, two=two)
        if two or not self.naive.two(self.now):
            fact.since = self.now  # no looser than what is in force
        self.naive.policies.append(fact)

    def _awaited(self, index: int) -> Fact | None:
        naive = self.naive
        kinds = (naive.grants, naive.members, naive.permissions, naive.placements, naive.policies)
        rows = [fact for facts in kinds for fact in facts if fact.awaited]
        return rows[index % len(rows)] if rows else None

    def confirm(self, index: int) -> None:
        if fact := self._awaited(index):
            services.confirm_change(actor=self.place.actor("deputy"), change=fact.pk)
            assert self.now < fact.given + LAPSES
            assert fact.stands(self.now)
            fact.since = max(self.now, fact.starts or self.now)

    def decline(self, index: int) -> None:
        if fact := self._awaited(index):
            services.decline_change(actor=self.place.actor("boss"), change=fact.pk)
            fact.ended = self.now
