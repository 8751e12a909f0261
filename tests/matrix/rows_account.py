"""The rows of the pages of one's own account: signing in, password, second factor, sessions. They name no object of anybody
else; what is asserted is who gets in, and that looking and failing change nothing."""

from __future__ import annotations

from typing import Any

from tests.matrix.principals import Principal
from tests.matrix.rows_access import administers, governs, then
from tests.matrix.rows_workplace import logging_out
from tests.matrix.rules import FORBIDDEN, Expected, Row, Rule, all_enter, entering, public
from tests.matrix.target import Names


def _empty(names: Names) -> dict[str, Any]:
    return {}


def _wrong(names: Names) -> dict[str, Any]:
    return {"login": "nobody@nowhere.example", "password": "wrong"}


def _outside_only(who: Principal, answer: int) -> Expected:
    """For whoever is not in yet; others are led on."""
    return Expected(302 if who.enters else answer)


def both(name: str, look: int, sent: int | None = None, rule: Rule = all_enter, **how: Any) -> list[Row]:
    """GET and, where there is a form, POST of it with nothing in it."""
    found = [Row(f"GET {name}", rule, look, **how)]
    return found if sent is None else [*found, Row(f"POST {name}", rule, sent, body=_empty, quiet=True, **how)]


KEY = {"uidb36": "=1", "key": "=x-y"}
PASSKEY = {"pk": "=1"}

ROWS = [
    Row("GET account_login", _outside_only),
    Row("POST account_login", _outside_only, body=_wrong, quiet=True),
    *logging_out("account_logout"),
    *both("account_reauthenticate", 200, 200),
    *both("account_change_password", 200, 200),
    *both("account_set_password", 302, 302, public),
    *both("account_reset_password", 200, 200, public),
    *both("account_reset_password_done", 200, None, public),
    *both("account_reset_password_from_key", 200, 200, public, url=KEY),
    *both("account_reset_password_from_key_done", 200, None, public),
    *both("own_sessions", 200, 303),
    *both("openid_connect_login", 404, None, public),
    *both("openid_connect_callback", 404, 404, public),
    *both("mfa_index", 200),
    *both("mfa_authenticate", 302, 302),
    *both("mfa_reauthenticate", 302, 302),
    *both("mfa_activate_totp", 200, 200),
    *both("mfa_deactivate_totp", 404, 404),
    *both("mfa_view_recovery_codes", 404),
    *both("mfa_generate_recovery_codes", 200, 200),
    *both("mfa_download_recovery_codes", 404, 404),
    *both("mfa_list_webauthn", 200),
    *both("mfa_add_webauthn", 200, 200),
    *both("mfa_reauthenticate_webauthn", 302, 302),
    *both("mfa_remove_webauthn", 404, 404, url=PASSKEY),
    *both("mfa_edit_webauthn", 404, 404, url=PASSKEY),
    *both("mfa_login_webauthn", 302, 302, public),
]


def _looks(who: Principal, answer: int) -> Expected:
    found = then(governs, administers)(who, answer)
    return FORBIDDEN if found.status == 403 else found


PERSON = {"identifier": "user"}
PERSON_ACTS = {"invite": "user", "unlock": "locked_out", "end-sessions": "user", "reset-second-factor": "two_factors"}
"""Act → somebody with whom it succeeds. test_rows.py compares it with what the page offers."""
ROWS += [
    Row("GET admin:person", entering(_looks), url=PERSON, shows="user_name"),
    Row("GET admin:person_act", entering(_looks), url={**PERSON, "act": "=reset-second-factor"}, shows="user_name"),
    *(
        Row(
            "POST admin:person_act", entering(then(governs, administers)), 303, url={"identifier": name, "act": f"={act}"},
            body=_empty, note=act, sought=True,
        )
        for act, name in PERSON_ACTS.items()
    ),
]  # fmt: skip
