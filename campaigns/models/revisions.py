"""Immutable snapshots."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, User
from campaigns.models.drafts import Ad, AdGroup, Campaign
from campaigns.vocabulary import EntityType
from core.models import UUIDModel


class Revision(UUIDModel):
    """An immutable canonical snapshot of one campaign, ad group or ad (a commit).

    `canonical` is exactly the text that was hashed, `digest` its SHA-256 (the database checks that on insert),
    `sections` the digest of each section. The same content of the same entity is the same revision.
    """

    entity_type = models.CharField(_("kind"), max_length=10, choices=EntityType)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="revisions")
    ad_group = models.ForeignKey(AdGroup, models.PROTECT, null=True, related_name="revisions")
    ad = models.ForeignKey(Ad, models.PROTECT, null=True, related_name="revisions")
    entity_id = models.UUIDField()
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=512)
    canonical = models.TextField()
    digest = models.CharField(max_length=64)
    sections = models.JSONField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ("-id",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("entity_id", "number"), name="revision_number_once"),
            models.UniqueConstraint(fields=("entity_id", "digest"), name="revision_content_once"),
            models.CheckConstraint(
                condition=models.Q(entity_type="campaign", campaign=models.F("entity_id"), ad_group__isnull=True, ad__isnull=True)
                | models.Q(entity_type="ad_group", ad_group=models.F("entity_id"), campaign__isnull=True, ad__isnull=True)
                | models.Q(entity_type="ad", ad=models.F("entity_id"), campaign__isnull=True, ad_group__isnull=True),
                name="revision_of_one_entity",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} r{self.number}"

    @property
    def content(self) -> dict[str, Any]:
        """The snapshot, parsed. A fresh copy each time."""
        parsed: dict[str, Any] = json.loads(self.canonical)
        return parsed

    @property
    def entity(self) -> tuple[str, UUID]:
        return self.entity_type, self.entity_id
