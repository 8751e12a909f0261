"""Media, by the bytes' hash."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, User
from core.models import UUIDModel


class MediaAsset(UUIDModel):
    """One file's bytes as one ad account holds them. Insert-only: a changed file has another hash and another id.

    The facts are what a decoder found in the bytes (`campaigns.media.probe`), never what the name says. Sizes are
    pixels after rotation, times milliseconds, `bit_rate` bits per second.
    """

    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="media", verbose_name=_("ad account"))
    sha256 = models.CharField(max_length=64)
    original_name = models.CharField(_("file name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=10)
    container = models.CharField(_("container"), max_length=20)
    codec = models.CharField(_("codec"), max_length=40)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    duration_ms = models.PositiveBigIntegerField(_("duration"), null=True)
    size_bytes = models.PositiveBigIntegerField(_("size"))
    has_audio = models.BooleanField(_("has sound"), null=True)
    bit_rate = models.PositiveBigIntegerField(_("bit rate"), null=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    created_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("media")
        verbose_name_plural = _("media")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("ad_account", "sha256"), name="media_bytes_once"),)
        indexes = (models.Index(fields=("sha256",), name="media_sha256"),)

    def __str__(self) -> str:
        return f"{self.original_name} ({self.sha256[:8]})"

    def facts(self) -> dict[str, Any]:
        """What rules and reviewers are told about the bytes."""
        names = ("sha256", "kind", "container", "codec", "width", "height", "duration_ms", "size_bytes", "has_audio", "bit_rate")
        return {name: getattr(self, name) for name in names}


class MediaAnalysis(UUIDModel):
    """What one version of an analyser found in some bytes, whoever holds them: what is seen and heard (`kind` is `analysis`,
    `campaigns.media.analysis`), or the text in the pictures (`reading`, `campaigns.media.reading`).

    Insert-only: a better analyser is another version. Either there is a `result`, or a `fault` that says why the bytes
    cannot be analysed (a reason of `campaigns.media.errors`); what may go better another time is not kept.
    """

    sha256 = models.CharField(max_length=64)
    kind = models.CharField(_("kind"), max_length=10, default="analysis")
    analyser = models.PositiveSmallIntegerField(_("version of the analyser"))
    result = models.JSONField(_("result"), null=True)
    fault = models.CharField(_("fault"), max_length=40, blank=True)
    analysed_at = models.DateTimeField(_("analysed"))

    class Meta:
        verbose_name = _("media analysis")
        verbose_name_plural = _("media analyses")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("sha256", "kind", "analyser"), name="media_analysis_once"),
            models.CheckConstraint(condition=models.Q(kind__in=("analysis", "reading")), name="media_analysis_kind"),
            models.CheckConstraint(
                condition=models.Q(result__isnull=False, fault="") | (models.Q(result__isnull=True) & ~models.Q(fault="")),
                name="media_analysis_result_or_fault",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sha256[:8]} ({self.kind} {self.analyser})"
