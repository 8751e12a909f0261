"""django-guardian's direct foreign key models, over views: what each user and group holds on each object at this moment.

guardian's shortcuts, `user.has_perm(perm, obj)` and our own functions therefore read the same rows (R-57): inherited,
unexpired, through live memberships. Views cannot be written, so that nobody gives a right beside the services
(docs/adr/0014).
"""

from __future__ import annotations

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.models.scopes import AdAccount, Brand, Organisation, Page


class _View(models.Model):
    """The id is that of the grant; several permissions of one grant share it."""

    id = models.UUIDField(primary_key=True)

    class Meta:
        abstract = True
        managed = False
        default_permissions = ()


class OrganisationUserPermission(_View, UserObjectPermissionBase):
    content_object = models.ForeignKey(Organisation, models.DO_NOTHING)

    class Meta(_View.Meta):
        db_table = "accounts_organisationuserpermission"


class OrganisationGroupPermission(_View, GroupObjectPermissionBase):
    content_object = models.ForeignKey(Organisation, models.DO_NOTHING)

    class Meta(_View.Meta):
        db_table = "accounts_organisationgrouppermission"


class BrandUserPermission(_View, UserObjectPermissionBase):
    content_object = models.ForeignKey(Brand, models.DO_NOTHING)

    class Meta(_View.Meta):
        db_table = "accounts_branduserpermission"


class BrandGroupPermission(_View, GroupObjectPermissionBase):
    content_object = models.ForeignKey(Brand, models.DO_NOTHING)

    class Meta(_View.Meta):
        db_table = "accounts_brandgrouppermission"


class AdAccountUserPermission(_View, UserObjectPermissionBase):
    content_object = models.ForeignKey(AdAccount, models.DO_NOTHING)

    class Meta(_View.Meta):
        db_table = "accounts_adaccountuserpermission"


class AdAccountGroupPermission(_View, GroupObjectPermissionBase):
    content_object = models.ForeignKey(AdAccount, models.DO_NOTHING)

    class Meta(_View.Meta):
        db_table = "accounts_adaccountgrouppermission"


class PageUserPermission(_View, UserObjectPermissionBase):
    content_object = models.ForeignKey(Page, models.DO_NOTHING)

    class Meta(_View.Meta):
        db_table = "accounts_pageuserpermission"


class PageGroupPermission(_View, GroupObjectPermissionBase):
    content_object = models.ForeignKey(Page, models.DO_NOTHING)

    class Meta(_View.Meta):
        db_table = "accounts_pagegrouppermission"
