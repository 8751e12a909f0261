"""Views and guards in the database; see approvals/guards.py."""

from django.db import migrations

from approvals.migrations._early import EARLY_GUARDS, EARLY_VIEWS
from core.triggers import install


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_initial"),
        ("accounts", "0002_guards"),
        ("campaigns", "0002_guards"),
        ("governance", "0002_guards"),
    ]
    operations = [install(*EARLY_VIEWS, *EARLY_GUARDS)]
