"""Who may do what where, from when to when: random histories, and all answers against a model that anybody can read.

Grants, memberships and custom roles with a beginning and an end, revocations, moves of ad accounts, deactivation, two
access managers, and the clock moving on. Whoever is asked, the answer is the same (R-57): Grants.allows and its querysets,
accounts.queries, people_with, explain and holders now and for past moments (R-58), user.has_perm, guardian's shortcuts, the
view that the guards in the database read, and tokens that give less.

IMPRIMATUR_TEST_EXAMPLES asks for more histories (`make fuzz`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts import permissions
from accounts.models import AdAccount, ApiToken, Brand, Organisation, Page, Role, RoleGrant, User, UserGroup
from core import clock
from tests import settings as tests
from tests.accounts.asking import CODES, by_code, by_people, by_probe, by_queries, by_the_present
from tests.accounts.histories import History, clock_at, grants, histories, joins, length, moves
from tests.accounts.naive import ACCOUNTS, SCOPES, USERS

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


# --- the histories -------------------------------------------------------------------------------------------------------


@examples(12)
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
            by_code(place, history.naive, history.now)
            by_queries(place, history.naive.everything(history.now))
            by_people(place, history.naive.everything(history.now), history.now)
            for question in asked:
                by_probe(place, history, question, moments)
            for later in (timedelta(minutes=75), timedelta(days=1, minutes=30)):
                by_code(place, history.naive, history.now + later, sample)
        by_the_present(place, history.naive, sample)
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
