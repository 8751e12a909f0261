"""New times for what is approved (R-21)."""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.triggers import install
from publishing.guards_reschedules import GUARDS


class Migration(migrations.Migration):
    dependencies = [
        ('approvals', '0015_guards'),
        ('publishing', '0006_lowering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='Reschedule',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('publish_at', models.DateTimeField(verbose_name='publish at')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reschedules', to='approvals.approvalrequest')),
                ('rescheduled_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'new time to publish',
                'verbose_name_plural': 'new times to publish',
                'ordering': ('-id',),
                'default_permissions': (),
                'indexes': [models.Index(fields=['request', '-id'], name='reschedule_request')],
            },
        ),
        install(*GUARDS),
    ]
