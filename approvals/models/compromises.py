"""Accounts that somebody else had in hand, and what became of what was decided by them (R-32)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.models.requests import ApprovalRequest
from approvals.states import RecallOutcome
from core.models import UUIDModel


class Compromise(UUIDModel):
    """That since `since` somebody else may have acted as this person. Insert-only: votes that the account cast from then on, up to
    `until` (when it was shut, and the last of them was in), count no more, whatever becomes of the person."""

    person = models.ForeignKey(User, models.PROTECT, related_name="compromises", verbose_name=_("person"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    reason = models.TextField(_("reason"))
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("declared by"))
    declared_at = models.DateTimeField(_("declared"))

    class Meta:
        verbose_name = _("compromised account")
        verbose_name_plural = _("compromised accounts")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (models.Index(fields=("person", "since"), name="compromise_person"),)
        constraints = (models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="compromise_order"),)

    def __str__(self) -> str:
        return f"{self.person_id} since {self.since}"


class Recall(UUIDModel):
    """What became of one request in which a compromised account had voted. Insert-only, one for each of them."""

    compromise = models.ForeignKey(Compromise, models.PROTECT, related_name="recalls")
    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="recalls")
    outcome = models.CharField(_("outcome"), max_length=10, choices=RecallOutcome)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("recalled request")
        verbose_name_plural = _("recalled requests")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("compromise", "request"), name="recall_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=RecallOutcome.values), name="recall_outcome_known"),
        )

    def __str__(self) -> str:
        return f"{self.request_id}: {self.outcome}"
