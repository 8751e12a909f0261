"""The table of minimum budgets, which begins with what was in the code (governance/money_minimums.py; facts of TikTok's Budget)."""

from datetime import date

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core import clock
from core.triggers import install
from governance.guards_budgets import GUARDS
from governance.money_minimums import AD_GROUP_DAILY, CAMPAIGN_DAILY, CAMPAIGN_LIFETIME, RATIO, base_in_minor

DOC = "TikTok Doc:Budget (base x ratio of the currency)"
LINES = [
    ("campaign", "daily", CAMPAIGN_DAILY, f"seed, 50 $ a day; {DOC}"),
    ("campaign", "lifetime", CAMPAIGN_LIFETIME, DOC),
    ("ad_group", "daily", AD_GROUP_DAILY, f"seed, 20 $ a day; {DOC}"),
    ("ad_group", "lifetime", AD_GROUP_DAILY, f"{DOC}; for each scheduled day"),
]


def seed(apps, schema_editor):
    minimums = apps.get_model("governance", "BudgetMinimum")
    now = clock.now()
    minimums.objects.bulk_create(
        minimums(
            channel="tiktok", currency=currency, entity_type=entity_type, mode=mode, amount_minor=base_in_minor(base, currency),
            starts_on=date(2020, 1, 1), source=source, recorded_at=now, recorded_by="migration",
        )
        for currency in sorted(RATIO)
        for entity_type, mode, base, source in LINES
    )
    schema_editor.connection.check_constraints()  # PostgreSQL makes no trigger on a table with checks that are still to come


class Migration(migrations.Migration):
    dependencies = [
        ('governance', '0003_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='BudgetMinimum',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(max_length=20, verbose_name='channel')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('objective', models.CharField(blank=True, choices=[('reach', 'reach'), ('traffic', 'traffic'), ('video_views', 'video views'), ('lead_generation', 'lead generation'), ('engagement', 'community interaction'), ('app_promotion', 'app promotion'), ('web_conversions', 'website conversions'), ('product_sales', 'product sales')], max_length=40, verbose_name='objective')),
                ('entity_type', models.CharField(choices=[('campaign', 'campaign'), ('ad_group', 'ad group'), ('ad', 'ad')], max_length=10, verbose_name='entity type')),
                ('mode', models.CharField(choices=[('daily', 'daily'), ('dynamic_daily', 'dynamic daily'), ('lifetime', 'lifetime'), ('unlimited', 'unlimited')], max_length=20, verbose_name='budget mode')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('recorded_by', models.CharField(max_length=254, verbose_name='recorded by')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
            ],
            options={
                'verbose_name': 'minimum budget',
                'verbose_name_plural': 'minimum budgets',
                'ordering': ('-id',),
                'default_permissions': (),
                'indexes': [models.Index(fields=['channel', 'currency', 'starts_on'], name='budget_minimum_currency')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='budget_minimum_above_zero'), models.CheckConstraint(condition=models.Q(('entity_type__in', ('campaign', 'ad_group'))), name='budget_minimum_entity'), models.CheckConstraint(condition=models.Q(('mode__in', ('daily', 'lifetime'))), name='budget_minimum_mode'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='budget_minimum_source'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='budget_minimum_ends_after_it_began')],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        install(*GUARDS),
    ]
