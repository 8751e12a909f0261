"""On whose behalf somebody decided (R-15). The views and guards of today ask for it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from approvals.guards import GUARDS, VIEWS
from approvals.migrations._early import LATER_THAN_0009
from core.triggers import forget, install, rebuild_beside_views, set_triggers_aside


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_deputies"),
        ("approvals", "0009_stages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        *map(forget, LATER_THAN_0009),
        *map(forget, ("approvals_stage_verdicts", "approvals_counting_approval", "approvals_standing_decision", "approvals_person_", "approvals_stage_deputy",
            "approvals_stage_successor")),
        rebuild_beside_views(),
        set_triggers_aside(),
        migrations.AddField(
            'decision', 'delegation',
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='accounts.delegation'),
        ),
        migrations.AddField(
            'decision', 'on_behalf_of',
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL,
                verbose_name='on behalf of',
            ),
        ),
        migrations.AddConstraint(
            'decision',
            models.CheckConstraint(
                condition=models.Q(('delegation__isnull', True), ('on_behalf_of__isnull', True))
                | models.Q(('delegation__isnull', False), ('on_behalf_of__isnull', False)),
                name='decision_on_behalf_by_a_delegation',
            ),
        ),
        set_triggers_aside(begin=False),
        rebuild_beside_views(begin=False),
        install(*VIEWS, *(each for each in GUARDS if each.name in LATER_THAN_0009)),
    ]  # fmt: skip
