"""What needed the vote of a compromised account is not published (R-32): the guards of today."""

from django.db import migrations

from core.triggers import forget, install
from publishing.guards import GUARDS

NAMES = ("publishing_publication_insert", "publishing_publication_update")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0007_reschedules"), ("approvals", "0018_recall")]
    operations = [*map(forget, NAMES), install(*(guard for guard in GUARDS if guard.name in NAMES))]
