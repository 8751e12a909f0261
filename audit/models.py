"""The log."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel


class AuditEvent(UUIDModel):
    """One thing that happened, or that was refused. Insert-only by trigger (R-59); no foreign keys on purpose.

    `canonical` is the canonical text of the whole entry as it was hashed, `digest` its SHA-256. The other columns
    repeat parts of it for search. `organisation`, `brand` and `ad_account` say whose eyes may read it (R-60).
    """

    at = models.DateTimeField(_("time"))
    action = models.CharField(_("action"), max_length=80)
    outcome = models.CharField(_("outcome"), max_length=10)
    actor_kind = models.CharField(_("kind of actor"), max_length=20)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(_("actor"), max_length=254)
    channel = models.CharField(_("door"), max_length=10)
    request_id = models.CharField(_("request id"), max_length=64)
    subject_type = models.CharField(_("kind of subject"), max_length=40)
    subject_id = models.CharField(max_length=64)
    subject_label = models.CharField(_("subject"), max_length=254)
    organisation = models.UUIDField(null=True)
    brand = models.UUIDField(null=True)
    ad_account = models.UUIDField(null=True)
    canonical = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("subject_type", "subject_id", "-id"), name="audit_subject"),
            models.Index(fields=("actor_id", "-id"), name="audit_actor"),
            models.Index(fields=("action", "-id"), name="audit_action"),
            models.Index(fields=("ad_account", "-id"), name="audit_account"),
            models.Index(fields=("brand", "-id"), name="audit_brand"),
            models.Index(fields=("organisation", "-id"), name="audit_organisation"),
            models.Index(fields=("request_id",), name="audit_request"),
            models.Index(fields=("at",), name="audit_at"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome__in=("recorded", "refused")), name="audit_event_outcome_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}"
