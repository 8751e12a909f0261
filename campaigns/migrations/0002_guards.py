"""Guards in the database; see campaigns/guards.py."""

from django.db import migrations

from campaigns.guards import GUARDS
from core.triggers import install


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [install(*GUARDS)]
