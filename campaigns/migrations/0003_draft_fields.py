"""A campaign's flight, a spark ad's permission, an effect, payer and beneficiary, and dynamic daily budgets.

Existing drafts have none of them, and keep their digests: a content names a newer field only when it says something.
"""

import django.db.models.deletion
from django.db import migrations, models

from core.triggers import rebuild_beside_views, set_triggers_aside


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_guards")]
    operations = [
        rebuild_beside_views(),
        set_triggers_aside(),
        migrations.AddField(
            model_name='ad',
            name='beneficiary',
            field=models.CharField(blank=True, max_length=255, verbose_name='beneficiary'),
        ),
        migrations.AddField(
            model_name='ad',
            name='effect_icon',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.mediaasset', verbose_name='effect icon'),
        ),
        migrations.AddField(
            model_name='ad',
            name='effect_name',
            field=models.CharField(blank=True, max_length=100, verbose_name='effect name'),
        ),
        migrations.AddField(
            model_name='ad',
            name='payer',
            field=models.CharField(blank=True, max_length=255, verbose_name='payer'),
        ),
        migrations.AddField(
            model_name='ad',
            name='spark_expires_at',
            field=models.DateTimeField(null=True, verbose_name='permission until'),
        ),
        migrations.AddField(
            model_name='ad',
            name='spark_proof',
            field=models.CharField(blank=True, max_length=500, verbose_name='proof of permission'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='ends_at',
            field=models.DateTimeField(null=True, verbose_name='flight until'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='starts_at',
            field=models.DateTimeField(null=True, verbose_name='flight from'),
        ),
        migrations.AlterField(
            model_name='adgroup',
            name='budget_mode',
            field=models.CharField(choices=[('daily', 'daily'), ('dynamic_daily', 'dynamic daily'), ('lifetime', 'lifetime'), ('unlimited', 'unlimited')], max_length=20, verbose_name='budget mode'),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='budget_mode',
            field=models.CharField(choices=[('daily', 'daily'), ('dynamic_daily', 'dynamic daily'), ('lifetime', 'lifetime'), ('unlimited', 'unlimited')], max_length=20, verbose_name='budget mode'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at__isnull', True), ('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='campaign_flight_in_order'),
        ),
        set_triggers_aside(False),
        rebuild_beside_views(False),
    ]
