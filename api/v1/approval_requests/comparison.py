"""What a request changes against one of three versions, as the API answers it (R-09)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import Moment, MoneyOut
from api.v1.approval_requests.serializers import ChangeOut
from approvals.comparing import RESULTS, Against
from approvals.differences import MARKS
from approvals.diffs import CHANGES
from approvals.states import PublishMode, Verdict
from campaigns.vocabulary import EntityType


class PieceOut(serializers.Serializer[Any]):
    """A part of a text. Without what was inserted it is the text before, without what was deleted the one after."""

    mark = serializers.ChoiceField(choices=MARKS)
    text = serializers.CharField(trim_whitespace=False)


class ToldChangeOut(ChangeOut):
    """One field, as a value and in words, in the language of the answer and the time zone of the ad account."""

    section = serializers.CharField()
    title = serializers.CharField(help_text="Of the field.")
    kind = serializers.ChoiceField(choices=CHANGES)
    words = serializers.CharField(help_text="Such as “daily €80.00 to €240.00, exposure +€4,800.00”.")
    before_words = serializers.CharField()
    after_words = serializers.CharField()
    added = serializers.ListField(child=serializers.CharField(), help_text="Of a list, or hours of the week, by name.")
    removed = serializers.ListField(child=serializers.CharField())
    pieces = PieceOut(many=True, help_text="Of a text that changed, word by word.")


class ShiftOut(serializers.Serializer[Any]):
    """The most that can be spent, both as of the submission."""

    before = MoneyOut()
    after = MoneyOut()


class BaseOut(serializers.Serializer[Any]):
    """What an item is compared with. `approval_request` is null for what was approved last."""

    revision = serializers.UUIDField()
    number = serializers.IntegerField()
    digest = serializers.CharField()
    approval_request = serializers.UUIDField(allow_null=True)
    verdict = serializers.ChoiceField(choices=Verdict.values, allow_null=True, help_text="Yours on that request.")
    decided_at = Moment(allow_null=True)


class ComparedOut(serializers.Serializer[Any]):
    """One item against its base; null, and all that it says is a change, where there is nothing to compare with."""

    type = serializers.ChoiceField(choices=EntityType.values)
    entity = serializers.UUIDField()
    name = serializers.CharField()
    compares_as = serializers.ChoiceField(choices=RESULTS)
    base = BaseOut(allow_null=True)
    exposure = ShiftOut(allow_null=True)
    changes = ToldChangeOut(many=True)


class GoneOut(serializers.Serializer[Any]):
    """What stood in the earlier request, was not approved, and is not put forward any more."""

    type = serializers.ChoiceField(choices=EntityType.values)
    entity = serializers.UUIDField()
    name = serializers.CharField()


class PublishOut(serializers.Serializer[Any]):
    """How it is to be published, which the digest covers too."""

    publish = serializers.ChoiceField(choices=PublishMode.values)
    publish_at = Moment(allow_null=True)


class ComparisonOut(serializers.Serializer[Any]):
    """The head of a request against what was approved last, what you decided on last, or the request before (R-09)."""

    against = serializers.ChoiceField(choices=Against.values)
    digest = serializers.CharField(help_text="Of the request; name it in a decision.")
    approval_request = serializers.UUIDField(allow_null=True, help_text="The latest earlier request in which any of it stood.")
    nothing_to_compare = serializers.BooleanField()
    same = serializers.BooleanField()
    exposure = ShiftOut(allow_null=True, help_text="Of the campaign; null where no budget is concerned.")
    published_before = PublishOut(allow_null=True, help_text="Where it was to be published otherwise.")
    items = ComparedOut(many=True)
    gone = GoneOut(many=True)
