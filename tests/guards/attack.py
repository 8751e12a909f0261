"""Typing SQL into the database, and proving that it was refused by the right guard and changed nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from core.triggers import refusal
from tests.flushing import without_guards

WATCHED = (
    "accounts_user", "accounts_brand", "accounts_page", "accounts_adaccount", "accounts_apitoken", "audit_auditevent",
    "accounts_rolegrant", "accounts_role", "accounts_rolepermission", "accounts_membership", "accounts_usergroup",
    "accounts_accesspolicy", "accounts_delegation", "accounts_absence", "accounts_authoritylimit", "accounts_placement", "accounts_adaccount_pages", "accounts_accessreview", "campaigns_revision", "campaigns_mediaasset", "governance_ruleset", "governance_confirmation", "governance_override", "governance_waiver", "governance_checkrun",
    "governance_finding", "approvals_approvalpolicy", "approvals_approvalrequest", "approvals_requestitem", "approvals_stage",
    "approvals_decision", "approvals_comment", "approvals_commentword", "approvals_clearance", "approvals_revocation", "publishing_publication",
    "publishing_publicationattempt", "publishing_channelobject", "publishing_channelmedia", "publishing_driftfinding", "publishing_reschedule",
    "notices_notice", "notices_mail", "notices_preference",
)  # fmt: skip


def type_sql(sql: str, *params: Any) -> int:
    """Run one statement as somebody with a database client would; in a savepoint, so that the test can go on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.rowcount


@contextmanager
def unguarded() -> Iterator[None]:
    """A state that the guards would not let arise, to prove the next guard alone. They are back afterwards, also inside
    the test's own transaction, where PostgreSQL would remember the switch."""
    with without_guards(connection):
        yield
    if connection.vendor == "postgresql":
        type_sql("SET LOCAL session_replication_role = origin")


def insert(row: models.Model, verb: str = "INSERT", after: str = "", **columns: Any) -> tuple[str, Sequence[Any]]:
    """The INSERT of an unsaved row, column by column; `columns` replace or add values of columns."""
    values = {
        field.column: field.get_db_prep_save(field.pre_save(row, True), connection)
        for field in row._meta.concrete_fields
    } | columns
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
    return f"{verb} INTO {row._meta.db_table} ({names}) VALUES ({marks}) {after}", list(values.values())


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all guarded tables."""
    found = {}
    with connection.cursor() as cursor:
        for table in WATCHED:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            found[table] = cursor.fetchall()
    return found


def assert_refused(guard: str, sql: str, *params: Any) -> None:
    """The statement is refused by the check `guard`, on whichever database, and leaves no trace."""
    before = everything()
    with pytest.raises(DatabaseError) as caught:
        type_sql(sql, *params)
    refused = refusal(caught.value)
    assert refused is not None, f"refused, but not by a guard: {caught.value}"
    assert refused.guard == guard, refused
    assert refused.words
    assert everything() == before


def assert_insert_refused(guard: str, row: models.Model, **columns: Any) -> None:
    sql, params = insert(row, **columns)
    assert_refused(guard, sql, *params)


def assert_inserted(row: models.Model) -> None:
    """The positive control: the same statement with legal values goes through."""
    sql, params = insert(row)
    assert type_sql(sql, *params) == 1


def update(row: models.Model, assignment: str) -> tuple[str, str]:
    """An UPDATE of one row; the key is typed without dashes, which both databases read."""
    return f"UPDATE {row._meta.db_table} SET {assignment} WHERE id = %s", row.pk.hex
