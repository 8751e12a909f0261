"""Guards in the database; see publishing/guards.py."""

from django.db import migrations

from core.triggers import install
from publishing.guards import GUARDS


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial"), ("approvals", "0002_guards")]
    operations = [install(*GUARDS)]
