"""What is wrong with a policy before it governs anything: conditions that never hold, stages that nobody could decide.

Errors keep a policy from being saved, warnings are answered. Who may decide is judged as of now, on the ad accounts that the
policy governs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import AdAccount, AuthorityLimit, Brand, Membership, Organisation, User, UserGroup, live_at
from approvals import quorum
from approvals.contradictions import never_holds
from approvals.paces import Pace, paces
from approvals.quorum import Electorate, Terms
from approvals.stage_specs import StageSpec
from core.errors import FieldError, Invalid, Words, say

MOST_ACCOUNTS: Final = 20
"""Ad accounts of a scope that are looked at, the latest first."""
MOST_NAMED: Final = 3
NO_SPARE: Final = _("No more people than this stage needs could decide it: it waits when one is away or has contributed.")
SHARED: Final = _("Each person decides one stage, and on {account} there are too few people for all of them together.")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know before saving: the field it is about, a permanent code, and words to act on."""

    level: Literal["error", "warning"]
    field: str
    code: str
    words: Words

    @property
    def detail(self) -> str:
        return str(self.words)


@dataclass(frozen=True, slots=True)
class Lint:
    """What was found, errors first, and how long stages of these keys took lately."""

    remarks: Sequence[Remark]
    paces: Mapping[str, Pace]

    @property
    def errors(self) -> list[Remark]:
        return [each for each in self.remarks if each.level == "error"]

    @property
    def warnings(self) -> list[Remark]:
        return [each for each in self.remarks if each.level == "warning"]

    def check(self) -> None:
        """Raises Invalid with the errors."""
        if self.errors:
            raise Invalid([FieldError(each.field, each.code, each.words) for each in self.errors])


def lint(specs: Sequence[StageSpec], condition: str, scope: Organisation | Brand | AdAccount | None, now: datetime) -> Lint:
    """Judge stages and a condition that are well formed. What binds everything is looked at on the latest ad accounts."""
    accounts = list(_accounts(scope)[:MOST_ACCOUNTS])
    bench = _Bench(specs, accounts, now)
    remarks = [*_condition(condition, accounts), *bench.remarks()]
    if not accounts:
        words = _("No ad account lies here yet, so whether anybody could decide is not known.")
        remarks.append(Remark("warning", "scope", "no_accounts", words))
    found = sorted(remarks, key=lambda each: each.level)
    return Lint(found, paces([each.pk for each in accounts], [spec.key for spec in specs], now))


def malformed(error: Invalid) -> Lint:
    """What cannot be read, as remarks."""
    return Lint([Remark("error", each.field, each.code, each.words) for each in error.errors], {})


def _accounts(scope: Organisation | Brand | AdAccount | None) -> QuerySet[AdAccount]:
    rows = AdAccount.objects.select_related("brand__organisation").order_by("-pk")
    if isinstance(scope, AdAccount):
        return rows.filter(pk=scope.pk)
    if isinstance(scope, Brand):
        return rows.filter(brand=scope)
    return rows if scope is None else rows.filter(brand__organisation=scope)


def _condition(text: str, accounts: Sequence[AdAccount]) -> Iterator[Remark]:
    told = [
        {
            "name": each.name, "external_id": each.external_id, "brand": each.brand.name, "channel": each.channel,
            "country": each.country, "currency": each.currency,
        }
        for each in accounts
    ]  # fmt: skip
    # Of more ad accounts than are looked at, another may be what the condition is about.
    if text.strip() and len(accounts) < MOST_ACCOUNTS and never_holds(text, told):
        yield Remark("error", "condition", "never", _("This condition can never hold here, so its stages would never be asked."))


class _Bench:
    """Who could decide the stages, read once: two statements for groups and people, one for each ad account and permission,
    and one for each ad account and stage that asks for authority."""

    def __init__(self, specs: Sequence[StageSpec], accounts: Sequence[AdAccount], now: datetime) -> None:
        self.specs, self.accounts, self.now = specs, accounts, now
        self.groups = {str(each.public_id): each.title for each in _groups(specs)}
        self.members: dict[UUID, set[str]] = {}
        for user, group in _members(specs, now):
            self.members.setdefault(user, set()).add(str(group))
        named = User.objects.in_bulk([UUID(each) for spec in specs for each in spec.people])
        self.people = {str(key): person for key, person in named.items()}
        self.holders = {
            (account.pk, permission): {person.pk for person in permissions.people_with(permission, account, now)}
            for account in accounts
            for permission in {spec.permission for spec in specs}
        }

    def authorised(self, spec: StageSpec, account: AdAccount) -> bool:
        """Whether anybody who may decide such stages in an ad account has a limit there, however small, in its currency: whom the
        stage asks, or whoever would be asked as well (R-25)."""
        holders = self.holders[account.pk, spec.permission]
        return bool(holders & set(limited(account, self.now).values_list("user_id", flat=True)))

    def electorate(self, spec: StageSpec, account: AdAccount) -> Electorate:
        """Who could decide a stage in an ad account now, as long as they work on nothing in it."""
        held = self.holders[account.pk, spec.permission]
        named = {*map(UUID, spec.people), *(person for person, groups in self.members.items() if groups & set(spec.groups))}
        asked = held & named if spec.people or spec.groups else held
        return Electorate(asked, groups={person: self.members.get(person, set()) for person in asked})

    def remarks(self) -> Iterator[Remark]:
        """Of every stage in turn, and of all together."""
        for index, spec in enumerate(self.specs):
            yield from self._named(f"stages.{index}", spec)
            yield from self._enough(f"stages.{index}", spec)
            yield from self._authority(f"stages.{index}", spec)
        yield from self._together()

    def _named(self, path: str, spec: StageSpec) -> Iterator[Remark]:
        peopled = {group for groups in self.members.values() for group in groups}
        if empty := [self.groups.get(each, each) for each in spec.groups if each not in peopled]:
            words = say(_("Nobody belongs to {groups}."), groups=_quoted(empty))
            yield Remark("error" if spec.each_group else "warning", f"{path}.groups", "empty_group", words)
        gone = [person.name for person in map(self.people.get, spec.people) if person is not None and not person.is_active]
        if gone:
            yield Remark("error", f"{path}.people", "inactive", say(_("{people} cannot log in any more."), people=_quoted(gone)))
        held = {person for account in self.accounts for person in self.holders[account.pk, spec.permission]}
        idle = [each.name for key in spec.people if (each := self.people.get(key)) and each.is_active and each.pk not in held]
        if idle and self.accounts:
            words = say(_("{people} may not decide this on any ad account here."), people=_quoted(idle))
            yield Remark("warning", f"{path}.people", "not_permitted", words)

    def _enough(self, path: str, spec: StageSpec) -> Iterator[Remark]:
        terms = Terms(spec.quorum, spec.everyone, frozenset(spec.groups if spec.each_group else ()))
        found = {account.name: self.electorate(spec, account) for account in self.accounts}
        lacking = [name for name, electorate in found.items() if not quorum.reachable(terms, electorate)]
        if not lacking:
            if any(len(electorate.people) == spec.quorum for electorate in found.values()):
                yield Remark("warning", f"{path}.quorum", "no_spare", NO_SPARE)
            return
        level: Literal["error", "warning"] = "error" if len(lacking) == len(found) else "warning"
        most = max(len(electorate.people) for electorate in found.values())
        where = _quoted(lacking)
        if not most or all(not found[name].people for name in lacking):
            words = say(_("Nobody could decide this stage now on {accounts}."), accounts=where)
            yield Remark(level, f"{path}.permission", "nobody", words)
        else:
            fewer = _("Fewer people could decide this stage now than the {quorum} it needs, on {accounts}.")
            yield Remark(level, f"{path}.quorum", "too_few", say(fewer, quorum=spec.quorum, accounts=where))

    def _authority(self, path: str, spec: StageSpec) -> Iterator[Remark]:
        lacking = [each.name for each in self.accounts if spec.authority and not self.authorised(spec, each)]
        if lacking:
            level: Literal["error", "warning"] = "error" if len(lacking) == len(self.accounts) else "warning"
            words = _("Nobody who may decide this has an authority limit in the currency of {accounts}; give limits first.")
            yield Remark(level, f"{path}.authority", "no_authority", say(words, accounts=_quoted(lacking)))

    def _together(self) -> Iterator[Remark]:
        """A campaign that is new asks all stages at once, and everybody decides one."""
        for account in self.accounts:
            demands = [(spec.key, spec.quorum, self.electorate(spec, account).people) for spec in self.specs]
            alone = {key for key, number, people in demands if len(people) < number}
            if quorum.short(demands) - alone:
                yield Remark("warning", "stages", "shared", say(SHARED, account=account.name))
                return


def limited(account: AdAccount, now: datetime) -> QuerySet[AuthorityLimit]:
    """The limits in force on an ad account, in its currency."""
    place = Q(ad_account=account) | Q(brand=account.brand_id) | Q(organisation=account.brand.organisation_id)
    return AuthorityLimit.objects.filter(live_at(now), place, currency=account.currency)


def _groups(specs: Sequence[StageSpec]) -> QuerySet[UserGroup]:
    return UserGroup.objects.filter(public_id__in=[each for spec in specs for each in spec.groups])


def _members(specs: Sequence[StageSpec], now: datetime) -> QuerySet[Any, Any]:
    named = [each for spec in specs for each in spec.groups]
    rows = Membership.objects.filter(live_at(now), group__public_id__in=named, user__is_active=True)
    return rows.values_list("user_id", "group__public_id")


def _quoted(names: Sequence[str]) -> str:
    """The first few, and how many more."""
    shown = ", ".join(f"“{name}”" for name in names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} +{len(names) - MOST_NAMED}"
