"""No clearance after the ad account moved to another brand: the guard of today in place of that of before."""

from django.db import migrations

from approvals.migrations._early import EARLY_GUARDS
from core.triggers import forget, install

NAME = "approvals_clearance_insert"


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_guards"), ("accounts", "0005_views_and_guards")]
    operations = [forget(NAME), install(*(guard for guard in EARLY_GUARDS if guard.name == NAME))]
