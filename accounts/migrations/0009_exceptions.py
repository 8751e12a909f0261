"""The permission to let a soft finding pass, and the built-in role that gives it.

Built-in roles never change, by guard; that one is added is this migration's own act.
"""

from datetime import UTC, datetime

from django.db import migrations

from accounts.guards import GUARDS
from core.ids import uuid7
from core.triggers import forget, install

NAMES = ("accounts_role_insert", "accounts_role_permission_insert")
EVER = datetime(1970, 1, 1, tzinfo=UTC)
ROLE = "exception_approver"


def add_role(apps, editor):
    role, permission = apps.get_model("accounts", "Role"), apps.get_model("accounts", "RolePermission")
    role.objects.create(id=ROLE, title="Exception approver", created_at=EVER)
    for code in ("override", "view"):
        permission.objects.create(
            id=uuid7(), role_id=ROLE, codename=code, granted_at=EVER, granted_by="Imprimatur", since=EVER
        )
    editor.connection.check_constraints()  # PostgreSQL makes no trigger on a table with checks that are still to come


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_names_and_tokens'),
    ]

    operations = [
        forget(NAMES[0]),
        forget(NAMES[1]),
        migrations.AlterModelOptions(
            name='adaccount',
            options={'default_permissions': (), 'ordering': ('name',), 'permissions': (('view', 'see everything below this'), ('submit', 'draft, upload and put forward for approval'), ('approve_content', 'decide on content stages'), ('approve_budget', 'decide on budget stages'), ('approve_legal', 'decide on legal stages'), ('publish', 'publish what is cleared'), ('operate', 'pause, decrease, revoke'), ('audit', 'read the log'), ('manage_access', 'give and take roles'), ('manage_policy', 'change rule sets and approval policies'), ('override', 'let a soft finding pass, with a reason')), 'verbose_name': 'ad account', 'verbose_name_plural': 'ad accounts'},
        ),
        migrations.AlterModelOptions(
            name='brand',
            options={'default_permissions': (), 'ordering': ('name',), 'permissions': (('view', 'see everything below this'), ('submit', 'draft, upload and put forward for approval'), ('approve_content', 'decide on content stages'), ('approve_budget', 'decide on budget stages'), ('approve_legal', 'decide on legal stages'), ('publish', 'publish what is cleared'), ('operate', 'pause, decrease, revoke'), ('audit', 'read the log'), ('manage_access', 'give and take roles'), ('manage_policy', 'change rule sets and approval policies'), ('override', 'let a soft finding pass, with a reason')), 'verbose_name': 'brand', 'verbose_name_plural': 'brands'},
        ),
        migrations.AlterModelOptions(
            name='organisation',
            options={'default_permissions': (), 'ordering': ('name',), 'permissions': (('view', 'see everything below this'), ('submit', 'draft, upload and put forward for approval'), ('approve_content', 'decide on content stages'), ('approve_budget', 'decide on budget stages'), ('approve_legal', 'decide on legal stages'), ('publish', 'publish what is cleared'), ('operate', 'pause, decrease, revoke'), ('audit', 'read the log'), ('manage_access', 'give and take roles'), ('manage_policy', 'change rule sets and approval policies'), ('override', 'let a soft finding pass, with a reason')), 'verbose_name': 'organisation', 'verbose_name_plural': 'organisations'},
        ),
        migrations.AlterModelOptions(
            name='page',
            options={'default_permissions': (), 'ordering': ('handle',), 'permissions': (('view', 'see everything below this'), ('submit', 'draft, upload and put forward for approval'), ('approve_content', 'decide on content stages'), ('approve_budget', 'decide on budget stages'), ('approve_legal', 'decide on legal stages'), ('publish', 'publish what is cleared'), ('operate', 'pause, decrease, revoke'), ('audit', 'read the log'), ('manage_access', 'give and take roles'), ('manage_policy', 'change rule sets and approval policies'), ('override', 'let a soft finding pass, with a reason')), 'verbose_name': 'page', 'verbose_name_plural': 'pages'},
        ),
        migrations.RunPython(add_role, migrations.RunPython.noop, elidable=True),
        install(*(guard for guard in GUARDS if guard.name in NAMES)),
    ]
