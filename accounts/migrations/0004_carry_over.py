"""What stood before, as facts: the built-in roles, role grants, memberships and where each ad account belongs."""

from datetime import UTC, datetime

from django.db import migrations

from core.ids import uuid7

EVER = datetime(1970, 1, 1, tzinfo=UTC)
BY = "Imprimatur"
BUILT_IN = {
    "submitter": ("Submitter", ["submit", "view"]),
    "content_approver": ("Content approver", ["approve_content", "view"]),
    "budget_approver": ("Budget approver", ["approve_budget", "view"]),
    "legal_approver": ("Legal approver", ["approve_legal", "view"]),
    "publisher": ("Publisher", ["publish", "view"]),
    "operator": ("Operator", ["operate", "view"]),
    "auditor": ("Auditor", ["audit", "view"]),
    "access_manager": ("Access manager", ["manage_access", "view"]),
    "policy_manager": ("Policy manager", ["manage_policy", "view"]),
}


def roles(apps, editor):
    role, permission = apps.get_model("accounts", "Role"), apps.get_model("accounts", "RolePermission")
    for key, (title, codes) in BUILT_IN.items():
        role.objects.create(id=key, title=title, created_at=EVER)
        for code in codes:
            permission.objects.create(
                id=uuid7(), role_id=key, codename=code, granted_at=EVER, granted_by=BY, since=EVER
            )


def facts(apps, editor):
    """Grants begin when they were given. When a membership or a placement began was not kept: it is in force from now on.
    Whoever was deactivated holds nothing any more, also should they come back."""
    grant, membership = apps.get_model("accounts", "RoleGrant"), apps.get_model("accounts", "Membership")
    for row in grant.objects.filter(since__isnull=True):
        grant.objects.filter(pk=row.pk).update(since=row.granted_at)
    now = datetime.now(UTC)
    gone = set(apps.get_model("accounts", "User").objects.filter(is_active=False).values_list("pk", flat=True))
    grant.objects.filter(user_id__in=gone, revoked_at__isnull=True).update(revoked_at=now, revoked_by=BY)
    tokens = apps.get_model("accounts", "ApiToken").objects
    tokens.filter(user_id__in=gone, revoked_at__isnull=True).update(revoked_at=now)
    user, group = apps.get_model("accounts", "User"), apps.get_model("accounts", "UserGroup")
    groups = set(group.objects.values_list("pk", flat=True))
    for person, each in user.groups.through.objects.values_list("user_id", "group_id"):
        if each in groups:
            membership.objects.create(
                id=uuid7(), user_id=person, group_id=each, granted_at=now, granted_by=BY, since=now,
                **({"revoked_at": now, "revoked_by": BY} if person in gone else {}),
            )
    account, placement = apps.get_model("accounts", "AdAccount"), apps.get_model("accounts", "Placement")
    for row in account.objects.all():
        placement.objects.create(
            id=uuid7(), ad_account_id=row.pk, brand_id=row.brand_id, granted_at=now, granted_by=BY, since=now
        )


def nothing(apps, editor):
    """The tables of these facts go with 0003."""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_facts")]
    operations = [migrations.RunPython(roles, nothing), migrations.RunPython(facts, nothing)]
