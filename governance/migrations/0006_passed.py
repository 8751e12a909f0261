"""What passed is kept with its check run, no more as findings of its own."""

from django.db import migrations, models

from core.triggers import forget, install
from governance.guards import GUARDS

NAME = "governance_check_run_update"


class Migration(migrations.Migration):
    dependencies = [("governance", "0005_replays")]
    operations = [
        forget(NAME),
        migrations.AddField(
            model_name='checkrun',
            name='passed',
            field=models.JSONField(null=True, verbose_name='passed'),
        ),
        install(*(guard for guard in GUARDS if guard.name == NAME)),
    ]
