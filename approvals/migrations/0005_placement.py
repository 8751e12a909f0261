"""Where the ad account lay is pinned in each request, and how old a role given later has to be; the guards and views of today
ask for both (docs/adr/0016).

What was put forward before is pinned to the placement that was in force then; to the first one, where that began later.
"""

import django.db.models.deletion
from django.db import migrations, models

from approvals.migrations._early import EARLY_GUARDS, EARLY_VIEWS
from core.triggers import forget, install

NAMES = ("approvals_request_insert", "approvals_request_update", "approvals_decision_insert", "approvals_clearance_insert")
FILL = """
UPDATE approvals_approvalrequest SET placement_id = COALESCE(
    (SELECT p.id FROM accounts_placement p
     WHERE p.ad_account_id = approvals_approvalrequest.ad_account_id AND p.since <= approvals_approvalrequest.submitted_at
     ORDER BY p.since DESC, p.id DESC LIMIT 1),
    (SELECT p.id FROM accounts_placement p
     WHERE p.ad_account_id = approvals_approvalrequest.ad_account_id AND p.since IS NOT NULL
     ORDER BY p.since, p.id LIMIT 1)
)
"""
HOLDING = (
    "ALTER TABLE approvals_approvalrequest ADD COLUMN minimum_holding_minutes integer DEFAULT 60 NOT NULL"
    " CHECK (minimum_holding_minutes >= 0)"
)
"""Django would rebuild the table on SQLite, which knows how to do this by itself."""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_ad_states"), ("accounts", "0007_second_and_pages")]
    operations = [
        *map(forget, NAMES),
        *map(forget, ("approvals_stage_verdicts", "approvals_counting_approval", "approvals_standing_decision", "approvals_person_")),
        migrations.AddField(
            model_name='approvalrequest',
            name='placement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.placement'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(HOLDING, "ALTER TABLE approvals_approvalrequest DROP COLUMN minimum_holding_minutes")],
            [
                migrations.AddField(
                    model_name='approvalrequest',
                    name='minimum_holding_minutes',
                    field=models.PositiveIntegerField(db_default=60),
                ),
            ],
        ),
        install(*EARLY_VIEWS, *(guard for guard in EARLY_GUARDS if guard.name in NAMES)),
    ]
