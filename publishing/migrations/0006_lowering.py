"""What only spends less waits for no open request (R-04): the guards of today."""

from django.db import migrations

from core.triggers import forget, install
from publishing.guards import GUARDS

NAMES = ("publishing_publication_insert", "publishing_publication_update")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0005_freezes"), ("approvals", "0009_stages")]
    operations = [*map(forget, NAMES), install(*(guard for guard in GUARDS if guard.name in NAMES))]
