"""Versions of policies that are proposed and confirmed (R-55). What governs today was put in force when it was written."""

import core.ids
import django.db.models.deletion
from django.db import migrations, models

from approvals.guards_policies import GUARDS
from core.triggers import install, rebuild_beside_views, set_triggers_aside


def confirm(apps, schema_editor):
    policies, words = apps.get_model("approvals", "ApprovalPolicy"), apps.get_model("approvals", "PolicyWord")
    words.objects.bulk_create(
        words(policy=row, word="confirmed", said_by=row.created_by, at=row.created_at) for row in policies.objects.all()
    )
    schema_editor.connection.check_constraints()  # PostgreSQL makes no trigger on a table with checks that are still to come


class Migration(migrations.Migration):
    dependencies = [("approvals", "0012_freezes")]
    operations = [
        rebuild_beside_views(),
        set_triggers_aside(),
        migrations.AddField('approvalpolicy', 'needs_second', models.BooleanField(default=False)),
        migrations.CreateModel(
            name='PolicyWord',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('word', models.CharField(choices=[('confirmed', 'confirmed'), ('declined', 'declined')], max_length=10, verbose_name='word')),
                ('said_by', models.CharField(max_length=254, verbose_name='by')),
                ('said_by_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField(verbose_name='time')),
                ('policy', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='said', to='approvals.approvalpolicy')),
            ],
            options={
                'verbose_name': 'word on a policy',
                'verbose_name_plural': 'words on policies',
                'ordering': ('id',),
                'default_permissions': (),
                'indexes': [models.Index(fields=['at'], name='policy_word_at')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('word__in', ['confirmed', 'declined'])), name='policy_word_known'),
                ],
            },
        ),
        set_triggers_aside(begin=False),
        rebuild_beside_views(begin=False),
        migrations.RunPython(confirm, migrations.RunPython.noop, elidable=True),
        install(*GUARDS),
    ]  # fmt: skip
