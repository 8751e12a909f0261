"""Replays: what a version of a rule set would have said of past revisions."""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.triggers import install
from governance.guards_replays import GUARDS


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0004_budget_minimums'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('running', 'running'), ('completed', 'completed'), ('cancelled', 'cancelled'), ('errored', 'could not be finished')], default='running', max_length=10, verbose_name='state')),
                ('since', models.DateTimeField(verbose_name='from')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('total', models.PositiveIntegerField(verbose_name='revisions')),
                ('started_by', models.CharField(max_length=254, verbose_name='by')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('instead_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.ruleset', verbose_name='instead of')),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replays', to='governance.ruleset', verbose_name='rule set')),
            ],
            options={
                'verbose_name': 'replay',
                'verbose_name_plural': 'replays',
                'ordering': ('-id',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReplayChunk',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('first', models.UUIDField()),
                ('last', models.UUIDField()),
                ('size', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('queued', 'queued'), ('running', 'running'), ('completed', 'completed'), ('errored', 'could not be checked')], default='queued', max_length=10)),
                ('leased_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('unseen', models.JSONField(default=dict)),
                ('replay', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chunks', to='governance.replay')),
            ],
            options={
                'verbose_name': 'part of a replay',
                'verbose_name_plural': 'parts of replays',
                'ordering': ('replay', 'number'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReplayVerdict',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('before', models.CharField(max_length=10, verbose_name='before')),
                ('after', models.CharField(max_length=10, verbose_name='after')),
                ('appeared', models.JSONField(verbose_name='appeared')),
                ('gone', models.JSONField(verbose_name='gone')),
                ('check_run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.checkrun')),
                ('chunk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='governance.replaychunk')),
                ('replay', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='governance.replay')),
            ],
            options={
                'verbose_name': 'verdict of a replay',
                'verbose_name_plural': 'verdicts of replays',
                'ordering': ('-check_run',),
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'completed', 'cancelled', 'errored'])), name='replay_state_known'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='replay_finished_fits_state'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='replay_until_after_since'),
        ),
        migrations.AddIndex(
            model_name='replaychunk',
            index=models.Index(condition=models.Q(('state', 'completed'), _negated=True), fields=['state', 'leased_until'], name='replay_chunk_owed'),
        ),
        migrations.AddConstraint(
            model_name='replaychunk',
            constraint=models.UniqueConstraint(fields=('replay', 'number'), name='replay_chunk_once'),
        ),
        migrations.AddConstraint(
            model_name='replaychunk',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'completed', 'errored'])), name='replay_chunk_state_known'),
        ),
        migrations.AddIndex(
            model_name='replayverdict',
            index=models.Index(fields=['replay', 'before', 'after', '-check_run'], name='replay_verdict_change'),
        ),
        migrations.AddConstraint(
            model_name='replayverdict',
            constraint=models.UniqueConstraint(fields=('replay', 'check_run'), name='replay_verdict_once'),
        ),
        install(*GUARDS),
    ]
