"""Every way to ask who may do what, held against the model: of a history that was played, or of a moment in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from guardian.core import ObjectPermissionChecker
from guardian.shortcuts import (
    get_groups_with_perms,
    get_objects_for_group,
    get_objects_for_user,
    get_perms,
    get_users_with_perms,
)
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

from accounts import permissions, queries
from accounts.explain import explain, holders
from accounts.models import AdAccount, Brand, Organisation, Page, User
from accounts.roles import PERMISSIONS
from core import clock
from tests.accounts.histories import History, Place
from tests.accounts.naive import ACCOUNTS, GROUPS, MACHINES, PEOPLE, USERS, Naive

CODES = sorted(PERMISSIONS)
KINDS: dict[Any, tuple[str, ...]] = {
    Organisation: ("organisation",), Brand: ("brand_a", "brand_b"), AdAccount: tuple(ACCOUNTS), Page: ("page_a", "page_b"),
}  # fmt: skip
Answers = set[tuple[str, str, str]]

def by_code(place: Place, naive: Naive, now: datetime, sample: Iterable[str] = CODES) -> None:
    """Grants.allows for everything, and its querysets for these permissions."""
    scopes, expected = place.scopes(), naive.everything(now)
    found: Answers = set()
    for who in USERS:
        held = permissions.grants_of(place.user(who), now)
        mine = {(who, code, name) for code in CODES for name, scope in scopes.items() if held.allows(code, scope)}
        for code in sample:
            accounts = {name for _who, each, name in mine if each == code and name in ACCOUNTS}
            assert {place.names[pk] for pk in held.ad_account_ids(code)} == accounts, (who, code)
            assert {place.names[row.pk] for row in AdAccount.objects.filter(held.filter(code))} == accounts, (who, code)
        found |= mine
    assert found == expected


def by_queries(place: Place, expected: Answers) -> None:
    """What each may see, by the querysets of the doors."""
    for who in USERS:
        actor = place.actor(who)
        seen = {name for user, code, name in expected if (user, code) == (who, "view")}
        for query, names in (
            (queries.visible_brands, KINDS[Brand]), (queries.visible_ad_accounts, KINDS[AdAccount]),
            (queries.visible_pages, KINDS[Page]),
        ):  # fmt: skip
            assert {place.names[row.pk] for row in query(actor)} == seen & set(names), (who, query)
        assert queries.visible_organisations(actor).exists() == bool(seen)


def by_probe(place: Place, history: History, asked: tuple[str, str, str, float], moments: list[datetime]) -> None:
    """One question, at one of the moments at which the clock stood, the last of which is now."""
    user, code, scope, where = asked
    moment = moments[round(where * (len(moments) - 1))]
    now = moment is moments[-1]
    naive, target, person = history.naive, place.scopes()[scope], place.user(user)
    found = explain(person, code, target, None if now else moment)
    assert found.allowed == naive.allowed(user, code, scope, moment)
    if found.allowed:
        reasons = {(each.grant.pk, each.membership and each.membership.pk) for each in found.because}
        assert reasons == naive.reasons(user, code, scope, moment)
        assert all(each.since <= moment and (each.until is None or moment < each.until) for each in found.because)
    else:
        missing = {each.code for each in found.missing}
        assert missing
        assert missing <= naive.missing(user, code, scope, moment, now)
        assert found.because == []
        assert all(str(each.words) for each in found.missing)
    expected = {each for each in USERS if naive.allowed(each, code, scope, moment)}
    named = holders(code, target, None if now else moment)
    assert {place.names[each.user.pk] for each in named} == expected
    assert all(each.because for each in named)
    if now:
        people = permissions.people_with(code, target, moment)
        assert {place.names[each.pk] for each in people} == expected - set(MACHINES)


def by_database(place: Place) -> Answers:
    """The view that the guards ask, by the database's own clock; of people, on ad accounts."""
    text = {pk.hex: name for pk, name in place.names.items() if hasattr(pk, "hex")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, codename, ad_account_id FROM accounts_ad_account_permission")
        rows = cursor.fetchall()
    return {(text[str(user).replace("-", "")], code, text[str(row).replace("-", "")]) for user, code, row in rows}


def by_people(place: Place, expected: Answers, now: datetime) -> None:
    """people_with of every permission on every scope: people, and never machines."""
    for name, scope in place.scopes().items():
        for code in CODES:
            people = {who for who, each, where in expected if (each, where) == (code, name)} - set(MACHINES)
            assert {place.names[each.pk] for each in permissions.people_with(code, scope, now)} == people, (code, name)


def by_membership(place: Place) -> dict[str, set[str]]:
    """`user.groups` of everybody, by the database's own clock."""
    return {who: {place.names[group.pk] for group in place.user(who).groups.all()} for who in USERS}


def by_tables(place: Place) -> tuple[Answers, Answers]:
    """(users, groups) as guardian's tables hold it, which are views: everything, of everybody."""
    found: tuple[Answers, Answers] = set(), set()
    for model in KINDS:
        for table, answers, who in zip((get_user_obj_perms_model, get_group_obj_perms_model), found, ("user_id", "group_id"), strict=True):
            rows = table(model)._default_manager.values_list(who, "permission__codename", "content_object_id")
            answers.update((place.names[holder], code, place.names[row]) for holder, code, row in rows)
    return found


def by_guardian(place: Place, users: Answers, groups: Answers, sample: Iterable[str]) -> None:
    """Guardian's shortcuts, all of them alike: those that answer for all permissions at once, and those that are asked for
    one with each of these. What guardian says of a superuser is its own rule (everything), so that of them only the shortcuts
    are asked that can be told otherwise."""
    scopes, people = place.scopes(), {who: place.user(who) for who in USERS}
    for code in sample:
        for model, names in KINDS.items():
            for who, user in people.items():
                rows = get_objects_for_user(user, code, model, with_superuser=False, accept_global_perms=False)
                assert {place.names[row.pk] for row in rows} == _of(users, who, code) & set(names), (who, code)
            for group in GROUPS:
                rows = get_objects_for_group(place.objects[group], code, model, accept_global_perms=False)
                assert {place.names[row.pk] for row in rows} == _of(groups, group, code) & set(names), (group, code)
        for name, scope in scopes.items():
            given: Any = get_users_with_perms(scope, only_with_perms_in=[code])
            assert {place.names[user.pk] for user in given} == {who for who, *what in users if what == [code, name]}
        for who, user in people.items():
            assert {name for name in scopes if user.has_perm(f"accounts.{code}", scopes[name])} == _of(users, who, code)
    for name, scope in scopes.items():
        through: Any = get_groups_with_perms(scope, attach_perms=True)
        found = {(place.names[group.pk], code, name) for group, codes in through.items() for code in codes}
        assert found == {each for each in groups if each[2] == name}
    for who, user in people.items():
        if not user.is_superuser:
            _of_one(user, scopes, {each[1:] for each in users if each[0] == who})


def _of(answers: Answers, who: str, code: str) -> set[str]:
    return {name for each, permission, name in answers if (each, permission) == (who, code)}


def _of_one(user: User, scopes: dict[str, Any], mine: set[tuple[str, str]]) -> None:
    """What guardian tells of one user and all permissions."""
    checker = ObjectPermissionChecker(user)
    for model in KINDS:
        checker.prefetch_perms(model._default_manager.all())
    assert {(code, name) for name, scope in scopes.items() for code in CODES if checker.has_perm(code, scope)} == mine
    assert {(code, name) for name, scope in scopes.items() for code in get_perms(user, scope)} == mine


def by_the_present(place: Place, naive: Naive, sample: Iterable[str] = ()) -> None:
    """What the database itself answers by its own clock, which cannot be turned. Without a sample, guardian is asked for one
    permission at a time with all that anybody holds and one that nobody does."""
    while True:  # the end of something may pass meanwhile, on a very slow machine
        now = clock.now()
        users, groups = naive.everything(now), naive.of_groups(now)
        member = {who: naive.groups_of(who, now) if who in PEOPLE else set() for who in USERS}
        found = by_database(place), by_membership(place), by_tables(place)
        if naive.everything(clock.now()) == users:
            break
    assert found[0] == {each for each in users if each[0] in PEOPLE and each[2] in ACCOUNTS}
    assert found[1] == member
    assert found[2][0] == users
    assert found[2][1] == groups
    held = {code for _who, code, _where in users | groups}
    by_guardian(place, users, groups, sample or [*sorted(held), *sorted(set(CODES) - held)[:1]])
