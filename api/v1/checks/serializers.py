"""What POST checks/evaluate/ takes and answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Id, Strict
from api.v1.ad_groups.serializers import AdGroupEdit
from api.v1.ads.views import AdEdit
from api.v1.campaigns.views import CampaignEdit
from api.v1.findings.serializers import ANYTHING
from campaigns.vocabulary import EntityType
from governance import messages
from governance.checks import Found
from governance.contract import MODES, OUTCOMES, Mode, Result
from governance.sketches import Opinion


class EvaluatedCampaign(CampaignEdit):
    """A campaign that is not saved."""

    ad_account = Id()


class EvaluatedAdGroup(AdGroupEdit):
    """An ad group that is not saved."""

    campaign = Id(required=False, help_text="Left out exactly when the campaign is given beside it.")


class EvaluatedAd(AdEdit):
    """An ad that is not saved; its media are."""

    ad_group = Id(required=False, help_text="Left out exactly when the ad group is given beside it.")


class EvaluateIn(Strict):
    """One of them, or a branch of a tree: a campaign and an ad group in it, an ad group and an ad in it, or all three."""

    campaign = EvaluatedCampaign(required=False)
    ad_group = EvaluatedAdGroup(required=False)
    ad = EvaluatedAd(required=False)


class EvaluatedFindingOut(serializers.Serializer[Any]):
    """What one rule said, in words and with evidence."""

    rule = serializers.CharField(source="finding.rule")
    rule_version = serializers.IntegerField(source="finding.version")
    rule_set = serializers.UUIDField(allow_null=True, help_text="The version that bound the rule; null: the platform's own rules.")
    mode = serializers.SerializerMethodField()
    intended = serializers.SerializerMethodField(help_text="The mode it would have, when its version is on trial; else null.")
    result = serializers.ChoiceField(choices=[(each.value, each.name) for each in Result], source="finding.result")
    code = serializers.CharField(source="finding.code")
    title = serializers.SerializerMethodField(help_text="The rule, in words.")
    message = serializers.SerializerMethodField(help_text="What to do about it, in the language of Accept-Language.")
    sections = serializers.ListField(child=serializers.CharField(), source="finding.sections")
    evidence = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=MODES))
    def get_mode(self, found: Found) -> str:
        return str(Mode.AUDIT if found.on_trial else found.finding.mode)

    @extend_schema_field(serializers.ChoiceField(choices=MODES, allow_null=True))
    def get_intended(self, found: Found) -> str | None:
        return str(found.finding.mode) if found.on_trial else None

    def get_title(self, found: Found) -> str:
        return messages.title(found.finding.rule, get_language())

    def get_message(self, found: Found) -> str:
        return messages.message(found.finding.code, found.finding.params, get_language())

    @extend_schema_field(ANYTHING)
    def get_evidence(self, found: Found) -> Any:
        return found.finding.evidence


class OpinionOut(serializers.Serializer[Any]):
    """What the rules of today say of one of them."""

    type = serializers.ChoiceField(choices=EntityType.values, source="head.type")
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    findings = EvaluatedFindingOut(many=True, source="found")
    waived = serializers.SerializerMethodField(help_text="Rules that a waiver lets pass; the outcome leaves them out.")
    not_observed = serializers.ListField(
        child=serializers.CharField(), help_text="Rules about what is looked at only once it is submitted, such as a landing page."
    )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_waived(self, opinion: Opinion) -> list[str]:
        return sorted(opinion.waived)


class EvaluationOut(serializers.Serializer[Any]):
    """`outcome`: the worst of all."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    results = OpinionOut(many=True)
