"""Guards in the database; see governance/guards.py."""

from django.db import migrations

from core.triggers import install
from governance.guards import GUARDS


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial"), ("campaigns", "0002_guards")]
    operations = [install(*GUARDS)]
