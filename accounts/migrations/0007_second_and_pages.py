"""Views that name every fact behind a holding, a second access manager who is a person, and pages of the own brand alone
(accounts/views.py, accounts/guards.py)."""

from django.db import migrations, models

from accounts.guards import GUARDS
from accounts.views import VIEWS
from core.triggers import forget, install, remove

NAMES = (
    "accounts_role_permission_update", "accounts_role_grant_update", "accounts_membership_update", "accounts_placement_update",
    "accounts_access_policy_update", "accounts_ad_account_update", "accounts_ad_account_page_insert",
    "accounts_ad_account_page_update",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_indexes")]
    operations = [
        remove(*VIEWS),
        migrations.AddField("effectivegrant", "role_permission_id", models.UUIDField()),
        *map(forget, NAMES),
        install(*VIEWS, *(guard for guard in GUARDS if guard.name in NAMES)),
    ]
