"""By when a stage is to be decided, who was reminded and asked as well (R-20), whether nobody is left to decide it (R-14); and the
calendars by which working time is counted.

Stages that were there before have no deadline.
"""

import core.ids
import django.db.models.deletion
from django.db import migrations, models

from approvals import guards_times
from approvals.migrations._early import EARLY_VIEWS
from core.triggers import forget, install, rebuild_beside_views, set_triggers_aside


def _bound(to):
    return models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=to)


_ONE_THING = (
    models.Q(organisation__isnull=False, brand__isnull=True, ad_account__isnull=True)
    | models.Q(organisation__isnull=True, brand__isnull=False, ad_account__isnull=True)
    | models.Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=False)
)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0010_comments"), ("accounts", "0009_exceptions")]
    operations = [
        *map(forget, ("approvals_stage_verdicts", "approvals_counting_approval", "approvals_standing_decision")),
        migrations.CreateModel(
            name='BusinessCalendar',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=100, verbose_name='key')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('created_at', models.DateTimeField(verbose_name='since')),
                ('created_by', models.CharField(max_length=254, verbose_name='by')),
                ('organisation', _bound('accounts.organisation')),
                ('brand', _bound('accounts.brand')),
                ('ad_account', _bound('accounts.adaccount')),
                ('timezone', models.CharField(max_length=64, verbose_name='time zone')),
                ('hours', models.JSONField(verbose_name='working time')),
                ('holidays', models.JSONField(verbose_name='days off')),
            ],
            options={
                'verbose_name': 'calendar',
                'verbose_name_plural': 'calendars',
                'ordering': ('key', '-version'),
                'default_permissions': (),
                'constraints': (
                    models.UniqueConstraint(fields=('key', 'version'), name='calendar_version_once'),
                    models.CheckConstraint(condition=_ONE_THING, name='calendar_of_one_thing'),
                ),
            },
        ),
        rebuild_beside_views(),
        set_triggers_aside(),
        migrations.AddField('stage', 'deadline_hours', models.PositiveSmallIntegerField(null=True, verbose_name='working hours to decide in')),
        migrations.AddField(
            'stage', 'remind_before_hours',
            models.PositiveSmallIntegerField(null=True, verbose_name='reminded so many working hours before'),
        ),
        migrations.AddField(
            'stage', 'escalate_to_groups', models.JSONField(default=list, verbose_name='groups asked after the deadline')
        ),
        migrations.AddField(
            'stage', 'escalate_to_people', models.JSONField(default=list, verbose_name='people asked after the deadline')
        ),
        migrations.AddField('stage', 'due_at', models.DateTimeField(null=True, verbose_name='due')),
        migrations.AddField('stage', 'remind_at', models.DateTimeField(null=True, verbose_name='to be reminded')),
        migrations.AddField('stage', 'reminded_at', models.DateTimeField(null=True, verbose_name='reminded')),
        migrations.AddField('stage', 'escalated_at', models.DateTimeField(null=True, verbose_name='escalated')),
        migrations.AddField('stage', 'stalled_since', models.DateTimeField(null=True, verbose_name='stalled since')),
        migrations.AddIndex(
            'stage',
            models.Index(
                fields=['remind_at'], name='stage_to_remind',
                condition=models.Q(('remind_at__isnull', False), ('reminded_at__isnull', True)),
            ),
        ),
        migrations.AddIndex(
            'stage',
            models.Index(
                fields=['due_at'], name='stage_to_escalate',
                condition=models.Q(('due_at__isnull', False), ('escalated_at__isnull', True)),
            ),
        ),
        set_triggers_aside(begin=False),
        rebuild_beside_views(begin=False),
        install(*EARLY_VIEWS, *guards_times.GUARDS),
    ]  # fmt: skip
