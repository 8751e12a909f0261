"""Times in which nothing goes out, their ends, and what was let through them (R-21)."""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from approvals import guards_freezes
from core.triggers import install


def _key():
    return ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False))


def _bound(to):
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=to)


_ONE_THING = (
    models.Q(organisation__isnull=False, brand__isnull=True, ad_account__isnull=True)
    | models.Q(organisation__isnull=True, brand__isnull=False, ad_account__isnull=True)
    | models.Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=False)
)


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0011_times"),
        ("accounts", "0009_exceptions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='Freeze',
            fields=[
                _key(),
                ('organisation', _bound('accounts.organisation')),
                ('brand', _bound('accounts.brand')),
                ('ad_account', _bound('accounts.adaccount')),
                ('begins_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('reason', models.TextField(verbose_name='reason')),
                ('created_by', models.CharField(max_length=254, verbose_name='by')),
                ('created_at', models.DateTimeField(verbose_name='set')),
            ],
            options={
                'verbose_name': 'freeze',
                'verbose_name_plural': 'freezes',
                'ordering': ('-id',),
                'default_permissions': (),
                'indexes': [models.Index(fields=['ends_at'], name='freeze_ends')],
                'constraints': (
                    models.CheckConstraint(condition=models.Q(ends_at__gt=models.F('begins_at')), name='freeze_lasts'),
                    models.CheckConstraint(condition=_ONE_THING, name='freeze_of_one_thing'),
                ),
            },
        ),
        migrations.CreateModel(
            name='FreezeEnd',
            fields=[
                _key(),
                ('freeze', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='approvals.freeze')),
                ('reason', models.TextField(verbose_name='reason')),
                ('said_by', models.CharField(max_length=254, verbose_name='by')),
                ('at', models.DateTimeField(verbose_name='time')),
            ],
            options={'verbose_name': 'end of a freeze', 'verbose_name_plural': 'ends of freezes', 'default_permissions': ()},
        ),
        migrations.CreateModel(
            name='FreezePass',
            fields=[
                _key(),
                ('freeze', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passes', to='approvals.freeze')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='freeze_passes', to='approvals.approvalrequest')),
                ('reason', models.TextField(verbose_name='reason')),
                ('allowed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(verbose_name='time')),
            ],
            options={
                'verbose_name': 'request let through a freeze',
                'verbose_name_plural': 'requests let through freezes',
                'ordering': ('-id',),
                'default_permissions': (),
                'constraints': (models.UniqueConstraint(fields=('freeze', 'request'), name='freeze_pass_once'),),
            },
        ),
        install(*guards_freezes.GUARDS),
    ]  # fmt: skip
