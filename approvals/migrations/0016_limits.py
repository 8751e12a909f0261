"""Whether a stage asks for authority, and which stage has it in its place (R-25)."""

from django.db import migrations, models

from approvals.guards import GUARDS, VIEWS
from core.triggers import forget, install, rebuild_beside_views, set_triggers_aside

EARLIER = (
    "approvals_stage_verdicts", "approvals_counting_approval", "approvals_standing_decision", "approvals_person_may_decide",
    "approvals_stage_successor", "approvals_stage_deputy", "approvals_person_has_authority",
)  # fmt: skip
"""Views, each before what it reads: those of today ask for authority."""
CHANGED = ("approvals_stage_update", "approvals_decision_insert")


class Migration(migrations.Migration):
    dependencies = [("approvals", "0015_guards"), ("accounts", "0011_limits")]
    operations = [
        *map(forget, (*CHANGED, *EARLIER)),
        rebuild_beside_views(),
        set_triggers_aside(),
        migrations.AddField('stage', 'authority', models.BooleanField(default=False, verbose_name='asks for authority')),
        migrations.AddField(
            'stage', 'authority_by', models.CharField(blank=True, default='', max_length=50, verbose_name='authority by'),
        ),
        migrations.AddConstraint(
            'stage',
            models.CheckConstraint(
                condition=models.Q(('authority', True), ('authority_by', ''), _connector='OR'),
                name='stage_authority_by_another_where_asked',
            ),
        ),
        set_triggers_aside(begin=False),
        rebuild_beside_views(begin=False),
        install(*VIEWS, *(guard for guard in GUARDS if guard.name in CHANGED)),
    ]
