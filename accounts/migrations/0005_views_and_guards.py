"""What Django and guardian read become views of the facts (accounts/views.py); and the guards of today."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.guards import GUARDS
from accounts.views import VIEWS
from core.triggers import install, rebuild_beside_views


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_carry_over"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [
        rebuild_beside_views(),
        migrations.AlterField(
            model_name='rolegrant',
            name='granted_by',
            field=models.CharField(max_length=254, verbose_name='granted by'),
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='role',
            field=models.ForeignKey(db_column='role', on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='accounts.role', verbose_name='role'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.CheckConstraint(condition=models.Q(('since__isnull', True), ('since__gte', models.F('granted_at')), _connector='OR'), name='role_grant_never_backwards'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('granted_at')), _connector='OR'), name='role_grant_ends_after_it_began'),
        ),
        migrations.RemoveField(model_name='user', name='groups'),
        migrations.DeleteModel(name='OrganisationUserPermission'),
        migrations.DeleteModel(name='OrganisationGroupPermission'),
        migrations.DeleteModel(name='BrandUserPermission'),
        migrations.DeleteModel(name='BrandGroupPermission'),
        migrations.DeleteModel(name='AdAccountUserPermission'),
        migrations.DeleteModel(name='AdAccountGroupPermission'),
        migrations.DeleteModel(name='PageUserPermission'),
        migrations.DeleteModel(name='PageGroupPermission'),
        migrations.CreateModel(
            name='OrganisationUserPermission',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to='accounts.organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
            ],
            options={'db_table': 'accounts_organisationuserpermission', 'managed': False, 'default_permissions': ()},
        ),
        migrations.CreateModel(
            name='OrganisationGroupPermission',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to='accounts.organisation')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
            ],
            options={'db_table': 'accounts_organisationgrouppermission', 'managed': False, 'default_permissions': ()},
        ),
        migrations.CreateModel(
            name='BrandUserPermission',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to='accounts.brand')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
            ],
            options={'db_table': 'accounts_branduserpermission', 'managed': False, 'default_permissions': ()},
        ),
        migrations.CreateModel(
            name='BrandGroupPermission',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to='accounts.brand')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
            ],
            options={'db_table': 'accounts_brandgrouppermission', 'managed': False, 'default_permissions': ()},
        ),
        migrations.CreateModel(
            name='AdAccountUserPermission',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to='accounts.adaccount')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
            ],
            options={'db_table': 'accounts_adaccountuserpermission', 'managed': False, 'default_permissions': ()},
        ),
        migrations.CreateModel(
            name='AdAccountGroupPermission',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to='accounts.adaccount')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
            ],
            options={'db_table': 'accounts_adaccountgrouppermission', 'managed': False, 'default_permissions': ()},
        ),
        migrations.CreateModel(
            name='PageUserPermission',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to='accounts.page')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
            ],
            options={'db_table': 'accounts_pageuserpermission', 'managed': False, 'default_permissions': ()},
        ),
        migrations.CreateModel(
            name='PageGroupPermission',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to='accounts.page')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
            ],
            options={'db_table': 'accounts_pagegrouppermission', 'managed': False, 'default_permissions': ()},
        ),
        migrations.CreateModel(
            name='LiveMembership',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
            ],
            options={'db_table': 'accounts_live_membership', 'managed': False, 'default_permissions': ()},
        ),
        migrations.AddField(
            model_name='user',
            name='groups',
            field=models.ManyToManyField(blank=True, related_name='user_set', related_query_name='user', through='accounts.LiveMembership', to='auth.group'),
        ),
        rebuild_beside_views(False),
        install(*VIEWS, *(guard for guard in GUARDS if guard.name != "accounts_api_token_update")),  # names a column of 0007
    ]
