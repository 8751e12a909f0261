"""What people hold. A RoleGrant is the decision; the object permission rows are its projection.

The projection uses django-guardian's direct foreign key models (never the generic ones): rows vanish with their object
and cannot re-attach to another. `expires_at` on each row is the latest end of the grants that give it, so an expired
grant stops counting at that moment, not when a sweep runs.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.models.people import User, UserGroup
from accounts.models.scopes import AdAccount, Brand, Organisation, Page, Scope
from accounts.roles import ROLE_NAMES
from core.models import UUIDModel

SCOPE_FIELDS = ("organisation", "brand", "ad_account", "page")


def _exactly_one(*fields: str) -> models.Q:
    """A condition: exactly one of these foreign keys is set."""
    condition = models.Q()
    for chosen in fields:
        condition |= models.Q(**{f"{field}__isnull": field != chosen for field in fields})
    return condition


class RoleGrant(UUIDModel):
    """(role, user or user group, scope, until). Revoked grants stay as evidence."""

    role = models.CharField(_("role"), max_length=40, choices=[(key, name) for key, name in ROLE_NAMES.items()])
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="role_grants")
    group = models.ForeignKey(UserGroup, models.PROTECT, null=True, blank=True, related_name="role_grants")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="role_grants")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="role_grants")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, blank=True, related_name="role_grants")
    page = models.ForeignKey(Page, models.PROTECT, null=True, blank=True, related_name="role_grants")
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    granted_at = models.DateTimeField(_("granted"))
    granted_by = models.CharField(max_length=254)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("role grant")
        verbose_name_plural = _("role grants")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=_exactly_one("user", "group"), name="role_grant_one_principal"),
            models.CheckConstraint(condition=_exactly_one(*SCOPE_FIELDS), name="role_grant_one_scope"),
        )

    def __str__(self) -> str:
        return f"{self.role}: {self.principal} @ {self.scope}"

    @property
    def principal(self) -> User | UserGroup:
        return self.user or self.group  # type: ignore[return-value]

    @property
    def scope(self) -> Scope:
        return self.organisation or self.brand or self.ad_account or self.page  # type: ignore[return-value]


class _Until(models.Model):
    expires_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def _index(table: str) -> tuple[models.Index, ...]:
    return (models.Index(fields=("content_object", "permission"), name=f"{table}_object"),)


class OrganisationUserPermission(_Until, UserObjectPermissionBase):
    content_object = models.ForeignKey(Organisation, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()
        indexes = _index("org_user")


class OrganisationGroupPermission(_Until, GroupObjectPermissionBase):
    content_object = models.ForeignKey(Organisation, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()
        indexes = _index("org_group")


class BrandUserPermission(_Until, UserObjectPermissionBase):
    content_object = models.ForeignKey(Brand, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()
        indexes = _index("brand_user")


class BrandGroupPermission(_Until, GroupObjectPermissionBase):
    content_object = models.ForeignKey(Brand, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()
        indexes = _index("brand_group")


class AdAccountUserPermission(_Until, UserObjectPermissionBase):
    content_object = models.ForeignKey(AdAccount, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()
        indexes = _index("account_user")


class AdAccountGroupPermission(_Until, GroupObjectPermissionBase):
    content_object = models.ForeignKey(AdAccount, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()
        indexes = _index("account_group")


class PageUserPermission(_Until, UserObjectPermissionBase):
    content_object = models.ForeignKey(Page, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()
        indexes = _index("page_user")


class PageGroupPermission(_Until, GroupObjectPermissionBase):
    content_object = models.ForeignKey(Page, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()
        indexes = _index("page_group")


class EffectiveGrant(models.Model):
    """The database view `accounts_effective_grant`: one row per (user, permission, scope), through groups or directly.

    The guards in the database and the code read the same view; it is defined in `accounts.guards`.
    """

    pk = models.CompositePrimaryKey("user_id", "codename", "scope_type", "scope_id")
    user_id = models.UUIDField()
    codename = models.CharField(max_length=100)
    scope_type = models.CharField(max_length=20)
    scope_id = models.UUIDField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "accounts_effective_grant"
        default_permissions = ()
