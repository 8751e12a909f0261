"""Where rights are given: organisation > brand > ad account, and the pages of a brand."""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.conferred import Conferred, conferred_constraints
from accounts.roles import PERMISSIONS
from core.models import UUIDModel

_permissions: Any = tuple(PERMISSIONS.items())


class Organisation(UUIDModel):
    """The tenant: nothing of one is visible from another, not even that a name is used. The slug tells them apart."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        default_permissions = ()
        permissions = _permissions

    def __str__(self) -> str:
        return self.name


class Brand(UUIDModel):
    """A brand of an organisation; its landing-page domains and words live in the rule sets bound to it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="brands", verbose_name=_("organisation"))
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ("name",)
        default_permissions = ()
        permissions = _permissions
        constraints = (models.UniqueConstraint(fields=("organisation", "name"), name="brand_name_once"),)

    def __str__(self) -> str:
        return self.name


class Page(UUIDModel):
    """An identity that ads speak as (a TikTok handle). `external_id` and `identity_type` are the channel's words."""

    brand = models.ForeignKey(Brand, models.PROTECT, related_name="pages", verbose_name=_("brand"))
    channel = models.CharField(_("channel"), max_length=20, default="tiktok")
    external_id = models.CharField(_("id on the channel"), max_length=64)
    identity_type = models.CharField(_("identity type"), max_length=20)
    handle = models.CharField(_("handle"), max_length=100)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ("handle",)
        default_permissions = ()
        permissions = _permissions
        constraints = (models.UniqueConstraint(fields=("brand", "channel", "external_id"), name="page_once"),)

    def __str__(self) -> str:
        return f"@{self.handle.lstrip('@')}"


class AdAccount(UUIDModel):
    """One advertiser on one channel. `external_id` is text: it may exceed 2^53."""

    brand = models.ForeignKey(Brand, models.PROTECT, related_name="ad_accounts", verbose_name=_("brand"))
    channel = models.CharField(_("channel"), max_length=20, default="tiktok")
    external_id = models.CharField(_("id on the channel"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    timezone = models.CharField(_("time zone"), max_length=64)
    country = models.CharField(_("country"), max_length=2)
    pages = models.ManyToManyField(Page, related_name="ad_accounts", blank=True, verbose_name=_("pages"))
    placed_at = models.DateTimeField(_("at its brand since"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("ad account")
        verbose_name_plural = _("ad accounts")
        ordering = ("name",)
        default_permissions = ()
        permissions = _permissions
        constraints = (models.UniqueConstraint(fields=("channel", "external_id"), name="ad_account_once"),)

    def __str__(self) -> str:
        return self.name


class Placement(Conferred):
    """That an ad account belongs to a brand from a moment on; the latest in force is where it is."""

    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="placements")
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="placements")

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ("-id",)
        default_permissions = ()
        constraints = conferred_constraints("placement")
        indexes = (models.Index(fields=("ad_account", "since"), name="placement_of_account"),)

    def __str__(self) -> str:
        return f"{self.ad_account} @ {self.brand}"


Scope = Organisation | Brand | AdAccount | Page
SCOPE_FIELD: Final[dict[type[models.Model], str]] = {
    Organisation: "organisation", Brand: "brand", AdAccount: "ad_account", Page: "page",
}  # fmt: skip
"""Kind of scope → how it is called wherever something is bound to one."""
