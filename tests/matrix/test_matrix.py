"""R-57, everywhere: every address and method × everybody, the answer *and* that nothing happened.

A row a test: `make matrix` lets everybody ask, `make test` some (Table._askers). What is wrong is told cell by cell. Rows are data: rows_api.py, rows_workplace.py; columns: principals.py.
"""

from __future__ import annotations

import pytest

from accounts import permissions
from accounts.models import Brand
from tests.matrix.cells import Table
from tests.matrix.endpoints import METHODS, endpoints
from tests.matrix.rows import ROWS
from tests.matrix.rules import Row

pytestmark = [pytest.mark.database, pytest.mark.slow]

BY_KEY = {row.key: row for row in reversed(ROWS)}
FIRST = {row.name: row for row in reversed(ROWS)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_r57_row(row: Row, table: Table) -> None:
    """Everybody gets the answer of their grants, and whoever is not allowed changes nothing and learns nothing."""
    told(table.judge(row))


@pytest.mark.parametrize("endpoint", endpoints(), ids=lambda endpoint: endpoint.name)
def test_r57_no_other_method(endpoint, table: Table) -> None:
    """A method without a row is not there, or answers as looking does; in either case it changes nothing."""
    stray = [method for method in METHODS if endpoint.key(method) not in BY_KEY]
    row = BY_KEY.get(endpoint.key("GET"), FIRST.get(endpoint.name))
    assert row is not None, f"{endpoint.route} has no row at all; see test_rows.py"
    told(table.stray(row, stray))


def told(wrong: list[str]) -> None:
    """Every wrong cell, a line each."""
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_a_service_that_forgot_to_ask_is_found(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that cannot fail would prove nothing: here nobody is asked for a permission any more."""
    monkeypatch.setattr(table, "is_whole", True)
    monkeypatch.setattr(permissions, "check", lambda actor, permission, scope: None)
    wrong = table.judge(BY_KEY["PATCH campaigns-detail"])
    for who in ("no grant", "auditor", "other organisation, acting", "token to look", "expired, acting"):
        assert f"{who}: changed ['campaigns_campaign']" in wrong
        assert any(each.startswith(f"{who}: answers 200") for each in wrong)
    assert not any(each.startswith(("anonymous", "deactivated", "submitter:")) for each in wrong)


def test_a_listing_that_shows_too_much_is_found(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "is_whole", True)
    monkeypatch.setattr("api.v1.brands.views.visible_brands", lambda actor: Brand.objects.all())
    wrong = table.judge(BY_KEY["GET brands-list"])
    assert "other organisation, auditing: the brand is in the answer" in wrong
    assert "no grant: the answer names Quokka Brand" in wrong
