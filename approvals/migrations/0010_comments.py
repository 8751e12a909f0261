"""Comments, what became of them, checklists of stages, and stages that are blind or ask who it is. The guards of today ask for all of it.

Stages that were there before have no checklist, and decisions ticked nothing.
"""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from approvals import guards_comments
from core.triggers import install, rebuild_beside_views, set_triggers_aside


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0009_stages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        rebuild_beside_views(),
        set_triggers_aside(),
        migrations.AddField('stage', 'checklist', models.JSONField(default=list, verbose_name='checklist')),
        migrations.AddField('stage', 'reauthenticate', models.BooleanField(default=False, verbose_name='shows again who it is')),
        migrations.AddField('stage', 'blind', models.BooleanField(default=False, verbose_name='blind')),
        migrations.AddField('decision', 'authentication', models.CharField(blank=True, default='', max_length=100)),
        migrations.AddField('decision', 'authenticated_at', models.DateTimeField(null=True)),
        migrations.AddField('decision', 'checked', models.JSONField(default=list, verbose_name='checked')),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('section', models.CharField(max_length=20)),
                ('path', models.CharField(max_length=300, verbose_name='place')),
                ('region', models.JSONField(null=True)),
                ('at_ms', models.PositiveIntegerField(null=True)),
                ('text', models.TextField(verbose_name='text')),
                ('is_blocking', models.BooleanField(default=False, verbose_name='blocking')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('written_at', models.DateTimeField(verbose_name='time')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('carried_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.comment')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='approvals.requestitem')),
                ('reply_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='approvals.comment')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='approvals.approvalrequest')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ('id',),
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('is_blocking', True)), fields=['request'], name='comment_blocking')],
                'constraints': [
                    models.CheckConstraint(
                        condition=models.Q(('reply_to__isnull', True), ('is_blocking', False), _connector='OR'),
                        name='comment_reply_never_blocks',
                    ),
                    models.UniqueConstraint(fields=('request', 'carried_from'), name='comment_carried_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CommentWord',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('step', models.CharField(choices=[('resolve', 'resolved'), ('reopen', 'opened again')], max_length=10, verbose_name='word')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='words', to='approvals.comment')),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'word on a comment',
                'verbose_name_plural': 'words on comments',
                'ordering': ('id',),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('step__in', ['resolve', 'reopen'])), name='comment_word_known')],
            },
        ),
        set_triggers_aside(begin=False),
        rebuild_beside_views(begin=False),
        install(*guards_comments.VIEWS, *guards_comments.GUARDS),
    ]  # fmt: skip
