"""The decision with which a reviewer sent parts of a request back (R-27), and the states of ads that follow from it."""

import django.db.models.deletion
from django.db import migrations, models

from approvals.guards_splits import GUARDS
from core.triggers import forget, install

EARLIER = ("approvals_ad_state_insert", "approvals_ad_state_update")
"""Of a database that was made before: they knew no part that was sent back."""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0016_limits")]
    operations = [
        migrations.AddField(
            model_name='approvalrequest',
            name='split_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='split_off', to='approvals.decision', verbose_name='split by'),
        ),
        *map(forget, EARLIER),
        install(*GUARDS),
    ]
