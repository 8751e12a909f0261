"""Guards in the database; see audit/guards.py."""

from django.db import migrations

from audit.guards import GUARDS
from core.triggers import install


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [install(*GUARDS)]
