"""Migrations say all that the models say, and every declared guard stands on the database they make."""

from __future__ import annotations

import pytest
from django.core import checks
from django.core.management import call_command
from django.db import connection

from config import health
from config.all_guards import ALL
from core.triggers import missing, shadowing
from tests.architecture.sources import all_guards

pytestmark = [pytest.mark.architecture, pytest.mark.django_db]


def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check=True, dry_run=True)
    assert "No changes detected" in capsys.readouterr().out


def test_every_declared_guard_stands():
    declared = all_guards()
    assert len(declared) > 20
    assert missing(declared, connection) == []


def test_readiness_asks_for_every_declared_guard():
    names = sorted(guard.name for guard in all_guards())
    assert sorted(guard.name for guard in ALL) == names


def test_a_lost_guard_is_noticed():
    first = next(guard for guard in all_guards() if "no_delete" in guard.name)
    with connection.cursor() as cursor:
        for statement in getattr(first, f"{connection.vendor}_drop"):
            cursor.execute(statement)
    assert missing(all_guards(), connection) == [first.name]


def warnings() -> list[str]:
    """What `manage.py check --database default` says about this database."""
    found = checks.run_checks(databases=["default"], tags=[checks.Tags.database])
    return [each.msg for each in found if each.id == "imprimatur.W003"]


def test_check_and_readiness_name_a_lost_guard():
    assert (warnings(), health.guards()) == ([], None)
    first = next(guard for guard in all_guards() if "no_delete" in guard.name)
    with connection.cursor() as cursor:
        for statement in getattr(first, f"{connection.vendor}_drop"):
            cursor.execute(statement)
    assert health.guards() == f"Missing in the database: {first.name}."
    assert warnings() == [health.guards()]


NEVER = "CREATE FUNCTION never(varchar, varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false'"


@pytest.mark.postgresql_only
@pytest.mark.parametrize(
    ("statements", "named"),
    [
        ([NEVER, "CREATE OPERATOR <> (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = never)"], "operator <>(character varying,character varying)"),
        (["CREATE FUNCTION now(varchar) RETURNS timestamptz LANGUAGE sql AS 'SELECT pg_catalog.now()'"], "function now(character varying)"),
    ],
)  # fmt: skip
def test_what_would_be_asked_instead_of_postgresql_s_own_is_noticed(statements, named):
    """A `<>` of our columns' type that is never true: no trigger is touched, and none would refuse."""
    assert shadowing(connection) == []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    assert shadowing(connection) == [named]
    assert health.guards() == f"In the way of the guards: {named}; drop it."
