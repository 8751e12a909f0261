"""Facts with intervals: roles, memberships, placements, access policies; and what role grants need to be one of them.

The guards of before are taken away first: SQLite rebuilds a table that is altered, without its triggers. They come back
with 0005.
"""

import core.clock
import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.models.grants
from core.triggers import forget, rebuild_beside_views


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_guards"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        rebuild_beside_views(),
        forget("accounts_"),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.CharField(default=accounts.models.grants._new_role_id, editable=False, max_length=40, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=100, verbose_name='name')),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False, verbose_name='created')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='roles', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'role',
                'verbose_name_plural': 'roles',
                'ordering': ('organisation', 'title'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RolePermission',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('granted_at', models.DateTimeField(verbose_name='granted')),
                ('granted_by', models.CharField(max_length=254, verbose_name='granted by')),
                ('granted_by_id', models.UUIDField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='in force since')),
                ('confirmed_by', models.CharField(blank=True, max_length=254, verbose_name='confirmed by')),
                ('confirmed_by_id', models.UUIDField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('revoked_by', models.CharField(blank=True, max_length=254, verbose_name='revoked by')),
                ('codename', models.CharField(max_length=40, verbose_name='permission')),
            ],
            options={
                'verbose_name': 'permission of a role',
                'verbose_name_plural': 'permissions of roles',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='adaccount',
            name='placed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='at its brand since'),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='ad_account',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.adaccount'),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='brand',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.brand'),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='permissions',
            field=models.JSONField(blank=True, default=list, verbose_name='permissions'),
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='confirmed_by',
            field=models.CharField(blank=True, max_length=254, verbose_name='confirmed by'),
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='confirmed_by_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='granted_by_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='revoked_by',
            field=models.CharField(blank=True, max_length=254, verbose_name='revoked by'),
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='since',
            field=models.DateTimeField(blank=True, null=True, verbose_name='in force since'),
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='starts_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='from'),
        ),
        migrations.CreateModel(
            name='AccessPolicy',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('granted_at', models.DateTimeField(verbose_name='granted')),
                ('granted_by', models.CharField(max_length=254, verbose_name='granted by')),
                ('granted_by_id', models.UUIDField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='in force since')),
                ('confirmed_by', models.CharField(blank=True, max_length=254, verbose_name='confirmed by')),
                ('confirmed_by_id', models.UUIDField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('revoked_by', models.CharField(blank=True, max_length=254, verbose_name='revoked by')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('two_managers', models.BooleanField(default=False, verbose_name='two access managers')),
                ('second_factor_roles', models.JSONField(default=list, verbose_name='roles that need a second factor')),
                ('forbidden_pairs', models.JSONField(default=list, verbose_name='roles that exclude each other')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='access_policies', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'access policy',
                'verbose_name_plural': 'access policies',
                'ordering': ('organisation', '-version'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('granted_at', models.DateTimeField(verbose_name='granted')),
                ('granted_by', models.CharField(max_length=254, verbose_name='granted by')),
                ('granted_by_id', models.UUIDField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='in force since')),
                ('confirmed_by', models.CharField(blank=True, max_length=254, verbose_name='confirmed by')),
                ('confirmed_by_id', models.UUIDField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('revoked_by', models.CharField(blank=True, max_length=254, verbose_name='revoked by')),
                ('source', models.CharField(blank=True, max_length=100, verbose_name='source')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.usergroup')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'ordering': ('-id',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AccessReview',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('reviewed_at', models.DateTimeField(verbose_name='reviewed')),
                ('reviewed_by', models.CharField(max_length=254, verbose_name='reviewed by')),
                ('reviewed_by_id', models.UUIDField(null=True)),
                ('role_grant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='accounts.rolegrant')),
                ('membership', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='accounts.membership')),
            ],
            options={
                'verbose_name': 'access review',
                'verbose_name_plural': 'access reviews',
                'ordering': ('-id',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('granted_at', models.DateTimeField(verbose_name='granted')),
                ('granted_by', models.CharField(max_length=254, verbose_name='granted by')),
                ('granted_by_id', models.UUIDField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='in force since')),
                ('confirmed_by', models.CharField(blank=True, max_length=254, verbose_name='confirmed by')),
                ('confirmed_by_id', models.UUIDField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('revoked_by', models.CharField(blank=True, max_length=254, verbose_name='revoked by')),
                ('ad_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='accounts.adaccount')),
                ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='accounts.brand')),
            ],
            options={
                'verbose_name': 'placement',
                'verbose_name_plural': 'placements',
                'ordering': ('-id',),
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='rolepermission',
            name='role',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permissions', to='accounts.role'),
        ),
        migrations.AddConstraint(
            model_name='accesspolicy',
            constraint=models.UniqueConstraint(fields=('organisation', 'version'), name='access_policy_version_once'),
        ),
        migrations.AddConstraint(
            model_name='accesspolicy',
            constraint=models.CheckConstraint(condition=models.Q(('since__isnull', True), ('since__gte', models.F('granted_at')), _connector='OR'), name='access_policy_never_backwards'),
        ),
        migrations.AddConstraint(
            model_name='accesspolicy',
            constraint=models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('granted_at')), _connector='OR'), name='access_policy_ends_after_it_began'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['group', 'user'], name='membership_of_group'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('since__isnull', True), ('since__gte', models.F('granted_at')), _connector='OR'), name='membership_never_backwards'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('granted_at')), _connector='OR'), name='membership_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='accessreview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('membership__isnull', True), ('role_grant__isnull', False)), models.Q(('membership__isnull', False), ('role_grant__isnull', True)), _connector='OR'), name='access_review_of_one'),
        ),
        migrations.AddIndex(
            model_name='placement',
            index=models.Index(fields=['ad_account', 'since'], name='placement_of_account'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('since__isnull', True), ('since__gte', models.F('granted_at')), _connector='OR'), name='placement_never_backwards'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('granted_at')), _connector='OR'), name='placement_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.UniqueConstraint(fields=('organisation', 'title'), name='role_title_once'),
        ),
        migrations.AddConstraint(
            model_name='rolepermission',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('role', 'codename'), name='role_permission_once'),
        ),
        migrations.AddConstraint(
            model_name='rolepermission',
            constraint=models.CheckConstraint(condition=models.Q(('since__isnull', True), ('since__gte', models.F('granted_at')), _connector='OR'), name='role_permission_never_backwards'),
        ),
        migrations.AddConstraint(
            model_name='rolepermission',
            constraint=models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_at__gte', models.F('granted_at')), _connector='OR'), name='role_permission_ends_after_it_began'),
        ),
    ]
