"""The state of each ad, so that ads are listed by it; see approvals/models/ad_states.py."""

import django.db.models.deletion
from django.db import migrations, models

from approvals.guards_ads import GUARDS
from core.triggers import install

FILL = """
INSERT INTO approvals_adstate (ad_id, ad_account_id, request_id, state)
SELECT a.id, a.ad_account_id, r.id, COALESCE(r.state, 'draft')
FROM campaigns_ad a
LEFT JOIN (
    SELECT entity_id, request_id, ROW_NUMBER() OVER (PARTITION BY entity_id ORDER BY id DESC) AS turn
    FROM approvals_requestitem WHERE entity_type = 'ad'
) i ON i.entity_id = a.id AND i.turn = 1
LEFT JOIN approvals_approvalrequest r ON r.id = i.request_id
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_place"), ("campaigns", "0002_guards"), ("accounts", "0005_views_and_guards")]
    operations = [
        migrations.CreateModel(
            name='AdState',
            fields=[
                ('ad', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='approval', serialize=False, to='campaigns.ad')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('awaiting_checks', 'awaiting checks'), ('blocked', 'blocked by checks'), ('in_review', 'in review'), ('approved', 'approved'), ('changes_requested', 'changes requested'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn'), ('superseded', 'superseded'), ('expired', 'expired'), ('revoked', 'revoked')], default='draft', max_length=20, verbose_name='state')),
                ('ad_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.adaccount')),
                ('request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.approvalrequest')),
            ],
            options={
                'verbose_name': 'state of an ad',
                'verbose_name_plural': 'states of ads',
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['state', '-ad'], name='ad_state'),
                    models.Index(fields=['ad_account', 'state', '-ad'], name='ad_state_account'),
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        install(*GUARDS),
    ]
