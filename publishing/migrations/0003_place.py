"""Nothing is sent after the ad account moved to another brand: the guards of today in place of those of before."""

from django.db import migrations

from core.triggers import forget, install
from publishing.guards import GUARDS

NAMES = ("publishing_publication_insert", "publishing_publication_update")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_guards"), ("approvals", "0003_place")]
    operations = [*map(forget, NAMES), install(*(guard for guard in GUARDS if guard.name in NAMES))]
