"""Who decides for whom, and who is away (R-15)."""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.guards_deputies import GUARDS, VIEWS
from core.triggers import install


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_exceptions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('granted_at', models.DateTimeField(verbose_name='granted')),
                ('granted_by', models.CharField(max_length=254, verbose_name='granted by')),
                ('granted_by_id', models.UUIDField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='in force since')),
                ('confirmed_by', models.CharField(blank=True, max_length=254, verbose_name='confirmed by')),
                ('confirmed_by_id', models.UUIDField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('revoked_by', models.CharField(blank=True, max_length=254, verbose_name='revoked by')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'absence',
                'verbose_name_plural': 'absences',
                'ordering': ('-id',),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__isnull', False)), name='absence_ends'), models.CheckConstraint(condition=models.Q(('since__isnull', True), ('since__gte', models.F('granted_at')), _connector='OR'), name='absence_never_backwards'), models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('granted_at')), _connector='OR'), name='absence_ends_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('granted_at', models.DateTimeField(verbose_name='granted')),
                ('granted_by', models.CharField(max_length=254, verbose_name='granted by')),
                ('granted_by_id', models.UUIDField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='in force since')),
                ('confirmed_by', models.CharField(blank=True, max_length=254, verbose_name='confirmed by')),
                ('confirmed_by_id', models.UUIDField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('revoked_by', models.CharField(blank=True, max_length=254, verbose_name='revoked by')),
                ('permissions', models.JSONField(default=list, verbose_name='permissions')),
                ('limit_minor', models.BigIntegerField(blank=True, null=True, verbose_name='limit')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('conveyed', models.BooleanField(default=False, verbose_name='also where the delegate may not decide themselves')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('ad_account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to='accounts.adaccount')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to='accounts.brand')),
                ('delegate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputies_of', to=settings.AUTH_USER_MODEL, verbose_name='delegate')),
                ('delegator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to=settings.AUTH_USER_MODEL, verbose_name='stands in for')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'delegation',
                'verbose_name_plural': 'delegations',
                'ordering': ('-id',),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('delegator', models.F('delegate')), _negated=True), name='delegation_of_two_people'), models.CheckConstraint(condition=models.Q(('expires_at__isnull', False)), name='delegation_ends'), models.CheckConstraint(condition=models.Q(models.Q(('ad_account__isnull', True), ('brand__isnull', True), ('organisation__isnull', False)), models.Q(('ad_account__isnull', True), ('brand__isnull', False), ('organisation__isnull', True)), models.Q(('ad_account__isnull', False), ('brand__isnull', True), ('organisation__isnull', True)), _connector='OR'), name='delegation_one_scope'), models.CheckConstraint(condition=models.Q(models.Q(('currency', ''), ('limit_minor__isnull', True)), models.Q(('limit_minor__gte', 0), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='delegation_limit_in_a_currency'), models.CheckConstraint(condition=models.Q(('since__isnull', True), ('since__gte', models.F('granted_at')), _connector='OR'), name='delegation_never_backwards'), models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('granted_at')), _connector='OR'), name='delegation_ends_after_it_began')],
            },
        ),
        install(*VIEWS, *GUARDS),
    ]
