"""Up to how much money people may approve on which ad account at this moment, as a view; and the guards of such limits (R-25)."""

from __future__ import annotations

from typing import Final

from accounts.guards import conferred
from accounts.views import in_force
from core.dialects import Dialect
from core.triggers import Check, VendorSQL, guard, view

LIMITS: Final = "accounts_authoritylimit"
_FIXED: Final = ("user_id", "organisation_id", "brand_id", "ad_account_id", "amount_minor", "currency", "reason")
_DOWN_TO_ACCOUNT: Final = (
    "accounts_adaccount a ON a.id = x.ad_account_id",
    "accounts_adaccount a ON a.brand_id = x.brand_id",
    "accounts_brand b ON b.organisation_id = x.organisation_id JOIN accounts_adaccount a ON a.brand_id = b.id",
)


def _by_account(d: Dialect) -> str:
    """What is in force now, by ad account: each limit by itself, since they never add up."""
    told = "x.id, x.user_id, x.amount_minor, x.currency, x.since, a.id AS ad_account_id"
    return " UNION ALL ".join(f"SELECT {told} FROM {LIMITS} x JOIN {up} WHERE {in_force(d, 'x')}" for up in _DOWN_TO_ACCOUNT)


VIEWS: Final[list[VendorSQL]] = [view("accounts_ad_account_limit", _by_account)]


def _limit_insert(d: Dialect) -> list[Check]:
    scope = (
        "COALESCE(NEW.organisation_id,"
        " (SELECT b.organisation_id FROM accounts_brand b WHERE b.id = NEW.brand_id),"
        " (SELECT b.organisation_id FROM accounts_brand b JOIN accounts_adaccount a ON a.brand_id = b.id"
        " WHERE a.id = NEW.ad_account_id))"
    )
    own = "(SELECT u.organisation_id FROM accounts_user u WHERE u.id = NEW.user_id)"
    machine = "SELECT 1 FROM accounts_user u WHERE u.id = NEW.user_id AND u.kind <> 'person'"
    by_machine = "SELECT 1 FROM accounts_user m WHERE m.id = NEW.granted_by_id AND m.owner_id = NEW.user_id"
    return [
        Check("accounts_authority_limit_person", f"EXISTS ({machine})", "people approve, and a limit is theirs (R-25, R-33)"),
        Check("accounts_authority_limit_organisation", f"{scope} {d.distinct} {own}", "a limit is given inside one organisation"),
        Check(
            "accounts_authority_limit_given",
            f"NEW.granted_by_id {d.same} NEW.user_id OR EXISTS ({by_machine})",
            "nobody gives themselves a limit, nor by a machine of theirs; ask another access manager (R-25)",
        ),
    ]  # fmt: skip


GUARDS: Final = [
    guard("accounts_authority_limit_insert", LIMITS, "INSERT", _limit_insert),
    *conferred("accounts_authority_limit", LIMITS, "an authority limit", [*_FIXED]),
]
