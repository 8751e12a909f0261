"""Attacks on approval policies and rule sets, typed as SQL: what governs an account is replaced, never switched off (R-12)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection

from approvals.models import ApprovalPolicy, PolicyWord
from core import clock
from governance.models import Confirmation, RuleSet
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, insert, type_sql, update

DEFINITIONS = [
    pytest.param(RuleSet, "governance_rule_set", "rules", id="rule set"),
    pytest.param(ApprovalPolicy, "approvals_policy", "stages", id="policy"),
]
pytestmark = pytest.mark.parametrize(("model", "name", "body"), DEFINITIONS)


def version(model: Any, number: int, **columns: Any) -> Any:
    rows: dict[str, Any] = {"rules": []} if model is RuleSet else {"stages": []}
    fields = {"key": "house", "title": "House", "created_at": clock.now(), "created_by": "test"} | rows | columns
    return model(version=number, **fields)


def current(model: Any) -> list[int]:
    """The versions that govern, when they are confirmed."""
    for row in model.proposed().filter(key="house").order_by("version"):
        said = {"word": "confirmed", "said_by": "test", "at": row.created_at}
        word = Confirmation(rule_set=row, **said) if model is RuleSet else PolicyWord(policy=row, **said)
        word.save(force_insert=True)
    return list(model.current().filter(key="house").values_list("version", flat=True))


# --- one after another -------------------------------------------------------------------------------------------------


def test_versions_are_added_one_by_one(world, model, name, body):
    for number in (1, 2, 3):
        assert_inserted(version(model, number, organisation=world.organisation))
        assert current(model) == [number]
    assert_inserted(version(model, 1, key="another"))


@pytest.mark.parametrize("number", [0, 2, 99])
def test_a_key_begins_with_version_1(world, model, name, body, number):
    assert_insert_refused(f"{name}_next", version(model, number))


@pytest.mark.parametrize("number", [0, 4, 99, 2**31 - 1])
def test_r12_no_version_is_left_out(world, model, name, body, number):
    """With room between them, later versions could stand in wait, or stand in the way for good."""
    assert_inserted(version(model, 1))
    assert_inserted(version(model, 2))
    assert_insert_refused(f"{name}_next", version(model, number))
    assert current(model) == [2]


def test_r12_a_version_is_not_written_twice(world, model, name, body):
    assert_inserted(version(model, 1))
    assert_inserted(version(model, 2))
    for number in (1, 2):
        sql, params = insert(version(model, number))
        with pytest.raises(DatabaseError, match=f"^imprimatur:{name}_(next|no_replace): "):
            type_sql(sql, *params)


def test_many_versions_in_one_statement_are_judged_one_by_one(world, model, name, body):
    (sql, first), (_, third) = insert(version(model, 1)), insert(version(model, 3))
    values = sql[sql.index("VALUES") + 6 :]
    assert_refused(f"{name}_next", f"{sql}, {values}", *first, *third)
    _, second = insert(version(model, 2))
    assert type_sql(f"{sql}, {values}", *first, *second) == 2


# --- of one scope ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [None, "organisation", "brand", "ad_account"])
def test_r12_a_later_version_governs_what_the_first_does(world, model, name, body, held):
    """A version for a narrower or another scope would take away what binds the first one's."""
    scopes = {"organisation": world.organisation, "brand": world.brand, "ad_account": world.account}
    bound = {held: scopes[held]} if held else {}
    assert_inserted(version(model, 1, **bound))
    for other in {None, *scopes} - {held}:
        assert_insert_refused(f"{name}_scope", version(model, 2, **({other: scopes[other]} if other else {})))
    if held == "ad_account":
        assert_insert_refused(f"{name}_scope", version(model, 2, ad_account=world.elsewhere))
    if held:
        assert_insert_refused(f"{name}_scope", version(model, 2, **(scopes | bound)))
    assert current(model) == [1]
    assert_inserted(version(model, 2, **bound))


# --- never changed or removed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", ["version = 9", "version = 0", "key = 'away'", "title = 'x'", "created_by = 'x'", "brand_id = NULL", "{body} = '[]'"]
)
def test_r12_a_version_is_not_rewritten(world, model, name, body, change):
    first = version(model, 1, brand=world.brand)
    assert_inserted(first)
    assert_refused(f"{name}_no_update", *update(first, change.format(body=body)))


def test_r12_a_version_is_not_removed(world, model, name, body):
    assert_inserted(version(model, 1))
    assert_refused(f"{name}_no_delete", f"DELETE FROM {model._meta.db_table}")


def test_a_later_version_does_not_overwrite_by_upsert(world, model, name, body):
    first = version(model, 1)
    assert_inserted(first)
    row = version(model, 2, id=first.pk)
    sql, params = insert(row, after=f"ON CONFLICT (id) DO UPDATE SET {body} = '[]'")
    assert_refused(f"{name}_{'no_update' if connection.vendor == 'postgresql' else 'no_replace'}", sql, *params)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE"])
def test_a_later_version_does_not_replace_the_first(world, model, name, body, verb):
    """REPLACE would take away the first, whose place in the count nobody could take again."""
    first = version(model, 1)
    assert_inserted(first)
    sql, params = insert(version(model, 2, id=first.pk), verb)
    assert_refused(f"{name}_no_replace", sql, *params)
