"""Envelopes: what a brand or an ad account may spend a month, and what of it is spoken for."""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from approvals.guards_envelopes import GUARDS
from core.triggers import install


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_exceptions'),
        ('approvals', '0006_overrides'),
        ('campaigns', '0003_draft_fields'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Envelope',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('created_by', models.CharField(max_length=254, verbose_name='created by')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('ad_account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='envelopes', to='accounts.adaccount', verbose_name='ad account')),
                ('brand', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='envelopes', to='accounts.brand', verbose_name='brand')),
            ],
            options={
                'verbose_name': 'envelope',
                'verbose_name_plural': 'envelopes',
                'ordering': ('-id',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EnvelopeAmount',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('first_month', models.DateField(verbose_name='from')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('needs_second', models.BooleanField(default=False)),
                ('recorded_by', models.CharField(max_length=254, verbose_name='recorded by')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('envelope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amounts', to='approvals.envelope')),
            ],
            options={
                'verbose_name': 'amount of an envelope',
                'verbose_name_plural': 'amounts of envelopes',
                'ordering': ('-id',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EnvelopeConsent',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('said_by', models.CharField(max_length=254, verbose_name='by')),
                ('said_by_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField(verbose_name='time')),
                ('amount', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='consent', to='approvals.envelopeamount')),
            ],
            options={
                'verbose_name': 'consent to an amount',
                'verbose_name_plural': 'consents to amounts',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EnvelopeEntry',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField(verbose_name='month')),
                ('kind', models.CharField(choices=[('reserve', 'approved'), ('commit', 'published'), ('release', 'lowered or revoked'), ('expire', 'approval ran out'), ('continue', 'runs on')], max_length=10, verbose_name='kind')),
                ('reserved_minor', models.BigIntegerField(verbose_name='reserved')),
                ('committed_minor', models.BigIntegerField(verbose_name='committed')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign')),
                ('envelope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='approvals.envelope')),
                ('request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='envelope_entries', to='approvals.approvalrequest')),
            ],
            options={
                'verbose_name': 'entry of an envelope',
                'verbose_name_plural': 'entries of envelopes',
                'ordering': ('-id',),
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='envelope',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ad_account__isnull', False), ('brand__isnull', True)), models.Q(('ad_account__isnull', True), ('brand__isnull', False)), _connector='OR'), name='envelope_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='envelope',
            constraint=models.UniqueConstraint(fields=('brand', 'currency'), name='envelope_brand_once'),
        ),
        migrations.AddConstraint(
            model_name='envelope',
            constraint=models.UniqueConstraint(fields=('ad_account', 'currency'), name='envelope_account_once'),
        ),
        migrations.AddConstraint(
            model_name='envelopeamount',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0)), name='envelope_amount_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='envelopeamount',
            constraint=models.CheckConstraint(condition=models.Q(('first_month__day', 1)), name='envelope_amount_begins_a_month'),
        ),
        migrations.AddIndex(
            model_name='envelopeentry',
            index=models.Index(fields=['envelope', 'month', 'campaign'], name='envelope_entry_month'),
        ),
        migrations.AddConstraint(
            model_name='envelopeentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reserve', 'commit', 'release', 'expire', 'continue'])), name='envelope_entry_kind_known'),
        ),
        install(*GUARDS),
    ]
