"""On whose behalf somebody decided (R-15)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from approvals.migrations._early import EARLY_VIEWS
from core.triggers import forget, install, rebuild_beside_views, set_triggers_aside


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_deputies"),
        ("approvals", "0012_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        *map(forget, ("approvals_stage_verdicts", "approvals_counting_approval", "approvals_standing_decision")),
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
        install(*EARLY_VIEWS),
    ]  # fmt: skip
