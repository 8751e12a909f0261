"""Organisations may share a name, and a token keeps how its maker had shown who they are."""

from django.db import migrations, models

from accounts.guards import GUARDS
from core.triggers import forget, install, rebuild_beside_views

TOKENS = "accounts_api_token"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_second_and_pages")]
    operations = [
        rebuild_beside_views(),
        forget(TOKENS),
        migrations.AddField(
            model_name='apitoken',
            name='made_with',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='made with'),
        ),
        migrations.AlterField(
            model_name='organisation',
            name='name',
            field=models.CharField(max_length=200, verbose_name='name'),
        ),
        rebuild_beside_views(False),
        install(*(guard for guard in GUARDS if guard.name.startswith(TOKENS))),
    ]
