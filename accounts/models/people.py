"""Who: people, service accounts, user groups, and the tokens that machines carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from accounts.models.scopes import AdAccount, Brand, Organisation, Scope
from core import clock
from core.ids import uuid7


class UserKind(models.TextChoices):
    PERSON = "person", _("person")
    SERVICE_ACCOUNT = "service_account", _("service account")


class UserManager(BaseUserManager["User"]):
    """Creates rows; everything that is governed goes through `accounts.services`."""

    def get_by_natural_key(self, username: str | None) -> User:
        """E-mail addresses are stored in lower case; log-in ignores case."""
        return self.get(email=(username or "").lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person or service account; without a password nobody can log in as them."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Somebody who administers the system; without a role they may neither approve nor publish nor audit (R-57)."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, or a service account (a machine, which has a human owner and never approves: R-16, R-33)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=UserKind, default=UserKind.PERSON)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("organisation")
    )
    owner = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="service_accounts", verbose_name=_("owner")
    )
    language = models.CharField(_("language"), max_length=5, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the workplace"), default=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    # Of this moment, and read-only: a view of the memberships (accounts.models.Membership).
    groups = models.ManyToManyField(  # type: ignore[assignment]
        Group, through="accounts.LiveMembership", related_name="user_set", related_query_name="user", blank=True
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("email",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind="person", owner__isnull=True)
                | models.Q(kind="service_account", owner__isnull=False, is_staff=False, is_superuser=False),
                name="service_account_has_owner",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_service_account(self) -> bool:
        return self.kind == UserKind.SERVICE_ACCOUNT

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Object permissions come from role grants alone; being superuser counts only without an object (R-57)."""
        if obj is None:
            return super().has_perm(perm)
        from accounts.permissions import grants_of

        return grants_of(self).allows(perm.rpartition(".")[2], obj)


class UserGroup(Group):
    """A user group of one organisation. `name` of the parent is unique everywhere and therefore generated."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="user_groups", verbose_name=_("organisation")
    )
    title = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("user group")
        verbose_name_plural = _("user groups")
        ordering = ("title",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("organisation", "title"), name="user_group_title_once"),)

    if TYPE_CHECKING:
        objects: ClassVar[models.Manager[UserGroup]]  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.title


class ApiToken(AbstractAuthToken):
    """A bearer token; only its hash is stored. Revoked and expired tokens stay as evidence.

    It never gives more than its user holds, and less when it says so: only `permissions` (an empty list: all), and only on
    and below one scope (none: everywhere). `made_with` says how whoever made it had shown who they are
    (core.actor.Authentication.method; empty: a command on the server, or before this was noted); one that was made by
    another token has that one's.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    permissions = models.JSONField(_("permissions"), default=list, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="+")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, blank=True, related_name="+")
    made_with = models.CharField(_("made with"), max_length=100, blank=True, default="", db_default="")
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("user", "name"), name="api_token_name_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope | None:
        """What it is narrowed to."""
        return self.ad_account or self.brand or self.organisation
