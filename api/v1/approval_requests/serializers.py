"""What approval requests take and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from api.fields import LONG_TEXT, Choice, Id, Moment, MoneyOut, PersonOut, Strict, Text, texts
from api.v1.findings.serializers import FindingOut
from api.v1.scopes import ScopeOut
from approvals.checklists import MAX_ITEMS as MAX_ITEMS_OF_CHECKLIST
from approvals.checklists import MAX_KEY
from approvals.plans import MAX_ITEMS
from approvals.route_previews import WARNINGS
from approvals.savings import KINDS as SAVING_KINDS
from approvals.services.bulk import VERDICTS
from approvals.states import PublishMode, RequestState, StageState, Verdict
from campaigns.vocabulary import EntityType
from governance.states import CheckState

# --- in -------------------------------------------------------------------------------------------------------------------


class ItemIn(Strict):
    """One draft."""

    type = Choice(choices=EntityType.values)
    id = Id()


class SubmissionIn(Strict):
    """Either `campaign`, for all that changed below it, or `items` of one campaign."""

    campaign = Id(required=False)
    items = ItemIn(many=True, required=False)
    note = Text(max_length=LONG_TEXT, allow_blank=True, default="")
    publish = Choice(choices=PublishMode.values, default=PublishMode.ON_APPROVAL.value)
    publish_at = Moment(allow_null=True, default=None)
    late_is_fine = serializers.BooleanField(default=False, help_text="What is approved after `publish_at` goes out at once.")
    amend = serializers.BooleanField(default=False, help_text="Take the place of the open request of the same entities.")

    def validate_items(self, value: list[Any]) -> list[Any]:
        if not 1 <= len(value) <= MAX_ITEMS:
            words = _("Name 1 to %(most)s items.") % {"most": MAX_ITEMS}
            raise serializers.ValidationError(words, code="too_many" if value else "empty")
        return value

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if ("campaign" in attrs) == ("items" in attrs):
            words = ErrorDetail(_("Give either `campaign` or `items`."), code="required")
            raise serializers.ValidationError({"items": [words]})
        return attrs


class DecisionIn(Strict):
    """A verdict on a stage of the digest that was looked at."""

    verdict = Choice(choices=Verdict.values)
    digest = Text(max_length=64)
    stage = Text(max_length=100)
    comment = Text(max_length=LONG_TEXT, allow_blank=True, default="")
    on_behalf_of = Id(allow_null=True, default=None, help_text="The person for whom you stand in, whose vote it then is.")
    checked = texts(
        MAX_KEY, MAX_ITEMS_OF_CHECKLIST, default=list, help_text="Keys of the stage's checklist that you looked at and tick."
    )


class ChoiceIn(Strict):
    """One request, by the digest that was looked at; without a stage the open one that waits for you."""

    approval_request = Id()
    digest = Text(max_length=64)
    stage = Text(max_length=100, allow_blank=True, default="")


class BulkDecisionIn(Strict):
    """The same verdict on many requests."""

    verdict = Choice(choices=VERDICTS)
    items = ChoiceIn(many=True)
    comment = Text(max_length=LONG_TEXT, allow_blank=True, default="")


class SplitIn(Strict):
    """What is sent back, of the digest that was looked at, and why."""

    digest = Text(max_length=64)
    returned = serializers.ListField(
        child=Id(), max_length=MAX_ITEMS,
        help_text="Ids of the campaigns, ad groups and ads that go back, with everything put forward below them.",
    )  # fmt: skip
    comment = Text(max_length=LONG_TEXT)


class RevocationIn(Strict):
    """Why."""

    reason = Text(max_length=LONG_TEXT)


class Empty(Strict):
    """Nothing is needed."""


# --- out ------------------------------------------------------------------------------------------------------------------


class ChecklistItemOut(serializers.Serializer[Any]):
    """What somebody looks at before they approve; nobody approves without ticking what is required."""

    key = serializers.CharField()
    text = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]


class StageOut(serializers.Serializer[Any]):
    """One stage of the route."""

    key = serializers.CharField()
    title = serializers.CharField()
    permission = serializers.CharField()
    sections = serializers.ListField(child=serializers.CharField())
    quorum = serializers.IntegerField()
    step = serializers.IntegerField(help_text="Stages of one step are open at once.")
    groups = serializers.ListField(child=serializers.UUIDField(), help_text="Of those with the permission, members of these.")
    people = serializers.ListField(child=serializers.UUIDField(), help_text="Of those with the permission, these.")
    everyone = serializers.BooleanField(help_text="All who could decide when it was submitted have to.")
    each_group = serializers.BooleanField(help_text="Somebody of every group has to approve.")
    carries = serializers.BooleanField(help_text="Decisions stand for the next version where nothing changed of `sections`.")
    automatic = serializers.BooleanField(help_text="Left out where all checks passed and an envelope holds the money.")
    checklist = ChecklistItemOut(many=True)
    reauthenticate = serializers.BooleanField(help_text="Whoever decides has shown again who they are, a moment ago.")
    blind = serializers.BooleanField(help_text="How others decided is shown once so many people have as the quorum says.")
    authority = serializers.BooleanField(help_text="The limit of whoever decides covers what the request can spend.")
    authority_by = serializers.CharField(
        allow_blank=True,
        help_text="The stage that was added because too few of those whom this one asks have enough: it has the authority instead.",
    )
    deadline_hours = serializers.IntegerField(allow_null=True, help_text="Working hours to decide in, from when it opens.")
    remind_before_hours = serializers.IntegerField(allow_null=True, help_text="Who is asked is reminded so long before.")
    escalate_to_groups = serializers.ListField(child=serializers.UUIDField(), help_text="Asked as well after the deadline.")
    escalate_to_people = serializers.ListField(child=serializers.UUIDField(), help_text="Asked as well after the deadline.")
    status = serializers.ChoiceField(choices=StageState.values)


class CheckOut(serializers.Serializer[Any]):
    """The check run of one item; `id` is null in a dry run."""

    id = serializers.UUIDField(allow_null=True)
    type = serializers.ChoiceField(choices=EntityType.values)
    entity = serializers.UUIDField()
    status = serializers.ChoiceField(choices=CheckState.values)
    outcome = serializers.CharField(allow_null=True, help_text="passed, warned, blocked; null while running")


class SubmittedItemOut(serializers.Serializer[Any]):
    """One item; `revision` is null in a dry run."""

    type = serializers.ChoiceField(choices=EntityType.values)
    id = serializers.UUIDField()
    revision = serializers.UUIDField(allow_null=True)
    digest = serializers.CharField()
    sections_changed = serializers.ListField(child=serializers.CharField())


class SubmittedOut(serializers.Serializer[Any]):
    """What was put forward; `id` is null in a dry run."""

    id = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(choices=RequestState.values)
    digest = serializers.CharField()
    items = SubmittedItemOut(many=True)
    stages = StageOut(many=True)
    checks = CheckOut(many=True)


class RequestOut(serializers.Serializer[Any]):
    """A request in a listing."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=RequestState.values)
    digest = serializers.CharField()
    ad_account = serializers.UUIDField()
    submitted_by = PersonOut()
    submitted_at = Moment()
    deadline = Moment(help_text="When it expires undecided.")
    closed_at = Moment(allow_null=True)
    exposure = MoneyOut(help_text="The most that this change set can spend.")
    note = serializers.CharField(allow_blank=True)
    publish = serializers.ChoiceField(choices=PublishMode.values)
    publish_at = Moment(allow_null=True)
    late_is_fine = serializers.BooleanField(help_text="Whether it goes out at once where it is approved after `publish_at`.")


class ItemOut(SubmittedItemOut):
    """One item of a request, with the revision it starts from."""

    name = serializers.CharField()
    base = serializers.UUIDField(allow_null=True, help_text="The revision cleared last.")
    returned = serializers.BooleanField(help_text="Whether it was sent back when the request was split.")


class DecidedOut(serializers.Serializer[Any]):
    """How a person stands on a stage."""

    person = PersonOut()
    verdict = serializers.ChoiceField(choices=Verdict.values)
    comment = serializers.CharField(allow_blank=True)
    decided_at = Moment()
    checked = serializers.ListField(child=serializers.CharField(), help_text="What of the checklist was ticked.")
    carried_over = serializers.BooleanField(help_text="Decided on the version before, and nothing changed of what the stage reads.")
    void = serializers.BooleanField(help_text="Counts no more: the account that cast it was compromised (R-32).")
    on_behalf_of = PersonOut(allow_null=True, help_text="Whose vote it is, where somebody stood in for them.")


class OutdatedOut(serializers.Serializer[Any]):
    """Who approved the version before, which does not stand for this one."""

    person = PersonOut()
    decided_at = Moment()


class ExcludedOut(serializers.Serializer[Any]):
    """Who holds the permission and may not decide."""

    person = PersonOut()
    reason = serializers.CharField(
        help_text="submitter, contributor, policy_author, other_stage (approved another stage), held_too_briefly or"
        " given_by_contributor (what would make them eligible was given after the submission), above_limit (their limit does not"
        " cover what the request can spend)"
    )


class AbsentOut(serializers.Serializer[Any]):
    """Who may decide and is away."""

    person = PersonOut()
    until = Moment()


class DeputyOut(serializers.Serializer[Any]):
    """Who may decide for whom."""

    person = PersonOut()
    on_behalf_of = PersonOut()
    until = Moment()


class SeatedStageOut(StageOut):
    """A stage with its people."""

    stalled = serializers.BooleanField(help_text="Nobody eligible is left to reach the quorum.")
    stalled_reason = serializers.CharField(
        allow_null=True,
        help_text="too_few (may decide), nobody_of_group (of one of its groups) or no_authority (too few have a limit that covers"
        " what it can spend); null where it can be decided",
    )
    stalled_since = Moment(allow_null=True, help_text="When that was found and told.")
    due_at = Moment(allow_null=True, help_text="When it is to be decided; counted when it opens, and kept.")
    overdue = serializers.BooleanField()
    working_hours = serializers.IntegerField(allow_null=True, help_text="Whole working hours till `due_at`, or since then.")
    time = serializers.CharField(allow_null=True, help_text="The same in words.")
    reminded_at = Moment(allow_null=True)
    escalated_at = Moment(allow_null=True, help_text="Since when more people are asked, because it was not decided in time.")
    eligible = PersonOut(many=True)
    absent = AbsentOut(many=True, help_text="Of the eligible, who is away: nobody waits for them, unless somebody stands in.")
    deputies = DeputyOut(many=True, help_text="Who stands in for whom of the eligible; together they hold one vote.")
    decided = DecidedOut(many=True)
    outdated = OutdatedOut(many=True)
    excluded = ExcludedOut(many=True)


class RequestFindingOut(FindingOut):
    """What a rule said about one item."""

    type = serializers.ChoiceField(choices=EntityType.values)
    entity = serializers.UUIDField()


class ChangeOut(serializers.Serializer[Any]):
    """One field; amounts are objects `{amount, currency}`, times RFC 3339, null is “was not there”."""

    path = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class DiffOut(serializers.Serializer[Any]):
    """What changed in one section of one item since it was last cleared."""

    type = serializers.ChoiceField(choices=EntityType.values)
    entity = serializers.UUIDField()
    section = serializers.CharField()
    changes = ChangeOut(many=True)


class ClaimOut(serializers.Serializer[Any]):
    """Who is looking at it, until when; others may decide all the same."""

    person = PersonOut()
    until = Moment()


class ClaimsOut(serializers.Serializer[Any]):
    """Who is looking at a request now."""

    claims = ClaimOut(many=True)


class SplitByOut(serializers.Serializer[Any]):
    """Who split a request, when and why."""

    person = PersonOut()
    comment = serializers.CharField()
    decided_at = Moment()


class LateWordOut(serializers.Serializer[Any]):
    """A “no” to a stage that was approved already: it changed nothing, and revoking is for whoever may."""

    stage = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Verdict.values)
    comment = serializers.CharField()
    person = PersonOut()
    at = Moment()


class RequestDetailOut(RequestOut):
    """All that a reviewer needs."""

    claims = ClaimOut(many=True, help_text="Who is looking at it now; it keeps nobody from deciding.")

    previous = serializers.UUIDField(allow_null=True, help_text="The request that it took the place of.")
    split_by = SplitByOut(allow_null=True, help_text="Who sent parts of `previous` back: this is what stayed of it.")
    successors = serializers.ListField(child=serializers.UUIDField(), help_text="The requests that took its place.")
    items = ItemOut(many=True)
    checks = CheckOut(many=True)
    stages = SeatedStageOut(many=True)
    findings = RequestFindingOut(many=True, help_text="What did not pass; what passed is at check-runs/<id>/.")
    diffs = DiffOut(many=True)
    late = LateWordOut(many=True, help_text="What people said against a stage when it was approved already.")


class RescheduleIn(Strict):
    """When it goes out instead, and why."""

    publish_at = Moment()
    reason = Text(max_length=LONG_TEXT, allow_blank=True, default="")


class RescheduleOut(serializers.Serializer[Any]):
    """The time at which it goes out now."""

    approval_request = serializers.UUIDField(source="request_id")
    publish_at = Moment()
    reason = serializers.CharField(allow_blank=True)
    rescheduled_by = PersonOut()
    at = Moment()


class DecisionOut(serializers.Serializer[Any]):
    """A recorded verdict, and where the request stands after it."""

    id = serializers.UUIDField()
    approval_request = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RequestState.values, help_text="Of the request, after this decision.")
    stage = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Verdict.values)
    digest = serializers.CharField()
    comment = serializers.CharField(allow_blank=True)
    checked = serializers.ListField(child=serializers.CharField(), help_text="What of the checklist was ticked.")
    decided_by = PersonOut()
    on_behalf_of = PersonOut(allow_null=True)
    decided_at = Moment()


class ReturnedOut(serializers.Serializer[Any]):
    """What was sent back."""

    type = serializers.ChoiceField(choices=EntityType.values)
    id = serializers.UUIDField()
    name = serializers.CharField()


class SplitOut(serializers.Serializer[Any]):
    """A request that was split: it is superseded, and `rest` goes on in its place."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RequestState.values)
    decision = serializers.UUIDField()
    returned = ReturnedOut(many=True)
    rest = SubmittedOut()


class ProblemOut(serializers.Serializer[Any]):
    """Why nothing was recorded."""

    code = serializers.CharField()
    detail = serializers.CharField()


class OutcomeOut(serializers.Serializer[Any]):
    """What became of one request; all but `approval_request` and `problem` is null where it may not be seen."""

    approval_request = serializers.UUIDField()
    recorded = serializers.BooleanField()
    status = serializers.ChoiceField(choices=RequestState.values, allow_null=True, help_text="Of the request, now.")
    digest = serializers.CharField(allow_null=True, help_text="Of the request, now.")
    decision = serializers.UUIDField(allow_null=True)
    stage = serializers.CharField(allow_null=True, help_text="The stage that was decided.")
    problem = ProblemOut(allow_null=True)


class BulkDecisionOut(serializers.Serializer[Any]):
    """What became of each request, in the order in which they were named."""

    recorded = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = OutcomeOut(many=True)


class EndedOut(serializers.Serializer[Any]):
    """A request that was ended."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RequestState.values)
    digest = serializers.CharField()
    closed_at = Moment()


# --- before submitting ----------------------------------------------------------------------------------------------------


class FactOut(serializers.Serializer[Any]):
    """Something that the condition of a policy reads."""

    name = serializers.CharField(help_text="As in the condition, such as request.exposure_minor.")
    words = serializers.CharField(help_text="In the language of Accept-Language.")
    unit = serializers.CharField(allow_blank=True)
    value = serializers.JSONField(allow_null=True, help_text="null: it could not be read, and so the condition holds.")


class CauseOut(serializers.Serializer[Any]):
    """A policy that asks for something, and why it does."""

    policy = serializers.UUIDField()
    key = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    scope = ScopeOut(allow_null=True, help_text="null: everything on this installation.")
    condition = serializers.CharField(allow_blank=True, help_text="Empty: it asks of every request.")
    read = FactOut(many=True)


class PaceOut(serializers.Serializer[Any]):
    """How long such stages took in this ad account in the last 90 days; null below five of them: no experience yet."""

    stages = serializers.IntegerField()
    median_seconds = serializers.IntegerField(allow_null=True)
    ninth_seconds = serializers.IntegerField(allow_null=True, help_text="Nine of ten took no longer.")


class ForeseenStageOut(StageOut):
    """A stage as it would be."""

    eligible = PersonOut(many=True)
    excluded = ExcludedOut(many=True)
    because = CauseOut(many=True, help_text="Empty: no policy covers these sections, and one other person decides.")
    added_for = serializers.CharField(
        allow_null=True, help_text="The stage (key) for which it would be added: too few of those whom that asks have authority."
    )
    pace = PaceOut()


class WarningOut(serializers.Serializer[Any]):
    """A stage that could not be decided as things are."""

    stage = serializers.CharField()
    code = serializers.ChoiceField(choices=list(WARNINGS))
    detail = serializers.CharField()


class SavingOut(serializers.Serializer[Any]):
    """A smaller submission, and the stages that it would not ask, or of fewer people."""

    kind = serializers.ChoiceField(choices=SAVING_KINDS)
    what = serializers.CharField(help_text="The section that would stay as it is, or the name of the ad that would be left out.")
    exposure = MoneyOut(allow_null=True, help_text="With so much instead.")
    stages = serializers.ListField(child=serializers.CharField())


class RoutePreviewOut(serializers.Serializer[Any]):
    """What a submission would bring about."""

    digest = serializers.CharField()
    items = SubmittedItemOut(many=True)
    exposure = MoneyOut()
    stages = ForeseenStageOut(many=True)
    later = CauseOut(many=True, help_text="Policies that would add stages by what the checks find.")
    shorter = SavingOut(many=True)
    warnings = WarningOut(many=True)
