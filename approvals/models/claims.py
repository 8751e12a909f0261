"""Who is looking at a request (R-50): a courtesy among reviewers, and no right."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.models.requests import ApprovalRequest
from core.models import UUIDModel


class Claim(UUIDModel):
    """Somebody looks at a request until then, and others see it; it keeps nobody from deciding. Insert-only: the latest of a person
    counts, and one that ends when it begins takes the one before back. It ends by itself: at its time, when the person
    decides, and when the request is closed (queries.claims_on)."""

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="claims")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    at = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ("id",)
        default_permissions = ()
        indexes = (models.Index(fields=("request", "-at"), name="claim_request"),)
        constraints = (models.CheckConstraint(condition=models.Q(until__gte=models.F("at")), name="claim_order"),)

    def __str__(self) -> str:
        return f"{self.person_id} until {self.until}"
