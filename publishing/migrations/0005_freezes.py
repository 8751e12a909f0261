"""Nothing is queued or sent while a freeze holds it."""

from django.db import migrations

from core.triggers import install
from publishing.guards_freezes import GUARDS


class Migration(migrations.Migration):
    dependencies = [("publishing", "0004_place_and_page"), ("approvals", "0012_freezes")]
    operations = [install(*GUARDS)]
