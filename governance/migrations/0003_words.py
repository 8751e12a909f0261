"""Versions that are proposed and confirmed, overrides and waivers, and check runs that are judged once.

The guards of before are taken away first: SQLite rebuilds a table that is altered, without its triggers. What governs today
was put in force when it was written.
"""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.triggers import forget, install, rebuild_beside_views
from governance.guards import GUARDS, VIEWS


def confirm(apps, schema_editor):
    rule_sets, confirmations = apps.get_model("governance", "RuleSet"), apps.get_model("governance", "Confirmation")
    confirmations.objects.bulk_create(
        confirmations(rule_set=row, word="confirmed", said_by=row.created_by, at=row.created_at)
        for row in rule_sets.objects.all()
    )
    schema_editor.connection.check_constraints()  # PostgreSQL makes no trigger on a table with checks that are still to come


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_exceptions"), ("campaigns", "0002_guards"), ("governance", "0002_guards")]
    operations = [
        rebuild_beside_views(),
        forget("governance_"),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('word', models.CharField(choices=[('confirmed', 'confirmed'), ('declined', 'declined')], max_length=10, verbose_name='word')),
                ('said_by', models.CharField(max_length=254, verbose_name='by')),
                ('said_by_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField(verbose_name='time')),
            ],
            options={
                'verbose_name': 'confirmation',
                'verbose_name_plural': 'confirmations',
                'ordering': ('id',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('rule', models.CharField(max_length=60, verbose_name='rule')),
                ('reason', models.TextField(verbose_name='reason')),
                ('name', models.CharField(max_length=254, verbose_name='name')),
                ('at', models.DateTimeField(verbose_name='time')),
            ],
            options={
                'verbose_name': 'override',
                'verbose_name_plural': 'overrides',
                'ordering': ('-id',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('rule', models.CharField(max_length=60, verbose_name='rule')),
                ('reason', models.TextField(verbose_name='reason')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed')),
                ('proposed_by', models.CharField(max_length=254, verbose_name='proposed by')),
                ('expires_at', models.DateTimeField(verbose_name='until')),
            ],
            options={
                'verbose_name': 'waiver',
                'verbose_name_plural': 'waivers',
                'ordering': ('-id',),
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='checkrun',
            name='key',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='checkrun',
            name='observations',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='finding',
            name='intended',
            field=models.CharField(blank=True, max_length=10, verbose_name='intended mode'),
        ),
        migrations.AddField(
            model_name='finding',
            name='rule_set',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.ruleset'),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='formats',
            field=models.JSONField(default=list, verbose_name='formats'),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='markets',
            field=models.JSONField(default=list, verbose_name='markets'),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='needs_second',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='objectives',
            field=models.JSONField(default=list, verbose_name='objectives'),
        ),
        migrations.AddConstraint(
            model_name='checkrun',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state', 'errored'), _negated=True), models.Q(('key', ''), _negated=True)), fields=('key',), name='check_run_judged_once'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='rule_set',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='governance.ruleset'),
        ),
        migrations.AddField(
            model_name='override',
            name='overridden_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='overridden by'),
        ),
        migrations.AddField(
            model_name='override',
            name='revision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='campaigns.revision', verbose_name='revision'),
        ),
        migrations.AddField(
            model_name='waiver',
            name='ad_account',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.adaccount'),
        ),
        migrations.AddField(
            model_name='waiver',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='waiver',
            name='brand',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.brand'),
        ),
        migrations.AddField(
            model_name='waiver',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='waiver',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='governance.waiver'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.UniqueConstraint(fields=('revision', 'rule'), name='override_once'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('proposed_at'))), name='waiver_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('organisation__isnull', False), ('brand__isnull', False), ('ad_account__isnull', False), _connector='OR'), name='waiver_has_a_scope'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rule_set__isnull', True), ('waiver__isnull', False)), models.Q(('rule_set__isnull', False), ('waiver__isnull', True)), _connector='OR'), name='confirmation_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.CheckConstraint(condition=models.Q(('word__in', ['confirmed', 'declined'])), name='confirmation_word_known'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.UniqueConstraint(fields=('rule_set',), name='confirmation_rule_set_once'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.UniqueConstraint(fields=('waiver', 'word'), name='confirmation_waiver_word_once'),
        ),
        migrations.RunPython(confirm, migrations.RunPython.noop, elidable=True),
        install(*VIEWS, *(guard for guard in GUARDS if guard.name != "governance_check_run_update")),  # names a column of 0006
        rebuild_beside_views(False),
    ]
