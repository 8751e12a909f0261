"""The views and guards of today, which ask for what the migrations since 0009 added."""

from django.db import migrations

from approvals.guards import GUARDS, VIEWS
from approvals.migrations._early import LATER
from core.triggers import forget, install

EARLY = ("approvals_stage_verdicts", "approvals_counting_approval", "approvals_standing_decision")


class Migration(migrations.Migration):
    dependencies = [("approvals", "0014_claims")]
    operations = [*map(forget, EARLY), install(*VIEWS, *(guard for guard in GUARDS if guard.name in LATER))]
