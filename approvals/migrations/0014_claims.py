"""Who is looking at a request (R-50)."""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from approvals.guards_claims import GUARDS
from core.triggers import install


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0013_deputies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='since')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='approvals.approvalrequest')),
            ],
            options={
                'verbose_name': 'claim',
                'verbose_name_plural': 'claims',
                'ordering': ('id',),
                'default_permissions': (),
                'indexes': [models.Index(fields=['request', '-at'], name='claim_request')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('at'))), name='claim_order')],
            },
        ),
        install(*GUARDS),
    ]
