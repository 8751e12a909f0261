"""Nothing is sent but from where it was routed, and in the name of a page that is linked: the guards of today."""

from django.db import migrations

from core.triggers import forget, install
from publishing.guards import GUARDS

NAMES = ("publishing_publication_insert", "publishing_publication_update")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0003_place"), ("approvals", "0005_placement")]
    operations = [*map(forget, NAMES), install(*(guard for guard in GUARDS if guard.name in NAMES))]
