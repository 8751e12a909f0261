"""Who stands in for whom on which ad account at this moment, as views; and the guards of delegations and absences (R-15)."""

from __future__ import annotations

from typing import Final

from accounts.guards import conferred
from accounts.models.deputies import LONGEST_DELEGATION_DAYS
from accounts.roles import APPROVING
from accounts.views import in_force
from core.dialects import Dialect
from core.triggers import Check, VendorSQL, guard, view

DELEGATIONS, ABSENCES = "accounts_delegation", "accounts_absence"
_FIXED: Final = (
    "delegator_id", "delegate_id", "organisation_id", "brand_id", "ad_account_id", "permissions", "limit_minor", "currency",
    "conveyed", "reason",
)  # fmt: skip
_DOWN_TO_ACCOUNT: Final = (
    "accounts_adaccount a ON a.id = x.ad_account_id",
    "accounts_adaccount a ON a.brand_id = x.brand_id",
    "accounts_brand b ON b.organisation_id = x.organisation_id JOIN accounts_adaccount a ON a.brand_id = b.id",
)


def _by_account(d: Dialect) -> str:
    """What is in force now, by ad account. CROSS JOIN keeps SQLite from walking through all ad accounts first."""
    told = "x.id, x.delegator_id, x.delegate_id, x.permissions, x.limit_minor, x.currency, x.conveyed, x.since, a.id AS ad_account_id"
    return " UNION ALL ".join(
        f"SELECT {told} FROM {DELEGATIONS} x JOIN {up} WHERE {in_force(d, 'x')}" for up in _DOWN_TO_ACCOUNT
    )


VIEWS: Final[list[VendorSQL]] = [view("accounts_ad_account_delegation", _by_account)]


def _organisation_of(column: str) -> str:
    return f"(SELECT u.organisation_id FROM accounts_user u WHERE u.id = NEW.{column})"


def _delegation_insert(d: Dialect) -> list[Check]:
    scope = (
        "COALESCE(NEW.organisation_id,"
        " (SELECT b.organisation_id FROM accounts_brand b WHERE b.id = NEW.brand_id),"
        " (SELECT b.organisation_id FROM accounts_brand b JOIN accounts_adaccount a ON a.brand_id = b.id"
        " WHERE a.id = NEW.ad_account_id))"
    )
    known = ", ".join(f"'{code}'" for code in sorted(APPROVING))
    unknown = f"SELECT 1 FROM {d.members('NEW.permissions', 'named')} WHERE named.value NOT IN ({known})"
    people = "SELECT 1 FROM accounts_user u WHERE u.id IN (NEW.delegator_id, NEW.delegate_id) AND u.kind <> 'person'"
    begins = "COALESCE(NEW.since, NEW.starts_at, NEW.granted_at)"
    return [
        Check(
            "accounts_delegation_people",
            f"NEW.delegator_id = NEW.delegate_id OR EXISTS ({people})",
            "a person stands in for another person (R-15, R-33)",
        ),
        Check(
            "accounts_delegation_organisation",
            f"{scope} {d.distinct} {_organisation_of('delegator_id')} OR {scope} {d.distinct} {_organisation_of('delegate_id')}",
            "people stand in for each other inside one organisation",
        ),
        Check(
            "accounts_delegation_permissions",
            f"NOT ({d.is_list('NEW.permissions')}) OR {d.empty('NEW.permissions')} OR EXISTS ({unknown})",
            "a delegation is for stages: name the permissions that they ask for",
        ),
        Check(
            "accounts_delegation_lasts",
            # SQLite's arithmetic drops what is below a millisecond: a day more than the services allow.
            f"NEW.expires_at IS NULL OR NEW.expires_at > {d.later(begins, LONGEST_DELEGATION_DAYS + 1)}",
            f"a delegation ends at most {LONGEST_DELEGATION_DAYS} days after it begins; give another one then",
        ),
        Check(
            "accounts_delegation_allowed",
            f"NEW.conveyed AND NEW.since IS NOT NULL AND NEW.granted_by_id {d.same} NEW.delegator_id",
            "nobody gives away what they hold; an access manager allows it (R-15)",
        ),
        Check(
            "accounts_delegation_given",
            f"NEW.granted_by_id {d.same} NEW.delegate_id AND NEW.since IS NOT NULL",
            "nobody makes themselves the deputy of another (R-15)",
        ),
    ]  # fmt: skip


GUARDS: Final = [
    guard("accounts_delegation_insert", DELEGATIONS, "INSERT", _delegation_insert),
    *conferred("accounts_delegation", DELEGATIONS, "a delegation", [*_FIXED], gaining=("delegate_id",)),
    *conferred("accounts_absence", ABSENCES, "an absence", ["user_id"], gaining=()),
]  # fmt: skip
