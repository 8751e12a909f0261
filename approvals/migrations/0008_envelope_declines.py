"""Why an amount of an envelope was asked for, and the word with which it never counts."""

import core.ids
import django.db.models.deletion
from django.db import migrations, models

from approvals import guards_declines, guards_envelopes
from core.triggers import forget, install, rebuild_beside_views, set_triggers_aside

NAME = "approvals_envelope_consent_insert"


class Migration(migrations.Migration):
    dependencies = [("approvals", "0007_envelopes")]
    operations = [
        rebuild_beside_views(),
        set_triggers_aside(),
        migrations.AddField(
            model_name='envelopeamount',
            name='reason',
            field=models.TextField(blank=True, default='', verbose_name='reason'),
        ),
        migrations.CreateModel(
            name='EnvelopeDecline',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('said_by', models.CharField(max_length=254, verbose_name='by')),
                ('said_by_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField(verbose_name='time')),
                ('amount', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decline', to='approvals.envelopeamount')),
            ],
            options={
                'verbose_name': 'declined amount',
                'verbose_name_plural': 'declined amounts',
                'default_permissions': (),
            },
        ),
        set_triggers_aside(begin=False),
        rebuild_beside_views(begin=False),
        forget(NAME),
        install(*(each for each in guards_envelopes.GUARDS if each.name == NAME), *guards_declines.GUARDS),
    ]
