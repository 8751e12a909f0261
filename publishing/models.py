"""What is to be true on the channel, how it went, and what was found there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, User
from approvals.models import ApprovalRequest, Clearance
from campaigns.models import MediaAsset, Revision
from campaigns.vocabulary import EntityType
from core.models import UUIDModel
from publishing.states import Operation, PublicationState


class Publication(UUIDModel):
    """The intent to make one cleared revision true on the channel (a deploy step). `publishing.gate` is the only
    constructor; the database refuses a row without a valid clearance of exactly this digest (R-01).

    Queued rows are the queue; `position` orders the steps of a request, `not_before` carries the backoff and
    `leased_until` the claim of a worker.
    """

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="publications")
    clearance = models.ForeignKey(Clearance, models.PROTECT, related_name="publications")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="publications")
    digest = models.CharField(_("digest"), max_length=64)
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="publications", verbose_name=_("ad account"))
    entity_type = models.CharField(_("kind"), max_length=10, choices=EntityType)
    entity_id = models.UUIDField()
    operation = models.CharField(_("operation"), max_length=10, choices=Operation)
    amount_minor = models.BigIntegerField(_("amount"), null=True)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(_("state"), max_length=12, choices=PublicationState, default=PublicationState.QUEUED)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    requested_by = models.CharField(_("requested by"), max_length=254)
    queued_at = models.DateTimeField(_("queued"))
    not_before = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("ad_account", "-id"), name="publication_account"),
            models.Index(fields=("entity_id", "-id"), name="publication_entity"),
            models.Index(
                fields=("state", "not_before"), name="publication_owed",
                condition=models.Q(state__in=("queued", "dispatching", "unconfirmed")),
            ),
        )  # fmt: skip
        constraints = (
            # A task played twice finds the row of the first; what ended without success may be asked for again.
            models.UniqueConstraint(
                fields=("clearance", "operation"), name="publication_once_a_clearance",
                condition=~models.Q(state__in=("cancelled", "refused", "failed")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.operation} {self.entity_type} {self.entity_id}"


class PublicationAttempt(UUIDModel):
    """One try of one publication: written when it began, completed once with the channel's answer."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField(_("number"))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    outcome = models.CharField(_("outcome"), max_length=20, blank=True)
    code = models.CharField(_("code of the channel"), max_length=40, blank=True)
    message = models.CharField(_("answer"), max_length=1000, blank=True)
    channel_request_id = models.CharField(_("request id of the channel"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("publication attempt")
        verbose_name_plural = _("publication attempts")
        ordering = ("number",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("publication", "number"), name="attempt_number_once"),)

    def __str__(self) -> str:
        return f"{self.publication_id} #{self.number}"


class ChannelObject(UUIDModel):
    """Which object of the channel an entity is. `external_id` is text."""

    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="+")
    entity_type = models.CharField(max_length=10, choices=EntityType)
    entity_id = models.UUIDField(unique=True)
    external_id = models.CharField(_("id on the channel"), max_length=64)
    live_digest = models.CharField(_("digest last confirmed on the channel"), max_length=64, blank=True)
    enabled = models.BooleanField(_("enabled"), default=False)
    confirmed_at = models.DateTimeField(_("confirmed"))

    class Meta:
        verbose_name = _("channel object")
        verbose_name_plural = _("channel objects")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("ad_account", "entity_type", "external_id"), name="channel_object_once"),
        )

    def __str__(self) -> str:
        return self.external_id


class ChannelMedia(UUIDModel):
    """Which uploaded file of the channel some bytes are."""

    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="+")
    media = models.ForeignKey(MediaAsset, models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=100)
    cover_external_id = models.CharField(max_length=100, blank=True)
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("channel media")
        verbose_name_plural = _("channel media")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("ad_account", "media"), name="channel_media_once"),)

    def __str__(self) -> str:
        return self.external_id


class DriftFinding(UUIDModel):
    """A difference between the channel and what is cleared (R-36, R-38)."""

    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="+", verbose_name=_("ad account"))
    publication = models.ForeignKey(Publication, models.PROTECT, null=True, related_name="drift_findings")
    entity_type = models.CharField(_("kind"), max_length=10, choices=EntityType)
    entity_id = models.UUIDField()
    field = models.CharField(_("field"), max_length=100)
    cleared = models.TextField(_("cleared"))
    live = models.TextField(_("live"))
    found_at = models.DateTimeField(_("found"))

    class Meta:
        verbose_name = _("drift finding")
        verbose_name_plural = _("drift findings")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (models.Index(fields=("ad_account", "-id"), name="drift_account"),)

    def __str__(self) -> str:
        return f"{self.field}: {self.cleared} → {self.live}"


class Reschedule(UUIDModel):
    """A new time for an approved request, within its clearances' window (R-21). The newest one counts. Insert-only."""

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="reschedules")
    publish_at = models.DateTimeField(_("publish at"))
    reason = models.TextField(_("reason"), blank=True)
    rescheduled_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("new time to publish")
        verbose_name_plural = _("new times to publish")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (models.Index(fields=("request", "-id"), name="reschedule_request"),)

    def __str__(self) -> str:
        return f"{self.publish_at:%Y-%m-%d %H:%M}"
