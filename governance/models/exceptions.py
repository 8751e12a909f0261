"""What lets a soft finding pass: an override of one revision, a waiver of a class for a time (R-53)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models import Revision
from core.models import UUIDModel
from governance.models.rule_sets import ScopeBound


class Override(UUIDModel):
    """One person's word that a soft rule does not count for one revision, and so for one digest. Insert-only evidence."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="overrides", verbose_name=_("revision"))
    rule = models.CharField(_("rule"), max_length=60)
    reason = models.TextField(_("reason"))
    overridden_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("overridden by"))
    name = models.CharField(_("name"), max_length=254)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("revision", "rule"), name="override_once"),)

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


class Waiver(UUIDModel, ScopeBound):
    """That a soft rule does not count on one scope and below it, until a day. It holds from its confirmation by another
    person on (`Confirmation`); whoever wants it longer proposes another."""

    rule = models.CharField(_("rule"), max_length=60)
    reason = models.TextField(_("reason"))
    proposed_at = models.DateTimeField(_("proposed"))
    proposed_by = models.CharField(_("proposed by"), max_length=254)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("author"))
    expires_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("proposed_at")), name="waiver_ends_after_it_began"),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False)
                | models.Q(brand__isnull=False)
                | models.Q(ad_account__isnull=False),
                name="waiver_has_a_scope",
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule}: {self.scope}"
