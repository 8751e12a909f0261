"""How much a brand or an ad account may spend a month, and what of it is spoken for (R-24)."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, User
from approvals.models.requests import ApprovalRequest
from approvals.states import EntryKind
from campaigns.models import Campaign
from core.models import UUIDModel


class Envelope(UUIDModel):
    """A corridor for the exposure of all campaigns of one brand or ad account in one currency; other currencies have envelopes
    of their own, since nothing is ever converted. How much it holds, from which month on, are its amounts."""

    brand = models.ForeignKey(Brand, models.PROTECT, null=True, related_name="envelopes", verbose_name=_("brand"))
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, related_name="envelopes", verbose_name=_("ad account"))
    currency = models.CharField(_("currency"), max_length=3)
    title = models.CharField(_("title"), max_length=200)
    created_by = models.CharField(_("created by"), max_length=254)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=models.Q(brand__isnull=True, ad_account__isnull=False)
                | models.Q(brand__isnull=False, ad_account__isnull=True),
                name="envelope_of_one_thing",
            ),
            models.UniqueConstraint(fields=("brand", "currency"), name="envelope_brand_once"),
            models.UniqueConstraint(fields=("ad_account", "currency"), name="envelope_account_once"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Brand | AdAccount:
        """What it is for. The database holds none without."""
        return cast("Brand | AdAccount", self.brand or self.ad_account)


class EnvelopeAmount(UUIDModel):
    """What an envelope holds each calendar month (UTC) from `first_month` on, until a later amount takes its place: the one
    that begins last counts, of several the one recorded last. Insert-only. It counts once it has a consent; where the
    organisation asks for two managers, a higher one has another person's (R-55), or is declined and never counts."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="amounts")
    first_month = models.DateField(_("from"))
    amount_minor = models.BigIntegerField(_("amount"))
    needs_second = models.BooleanField(default=False)
    reason = models.TextField(_("reason"), blank=True, default="")
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("author"))
    recorded_by = models.CharField(_("recorded by"), max_length=254)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("amount of an envelope")
        verbose_name_plural = _("amounts of envelopes")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=models.Q(amount_minor__gte=0), name="envelope_amount_not_negative"),
            models.CheckConstraint(condition=models.Q(first_month__day=1), name="envelope_amount_begins_a_month"),
        )

    def __str__(self) -> str:
        return f"{self.first_month:%Y-%m} {self.amount_minor}"

    @property
    def is_in_force(self) -> bool:
        """Whether it counts from its month on."""
        return hasattr(self, "consent")

    @property
    def is_declined(self) -> bool:
        """Whether it never counts."""
        return hasattr(self, "decline")


class EnvelopeWord(UUIDModel):
    """What a policy manager said of an amount. Insert-only."""

    amount_id: UUID
    said_by = models.CharField(_("by"), max_length=254)
    said_by_id = models.UUIDField(null=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.amount_id} {self.said_by}"


class EnvelopeConsent(EnvelopeWord):
    """The word with which an amount begins to count."""

    amount = models.OneToOneField(EnvelopeAmount, models.PROTECT, related_name="consent")

    class Meta:
        verbose_name = _("consent to an amount")
        verbose_name_plural = _("consents to amounts")
        default_permissions = ()


class EnvelopeDecline(EnvelopeWord):
    """The word with which an amount that awaited one never counts."""

    amount = models.OneToOneField(EnvelopeAmount, models.PROTECT, related_name="decline")

    class Meta:
        verbose_name = _("declined amount")
        verbose_name_plural = _("declined amounts")
        default_permissions = ()


class EnvelopeEntry(UUIDModel):
    """A line of an envelope's book: what a campaign's exposure in a month was changed by, and why. Insert-only; the sums of
    `reserved_minor` and `committed_minor` are what is spoken for, and what of it is on the channel."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="entries")
    month = models.DateField(_("month"))
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    request = models.ForeignKey(ApprovalRequest, models.PROTECT, null=True, related_name="envelope_entries")
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    reserved_minor = models.BigIntegerField(_("reserved"))
    committed_minor = models.BigIntegerField(_("committed"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("entry of an envelope")
        verbose_name_plural = _("entries of envelopes")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (models.Index(fields=("envelope", "month", "campaign"), name="envelope_entry_month"),)
        constraints = (models.CheckConstraint(condition=models.Q(kind__in=EntryKind.values), name="envelope_entry_kind_known"),)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind} {self.reserved_minor} {self.committed_minor}"
