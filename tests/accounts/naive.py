"""Who may do what, told so that anybody can check it: lists of facts with a beginning and an end, and nothing clever.

The real thing (accounts.permissions, accounts.explain, the views in the database) has to agree with this at every moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.roles import APPROVING, PERMISSIONS, ROLES

PEOPLE = ("ann", "ben", "cat", "boss", "deputy")
MACHINES = {"robot": "ann"}
USERS = (*PEOPLE, *MACHINES)
GROUPS = ("group_a", "group_b")
PLACES = {
    "organisation": (), "brand_a": ("organisation",), "brand_b": ("organisation",), "page_a": ("brand_a", "organisation"),
    "page_b": ("brand_b", "organisation"),
}  # fmt: skip
"""What does not move, and what is above it."""
ACCOUNTS = {"account_a1": "brand_a", "account_a2": "brand_a", "account_b1": "brand_b"}
SCOPES = (*PLACES, *ACCOUNTS)
LAPSES = timedelta(days=14)


@dataclass
class Fact:
    """One thing that is so from `since` (None: a second access manager is awaited) until it expires or is ended."""

    pk: Any
    given: datetime
    since: datetime | None
    expires: datetime | None = None
    starts: datetime | None = None
    ended: datetime | None = None
    what: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__.get("what", {}):
            return self.what[name]
        raise AttributeError(name)

    @property
    def awaited(self) -> bool:
        return self.since is None and self.ended is None

    def stands(self, now: datetime) -> bool:
        return self.ended is None and (self.expires is None or self.expires > now)

    def holds(self, moment: datetime) -> bool:
        return (
            self.since is not None and self.since <= moment
            and (self.expires is None or moment < self.expires)
            and (self.ended is None or moment < self.ended)
        )  # fmt: skip

    def why_not(self, moment: datetime) -> str:
        if self.ended and self.ended <= moment and (self.expires is None or self.ended <= self.expires):
            return "revoked"
        if self.expires and self.expires <= moment:
            return "expired"
        return "awaits_second" if self.since is None else "not_begun"


@dataclass
class Naive:
    """What a history made so far."""

    grants: list[Fact] = field(default_factory=list)  # role, who, where
    members: list[Fact] = field(default_factory=list)  # user, group
    permissions: list[Fact] = field(default_factory=list)  # role, code
    placements: list[Fact] = field(default_factory=list)  # account, brand
    policies: list[Fact] = field(default_factory=list)  # two
    activity: dict[str, list[tuple[datetime, bool]]] = field(default_factory=dict)

    # --- what was so -----------------------------------------------------------------------------------------------

    def two(self, now: datetime) -> bool:
        """Whether two access managers are asked for: the latest policy in force says."""
        return next((policy.two for policy in reversed(self.policies) if policy.holds(now)), False)

    def present(self, user: str, moment: datetime) -> bool:
        """Whether somebody was not deactivated."""
        return next((yes for when, yes in reversed(self.activity.get(user, [])) if when <= moment), True)

    def chain(self, scope: str, moment: datetime) -> tuple[str, ...]:
        """A scope and what was above it."""
        if scope in PLACES:
            return (scope, *PLACES[scope])
        moved = [fact for fact in self.placements if fact.account == scope and fact.since and fact.since <= moment]
        brand = max(moved, key=lambda fact: fact.since or moment).brand if moved else ACCOUNTS[scope]
        return (scope, brand, "organisation")

    def groups_of(self, user: str, moment: datetime) -> set[str]:
        """Whose member somebody was."""
        return {fact.group for fact in self.members if fact.user == user and fact.holds(moment)}

    def gives(self, role: str, code: str) -> list[Fact]:
        """When a role gave a permission."""
        if role in ROLES:
            return [Fact(None, EVER, EVER)] if code in ROLES[role] else []
        return [fact for fact in self.permissions if (fact.role, fact.code) == (role, code)]

    def links(self, grant: Fact, user: str) -> list[Fact | None]:
        """How a grant concerns somebody: through these memberships (None: it is their own); empty when not at all."""
        if grant.who == user:
            return [None]
        return [fact for fact in self.members if (fact.user, fact.group) == (user, grant.who)]

    def reasons(self, user: str, code: str, scope: str, moment: datetime) -> set[tuple[Any, Any]]:
        """(grant, membership) for all that give a permission."""
        if user in MACHINES and code in APPROVING:
            return set()
        above = self.chain(scope, moment)
        return {
            (grant.pk, link and link.pk)
            for grant in self.grants if grant.where in above and grant.holds(moment)
            if any(fact.holds(moment) for fact in self.gives(grant.role, code))
            for link in self.links(grant, user)
            if link is None or link.holds(moment)
        }  # fmt: skip

    def allowed(self, user: str, code: str, scope: str, moment: datetime) -> bool:
        return self.present(user, moment) and bool(self.reasons(user, code, scope, moment))

    def everything(self, moment: datetime) -> set[tuple[str, str, str]]:
        """All (user, permission, scope)."""
        return {
            (user, code, scope)
            for user in USERS for code in PERMISSIONS for scope in SCOPES if self.allowed(user, code, scope, moment)
        }  # fmt: skip

    def of_groups(self, moment: datetime) -> set[tuple[str, str, str]]:
        """All (group, permission, scope)."""
        return {
            (grant.who, code, scope)
            for grant in self.grants if grant.who in GROUPS and grant.holds(moment)
            for code in PERMISSIONS if any(fact.holds(moment) for fact in self.gives(grant.role, code))
            for scope in SCOPES if grant.where in self.chain(scope, moment)
        }  # fmt: skip

    # --- what is missing -------------------------------------------------------------------------------------------

    def missing(self, user: str, code: str, scope: str, moment: datetime, now: bool) -> set[str]:
        """The codes that an explanation may name when something is not allowed."""
        if now and not self.present(user, moment):
            return {"deactivated"}
        if user in MACHINES and code in APPROVING:
            return {"machine"}
        concerning = [
            grant for grant in self.grants if self.gives(grant.role, code) and self.links(grant, user)
        ]
        near = [grant for grant in concerning if grant.where in self.chain(scope, moment)]
        if near:
            return {why for grant in near for why in self._why_not(grant, user, code, moment)}
        return {"elsewhere"} if any(not list(self._why_not(each, user, code, moment)) for each in concerning) else {"no_grant"}

    def _why_not(self, grant: Fact, user: str, code: str, moment: datetime) -> Iterator[str]:
        parts = (("grant", [grant]), ("membership", self.links(grant, user)), ("permission", self.gives(grant.role, code)))
        for name, facts in parts:
            if not any(fact is None or fact.holds(moment) for fact in facts):
                yield from (f"{name}_{fact.why_not(moment)}" for fact in facts if fact)
                return


EVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
