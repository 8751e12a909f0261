"""Many requests decided in one act (R-31): each by itself, and judged as a single decision is."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import services as accounts
from approvals import services
from approvals.bulk import MOST
from approvals.errors import EnvelopeExceeded, MustBeOpened, SelfApproval, StageNotOpen
from approvals.models import ApprovalRequest, Clearance, Decision, EnvelopeEntry
from approvals.services.bulk import Choice, Outcome
from approvals.services.submitting import Submission
from audit.models import AuditEvent
from core import clock
from core.errors import Forbidden, IllegalTransition, Invalid, NotFound, StaleDigest
from core.ids import uuid7
from core.money import Money
from governance.services import publish_rule_set
from tests import builders
from tests.builders import ROOT, World, green


@pytest.fixture
def world(db: None) -> World:
    return builders.organisation()


def choices(*requests: ApprovalRequest, **how: Any) -> list[Choice]:
    return [Choice(each.pk, each.digest, **how) for each in requests]


def bulk(world: World, who: str, chosen: list[Choice], verdict: str = "approve", comment: str = "") -> list[Outcome]:
    return services.decide_in_bulk(actor=world.actor(who), verdict=verdict, choices=chosen, comment=comment)


def states(*requests: ApprovalRequest) -> list[str]:
    return [ApprovalRequest.objects.get(pk=each.pk).state for each in requests]


def codes(outcomes: list[Outcome]) -> list[str]:
    return ["" if each.error is None else each.error.code for each in outcomes]


def events(request: ApprovalRequest, action: str, outcome: str = "recorded") -> int:
    return AuditEvent.objects.filter(subject_id=str(request.pk), action=action, outcome=outcome).count()


# --- what happens -------------------------------------------------------------------------------------------------------------


def test_r31_each_is_approved_with_its_own_decision_digest_and_event(world: World) -> None:
    requests = [green(world), green(world)]
    assert codes(bulk(world, "content", choices(*requests))) == ["", ""]
    for each in requests:
        decision = each.decisions.get()
        assert (decision.verdict, decision.digest, decision.stage.key) == ("approve", each.digest, "content")
        assert decision.eligible_by == f"approve_content on brand {world.brand.pk}"
        assert list(each.stages.values_list("state", flat=True)) == ["satisfied", "open"]
        assert (events(each, "approvals.decision.recorded"), events(each, "approvals.stage.satisfied")) == (1, 1)


def test_r31_the_last_approval_clears_each(world: World) -> None:
    requests = [green(world, "content_approved"), green(world, "content_approved")]
    assert codes(bulk(world, "budget", choices(*requests))) == ["", ""]
    assert states(*requests) == ["approved", "approved"]
    for each in requests:
        assert Clearance.objects.filter(request=each, request_digest=each.digest).count() == 2
        assert not each.items.filter(is_open=True).exists()
        assert events(each, "approvals.request.approved") == 1


def test_r31_of_several_one_is_refused_and_the_others_are_not(world: World) -> None:
    good, stale, elsewhere = green(world), green(world), green(builders.organisation("Other"))
    chosen = [*choices(good), Choice(stale.pk, "0" * 64), *choices(elsewhere), Choice(uuid7(), good.digest)]
    outcomes = bulk(world, "content", chosen)
    assert [type(each.error) for each in outcomes] == [type(None), StaleDigest, NotFound, NotFound]
    assert [each.request is None for each in outcomes] == [False, False, True, True]
    assert list(Decision.objects.values_list("request", flat=True)) == [good.pk]
    assert events(stale, "approvals.decision.recorded", "refused") == 1
    told = AuditEvent.objects.get(subject_id=str(elsewhere.pk), outcome="refused")
    assert told.organisation == world.organisation.pk, "nobody writes into a stranger's log"


def test_r31_answers_come_in_the_order_of_the_choices(world: World) -> None:
    requests = [green(world) for _turn in range(3)]
    chosen = choices(requests[2], requests[0], requests[1])
    assert [each.choice for each in bulk(world, "content", chosen)] == chosen


def test_r31_a_rejection_ends_each_with_its_reason(world: World) -> None:
    world.add_person("both", "content_approver", "budget_approver")
    requests = [green(world), green(world, "content_approved")]
    assert codes(bulk(world, "both", choices(*requests), "reject", "Wrong season.")) == ["", ""]
    assert states(*requests) == ["rejected", "rejected"]
    assert list(requests[0].stages.values_list("state", flat=True)) == ["failed", "cancelled"]
    assert list(requests[1].stages.values_list("state", flat=True)) == ["satisfied", "failed"]
    for each in requests:
        assert not each.items.filter(is_open=True).exists()
        assert list(each.decisions.filter(verdict="reject").values_list("comment", flat=True)) == ["Wrong season."]
        assert events(each, "approvals.request.rejected") == 1


def test_r31_a_request_that_was_sent_back_is_taken_up_again_as_by_itself(world: World) -> None:
    request = green(world, "changes_requested")
    assert codes(bulk(world, "content", choices(request, stage="content"))) == [""]
    assert states(request) == ["in_review"]
    assert events(request, "approvals.request.resumed") == 1


# --- what is judged -----------------------------------------------------------------------------------------------------------


def test_r16_r33_r57_who_may_not_decide_one_may_not_decide_many(world: World) -> None:
    requests = [green(world), green(world)]
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.user("submitter"), scope=world.brand)
    for who, error in (("submitter", SelfApproval), ("publisher", Forbidden)):
        assert [type(each.error) for each in bulk(world, who, choices(*requests))] == [error] * 2
    assert not Decision.objects.exists()
    assert states(*requests) == ["in_review"] * 2


def test_r13_what_was_given_for_this_request_does_not_count_here_either(world: World) -> None:
    early = green(world)
    late = world.add_person("late", "content_approver")
    assert codes(bulk(world, "late", choices(early))) == ["held_too_briefly"]
    assert late.pk not in Decision.objects.values_list("decided_by", flat=True)


def test_r13_a_role_from_between_two_submissions_counts_for_the_second_alone(world: World) -> None:
    early = green(world)
    world.add_person("late", "content_approver")
    later = green(world)
    assert codes(bulk(world, "late", choices(early, later))) == ["held_too_briefly", ""]
    assert list(Decision.objects.values_list("request", flat=True)) == [later.pk]


def test_r31_a_warning_has_to_be_opened_and_is_rejected_all_the_same(world: World) -> None:
    passed, warned = green(world), world.request()
    first, second = bulk(world, "content", choices(passed, warned))
    assert first.decision is not None
    assert isinstance(second.error, MustBeOpened)
    assert second.error.extra["because"] == "checks"
    assert not warned.decisions.exists()
    assert codes(bulk(world, "content", choices(warned), "reject", "No parkas.")) == [""]


@pytest.mark.parametrize(("up_to", "code"), [({"USD": "100"}, "must_be_opened"), ({}, "must_be_opened"), ({"USD": "5000"}, "")])
def test_r31_above_the_limit_of_its_currency_it_has_to_be_opened(world: World, settings: Any, up_to: dict[str, str], code: str) -> None:
    settings.BULK_APPROVAL_UP_TO = up_to
    request = green(world)
    (outcome,) = bulk(world, "content", choices(request))
    assert codes([outcome]) == [code]
    assert outcome.error is None or outcome.error.extra["because"] == "exposure"
    assert request.decisions.exists() == (not code)
    world.decide(request, "content") if code else None
    assert codes(bulk(world, "budget", choices(request), "reject", "No.")) == [""]


def test_r18_a_stage_of_two_waits_for_the_second(world: World) -> None:
    stages = [{**builders.STAGES[0], "quorum": 2}, builders.STAGES[1]]
    services.publish_policy(actor=ROOT, key="policy-acme", title="More", stages=stages, scope=world.organisation)
    world.add_person("second", "content_approver")
    requests = [green(world), green(world)]
    bulk(world, "content", choices(*requests))
    assert [list(each.stages.values_list("state", flat=True)) for each in requests] == [["open", "pending"]] * 2
    bulk(world, "second", choices(*requests))
    assert [list(each.stages.values_list("state", flat=True)) for each in requests] == [["satisfied", "open"]] * 2


def test_r16_one_person_fills_one_seat_in_bulk_too(world: World) -> None:
    world.add_person("both", "content_approver", "budget_approver")
    request = green(world)
    assert codes(bulk(world, "both", choices(request))) == [""]
    assert codes(bulk(world, "both", choices(request))) == ["second_seat"]
    assert states(request) == ["in_review"]


def test_r13_who_approved_before_and_lost_the_role_holds_up_that_one_alone(world: World) -> None:
    world.add_person("gone", "content_approver")
    good, lapsed = green(world, "content_approved"), green(world)
    world.decide(lapsed, "content", by="gone")
    grant = world.user("gone").role_grants.get()
    accounts.revoke_role(actor=ROOT, grant=grant.pk)
    assert codes(bulk(world, "budget", choices(good, lapsed))) == ["", "approval_lapsed"]
    assert states(good, lapsed) == ["approved", "in_review"]
    assert lapsed.decisions.count() == 1


def test_r12_what_the_rules_of_today_block_is_not_cleared(world: World) -> None:
    good, blocked = green(world, "content_approved"), green(world, "content_approved", name="Parkas")
    line = {"rule": "structure.naming", "mode": "hard", "params": {"campaign": "Autumn {free}"}}
    publish_rule_set(actor=ROOT, key="names", title="Names", rules=[line], scope=world.brand)
    assert codes(bulk(world, "budget", choices(good, blocked))) == ["", "checks_fail_now"]
    assert states(good, blocked) == ["approved", "in_review"]
    assert not Clearance.objects.filter(request=blocked).exists()


def test_r24_the_last_that_does_not_fit_into_the_envelope_undoes_no_other(world: World) -> None:
    requests = [green(world, "content_approved") for _turn in range(3)]
    month = clock.now().date().replace(day=1)
    said: dict[str, Any] = {"scope": world.account, "title": "Autumn", "first_month": month}
    services.set_envelope(actor=ROOT, amount=Money(requests[0].exposure_minor * 2, "USD"), **said)
    outcomes = bulk(world, "budget", choices(*requests))
    assert [type(each.error) for each in outcomes] == [type(None), type(None), EnvelopeExceeded]
    assert states(*requests) == ["approved", "approved", "in_review"]
    assert set(EnvelopeEntry.objects.values_list("request", flat=True)) == {each.pk for each in requests[:2]}
    assert not requests[2].decisions.filter(stage__key="budget").exists()
    assert events(requests[2], "approvals.decision.recorded", "refused") == 1


def test_r31_what_a_guard_refuses_undoes_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service believes that somebody may decide who does not: the database says no to that one alone."""
    from approvals.services import bulk as bulk_service
    from approvals.services import deciding

    other = world.add_person("other", "submitter", "content_approver")
    good, drafted = green(world), world.campaign()
    own = services.submit(actor=world.actor("other"), submission=Submission(campaign=drafted.pk)).request
    world.check(own)
    for module in (bulk_service, deciding):
        monkeypatch.setattr(module, "check_who", lambda *_: None)
    outcomes = bulk(world, "other", choices(good, own))
    assert codes(outcomes) == ["", "overtaken"]
    assert list(Decision.objects.values_list("request", "decided_by")) == [(good.pk, other.pk)]
    assert states(good, own) == ["in_review", "in_review"]


def test_r31_a_second_time_says_for_each_why_not(world: World) -> None:
    requests = [green(world), green(world, "content_approved")]
    bulk(world, "content", choices(*requests, stage="content"))
    again = bulk(world, "content", choices(*requests, stage="content"))
    assert [type(each.error) for each in again] == [StageNotOpen] * 2
    assert Decision.objects.count() == 2


def test_r31_closed_ones_say_that_they_are_closed(world: World) -> None:
    requests = [world.request("approved"), world.request("withdrawn"), world.request("rejected")]
    assert [type(each.error) for each in bulk(world, "content", choices(*requests))] == [IllegalTransition] * 3


# --- what is asked ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "verdict", "comment", "code"),
    [(0, "approve", "", "empty"), (MOST + 1, "approve", "", "too_many"), (1, "request_changes", "Why?", "unknown"),
     (1, "reject", " ", "required"), (1, "abstain", "", "unknown")],
)  # fmt: skip
def test_r31_what_cannot_be_asked(world: World, number: int, verdict: str, comment: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        bulk(world, "content", [Choice(uuid7(), "0" * 64) for _turn in range(number)], verdict, comment)
    assert [each.code for each in caught.value.errors] == [code]


def test_r31_a_request_is_named_once(world: World) -> None:
    request = green(world)
    with pytest.raises(Invalid) as caught:
        bulk(world, "content", choices(request, request))
    assert caught.value.errors[0].code == "duplicate"
    assert not Decision.objects.exists()


def test_r31_the_system_decides_nothing(world: World) -> None:
    request = green(world)
    with pytest.raises(Forbidden):
        services.decide_in_bulk(actor=ROOT, verdict="approve", choices=choices(request))
    assert not Decision.objects.exists()
