"""Views and guards in the database for `accounts`.

`accounts_effective_grant` is the one definition of who holds what; the code (accounts.permissions) and the guards of
`approvals` and `publishing` read it. `accounts_ad_account_permission` resolves it to ad accounts, for live grants of
active people: the guards' question “may this person decide here, now?”.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.dialects import Dialect
from core.triggers import Check, Unique, VendorSQL, fixed, guard, stays, view

_SCOPES = {"organisation": "organisation", "brand": "brand", "ad_account": "adaccount", "page": "page"}


def _branches() -> str:
    parts = []
    for kind, model in _SCOPES.items():
        table = f"accounts_{model}"
        parts.append(
            f"SELECT p.user_id AS user_id, m.codename AS codename, '{kind}' AS scope_type, "
            f"p.content_object_id AS scope_id, p.expires_at AS expires_at "
            f"FROM {table}userpermission p JOIN auth_permission m ON m.id = p.permission_id"
        )
        parts.append(
            f"SELECT g.user_id, m.codename, '{kind}', p.content_object_id, p.expires_at "
            f"FROM {table}grouppermission p JOIN auth_permission m ON m.id = p.permission_id "
            f"JOIN accounts_user_groups g ON g.group_id = p.group_id"
        )
    return " UNION ALL ".join(parts)


def _by_account(d: Dialect) -> str:
    live = f"WHERE e.expires_at IS NULL OR e.expires_at > {d.now()}"
    held = (
        "SELECT e.user_id, e.codename, a.id AS ad_account_id FROM accounts_effective_grant e"
        " JOIN accounts_user u ON u.id = e.user_id AND u.is_active AND u.kind = 'person'"
    )
    return f"""
{held} JOIN accounts_adaccount a ON e.scope_type = 'ad_account' AND e.scope_id = a.id {live}
UNION ALL
{held} JOIN accounts_adaccount a ON e.scope_type = 'brand' AND e.scope_id = a.brand_id {live}
UNION ALL
{held} JOIN accounts_brand b ON e.scope_type = 'organisation' AND e.scope_id = b.organisation_id
JOIN accounts_adaccount a ON a.brand_id = b.id {live}"""


VIEWS: Final = [
    view("accounts_effective_grant", lambda _: _branches()),
    view("accounts_ad_account_permission", _by_account),
]


def _role_grant_update(d: Dialect) -> list[Check]:
    words = "a role grant is only ever ended, once; give another one"
    return [
        fixed(
            "accounts_role_grant_fixed", d, words,
            "id", "role", "user_id", "group_id", "organisation_id", "brand_id", "ad_account_id", "page_id", "expires_at",
            "granted_at", "granted_by",
        ),
        Check("accounts_role_grant_ended", "OLD.revoked_at IS NOT NULL", words),
    ]  # fmt: skip


def _user_update(d: Dialect) -> list[Check]:
    words = "a person or machine keeps its organisation, kind and owner; deactivate it and create another"
    return [fixed("accounts_user_fixed", d, words, "id", "kind", "organisation_id", "owner_id")]


def _token_update(d: Dialect) -> list[Check]:
    return [
        fixed(
            "accounts_api_token_fixed", d, "a token is only ever used and revoked; make another one",
            "digest", "token_key", "public_id", "user_id", "name", "created", "expiry",
        ),
        Check(
            "accounts_api_token_revoked", f"OLD.revoked_at IS NOT NULL AND {d.changed('revoked_at')}",
            "a revoked token stays revoked, and when stays known; make another one",
        ),
    ]  # fmt: skip


def _place(name: str, table: str, what: str, columns: Sequence[str], unique: Unique) -> list[VendorSQL]:
    """A brand, page or ad account stays where it is and what it is: what was approved there was approved under its
    brand's roles, rules and currency. Moving one is a capability of its own, which does not exist yet."""
    words = f"{what} keeps its place and its identity; moving it to another owner is not offered yet, create another"

    def update(d: Dialect) -> list[Check]:
        return [fixed(f"{name}_fixed", d, words, "id", *columns)]

    return [guard(f"{name}_update", table, "UPDATE", update), *stays(name, table, f"{what} is never removed", unique)]


GUARDS: Final = [
    guard("accounts_user_update", "accounts_user", "UPDATE", _user_update),
    *stays("accounts_user", "accounts_user", "people are deactivated, never deleted (R-17)", Unique(["email"])),
    guard("accounts_role_grant_update", "accounts_rolegrant", "UPDATE", _role_grant_update),
    *stays("accounts_role_grant", "accounts_rolegrant", "role grants are evidence and are never removed"),
    guard("accounts_api_token_update", "accounts_apitoken", "UPDATE", _token_update),
    *stays(
        "accounts_api_token", "accounts_apitoken", "tokens are evidence and are never removed; revoke it",
        Unique(["public_id"]), Unique(["user_id", "name"]), primary="digest",
    ),
    *_place(
        "accounts_brand", "accounts_brand", "a brand", ["organisation_id"], Unique(["organisation_id", "name"]),
    ),
    *_place(
        "accounts_page", "accounts_page", "a page", ["brand_id", "channel", "external_id"],
        Unique(["brand_id", "channel", "external_id"]),
    ),
    *_place(
        "accounts_ad_account", "accounts_adaccount", "an ad account", ["brand_id", "channel", "external_id", "currency"],
        Unique(["channel", "external_id"]),
    ),
]  # fmt: skip
