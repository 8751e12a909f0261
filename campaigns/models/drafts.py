"""Drafts: what people edit. They are never published; only revisions are."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Page, User
from campaigns.models.media import MediaAsset
from campaigns.vocabulary import AdFormat, BidStrategy, BudgetMode, EntityType, Objective, OptimizationGoal, Pacing
from core.models import UUIDModel
from core.money import MAX_MINOR


class Draft(UUIDModel):
    """What all three levels share. `version` backs ETag and If-Match; `contributions` maps user id → time of the last
    edit; nobody in it can ever approve the object, whenever that was (R-16; the times are for reading, nothing compares
    them)."""

    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="+", verbose_name=_("ad account"))
    name = models.CharField(_("name"), max_length=512)
    version = models.PositiveIntegerField(default=1)
    contributions = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("created by"))
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    entity_type: EntityType

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


def _amount_sane(name: str, *fields: str) -> list[models.CheckConstraint]:
    """Amounts are never negative and never beyond what JSON keeps exactly."""
    return [
        models.CheckConstraint(
            condition=models.Q(**{f"{field}__isnull": True}) | models.Q(**{f"{field}__gte": 0, f"{field}__lte": MAX_MINOR}),
            name=f"{name}_{field}_sane",
        )
        for field in fields
    ]


def _budget_has_amount(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(budget_mode="unlimited", budget_minor__isnull=True)
        | (~models.Q(budget_mode="unlimited") & models.Q(budget_minor__isnull=False)),
        name=f"{name}_budget_has_amount",
    )


class Campaign(Draft):
    """A campaign. `budget_minor` is in minor units of the account's currency; none when unlimited. The flight (`starts_at`,
    `ends_at`) is ours: its ad groups stay inside, a channel has no such field."""

    entity_type = EntityType.CAMPAIGN

    objective = models.CharField(_("objective"), max_length=20, choices=Objective)
    budget_mode = models.CharField(_("budget mode"), max_length=20, choices=BudgetMode)
    budget_minor = models.BigIntegerField(_("budget"), null=True)
    budget_optimization = models.BooleanField(_("budget optimisation"), default=False)
    special_industries = models.JSONField(_("special industries"), default=list)
    starts_at = models.DateTimeField(_("flight from"), null=True)
    ends_at = models.DateTimeField(_("flight until"), null=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (models.Index(fields=("ad_account", "-id"), name="campaign_account"),)
        constraints = (
            _budget_has_amount("campaign"),
            *_amount_sane("campaign", "budget_minor"),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True)
                | models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="campaign_flight_in_order",
            ),
        )


class AdGroup(Draft):
    """An ad group: where, to whom, when, for how much. Under a campaign that optimises its budget it has none of its own:
    mode `unlimited`, no amount."""

    entity_type = EntityType.AD_GROUP

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="ad_groups", verbose_name=_("campaign"))
    placement = models.JSONField(_("placement"), default=dict)
    targeting = models.JSONField(_("targeting"), default=dict)
    budget_mode = models.CharField(_("budget mode"), max_length=20, choices=BudgetMode)
    budget_minor = models.BigIntegerField(_("budget"), null=True)
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"), null=True)
    dayparting = models.CharField(_("dayparting"), max_length=336, null=True)  # noqa: DJ001 - null is “always”
    bid_strategy = models.CharField(_("bid strategy"), max_length=20, choices=BidStrategy)
    bid_minor = models.BigIntegerField(_("bid"), null=True)
    pacing = models.CharField(_("pacing"), max_length=20, choices=Pacing)
    optimization_goal = models.CharField(_("optimisation goal"), max_length=40, choices=OptimizationGoal)

    class Meta:
        verbose_name = _("ad group")
        verbose_name_plural = _("ad groups")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("ad_account", "-id"), name="ad_group_account"),
            models.Index(fields=("campaign", "-id"), name="ad_group_campaign"),
        )
        constraints = (_budget_has_amount("ad_group"), *_amount_sane("ad_group", "budget_minor", "bid_minor"))


class Ad(Draft):
    """An ad: what people will see, and where it leads."""

    entity_type = EntityType.AD

    ad_group = models.ForeignKey(AdGroup, models.PROTECT, related_name="ads", verbose_name=_("ad group"))
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="ads", verbose_name=_("campaign"))
    format = models.CharField(_("format"), max_length=30, choices=AdFormat)
    text = models.TextField(_("text"), blank=True)
    call_to_action = models.CharField(_("call to action"), max_length=40, blank=True)
    landing_page_url = models.CharField(_("landing page"), max_length=2000, blank=True)
    display_name = models.CharField(_("display name"), max_length=100, blank=True)
    hashtags = models.JSONField(_("hashtags"), default=list)
    page = models.ForeignKey(Page, models.PROTECT, null=True, related_name="+", verbose_name=_("page"))
    spark_post = models.CharField(_("spark post"), max_length=200, blank=True)
    spark_proof = models.CharField(_("proof of permission"), max_length=500, blank=True)
    spark_expires_at = models.DateTimeField(_("permission until"), null=True)
    effect_name = models.CharField(_("effect name"), max_length=100, blank=True)
    effect_icon = models.ForeignKey(MediaAsset, models.PROTECT, null=True, related_name="+", verbose_name=_("effect icon"))
    ai_generated = models.BooleanField(_("AI generated"), null=True)
    disclaimer = models.CharField(_("disclaimer"), max_length=500, blank=True)
    payer = models.CharField(_("payer"), max_length=255, blank=True)
    beneficiary = models.CharField(_("beneficiary"), max_length=255, blank=True)
    media: models.ManyToManyField[MediaAsset, Any] = models.ManyToManyField(
        MediaAsset, through="AdMedia", related_name="ads", verbose_name=_("media")
    )

    class Meta:
        verbose_name = _("ad")
        verbose_name_plural = _("ads")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("ad_account", "-id"), name="ad_account"),
            models.Index(fields=("ad_group", "-id"), name="ad_ad_group"),
        )


class AdMedia(models.Model):
    """The media of an ad, in the order they are shown."""

    ad = models.ForeignKey(Ad, models.CASCADE, related_name="media_links")
    media = models.ForeignKey(MediaAsset, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("ad", "position"), name="ad_media_position_once"),)

    def __str__(self) -> str:
        return f"{self.ad_id} {self.position}"
