"""Guards in the database; see accounts/guards.py."""

from django.db import migrations

from accounts.guards import GUARDS, VIEWS
from core.triggers import install


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [install(*VIEWS, *GUARDS)]
