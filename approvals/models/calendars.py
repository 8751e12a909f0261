"""When people work, as somebody said it."""

from __future__ import annotations

from typing import cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, Organisation
from approvals import calendars
from core.versions import VersionedDefinition


class BusinessCalendar(VersionedDefinition):
    """The working time of one organisation, brand or ad account (approvals.calendars), by which deadlines are counted (R-20): the
    nearest counts. Every change is a new version; a deadline that is set already stays where it is."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="+")
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, null=True, blank=True, related_name="+")
    timezone = models.CharField(_("time zone"), max_length=64)
    hours = models.JSONField(_("working time"))
    holidays = models.JSONField(_("days off"))

    bound_by = ("organisation_id", "brand_id", "ad_account_id")

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ("key", "-version")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("key", "version"), name="calendar_version_once"),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False, brand__isnull=True, ad_account__isnull=True)
                | models.Q(organisation__isnull=True, brand__isnull=False, ad_account__isnull=True)
                | models.Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=False),
                name="calendar_of_one_thing",
            ),
        )

    @property
    def scope(self) -> Organisation | Brand | AdAccount:
        """Whose working time it is. The database holds none without."""
        return cast("Organisation | Brand | AdAccount", self.organisation or self.brand or self.ad_account)

    @property
    def calendar(self) -> calendars.Calendar:
        """What it says, to count by."""
        return calendars.parse(self.timezone, self.hours, self.holidays)
