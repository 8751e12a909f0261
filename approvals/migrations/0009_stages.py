"""Whom a stage asks, how many and when; the condition of a policy; what a request took the place of, and which decisions were
carried over. The views and guards of today ask for all of it; the last of these migrations makes them.

Stages that were there before are open one after the other, as they were.
"""

import django.db.models.deletion
from django.db import migrations, models

from approvals.migrations._early import EARLY_VIEWS, LATER
from core.triggers import forget, install, rebuild_beside_views, set_triggers_aside


class Migration(migrations.Migration):
    dependencies = [("approvals", "0008_envelope_declines")]
    operations = [
        *map(forget, LATER),
        *map(forget, ("approvals_stage_verdicts", "approvals_counting_approval", "approvals_standing_decision", "approvals_person_")),
        rebuild_beside_views(),
        set_triggers_aside(),
        migrations.AddField('approvalpolicy', 'condition', models.TextField(blank=True, default='', verbose_name='condition')),
        migrations.AddField('stage', 'step', models.PositiveSmallIntegerField(default=1, verbose_name='step')),
        migrations.AddField('stage', 'groups', models.JSONField(default=list, verbose_name='groups')),
        migrations.AddField('stage', 'people', models.JSONField(default=list, verbose_name='people')),
        migrations.AddField('stage', 'everyone', models.BooleanField(default=False, verbose_name='everyone')),
        migrations.AddField('stage', 'each_group', models.BooleanField(default=False, verbose_name='one of each group')),
        migrations.AddField('stage', 'carries', models.BooleanField(default=False, verbose_name='carried over')),
        migrations.AddField('stage', 'automatic', models.BooleanField(default=False, verbose_name='left out by rule')),
        migrations.AddField('approvalrequest', 'late_is_fine', models.BooleanField(default=False, db_default=False, verbose_name='late is fine')),
        migrations.AddField(
            'approvalrequest', 'previous',
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='approvals.approvalrequest'),
        ),
        migrations.AddField(
            'decision', 'carried_from',
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.decision'),
        ),
        migrations.AlterField(
            'decision', 'verdict',
            models.CharField(
                choices=[('approve', 'approve'), ('request_changes', 'request changes'), ('reject', 'reject'), ('abstain', 'abstain')],
                max_length=20, verbose_name='verdict',
            ),
        ),
        migrations.RunSQL("UPDATE approvals_stage SET step = position + 1", migrations.RunSQL.noop),
        set_triggers_aside(begin=False),
        rebuild_beside_views(begin=False),
        install(*EARLY_VIEWS),
    ]  # fmt: skip
