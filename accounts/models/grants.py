"""What people hold: roles, role grants and memberships. These rows are all there is to it; what Django and guardian read
are views of them (accounts.guards), so that nothing has to be kept in step and an end counts at its moment.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.conferred import Conferred, conferred_constraints
from accounts.models.people import User, UserGroup
from accounts.models.scopes import AdAccount, Brand, Organisation, Page, Scope
from accounts.roles import ROLE_NAMES
from core import clock
from core.ids import uuid7
from core.models import UUIDModel

SCOPE_FIELDS = ("organisation", "brand", "ad_account", "page")


def _exactly_one(*fields: str) -> models.Q:
    """A condition: exactly one of these foreign keys is set."""
    condition = models.Q()
    for chosen in fields:
        condition |= models.Q(**{f"{field}__isnull": field != chosen for field in fields})
    return condition


def _new_role_id() -> str:
    return str(uuid7())


class Role(models.Model):
    """A named set of permissions: built in (no organisation, the id is its name) or an organisation's own."""

    id = models.CharField(primary_key=True, max_length=40, default=_new_role_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="roles")
    title = models.CharField(_("name"), max_length=100)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("organisation", "title")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("organisation", "title"), name="role_title_once"),)

    def __str__(self) -> str:
        return str(ROLE_NAMES.get(self.pk, self.title))

    @property
    def is_built_in(self) -> bool:
        return self.organisation_id is None


class RolePermission(Conferred):
    """That a role gives a permission, from when to when."""

    role = models.ForeignKey(Role, models.PROTECT, related_name="permissions")
    codename = models.CharField(_("permission"), max_length=40)

    class Meta:
        verbose_name = _("permission of a role")
        verbose_name_plural = _("permissions of roles")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("role", "codename"), condition=models.Q(revoked_at__isnull=True), name="role_permission_once"
            ),
            *conferred_constraints("role_permission"),
        )

    def __str__(self) -> str:
        return f"{self.role_id}: {self.codename}"


class RoleGrant(Conferred):
    """(role, user or user group, scope, until). Ended grants stay as evidence."""

    role = models.ForeignKey(Role, models.PROTECT, db_column="role", related_name="grants", verbose_name=_("role"))
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="role_grants")
    group = models.ForeignKey(UserGroup, models.PROTECT, null=True, blank=True, related_name="role_grants")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="role_grants")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="role_grants")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, blank=True, related_name="role_grants")
    page = models.ForeignKey(Page, models.PROTECT, null=True, blank=True, related_name="role_grants")

    class Meta:
        verbose_name = _("role grant")
        verbose_name_plural = _("role grants")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=_exactly_one("user", "group"), name="role_grant_one_principal"),
            models.CheckConstraint(condition=_exactly_one(*SCOPE_FIELDS), name="role_grant_one_scope"),
            *conferred_constraints("role_grant"),
        )
        # Whether one person holds something on one ad account is asked by every decision (accounts_ad_account_permission):
        # however many hold something on an organisation, their grants are not all looked at.
        indexes = tuple(
            models.Index(fields=(principal, scope), name=f"grant_of_{principal}_{scope}"[:30])
            for principal in ("user", "group")
            for scope in ("organisation", "brand", "ad_account")
        )

    def __str__(self) -> str:
        return f"{self.role_id}: {self.principal} @ {self.scope}"

    @property
    def principal(self) -> User | UserGroup:
        return self.user or self.group  # type: ignore[return-value]

    @property
    def scope(self) -> Scope:
        return self.organisation or self.brand or self.ad_account or self.page  # type: ignore[return-value]


class Membership(Conferred):
    """That somebody belongs to a user group, from when to when. `source` names the directory that said so, if one did."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    group = models.ForeignKey(UserGroup, models.PROTECT, related_name="memberships")
    source = models.CharField(_("source"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("-id",)
        default_permissions = ()
        constraints = conferred_constraints("membership")
        indexes = (models.Index(fields=("group", "user"), name="membership_of_group"),)

    def __str__(self) -> str:
        return f"{self.user} ∈ {self.group}"


class AccessPolicy(Conferred):
    """What an organisation demands of its own access management. Versions are added; the latest in force is current.

    `two_managers`: what widens access needs a second access manager (R-55). `second_factor_roles`: ids of roles whose
    holders must log in with a second factor. `forbidden_pairs`: pairs of role ids that nobody may hold on one scope,
    beside the built-in ones (accounts.duties).
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="access_policies")
    version = models.PositiveIntegerField(_("version"))
    two_managers = models.BooleanField(_("two access managers"), default=False)
    second_factor_roles = models.JSONField(_("roles that need a second factor"), default=list)
    forbidden_pairs = models.JSONField(_("roles that exclude each other"), default=list)

    class Meta:
        verbose_name = _("access policy")
        verbose_name_plural = _("access policies")
        ordering = ("organisation", "-version")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("organisation", "version"), name="access_policy_version_once"),
            *conferred_constraints("access_policy"),
        )

    def __str__(self) -> str:
        return f"{self.organisation} v{self.version}"


class AccessReview(UUIDModel):
    """That an access manager looked at a role grant or membership and found it right. Insert-only."""

    role_grant = models.ForeignKey(RoleGrant, models.PROTECT, null=True, related_name="reviews")
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="reviews")
    reviewed_at = models.DateTimeField(_("reviewed"))
    reviewed_by = models.CharField(_("reviewed by"), max_length=254)
    reviewed_by_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("access review")
        verbose_name_plural = _("access reviews")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=_exactly_one("role_grant", "membership"), name="access_review_of_one"),
        )


class LiveMembership(models.Model):
    """The view `accounts_live_membership`: people's memberships at this moment; what `user.groups` reads.

    Machines are left out: guardian asks groups without asking what their members are, and a machine never approves
    (R-33). What they hold through groups is in the views of what users hold.
    """

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, models.DO_NOTHING, related_name="+")
    group = models.ForeignKey("auth.Group", models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "accounts_live_membership"
        default_permissions = ()


class EffectiveGrant(models.Model):
    """The view `accounts_effective_grant`: who ever held which permission on which scope, by which grant, membership and
    permission of the role, from when to when. The one relation that all answers are read from (accounts.permissions), also
    those of the past.
    """

    pk = models.CompositePrimaryKey("grant_id", "user_id", "codename")
    user_id = models.UUIDField()
    codename = models.CharField(max_length=100)
    organisation_id = models.UUIDField(null=True)
    brand_id = models.UUIDField(null=True)
    ad_account_id = models.UUIDField(null=True)
    page_id = models.UUIDField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    grant_id = models.UUIDField()
    role_permission_id = models.UUIDField()
    membership_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "accounts_effective_grant"
        default_permissions = ()
