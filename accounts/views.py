"""Views in the database for `accounts`: who holds what, said once, read by code, guards, Django and guardian alike.

`accounts_effective_grant`       every (user, permission, scope) that was ever conferred, by which grant, membership and
                                 permission of the role, with the interval in which it holds. The one relation behind every
                                 answer (R-57, R-58).
`accounts_ad_account_permission` the same at this moment, resolved to ad accounts, of people who may act, since when and by which
                                 facts: what the guards ask.
`accounts_live_membership`       people's memberships at this moment: what `user.groups` reads.
`accounts_…permission`           django-guardian's tables: what each user and group holds on each object at this moment,
                                 inherited from what is above it.
"""

from __future__ import annotations

from typing import Final

from accounts.roles import APPROVING
from core.dialects import Dialect
from core.triggers import VendorSQL, view

SCOPES: Final = ("organisation_id", "brand_id", "ad_account_id", "page_id")
_APPROVING: Final = ", ".join(f"'{code}'" for code in sorted(APPROVING))
_NOT_FOR_MACHINES: Final = f"(u.kind = 'person' OR p.codename NOT IN ({_APPROVING}))"
"""A machine never holds what satisfies a human stage (R-33)."""


def _columns(d: Dialect, *facts: str) -> str:
    """The scope of grant `g`, and the interval in which all the facts hold."""
    ends = [f"{fact}.{column}" for fact in facts for column in ("expires_at", "revoked_at")]
    since, until = d.latest(*(f"{fact}.since" for fact in facts)), d.earliest(*ends)
    return f"{', '.join(f'g.{column}' for column in SCOPES)}, {since} AS since, {until} AS until, g.id AS grant_id, p.id AS role_permission_id"


def _begun(*facts: str) -> str:
    return " AND ".join(f"{fact}.since IS NOT NULL" for fact in facts)


def _effective(d: Dialect) -> str:
    return f"""
SELECT g.user_id, p.codename, {_columns(d, 'g', 'p')}, NULL AS membership_id
FROM accounts_rolegrant g JOIN accounts_rolepermission p ON p.role_id = g.role JOIN accounts_user u ON u.id = g.user_id
WHERE {_begun('g', 'p')} AND {_NOT_FOR_MACHINES}
UNION ALL
SELECT m.user_id, p.codename, {_columns(d, 'g', 'p', 'm')}, m.id
FROM accounts_membership m JOIN accounts_rolegrant g ON g.group_id = m.group_id
JOIN accounts_rolepermission p ON p.role_id = g.role JOIN accounts_user u ON u.id = m.user_id
WHERE {_begun('g', 'p', 'm')} AND {_NOT_FOR_MACHINES}"""


def in_force(d: Dialect, *facts: str) -> str:
    """Whether all of these facts are in force at this moment."""
    now = d.present()
    return " AND ".join(
        f"{fact}.since <= {now} AND ({fact}.expires_at IS NULL OR {fact}.expires_at > {now})"
        f" AND ({fact}.revoked_at IS NULL OR {fact}.revoked_at > {now})"
        for fact in facts
    )


_UP_TO_ACCOUNT: Final = (
    ("accounts_adaccount a", "g.ad_account_id = a.id"),
    ("accounts_adaccount a", "g.brand_id = a.brand_id"),
    ("accounts_adaccount a JOIN accounts_brand b ON b.id = a.brand_id", "g.organisation_id = b.organisation_id"),
)
"""From an ad account `a` to the grants `g` that reach it."""


def _by_account(d: Dialect) -> str:
    """Written out over the tables, not over `accounts_effective_grant`: both databases then answer for one person by index
    (every decision asks; tests/guards looks at the plan). That the two say the same is proved in tests/accounts.

    CROSS JOIN keeps SQLite from looking at all grants of a place before it asks which groups the person is in.
    """
    rest = "JOIN accounts_rolepermission p ON p.role_id = g.role JOIN accounts_user u ON u.id = {}.user_id AND u.is_active AND u.kind = 'person'"

    def columns(user: str, membership: str, *facts: str) -> str:
        return (
            f"SELECT {user}.user_id, p.codename, a.id AS ad_account_id, {d.latest(*(f'{fact}.since' for fact in facts))} AS since,"
            f" g.id AS grant_id, p.id AS role_permission_id, {membership} AS membership_id"
        )

    direct = columns("g", f"CAST(NULL AS {d.id_type})", "g", "p") + " FROM {} JOIN accounts_rolegrant g ON {} " + rest.format("g")
    through = (
        columns("m", "m.id", "g", "p", "m") + " FROM accounts_membership m CROSS JOIN {}"
        " JOIN accounts_rolegrant g ON g.group_id = m.group_id AND {} " + rest.format("m")
    )
    ways = ((direct, in_force(d, "g", "p")), (through, in_force(d, "g", "p", "m")))
    return " UNION ALL ".join(f"{way.format(*up)} WHERE {live}" for up in _UP_TO_ACCOUNT for way, live in ways)


def _live_membership(d: Dialect) -> str:
    return (
        "SELECT m.id, m.user_id, m.group_id FROM accounts_membership m"
        f" JOIN accounts_user u ON u.id = m.user_id AND u.kind = 'person' WHERE {in_force(d, 'm')}"
    )


# --- what guardian reads -----------------------------------------------------------------------------------------------

_BELOW: Final = {
    "organisation": ["JOIN accounts_organisation o ON o.id = h.organisation_id"],
    "brand": [
        "JOIN accounts_brand o ON o.id = h.brand_id",
        "JOIN accounts_brand o ON o.organisation_id = h.organisation_id",
    ],
    **{
        kind: [
            f"JOIN accounts_{table} o ON o.id = h.{kind}_id",
            f"JOIN accounts_{table} o ON o.brand_id = h.brand_id",
            f"JOIN accounts_brand b ON b.organisation_id = h.organisation_id JOIN accounts_{table} o ON o.brand_id = b.id",
        ]
        for kind, table in (("ad_account", "adaccount"), ("page", "page"))
    },
}
"""Kind of object → how one is reached from a holding `h`: itself, or what is above it."""


def _permission_of(model: str) -> str:
    """The row of auth_permission that a codename means for a kind of object."""
    return (
        "JOIN auth_permission t ON t.codename = h.codename"
        f" JOIN django_content_type c ON c.id = t.content_type_id AND c.app_label = 'accounts' AND c.model = '{model}'"
    )


def _held_by_users(d: Dialect) -> str:
    now = d.present()
    return f"SELECT * FROM accounts_effective_grant e WHERE e.since <= {now} AND (e.until IS NULL OR e.until > {now})"


def _held_by_groups(d: Dialect) -> str:
    return (
        f"SELECT g.id AS grant_id, g.group_id, p.codename, {', '.join(f'g.{column}' for column in SCOPES)}"
        " FROM accounts_rolegrant g JOIN accounts_rolepermission p ON p.role_id = g.role"
        f" WHERE g.group_id IS NOT NULL AND {in_force(d, 'g', 'p')}"
    )


def _guardian(kind: str) -> list[VendorSQL]:
    """The views of one kind of object: of users (directly and through groups) and of groups."""
    model = kind.replace("_", "")

    def users(d: Dialect) -> str:
        return " UNION ALL ".join(
            "SELECT h.grant_id AS id, h.user_id, t.id AS permission_id, o.id AS content_object_id"
            f" FROM ({_held_by_users(d)}) h JOIN accounts_user u ON u.id = h.user_id AND u.is_active"
            f" {_permission_of(model)} {join}"
            for join in _BELOW[kind]
        )

    def groups(d: Dialect) -> str:
        return " UNION ALL ".join(
            "SELECT h.grant_id AS id, h.group_id, t.id AS permission_id, o.id AS content_object_id"
            f" FROM ({_held_by_groups(d)}) h {_permission_of(model)} {join}"
            for join in _BELOW[kind]
        )

    return [view(f"accounts_{model}userpermission", users), view(f"accounts_{model}grouppermission", groups)]


VIEWS: Final = [
    view("accounts_effective_grant", _effective),
    view("accounts_ad_account_permission", _by_account),
    view("accounts_live_membership", _live_membership),
    *(each for kind in _BELOW for each in _guardian(kind)),
]
