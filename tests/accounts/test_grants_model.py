"""Who may do what where, from when to when: random histories, and all answers against a model that anybody can read.

Grants, memberships and custom roles with a beginning and an end, revocations, moves of ad accounts, deactivation, two
access managers, and the clock moving on. Whoever is asked, the answer is the same (R-57): Grants.allows and its querysets,
accounts.queries, people_with, explain and holders now and for past moments (R-58), user.has_perm, guardian's shortcuts, the
view that the guards in the database read, and tokens that give less.

IMPRIMATUR_TEST_EXAMPLES asks for more histories (`make fuzz`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from guardian.core import ObjectPermissionChecker
from guardian.shortcuts import (
    get_groups_with_perms,
    get_objects_for_group,
    get_objects_for_user,
    get_perms,
    get_users_with_perms,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts import permissions, queries
from accounts.explain import explain, holders
from accounts.models import AdAccount, ApiToken, Brand, Organisation, Page, Role, RoleGrant, User, UserGroup
from accounts.roles import PERMISSIONS
from core import clock
from tests import settings as tests
from tests.accounts.histories import History, Place, build, clock_at, grants, joins, length, moves, operations
from tests.accounts.naive import ACCOUNTS, GROUPS, MACHINES, PEOPLE, SCOPES, USERS, Naive

CODES = sorted(PERMISSIONS)
KINDS: dict[Any, tuple[str, ...]] = {
    Organisation: ("organisation",), Brand: ("brand_a", "brand_b"), AdAccount: tuple(ACCOUNTS), Page: ("page_a", "page_b"),
}  # fmt: skip
Answers = set[tuple[str, str, str]]
histories = st.lists(operations, min_size=3, max_size=14)
probes = st.lists(
    st.tuples(st.sampled_from(USERS), st.sampled_from(CODES), st.sampled_from(SCOPES), st.floats(0, 1)), min_size=8, max_size=8
)


def examples(short: int) -> Any:
    """Failures are not shrunk: a history takes a part of a second, and is short enough to read."""
    phases = [Phase.explicit, Phase.generate]
    return settings(
        max_examples=tests.EXAMPLES or short, deadline=None, derandomize=not tests.EXAMPLES, database=None, phases=phases,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip


@pytest.fixture
def place(db: None) -> Place:
    long_ago = clock.now() - timedelta(days=400)
    with clock_at(lambda: long_ago):
        return build()


# --- asking ---------------------------------------------------------------------------------------------------------------


def by_code(place: Place, naive: Naive, now: datetime, sample: list[str]) -> None:
    """Grants.allows for everything, and its querysets for some permissions."""
    scopes, expected = place.scopes(), naive.everything(now)
    found: Answers = set()
    for who in USERS:
        held = permissions.grants_of(place.user(who), now)
        mine = {(who, code, name) for code in CODES for name, scope in scopes.items() if held.allows(code, scope)}
        for code in sample:
            accounts = {name for _who, each, name in mine if each == code and name in ACCOUNTS}
            assert {place.names[pk] for pk in held.ad_account_ids(code)} == accounts
            assert {place.names[row.pk] for row in AdAccount.objects.filter(held.filter(code))} == accounts
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


def by_guardian(place: Place, code: str) -> tuple[Answers, Answers]:
    """(users, groups) as guardian's shortcuts say for one permission, all of them alike. What guardian says of a superuser
    is its own rule (everything), so that of them only the shortcuts are asked that can be told otherwise."""
    scopes, users, groups = place.scopes(), {who: place.user(who) for who in USERS}, {each: place.objects[each] for each in GROUPS}
    of_users: Answers = set()
    of_groups: Answers = set()
    for model, names in KINDS.items():
        for who, user in users.items():
            rows = get_objects_for_user(user, code, model, with_superuser=False, accept_global_perms=False)
            of_users |= {(who, code, place.names[row.pk]) for row in rows}
        for group in groups:
            rows = get_objects_for_group(groups[group], code, model, accept_global_perms=False)
            of_groups |= {(group, code, place.names[row.pk]) for row in rows}
        for name in names:
            given: Any = get_users_with_perms(scopes[name], only_with_perms_in=[code])
            assert {place.names[user.pk] for user in given} == {
                who for who, _code, where in of_users if where == name
            }
            through: Any = get_groups_with_perms(scopes[name], attach_perms=True)
            assert {place.names[group.usergroup.pk] for group, codes in through.items() if code in codes} == {
                group for group, _code, where in of_groups if where == name
            }
    for who, user in users.items():
        mine = {name for each, _code, name in of_users if each == who}
        assert {name for name, scope in scopes.items() if user.has_perm(f"accounts.{code}", scope)} == mine
        if not user.is_superuser:
            checker = ObjectPermissionChecker(user)
            for model in KINDS:
                checker.prefetch_perms(model._default_manager.all())
            assert {name for name, scope in scopes.items() if checker.has_perm(code, scope)} == mine
            some = SCOPES[CODES.index(code) % len(SCOPES)]
            assert (code in get_perms(user, scopes[some])) == (some in mine)
    return of_users, of_groups


# --- the histories --------------------------------------------------------------------------------------------------------


@examples(8)
@given(steps=histories, asked=probes, sample=st.lists(st.sampled_from(CODES), min_size=2, max_size=2, unique=True))
def test_r57_all_answers_agree_with_the_model(place, steps, asked, sample):
    before = transaction.savepoint()
    try:
        history = History(place, clock.now() - length(steps) - timedelta(seconds=1))
        moments = []
        with clock_at(lambda: history.now):
            history.begin()
            for step in steps:
                history.play(step)
                by_code(place, history.naive, history.now, sample[:1])
                moments.append(history.now)
            by_queries(place, history.naive.everything(history.now))
            for question in asked:
                by_probe(place, history, question, moments)
            for later in (timedelta(minutes=75), timedelta(days=1, minutes=30)):
                by_code(place, history.naive, history.now + later, sample)
        while True:  # the end of something may pass meanwhile, on a very slow machine
            now = clock.now()
            views = by_database(place), by_guardian(place, sample[0])
            expected = history.naive.everything(now)
            if history.naive.everything(clock.now()) == expected:
                break
        assert views[0] == {each for each in expected if each[0] in PEOPLE and each[2] in ACCOUNTS}
        users, groups = views[1]
        assert users == {each for each in expected if each[1] == sample[0]}
        assert groups == {each for each in history.naive.of_groups(now) if each[1] == sample[0]}
    finally:
        transaction.savepoint_rollback(before)


given_roles = st.lists(st.one_of(grants, joins, moves), min_size=4, max_size=10)


@examples(8)
@given(
    steps=given_roles, codes=st.sets(st.sampled_from(CODES), max_size=4),
    where=st.sampled_from([None, *(name for name in SCOPES if not name.startswith("page"))]),
)  # fmt: skip
def test_a_token_gives_what_its_user_holds_and_what_it_names_below_where_it_says(place, steps, codes, where):
    before = transaction.savepoint()
    try:
        history = History(place, clock.now() - length(steps) - timedelta(seconds=1))
        with clock_at(lambda: history.now):
            history.begin()
            for step in steps:
                history.play(step)
        scopes, naive, now = place.scopes(), history.naive, history.now
        token = ApiToken(permissions=sorted(codes))
        if where is not None:
            setattr(token, where if where == "organisation" else where.rsplit("_", 1)[0].replace("account", "ad_account"), scopes[where])
        for who in USERS:
            held = permissions.narrowed(permissions.grants_of(place.user(who), now), token)
            found = {(code, name) for code in CODES for name, scope in scopes.items() if held.allows(code, scope)}
            assert found == {
                (code, name)
                for user, code, name in naive.everything(now)
                if user == who and (not codes or code in codes or code == "view")
                and (where is None or where in naive.chain(name, now))
            }  # fmt: skip
            for code in CODES:
                assert {place.names[pk] for pk in held.ad_account_ids(code)} == {n for c, n in found if c == code and n in ACCOUNTS}
    finally:
        transaction.savepoint_rollback(before)


def test_the_histories_reach_every_kind_of_step_and_refusal(place):
    """So that what is proved above is not proved of histories in which nothing happens."""
    steps = [
        ("role", "custom_a", {"submit", "publish"}), ("grant", "custom_a", "group_a", "brand_a", None, 90),
        ("join", "ann", "group_a", None, None), ("join", "robot", "group_a", 20, None), ("policy", True),
        ("grant", "publisher", "ben", "account_a1", None, None), ("join", "ben", "group_a", None, 90), ("confirm", 0),
        ("move", "account_a1", "brand_b"), ("confirm", 1), ("role", "custom_a", {"submit", "operate"}), ("confirm", 1),
        ("policy", False), ("decline", 0), ("leave", "ann", "group_a"), ("revoke", 0), ("tick", 60),
        ("deactivate", "ann"), ("reactivate", "ann"), ("grant", "auditor", "ben", "brand_b", None, None),
    ]  # fmt: skip
    history, moments = History(place, clock.now() - length(steps)), []
    with clock_at(lambda: history.now):
        history.begin()
        for step in steps:
            history.play(step)
            by_code(place, history.naive, history.now, ["submit"])
            moments.append(history.now)
        for index in range(len(moments)):  # every past moment, as it was before the move and after it
            for name in ACCOUNTS:
                by_probe(place, history, ("ann", "submit", name, index / (len(moments) - 1)), moments)
    naive = history.naive
    assert history.refused == ["grant: duties_clash"]
    assert len(naive.grants) == 4
    assert len(naive.members) == 3
    assert [fact.since is not None for fact in naive.placements] == [True]
    assert {fact.code for fact in naive.permissions if fact.ended} == {"publish"}
    assert naive.chain("account_a1", history.now)[1] == "brand_b"


def test_the_model_covers_every_kind_of_scope_and_principal():
    """So that a new kind is not forgotten here."""
    kinds = {f.related_model for f in RoleGrant._meta.get_fields() if f.is_relation and f.many_to_one}
    assert kinds == {User, UserGroup, Role, Organisation, Brand, AdAccount, Page}
