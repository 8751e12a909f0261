"""Up to how much money people approve (R-25)."""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.guards_limits import GUARDS
from core.triggers import install


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_deputies'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuthorityLimit',
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
                ('amount_minor', models.BigIntegerField(verbose_name='limit')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('ad_account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='authority_limits', to='accounts.adaccount')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='authority_limits', to='accounts.brand')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='authority_limits', to='accounts.organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authority_limits', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'authority limit',
                'verbose_name_plural': 'authority limits',
                'ordering': ('-id',),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ad_account__isnull', True), ('brand__isnull', True), ('organisation__isnull', False)), models.Q(('ad_account__isnull', True), ('brand__isnull', False), ('organisation__isnull', True)), models.Q(('ad_account__isnull', False), ('brand__isnull', True), ('organisation__isnull', True)), _connector='OR'), name='authority_limit_one_scope'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), models.Q(('currency', ''), _negated=True)), name='authority_limit_of_money'), models.CheckConstraint(condition=models.Q(('since__isnull', True), ('since__gte', models.F('granted_at')), _connector='OR'), name='authority_limit_never_backwards'), models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('granted_at')), _connector='OR'), name='authority_limit_ends_after_it_began')],
            },
        ),
        install(*GUARDS),
    ]
