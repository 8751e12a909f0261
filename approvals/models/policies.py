"""Who must approve which sections."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, Organisation, User
from core.versions import VersionedDefinition


class ApprovalPolicy(VersionedDefinition):
    """A versioned policy bound to one scope (none: everything): stages as `approvals.stage_specs` reads them, and the condition
    under which requests need them (CEL over `approvals.conditions`; empty: all). Saved only through `services.publish_policy`,
    which refuses a quorum below 1 (R-03).

    `author` is the person who answers for this version, and decides nothing that it governs (R-16); none where a command on
    the server made it.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="+")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, blank=True, related_name="+")
    stages = models.JSONField(_("stages"))
    condition = models.TextField(_("condition"), blank=True, default="")
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("author"))

    bound_by = ("organisation_id", "brand_id", "ad_account_id")

    class Meta:
        verbose_name = _("approval policy")
        verbose_name_plural = _("approval policies")
        ordering = ("key", "-version")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("key", "version"), name="policy_version_once"),)
