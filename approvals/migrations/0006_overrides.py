"""Review begins when soft findings are overridden or waived: the guard of today in place of that of before."""

from django.db import migrations

from approvals.migrations._early import EARLY_GUARDS
from core.triggers import forget, install

NAME = "approvals_request_update"


class Migration(migrations.Migration):
    dependencies = [("approvals", "0005_placement"), ("governance", "0003_words")]
    operations = [forget(NAME), install(*(guard for guard in EARLY_GUARDS if guard.name == NAME))]
