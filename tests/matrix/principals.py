"""The columns: who asks. Each is somebody made by the services, with a token for the API and a session for the workplace.

What they may do is said here once, in words that know nothing of the code under test: the permissions they hold on each
level of the target (`on`), and those they hold anywhere at all.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.test import Client

from accounts import services as accounts
from accounts.models import AccessPolicy, ApiToken, Membership, RoleGrant, Scope, User
from accounts.roles import ROLES
from audit.models import AuditEvent
from core import clock
from tests import builders
from tests.builders import PEOPLE, ROOT, World
from tests.matrix.target import Target

LEVELS = ("organisation", "brand", "account", "page")
ABOVE = {"organisation": ("organisation",), "brand": ("organisation", "brand")}
ABOVE |= {low: ("organisation", "brand", low) for low in ("account", "page")}
ACTING = [role for role in ROLES if role != "auditor"]
"""All roles but the auditor's: nobody may hold both on one scope."""
GOVERNING = {"manage_access", "audit"}
SHORT = timedelta(seconds=1)


@dataclass(frozen=True)
class Principal:
    """Somebody at a door. `token` and `session` are None for whoever does not have the one or the other."""

    name: str
    user: User | None
    token: str | None
    session: str | None
    held: Mapping[str, frozenset[str]]
    """Level of the target on which they hold a role → permissions."""
    elsewhere: frozenset[str] = frozenset()
    """Permissions that they hold in another brand, or in another organisation."""
    is_insider: bool = True
    """Whether they belong to the target's organisation."""
    authenticates: str = ""
    """The code with which the API turns them away; empty when it lets them in."""
    knows: frozenset[str] = frozenset()
    """What of the target they may read of besides, though they hold nothing on most of it."""
    enters: bool = True
    """Whether the workplace lets them in."""

    def may(self, permission: str, level: str) -> bool:
        """Whether they hold a permission on one level of the target, inherited or not."""
        return any(permission in self.held.get(above, ()) for above in ABOVE[level])

    def anywhere(self, permission: str) -> bool:
        """Whether they hold a permission on anything at all."""
        return permission in self.elsewhere or any(permission in each for each in self.held.values())

    @cached_property
    def own(self) -> frozenset[str]:
        """Their ids, their address, and what they hold themselves, with the groups by which they do."""
        if self.user is None:
            return frozenset()
        members = Membership.objects.filter(user=self.user)
        rows: list[Any] = [*RoleGrant.objects.filter(user=self.user), *members, *ApiToken.objects.filter(user=self.user)]
        groups = [each.group for each in members if each.holds_at(clock.now())]
        grants = RoleGrant.objects.filter(group__in=groups)
        ids = {str(each.pk) for each in (self.user, *rows, *grants)} | {str(group.public_id) for group in groups}
        return frozenset({self.user.email, *ids, *(group.title for group in groups)})

    @property
    def governs(self) -> bool:
        """Whether they look after access or audit somewhere in the target's organisation."""
        return self.is_insider and any(map(self.anywhere, GOVERNING))


def permissions(roles: Iterable[str]) -> frozenset[str]:
    """What roles give together."""
    return frozenset().union(*(ROLES[role] for role in roles))


class Cast:
    """Makes the principals around one target."""

    def __init__(self, target: Target) -> None:
        self.target, self.world = target, target.world
        self.made: list[Principal] = []

    def add(self, name: str, user: User, held: Mapping[str, frozenset[str]] | None = None, **how: Any) -> Principal:
        """A column for `user`, who gets a token (narrowed by `token`) and a session."""
        narrowing = how.pop("token", {})
        text = accounts.create_api_token(actor=ROOT, user=user, name=f"matrix {name}", **narrowing)[1]
        self.made.append(Principal(name, user, text, _session(user), held or {}, **how))
        return self.made[-1]

    def person(self, name: str, roles: Iterable[str], scope: Scope, world: World | None = None, **until: Any) -> User:
        """A new person with these roles on a scope."""
        user = (world or self.world).add_person(name.replace(" ", "-"))
        for role in roles:
            accounts.grant_role(actor=ROOT, role=role, principal=user, scope=scope, **until)
        return user

    # --- who may something ------------------------------------------------------------------------------------------------

    def with_roles(self) -> None:
        """One person for every built-in role on the brand, one with the custom role, and roles above and below it."""
        short = {role: name for name, role in PEOPLE.items()}
        for role, held in ROLES.items():
            known = self.world.people.get(short.get(role, ""))
            user = known or self.person(role, [role], self.world.brand)
            self.add(role, user, {"brand": held})
        custom = str(self.target.objects["role"].pk)
        self.add("custom role", self.person("custom", [custom], self.world.brand), {"brand": frozenset({"view", "operate"})})
        for level, role in (
            ("organisation", "access_manager"), ("organisation", "auditor"), ("organisation", "submitter"),
            ("account", "submitter"), ("page", "submitter"), ("account", "access_manager"), ("account", "auditor"),
            ("page", "access_manager"), ("page", "auditor"),
        ):  # fmt: skip
            user = self.person(f"{role} of {level}", [role], getattr(self.world, level))
            knows = self._named(level) if level == "page" else frozenset()
            self.add(f"{role} of the {level}", user, {level: ROLES[role]}, knows=knows)

    def _named(self, name: str) -> frozenset[str]:
        """What an account or page says of itself, its brand included."""
        row = self.target.objects[name]
        words = {getattr(row, field, "") for field in ("name", "external_id", "handle")} - {""}
        return frozenset({str(row.pk), str(row.brand_id), row.brand.name, *words})

    def machines(self) -> None:
        """Machines never enter the workplace, and what approves has no effect in their hands, also through a group."""
        group = accounts.create_user_group(actor=ROOT, organisation=self.world.organisation, title="Machines")
        accounts.grant_role(actor=ROOT, role="content_approver", principal=group, scope=self.world.brand)
        robot = accounts.create_service_account(
            actor=ROOT, owner=self.world.user("operator"), email="robot@quokka.example", name="Robot"
        )
        accounts.add_member(actor=ROOT, group=group, user=robot)
        self.add("machine that submits", self.world.machine, {"brand": ROLES["submitter"]}, enters=False)
        self.add("machine in an approving group", robot, {"brand": frozenset({"view"})}, enters=False)

    def narrowed(self) -> None:
        """Tokens that give less than their user holds. A session is not narrowed, so that the workplace has no such column."""
        user = self.person("narrowed", ACTING, self.world.brand)
        looks = self.add("token to look", user, {"brand": frozenset({"view"})}, token={"permissions": ["view"]})
        scope = {"scope": self.world.second_account}
        knows = self._named("second_account") | {str(self.world.page.pk)}
        other = self.add("token of the other ad account", user, elsewhere=permissions(ACTING), token=scope, knows=knows)
        self.made[-2:] = [_tokens_only(looks), _tokens_only(other)]

    # --- who may nothing here -----------------------------------------------------------------------------------------------

    def strangers(self) -> None:
        """Nobody at all, nobody in particular, and people with every role somewhere else."""
        self.made.append(Principal("anonymous", None, None, None, {}, is_insider=False, authenticates="unauthenticated", enters=False))
        self.add("no grant", self.person("nobody", [], self.world.brand))
        other = accounts.create_brand(actor=ROOT, organisation=self.world.organisation, name="Wombat Brand")
        self.target.objects["other_brand"] = other
        rival = builders.organisation("Rival")
        for roles in (ACTING, ["auditor"]):
            kind, held = _kind(roles), permissions(roles)
            self.add(f"other brand, {kind}", self.person(f"other {kind}", roles, other), elsewhere=held)
            user = self.person(f"rival {kind}", roles, rival.organisation, rival)
            self.add(f"other organisation, {kind}", user, elsewhere=held, is_insider=False)
        root = User.objects.create_superuser("root@system.example", builders.PASSWORD, name="Root")
        places = frozenset().union(*(self._named(level) for level in ("account", "page")))
        self.add("superuser", root, is_insider=False, knows=places)  # who look after grants read where they are given

    def too_late_or_early(self) -> None:
        """Every role on the brand, but not now: expired, not begun, awaited, through a membership that ended."""
        now = clock.now()
        for roles in (ACTING, ["auditor"]):
            kind, brand = _kind(roles), self.world.brand
            # Everybody is told what they were given themselves, where and by whom.
            own = frozenset({str(brand.pk), brand.name, self.world.people["access_manager"].email})
            expired = self.person(f"expired {kind}", roles, brand, expires_at=now + SHORT)
            self.add(f"expired, {kind}", expired, knows=own)
            early = self.person(f"early {kind}", roles, brand, starts_at=now + timedelta(days=1))
            self.add(f"not begun, {kind}", early, knows=own)
            self.add(f"left the group, {kind}", self._left_group(kind, roles))
            self.add(f"awaited, {kind}", self._awaited(kind, roles), knows=own)
            self._deactivated(kind, roles)
        time.sleep(max(0.0, (now + SHORT - clock.now()).total_seconds()))

    def _left_group(self, kind: str, roles: Iterable[str]) -> User:
        group = accounts.create_user_group(actor=ROOT, organisation=self.world.organisation, title=f"Left {kind}")
        for role in roles:
            accounts.grant_role(actor=ROOT, role=role, principal=group, scope=self.world.brand)
        user = self.person(f"left {kind}", [], self.world.brand)
        accounts.add_member(actor=ROOT, group=group, user=user)
        accounts.remove_member(actor=ROOT, group=group, user=user)
        return user

    def _awaited(self, kind: str, roles: Iterable[str]) -> User:
        """One access manager proposed it, and the second has not spoken."""
        user = self.person(f"awaited {kind}", [], self.world.brand)
        proposer = self.world.actor("access_manager")
        accounts.set_access_policy(actor=ROOT, organisation=self.world.organisation, two_managers=True)
        for role in roles:
            grant = accounts.grant_role(actor=proposer, role=role, principal=user, scope=self.world.brand)
            assert grant.is_awaited
        accounts.set_access_policy(actor=ROOT, organisation=self.world.organisation, two_managers=False)
        self.target.objects["policy"] = AccessPolicy.objects.latest("pk")
        self.target.objects["awaited"] = RoleGrant.objects.filter(user=user).latest("pk")
        return user

    def _deactivated(self, kind: str, roles: Iterable[str]) -> None:
        """With the token and the session of before."""
        user = self.person(f"deactivated {kind}", roles, self.world.brand)
        self.add(f"deactivated, {kind}", user, authenticates="user_inactive", enters=False)
        accounts.deactivate_user(actor=ROOT, user=user.pk)


def _kind(roles: list[str]) -> str:
    return "auditing" if roles == ["auditor"] else "acting"


def _tokens_only(principal: Principal) -> Principal:
    return replace(principal, session=None)


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]  # as logging in notes it
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def assemble(target: Target) -> list[Principal]:
    """All columns. The log of the making is no secret of the target's."""
    cast = Cast(target)
    cast.strangers()
    cast.with_roles()
    cast.machines()
    cast.narrowed()
    cast.too_late_or_early()
    assert AuditEvent.objects.exists()
    return cast.made
