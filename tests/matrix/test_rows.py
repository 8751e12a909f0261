"""Nothing is left out: every address that the service has, with each of its methods, has a row in the matrix."""

from __future__ import annotations

from collections import Counter

from tests.matrix.endpoints import endpoints
from tests.matrix.rows import ROWS
from tests.matrix.rules import Row, public
from workplace import people
from workplace.access_pages import review

KEYS = {row.key for row in ROWS}
HOW = "add a line to tests/matrix/rows_api.py (REST) or tests/matrix/rows_workplace.py (pages): who may, what succeeds, how it is called"


def without_row(keys: set[str]) -> list[str]:
    """Which endpoints the rows leave out. A view that does not say its methods needs one row at least; asking tells the
    rest (test_matrix.py)."""
    return [
        f"{key} ({endpoint.route}) has no row: {HOW}"
        for endpoint in endpoints()
        for key in sorted(endpoint.key(method) for method in endpoint.declared)
        or ([] if any(each.partition(" ")[2] == endpoint.name for each in keys) else [endpoint.key("GET")])
        if key not in keys
    ]


def test_r57_every_endpoint_and_method_has_a_row() -> None:
    assert without_row(KEYS) == []


def test_r57_an_endpoint_without_a_row_is_told_with_what_to_do() -> None:
    """The same, were these rows not there: a test that cannot fail would prove nothing."""
    for key in ("POST campaigns-list", "GET healthz", "POST admin:decide", "POST admin:accounts_brand_change"):
        (told,) = without_row(KEYS - {key})
        assert told.startswith(key) or told.startswith(f"GET {key.partition(' ')[2]}")
        assert "add a line to tests/matrix/" in told


def test_every_row_is_about_something_that_exists() -> None:
    known = {endpoint.name: endpoint for endpoint in endpoints()}
    assert [row.key for row in ROWS if row.name not in known] == []
    resources = [row for row in ROWS if known[row.name].route.startswith("api/") and known[row.name].declared]
    assert [row.key for row in resources if row.method not in known[row.name].declared] == []


def test_r57_every_act_behind_one_address_has_a_row() -> None:
    """An address with a verb in it is as many acts as there are verbs."""
    assert {row.url["act"][1:] for row in ROWS if row.key == "POST admin:person_act"} == set(people.ACTS)
    assert {row.note for row in ROWS if row.key == "POST admin:access_review"} == set(review.VERBS)


def test_no_two_rows_are_called_the_same() -> None:
    assert [name for name, times in Counter(row.id for row in ROWS).items() if times > 1] == []


def test_what_is_public_is_little_and_known() -> None:
    """Whoever makes an address public says so here, too."""
    found = {row.key for row in ROWS if is_public(row)}
    assert found == {
        "GET healthz", "GET readyz", "GET openapi", "GET docs", "GET home", "POST home", "GET set_language",
        "POST set_language", "GET admin:login", "POST admin:login", "GET account_set_password", "POST account_set_password",
        "GET account_reset_password", "POST account_reset_password", "GET account_reset_password_done",
        "GET account_reset_password_from_key", "POST account_reset_password_from_key",
        "GET account_reset_password_from_key_done", "GET openid_connect_login", "GET openid_connect_callback",
        "POST openid_connect_callback", "GET mfa_login_webauthn", "POST mfa_login_webauthn",
    }  # fmt: skip


def is_public(row: Row) -> bool:
    """Whether its rule asks nobody who they are."""
    return row.rule is public
