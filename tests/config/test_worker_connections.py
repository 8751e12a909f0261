"""A worker keeps its connection to the database from task to task, and does not stumble over one that the server ended."""

from __future__ import annotations

import psycopg
import pytest
from celery.signals import task_prerun
from django.conf import settings
from django.db import OperationalError, connection

from config.celery import app
from tests import settings as tests

pytestmark = [pytest.mark.postgresql_only, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections of tests live as long as the tests say."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", True)
    connection.close()


def backend() -> int:
    """The server's process behind our connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def ended_by_the_server() -> int:
    pid = backend()
    with psycopg.connect(tests.POSTGRES_URL, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    return pid


def test_a_connection_is_kept() -> None:
    assert app.conf.get("CELERY_DB_REUSE_MAX") == settings.CELERY_DB_REUSE_MAX > 1000
    before = backend()
    task_prerun.send(sender=None)
    assert backend() == before


def test_one_that_the_server_ended_is_not_used_for_the_next_task() -> None:
    pid = ended_by_the_server()
    task_prerun.send(sender=None)
    assert backend() != pid


def test_control_without_looking_the_next_statement_fails() -> None:
    ended_by_the_server()
    with pytest.raises(OperationalError):
        backend()
    connection.close()
