"""Migrations say all that the models say, and every declared guard stands on the database they make."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from api.health import guards
from config.all_guards import ALL
from core.triggers import missing
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
    assert sorted(guard.name for guard in guards()) == names


def test_a_lost_guard_is_noticed():
    first = next(guard for guard in all_guards() if "no_delete" in guard.name)
    with connection.cursor() as cursor:
        for statement in getattr(first, f"{connection.vendor}_drop"):
            cursor.execute(statement)
    assert missing(all_guards(), connection) == [first.name]
