"""Guards in the database for `accounts` (docs/guards.md). Its views stand in accounts.views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from accounts.views import VIEWS
from core.dialects import Dialect
from core.triggers import Check, Unique, VendorSQL, fixed, guard, insert_only, stays

__all__ = ["GUARDS", "VIEWS"]

CONFERRED: Final = ("id", "granted_at", "granted_by", "granted_by_id", "starts_at", "expires_at")


def _second(d: Dialect, concerned: Sequence[str]) -> str:
    """Whether NEW names an active person as the second access manager, and none of those that these columns of OLD name nor
    the owner of one: who proposed it, and who gains where the fact says so itself. Who gains through a group, and who
    manages access, is the services' to ask."""
    others = "".join(
        f" AND u.id {d.distinct} OLD.{column}"
        f" AND u.id {d.distinct} (SELECT m.owner_id FROM accounts_user m WHERE m.id = OLD.{column})"
        for column in concerned
    )
    person = "u.id = NEW.confirmed_by_id AND u.kind = 'person' AND u.is_active"
    return f"EXISTS (SELECT 1 FROM accounts_user u WHERE {person}{others})"


def conferred(
    name: str, table: str, what: str, columns: Sequence[str], *unique: Unique, also: Sequence[Check] = (),
    gaining: Sequence[str] = ("user_id",),
) -> list[VendorSQL]:  # fmt: skip
    """A fact begins once, by another access manager than who proposed it (R-55), and ends once. `also`: what else an
    update of this kind has to meet; `gaining`: which of its columns, if it has them, name who gains."""
    words = f"{what} is only ever begun and ended, once each; end it and give another one"

    def update(d: Dialect) -> list[Check]:
        began = f"OLD.since IS NOT NULL AND {d.changed('since', 'confirmed_by', 'confirmed_by_id')}"
        return [
            fixed(f"{name}_fixed", d, words, *CONFERRED, *columns),
            *also,
            Check(f"{name}_ended", "OLD.revoked_at IS NOT NULL", words),
            Check(f"{name}_begun", began, words),
            Check(
                f"{name}_second",
                f"OLD.since IS NULL AND NEW.since IS NOT NULL AND (NEW.confirmed_by = '' OR NOT {_second(d, concerned)})",
                f"{what} that awaits a second access manager is confirmed by a named person, who neither proposed it nor gains (R-55)",
            ),
        ]

    concerned = ["granted_by_id", *(column for column in columns if column in gaining)]

    return [guard(f"{name}_update", table, "UPDATE", update), *stays(name, table, f"{what} is evidence and is never removed", *unique)]


def _built_in(what: str) -> str:
    return f"{what} are the same everywhere and never change; make a role of your own"


def _role_update(d: Dialect) -> list[Check]:
    return [
        fixed("accounts_role_fixed", d, "a role keeps its organisation", "id", "organisation_id", "created_at"),
        Check("accounts_role_built_in", f"OLD.organisation_id IS NULL AND {d.changed('title')}", _built_in("built-in roles")),
    ]


def _role_insert(d: Dialect) -> list[Check]:
    return [Check("accounts_role_built_in", "NEW.organisation_id IS NULL", _built_in("built-in roles"))]


_OF_BUILT_IN: Final = "(SELECT r.organisation_id FROM accounts_role r WHERE r.id = NEW.role_id) IS NULL"
_PERMISSIONS_STAY: Final = Check("accounts_role_permission_built_in", _OF_BUILT_IN, _built_in("permissions of built-in roles"))


def _role_permission_insert(d: Dialect) -> list[Check]:
    return [_PERMISSIONS_STAY]


def _role_of(organisation: str) -> str:
    """Whether grant NEW gives a role of another organisation than `organisation` (SQL)."""
    return (
        f"(SELECT r.organisation_id FROM accounts_role r WHERE r.id = NEW.role) IS NOT NULL"
        f" AND (SELECT r.organisation_id FROM accounts_role r WHERE r.id = NEW.role) <> {organisation}"
    )


def _role_grant_insert(d: Dialect) -> list[Check]:
    """Nothing is given across organisations, whoever writes (R-57)."""
    scope = (
        "COALESCE(NEW.organisation_id,"
        " (SELECT b.organisation_id FROM accounts_brand b WHERE b.id = NEW.brand_id),"
        " (SELECT b.organisation_id FROM accounts_brand b JOIN accounts_adaccount a ON a.brand_id = b.id"
        " WHERE a.id = NEW.ad_account_id),"
        " (SELECT b.organisation_id FROM accounts_brand b JOIN accounts_page a ON a.brand_id = b.id WHERE a.id = NEW.page_id))"
    )
    user = "(SELECT u.organisation_id FROM accounts_user u WHERE u.id = NEW.user_id)"
    group = "(SELECT g.organisation_id FROM accounts_usergroup g WHERE g.group_ptr_id = NEW.group_id)"
    words = "a role is given inside one organisation: its own, to its own, on its own"
    return [
        Check("accounts_role_grant_organisation", f"{scope} {d.distinct} COALESCE({user}, {group})", words),
        Check("accounts_role_grant_role", _role_of(scope), words),
    ]


def _membership_insert(d: Dialect) -> list[Check]:
    user = "(SELECT u.organisation_id FROM accounts_user u WHERE u.id = NEW.user_id)"
    group = "(SELECT g.organisation_id FROM accounts_usergroup g WHERE g.group_ptr_id = NEW.group_id)"
    words = "members belong to the group's own organisation"
    return [Check("accounts_membership_organisation", f"{user} {d.distinct} {group}", words)]


def _user_group_update(d: Dialect) -> list[Check]:
    words = "a user group keeps its organisation; make another one"
    return [fixed("accounts_user_group_fixed", d, words, "group_ptr_id", "public_id", "organisation_id")]


def _user_update(d: Dialect) -> list[Check]:
    words = "a person or machine keeps its organisation, kind and owner; deactivate it and create another"
    return [fixed("accounts_user_fixed", d, words, "id", "kind", "organisation_id", "owner_id")]


def _token_update(d: Dialect) -> list[Check]:
    return [
        fixed(
            "accounts_api_token_fixed", d, "a token is only ever used and revoked; make another one",
            "digest", "token_key", "public_id", "user_id", "name", "created", "expiry",
            "permissions", "organisation_id", "brand_id", "ad_account_id", "made_with",
        ),
        Check(
            "accounts_api_token_revoked", f"OLD.revoked_at IS NOT NULL AND {d.changed('revoked_at')}",
            "a revoked token stays revoked, and when stays known; make another one",
        ),
    ]  # fmt: skip


def _place(name: str, table: str, what: str, columns: Sequence[str], unique: Unique) -> list[VendorSQL]:
    """A brand or page stays where it is and what it is: what was approved there was approved under its roles and rules."""
    words = f"{what} keeps its place and its identity; create another"

    def update(d: Dialect) -> list[Check]:
        return [fixed(f"{name}_fixed", d, words, "id", *columns)]

    return [guard(f"{name}_update", table, "UPDATE", update), *stays(name, table, f"{what} is never removed", unique)]


_PAGES_OF_THE_BRAND: Final = "a page is linked to ad accounts of its own brand alone; unlink it"
_ORGANISATION_OF: Final = "(SELECT b.organisation_id FROM accounts_brand b WHERE b.id = {}.brand_id)"


def latest_placement(column: str, account: str) -> str:
    """A column of the latest placement in force of an ad account (SQL); NULL when there is none. Judged by the order of the
    placements alone, without a clock."""
    return (
        f"(SELECT p.{column} FROM accounts_placement p WHERE p.ad_account_id = {account} AND p.since IS NOT NULL"
        " ORDER BY p.since DESC, p.id DESC LIMIT 1)"
    )


def _placement_insert(d: Dialect) -> list[Check]:
    words = "an ad account never leaves its organisation"
    account = (
        "(SELECT b.organisation_id FROM accounts_brand b JOIN accounts_adaccount a ON a.brand_id = b.id"
        " WHERE a.id = NEW.ad_account_id)"
    )
    return [Check("accounts_placement_organisation", f"{_ORGANISATION_OF.format('NEW')} {d.distinct} {account}", words)]


def _ad_account_update(d: Dialect) -> list[Check]:
    """An ad account moves between brands of one organisation, and where it was stays known."""
    words = "an ad account keeps its identity; create another"
    return [
        fixed("accounts_ad_account_fixed", d, words, "id", "channel", "external_id", "currency"),
        Check(
            "accounts_ad_account_organisation",
            f"{d.changed('brand_id')} AND {_ORGANISATION_OF.format('NEW')} {d.distinct} {_ORGANISATION_OF.format('OLD')}",
            "an ad account never leaves its organisation",
        ),
        Check(
            "accounts_ad_account_placed",
            f"{d.changed('brand_id', 'placed_at')} AND (NEW.placed_at IS NULL"
            f" OR {latest_placement('brand_id', 'NEW.id')} {d.distinct} NEW.brand_id"
            f" OR {latest_placement('since', 'NEW.id')} {d.distinct} NEW.placed_at)",
            "an ad account is where its latest placement says; move it with the service",
        ),
        Check(
            "accounts_ad_account_pages",
            f"{d.changed('brand_id')} AND EXISTS (SELECT 1 FROM accounts_adaccount_pages l JOIN accounts_page p ON p.id = l.page_id"
            " WHERE l.adaccount_id = NEW.id AND p.brand_id <> NEW.brand_id)",
            _PAGES_OF_THE_BRAND,
        ),
    ]


def _ad_account_page(d: Dialect) -> list[Check]:
    """Whoever writes the link: an ad speaks as a page of its own brand (R-57)."""
    same = (
        "SELECT 1 FROM accounts_page p JOIN accounts_adaccount a ON a.brand_id = p.brand_id"
        " WHERE p.id = NEW.page_id AND a.id = NEW.adaccount_id"
    )
    return [Check("accounts_ad_account_page_brand", f"NOT EXISTS ({same})", _PAGES_OF_THE_BRAND)]


GUARDS: Final = [
    guard("accounts_user_update", "accounts_user", "UPDATE", _user_update),
    *stays("accounts_user", "accounts_user", "people are deactivated, never deleted (R-17)", Unique(["email"])),
    guard("accounts_user_group_update", "accounts_usergroup", "UPDATE", _user_group_update),
    *stays(
        "accounts_user_group", "accounts_usergroup", "user groups are never removed; end what they hold",
        Unique(["public_id"]), Unique(["organisation_id", "title"]), primary="group_ptr_id",
    ),
    guard("accounts_role_insert", "accounts_role", "INSERT", _role_insert),
    guard("accounts_role_update", "accounts_role", "UPDATE", _role_update),
    *stays("accounts_role", "accounts_role", "roles are never removed; end their grants", Unique(["organisation_id", "title"])),
    guard("accounts_role_permission_insert", "accounts_rolepermission", "INSERT", _role_permission_insert),
    *conferred(
        "accounts_role_permission", "accounts_rolepermission", "a permission of a role", ["role_id", "codename"],
        Unique(["role_id", "codename"], "held.revoked_at IS NULL"), also=[_PERMISSIONS_STAY],
    ),
    guard("accounts_role_grant_insert", "accounts_rolegrant", "INSERT", _role_grant_insert),
    *conferred(
        "accounts_role_grant", "accounts_rolegrant", "a role grant",
        ["role", "user_id", "group_id", "organisation_id", "brand_id", "ad_account_id", "page_id"],
    ),
    guard("accounts_membership_insert", "accounts_membership", "INSERT", _membership_insert),
    *conferred("accounts_membership", "accounts_membership", "a membership", ["user_id", "group_id", "source"]),
    *conferred(
        "accounts_access_policy", "accounts_accesspolicy", "a version of an access policy",
        ["organisation_id", "version", "two_managers", "second_factor_roles", "forbidden_pairs"],
        Unique(["organisation_id", "version"]),
    ),
    *insert_only("accounts_access_review", "accounts_accessreview"),
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
    guard("accounts_ad_account_update", "accounts_adaccount", "UPDATE", _ad_account_update),
    *stays("accounts_ad_account", "accounts_adaccount", "an ad account is never removed", Unique(["channel", "external_id"])),
    guard("accounts_ad_account_page_insert", "accounts_adaccount_pages", "INSERT", _ad_account_page),
    guard("accounts_ad_account_page_update", "accounts_adaccount_pages", "UPDATE", _ad_account_page),
    guard("accounts_placement_insert", "accounts_placement", "INSERT", _placement_insert),
    *conferred("accounts_placement", "accounts_placement", "a placement", ["ad_account_id", "brand_id"]),
]  # fmt: skip
