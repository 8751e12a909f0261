"""Up to how much money people may approve on an ad account at this moment, and the guards of such limits (R-25)."""

from __future__ import annotations

from typing import Final

from accounts.guards import conferred
from accounts.views import in_force
from core.dialects import Dialect
from core.triggers import Check, guard

LIMITS: Final = "accounts_authoritylimit"
_FIXED: Final = ("user_id", "organisation_id", "brand_id", "ad_account_id", "amount_minor", "currency", "reason")


def covers(d: Dialect, limit: str, account: str) -> str:
    """Whether a limit (a row) is in force now and reaches an ad account (SQL: its id). By the person's rows, of which there are few."""
    brand = f"SELECT a.brand_id FROM accounts_adaccount a WHERE a.id = {account}"
    organisation = (
        f"SELECT b.organisation_id FROM accounts_adaccount a JOIN accounts_brand b ON b.id = a.brand_id WHERE a.id = {account}"
    )
    return (
        f"{in_force(d, limit)} AND ({limit}.ad_account_id = {account} OR {limit}.brand_id = ({brand})"
        f" OR {limit}.organisation_id = ({organisation}))"
    )


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
