"""Accounts that somebody else had in hand, and what became of what they decided (R-32)."""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from approvals import guards_compromises
from approvals.guards import GUARDS
from core.triggers import forget, install

AGAIN = ("approvals_decision_insert", "approvals_stage_update")
"""Guards that say more since."""


class Migration(migrations.Migration):
    dependencies = [
        ('approvals', '0017_split'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='Compromise',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField(verbose_name='since')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('reason', models.TextField(verbose_name='reason')),
                ('declared_at', models.DateTimeField(verbose_name='declared')),
                ('declared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='declared by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='compromises', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'compromised account',
                'verbose_name_plural': 'compromised accounts',
                'ordering': ('-id',),
                'default_permissions': (),
                'indexes': [models.Index(fields=['person', 'since'], name='compromise_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='compromise_order')],
            },
        ),
        migrations.CreateModel(
            name='Recall',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('outcome', models.CharField(choices=[('reopened', 'stages are open again'), ('resumed', 'in review again'), ('revoked', 'approval revoked before it was used'), ('live', 'live, to be looked at again'), ('stands', 'stands without the vote'), ('closed', 'was closed already')], max_length=10, verbose_name='outcome')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('compromise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recalls', to='approvals.compromise')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recalls', to='approvals.approvalrequest')),
            ],
            options={
                'verbose_name': 'recalled request',
                'verbose_name_plural': 'recalled requests',
                'ordering': ('-id',),
                'default_permissions': (),
                'constraints': [
                    models.UniqueConstraint(fields=('compromise', 'request'), name='recall_once'),
                    models.CheckConstraint(
                        condition=models.Q(('outcome__in', ['reopened', 'resumed', 'revoked', 'live', 'stands', 'closed'])),
                        name='recall_outcome_known',
                    ),
                ],
            },
        ),
        *map(forget, ("approvals_stage_verdicts", "approvals_counting_approval", "approvals_standing_decision", *AGAIN)),
        install(*guards_compromises.VIEWS, *(guard for guard in GUARDS if guard.name in AGAIN), *guards_compromises.GUARDS),
    ]
