"""Guards in the database; see notices/guards.py."""

from django.db import migrations

from core.triggers import install
from notices.guards import GUARDS


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [install(*GUARDS)]
