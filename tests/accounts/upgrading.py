"""A program of its own (test_upgrade.py): a database as it stood before access had intervals, brought to today.

It prints as JSON what holds afterwards: rights by the code and by the view of the guards, facts, and missing guards.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from core import clock  # noqa: E402
from core.ids import uuid7  # noqa: E402

BEFORE = [("accounts", "0002_guards")]
BESIDE = [
    "CREATE VIEW accounts_effective_grant AS SELECT user_id, role FROM accounts_rolegrant",
    "CREATE VIEW accounts_ad_account_permission AS SELECT user_id FROM accounts_effective_grant",
]
"""Stand-ins for the views of then, of which one reads the other."""
TRIGGER = {
    "sqlite": ["CREATE TRIGGER accounts_old BEFORE UPDATE ON accounts_rolegrant BEGIN SELECT RAISE(ABORT, 'old'); END"],
    "postgresql": [
        "CREATE FUNCTION accounts_old_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'old'; END $$",
        "CREATE TRIGGER accounts_old BEFORE UPDATE ON accounts_rolegrant FOR EACH ROW EXECUTE FUNCTION accounts_old_guard()",
    ],
}


def fill(apps: Any) -> None:
    """People, groups, grants of every kind of scope and end, and the permission tables of then."""
    made = {name: apps.get_model("accounts", name).objects for name in (
        "Organisation", "Brand", "AdAccount", "Page", "User", "UserGroup", "RoleGrant", "BrandUserPermission",
    )}  # fmt: skip
    now = clock.now()
    acme = made["Organisation"].create(name="Acme", slug="acme")
    brand = made["Brand"].create(organisation=acme, name="Brand")
    account, other = (
        made["AdAccount"].create(brand=brand, external_id=n, name=n, currency="USD", timezone="UTC", country="US") for n in "12"
    )
    page = made["Page"].create(brand=brand, external_id="p", identity_type="TT_USER", handle="p")
    people = {
        name: made["User"].create(email=f"{name}@a.example", name=name, organisation=acme, is_active=name != "gone")
        for name in ("ann", "ben", "cat", "gone")
    }
    people["robot"] = made["User"].create(
        email="r@a.example", name="robot", organisation=acme, kind="service_account", owner=people["ann"]
    )
    group = made["UserGroup"].create(name=str(uuid7()), organisation=acme, title="Group")
    for name in ("ben", "robot", "gone"):
        people[name].groups.add(group.group_ptr_id)
    day = timedelta(days=1)
    for who, role, where, ended in (
        ("ann", "publisher", {"brand": brand}, {}), ("ann", "operator", {"ad_account": account}, {"expires_at": now + day}),
        ("ann", "submitter", {"brand": brand}, {"expires_at": now - day}), ("cat", "auditor", {"organisation": acme}, {"revoked_at": now - day}),
        ("cat", "submitter", {"page": page}, {}), ("gone", "policy_manager", {"brand": brand}, {}),
        ("robot", "content_approver", {"ad_account": other}, {}),
    ):  # fmt: skip
        made["RoleGrant"].create(role=role, user=people[who], granted_at=now - 9 * day, granted_by="x", **where, **ended)
    made["RoleGrant"].create(role="submitter", group=group, ad_account=other, granted_at=now - 9 * day, granted_by="x")
    kind = apps.get_model("contenttypes", "ContentType").objects.create(app_label="accounts", model="brand")
    view = apps.get_model("auth", "Permission").objects.create(content_type=kind, codename="view", name="see everything below this")
    made["BrandUserPermission"].create(user=people["ann"], content_object=brand, permission=view)


def rights() -> dict[str, Any]:
    """What holds today."""
    from accounts.models import Membership, Placement, RoleGrant, User
    from accounts.permissions import grants_of
    from config.all_guards import ALL
    from core.triggers import missing

    found: dict[str, Any] = {
        user.name: {
            code: {kind: len(ids) for kind, ids in kinds.items() if ids} for code, kinds in grants_of(user).by_permission.items()
        }
        for user in User.objects.all()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.name, p.codename, a.name FROM accounts_ad_account_permission p JOIN accounts_user u ON u.id = p.user_id"
            " JOIN accounts_adaccount a ON a.id = p.ad_account_id ORDER BY 1, 2, 3"
        )
        view = [list(row) for row in cursor.fetchall()]
    User.objects.filter(name="gone").update(is_active=True)
    return {
        "rights": found, "view": view, "missing": missing(ALL, connection),
        "back": len(grants_of(User.objects.get(name="gone")).by_permission),
        "facts": [RoleGrant.objects.count(), Membership.objects.count(), Placement.objects.count()],
        "groups": sorted(User.objects.get(name="ben").groups.values_list("usergroup__title", flat=True)),
    }  # fmt: skip


def main() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    executor.loader.build_graph()
    fill(executor.loader.project_state(BEFORE).apps)
    with connection.cursor() as cursor:
        for statement in [*BESIDE, *TRIGGER[connection.vendor]]:
            cursor.execute(statement)
    call_command("migrate", verbosity=0)
    print(json.dumps(rights()))


if __name__ == "__main__":
    main()
