"""Attacks on check runs, requests, items, stages and decisions, typed as SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Membership
from approvals.models import Decision, RequestItem, Stage
from core import clock
from core.ids import uuid7
from governance.models import Finding
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, type_sql, update
from tests.guards.world import BUDGET, World, draft, grant, member, person, queue_run, revise, ungrant


def finding(world: World, mode: str = "hard", result: str = "fail") -> Finding:
    return Finding(
        check_run=world.run, rule="budget", rule_version=1, mode=mode, result=result, code="too_low", sections=[],
        params={}, evidence={},
    )  # fmt: skip


# --- governance --------------------------------------------------------------------------------------------------------


def test_r03_check_run_is_not_born_passed(world):
    run = queue_run(world.revision)
    run.id, run.state, run.outcome, run.finished_at = uuid7(), "completed", "passed", clock.now()
    assert_insert_refused("governance_check_run_queued", run)


@pytest.mark.parametrize("column", ["context = '{\"x\": 1}'", "context_digest = 'f'", "rule_sets = '[1]'"])
def test_r02_check_run_input_is_not_swapped(world, column):
    assert_refused("governance_check_run_fixed", *update(world.run, column))


def test_r02_check_run_is_not_pointed_at_another_revision(world):
    other = revise(world.campaign, 2, BUDGET + 1, world.author)
    assert_refused("governance_check_run_fixed", *update(world.run, f"revision_id = '{other.pk.hex}'"))


def test_r03_queued_check_run_does_not_skip_its_worker(world):
    flip = "state = 'completed', outcome = 'passed', finished_at = queued_at"
    assert_refused("governance_check_run_steps", *update(world.run, flip))
    world.move(world.run, "running")
    assert type_sql(*update(world.run, flip)) == 1


@pytest.mark.parametrize(
    "flip", ["outcome = 'passed'", "state = 'running', outcome = '', finished_at = NULL", "attempts = 0"]
)
def test_r03_blocked_check_run_is_not_flipped(world, flip):
    world.check("blocked")
    assert_refused("governance_check_run_final", *update(world.run, flip))


def test_r03_errored_check_run_is_not_flipped(world):
    world.move(world.run, "errored", outcome="blocked", finished_at=clock.now())
    assert_refused("governance_check_run_final", *update(world.run, "state = 'completed', outcome = 'passed'"))


@pytest.mark.parametrize(
    ("mode", "outcome", "legal"),
    [("hard", "passed", "blocked"), ("soft", "warned", "blocked"), ("warn", "passed", "warned")],
)
def test_r03_outcome_is_not_better_than_the_findings(world, mode, outcome, legal):
    world.move(world.run, "running")
    assert_inserted(finding(world, mode))
    end = "state = 'completed', outcome = '{}', finished_at = queued_at"
    assert_refused("governance_check_run_outcome", *update(world.run, end.format(outcome)))
    assert type_sql(*update(world.run, end.format(legal))) == 1


def test_r53_finding_is_not_added_after_the_run_ended(world):
    assert_inserted(finding(world, "audit"))
    world.check()
    assert_insert_refused("governance_finding_in_time", finding(world, "audit"))


def test_r53_finding_is_not_softened_or_removed(world):
    row = finding(world)
    row.save(force_insert=True)
    assert_refused("governance_finding_no_update", *update(row, "result = 'pass'"))
    assert_refused("governance_finding_no_delete", "DELETE FROM governance_finding")


def test_check_run_is_not_deleted(world):
    assert_refused("governance_check_run_no_delete", "DELETE FROM governance_checkrun")


# --- requests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["in_review", "approved", "revoked"])
def test_r01_request_is_not_born_approved(world, state):
    world.submit()
    born = world.request
    born.id, born.state = uuid7(), state
    assert_insert_refused("approvals_request_awaits_checks", born)
    born.state = "awaiting_checks"
    assert_inserted(born)


def test_r16_contributors_are_a_list(world):
    world.submit()
    world.request.id, world.request.contributors = uuid7(), {"nobody": 1}
    assert_insert_refused("approvals_request_contributors", world.request)


def test_r02_digest_of_a_request_is_not_changed(world):
    world.reviewed()
    assert_refused("approvals_request_fixed", *update(world.request, f"digest = '{'e' * 64}'"))


@pytest.mark.parametrize("column", ["title = 'Other'", "note = 'I said so'", "expires_at = '2099-01-01 00:00:00'"])
def test_r02_words_and_deadline_of_a_request_are_not_changed(world, column):
    world.reviewed()
    assert_refused("approvals_request_fixed", *update(world.request, column))


@pytest.mark.parametrize("moment", ["'2020-01-01 00:00:00'", "NULL"])
def test_closing_times_are_not_rewritten(world, moment):
    world.approved()
    assert_refused("approvals_request_closed", *update(world.request, f"closed_at = {moment}"))
    assert_refused("approvals_stage_closed", *update(world.stages[0], f"closed_at = {moment}"))
    assert_refused("approvals_request_closed", *update(world.request, "state = 'revoked', closed_at = NULL"))
    world.move(world.request, "revoked", closed_at=clock.now())


def test_request_under_review_is_not_said_to_be_closed(world):
    world.reviewed()
    assert_refused("approvals_request_closed", *update(world.request, "closed_at = '2020-01-01 00:00:00'"))
    assert_refused("approvals_stage_closed", *update(world.stages[0], "closed_at = '2020-01-01 00:00:00'"))


def test_r16_contributors_are_not_changed(world):
    world.reviewed()
    assert_refused("approvals_request_fixed", *update(world.request, "contributors = '[]'"))


@pytest.mark.parametrize("column", ["submitted_by_id = '{ann}'", "ad_account_id = '{elsewhere}'"])
def test_request_is_not_handed_to_others(world, column):
    world.reviewed()
    values = {"ann": world.ann.pk.hex, "elsewhere": world.elsewhere.pk.hex}
    assert_refused("approvals_request_fixed", *update(world.request, column.format(**values)))


def test_r03_review_does_not_begin_before_the_checks_end(world):
    world.submit()
    assert_refused("approvals_request_checked", *update(world.request, "state = 'in_review'"))
    world.check("warned")
    assert type_sql(*update(world.request, "state = 'in_review'")) == 1


def test_r03_review_does_not_begin_after_blocking_checks(world):
    world.submit()
    world.check("blocked")
    assert_refused("approvals_request_checked", *update(world.request, "state = 'in_review'"))


def test_r03_review_of_nothing_does_not_begin(world):
    world.submit()
    empty = world.request
    empty.id = uuid7()
    empty.save(force_insert=True)
    assert_refused("approvals_request_checked", *update(empty, "state = 'in_review'"))


@pytest.mark.parametrize("state", ["approved", "rejected", "changes_requested", "revoked"])
def test_state_does_not_leap_over_the_review(world, state):
    world.submit()
    assert_refused("approvals_request_steps", *update(world.request, f"state = '{state}'"))


def test_rejected_request_does_not_rise_again(world):
    world.reviewed()
    world.move(world.request, "rejected")
    for state in ("in_review", "approved", "awaiting_checks"):
        assert_refused("approvals_request_steps", *update(world.request, f"state = '{state}'"))


def test_r18_request_without_decisions_is_not_approved(world):
    world.reviewed()
    assert_refused("approvals_request_decided", *update(world.request, "state = 'approved'"))


def test_r18_request_with_one_stage_of_two_is_not_approved(world):
    world.reviewed()
    world.approve(world.stages[0], world.ann)
    world.satisfy(0)
    assert_refused("approvals_request_decided", *update(world.request, "state = 'approved'"))


def test_r03_request_without_stages_is_not_approved(world):
    world.submit(stages=())
    world.check()
    world.open_review()
    assert_refused("approvals_request_decided", *update(world.request, "state = 'approved'"))


def test_r13_request_is_not_approved_with_the_vote_of_somebody_who_left_since(world):
    world.decided()
    ungrant(world.ann, world.brand)
    assert_refused("approvals_request_decided", *update(world.request, "state = 'approved'"))
    grant(world.ann, "content_approver", world.brand, granted_at=world.request.submitted_at)
    assert type_sql(*update(world.request, "state = 'approved'")) == 1


def test_request_is_not_deleted(world):
    world.reviewed()
    assert_refused("approvals_request_no_delete", "DELETE FROM approvals_approvalrequest")


# --- items and stages --------------------------------------------------------------------------------------------------


def item_of(world: World, **changed: Any) -> RequestItem:
    """An item for a second campaign."""
    campaign = draft(world.account, world.author, "Second", clock.now())
    revision = revise(campaign, 1, BUDGET, world.author)
    fields = {
        "request": world.request, "revision": revision, "check_run": queue_run(revision), "entity_type": "campaign",
        "entity_id": campaign.pk, "position": 1, "sections_changed": [],
    }  # fmt: skip
    return RequestItem(**(fields | changed))


def test_r26_item_is_not_smuggled_into_a_review(world):
    world.submit()
    assert_inserted(first := item_of(world))
    world.move(first.check_run, "running")
    world.move(first.check_run, "completed", outcome="passed", finished_at=clock.now())
    world.check()
    world.open_review()
    row = item_of(world, position=2)
    assert_insert_refused("approvals_item_in_time", row)


def test_item_is_not_born_closed(world):
    world.submit()
    assert_insert_refused("approvals_item_in_time", item_of(world, is_open=False))


def test_item_does_not_name_another_entity(world):
    world.submit()
    assert_insert_refused("approvals_item_revision", item_of(world, entity_id=uuid7()))
    assert_insert_refused("approvals_item_revision", item_of(world, entity_type="ad"))
    assert_insert_refused("approvals_item_revision", item_of(world, base=world.revision))


def test_item_is_not_of_another_ad_account(world):
    world.submit()
    campaign = draft(world.elsewhere, world.author, "Elsewhere", clock.now())
    revision = revise(campaign, 1, BUDGET, world.author)
    row = item_of(world, revision=revision, check_run=queue_run(revision), entity_id=campaign.pk)
    assert_insert_refused("approvals_item_revision", row)


def test_r02_item_does_not_borrow_the_checks_of_another_revision(world):
    world.submit()
    assert_insert_refused("approvals_item_check_run", item_of(world, check_run=world.run))


def test_r02_item_is_not_pointed_at_another_revision(world):
    world.reviewed()
    other = revise(world.campaign, 2, BUDGET * 100, world.author)
    assert_refused("approvals_item_fixed", *update(world.item, f"revision_id = '{other.pk.hex}'"))
    assert_refused("approvals_item_fixed", *update(world.item, f"check_run_id = '{queue_run(other).pk.hex}'"))


def test_item_is_not_closed_under_an_open_request_nor_opened_again(world):
    world.reviewed()
    assert_refused("approvals_item_open", *update(world.item, "is_open = FALSE"))
    world.move(world.request, "withdrawn")
    assert type_sql(*update(world.item, "is_open = FALSE")) == 1
    assert_refused("approvals_item_closed", *update(world.item, "is_open = TRUE"))


def test_item_is_not_deleted(world):
    world.reviewed()
    assert_refused("approvals_item_no_delete", "DELETE FROM approvals_requestitem")


def stage_of(world: World, **changed: Any) -> Stage:
    fields = {
        "request": world.request, "key": "easy", "title": "Easy", "position": 9, "permission": "approve_content",
        "sections": [], "quorum": 1, "state": "pending",
    }  # fmt: skip
    return Stage(**(fields | changed))


def test_r12_stage_is_not_born_satisfied(world):
    world.submit()
    for state in ("satisfied", "skipped", "failed", "cancelled"):
        assert_insert_refused("approvals_stage_in_time", stage_of(world, state=state))


@pytest.mark.parametrize("in_review", [False, True])
@pytest.mark.parametrize("position", [5, 9])
def test_r12_stage_that_is_added_only_tightens(world, in_review, position):
    """What one more stage does to a request by SQL: it needs more, and is not approved without."""
    world.submit(stages=(("approve_content", 1),))
    if in_review:
        world.check()
        world.open_review()
    assert_inserted(stage_of(world, key="more", position=position, state="open"))
    if in_review:
        world.approve(world.stages[0], world.ann)
        assert type_sql(*update(world.stages[0], "state = 'satisfied'")) == 1
        assert_refused("approvals_request_decided", *update(world.request, "state = 'approved'"))


def test_r12_stage_is_not_added_to_what_is_decided(world):
    world.approved()
    assert_insert_refused("approvals_stage_in_time", stage_of(world, key="late", position=9))


@pytest.mark.parametrize("column", [
    "quorum = 1", "permission = 'approve_legal'", "position = 7", "sections = '[]'", "step = 9", "people = '[\"x\"]'", "groups = '[\"x\"]'",
    "everyone = TRUE", "each_group = TRUE", "carries = TRUE", "automatic = TRUE",
])  # fmt: skip
def test_r12_stage_is_not_eased(world, column):
    world.submit(stages=(("approve_content", 2), ("approve_budget", 2)))
    assert_refused("approvals_stage_fixed", *update(world.stages[0], column))


def test_r18_stage_is_not_satisfied_without_decisions(world):
    world.reviewed()
    assert_refused("approvals_stage_decided", *update(world.stages[0], "state = 'satisfied'"))
    world.approve(world.stages[0], world.ann)
    assert type_sql(*update(world.stages[0], "state = 'satisfied'")) == 1


def test_r18_stage_is_not_satisfied_with_too_few(world):
    world.submit(stages=(("approve_content", 2),))
    world.check()
    world.open_review()
    world.approve(world.stages[0], world.ann)
    world.approve(world.stages[0], world.ann)
    assert_refused("approvals_stage_decided", *update(world.stages[0], "state = 'satisfied'"))
    world.approve(world.stages[0], world.ben)
    assert type_sql(*update(world.stages[0], "state = 'satisfied'")) == 1


def test_r18_stage_is_not_satisfied_over_a_standing_no(world):
    world.reviewed()
    world.approve(world.stages[0], world.ann)
    world.decision(world.stages[0], world.ben, "request_changes").save(force_insert=True)
    assert_refused("approvals_stage_decided", *update(world.stages[0], "state = 'satisfied'"))
    world.approve(world.stages[0], world.ben)
    assert type_sql(*update(world.stages[0], "state = 'satisfied'")) == 1


def test_r13_stage_is_not_satisfied_by_who_was_deactivated(world):
    world.reviewed()
    world.approve(world.stages[0], world.ann)
    world.ann.is_active = False
    world.ann.save()
    assert_refused("approvals_stage_decided", *update(world.stages[0], "state = 'satisfied'"))


def test_stage_does_not_move_outside_its_table(world):
    world.reviewed()
    assert_refused("approvals_stage_steps", *update(world.stages[0], "state = 'pending'"))
    for state in ("skipped", "satisfied"):
        assert_refused("approvals_stage_steps", *update(world.stages[1], f"state = '{state}'"))


def test_r20_stage_for_people_is_not_left_out(world):
    world.reviewed()
    assert_refused("approvals_stage_skipped", *update(world.stages[0], "state = 'skipped'"))


def test_stage_is_not_deleted(world):
    world.reviewed()
    assert_refused("approvals_stage_no_delete", f"DELETE FROM approvals_stage WHERE id = '{world.stages[1].pk.hex}'")


# --- decisions ---------------------------------------------------------------------------------------------------------


def test_a_legal_decision_goes_through(world):
    world.reviewed()
    assert_inserted(world.decision(world.stages[0], world.ann))
    assert Decision.objects.count() == 1


def test_r16_submitter_does_not_decide(world):
    world.reviewed()
    assert_insert_refused("approvals_decision_contributor", world.decision(world.stages[0], world.author))


@pytest.mark.parametrize("spelling", [str, lambda key: key.hex, lambda key: str(key).upper()])
def test_r16_contributor_does_not_decide_however_the_id_is_written(world, spelling):
    world.contributors = [spelling(world.ann.pk)]
    world.reviewed()
    assert_insert_refused("approvals_decision_contributor", world.decision(world.stages[0], world.ann))
    assert_inserted(world.decision(world.stages[0], world.ben))


def test_r16_owner_of_the_submitting_machine_does_not_decide(world):
    machine = person(world.organisation, "machine", kind="service_account", owner=world.ann)
    world.author = machine
    world.reviewed()
    assert_insert_refused("approvals_decision_contributor", world.decision(world.stages[0], world.ann))
    assert_inserted(world.decision(world.stages[0], world.ben))


def test_r33_machine_does_not_decide(world):
    machine = person(world.organisation, "machine", kind="service_account", owner=world.outsider)
    grant(machine, "content_approver", world.account)
    world.reviewed()
    assert_insert_refused("approvals_decision_eligible", world.decision(world.stages[0], machine))


def test_r57_superuser_without_role_does_not_decide(world):
    root = person(world.organisation, "root", is_superuser=True, is_staff=True)
    world.reviewed()
    assert_insert_refused("approvals_decision_eligible", world.decision(world.stages[0], root))


def test_r57_approver_of_another_account_does_not_decide(world):
    world.reviewed()
    assert_insert_refused("approvals_decision_eligible", world.decision(world.stages[0], world.outsider))


def test_r17_deactivated_approver_does_not_decide(world):
    world.reviewed()
    world.ann.is_active = False
    world.ann.save()
    assert_insert_refused("approvals_decision_eligible", world.decision(world.stages[0], world.ann))


def test_r57_expired_role_does_not_decide(world):
    now = clock.now()
    grant(world.outsider, "content_approver", world.account, granted_at=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    world.reviewed()
    row = world.decision(world.stages[0], world.outsider)
    assert_insert_refused("approvals_decision_eligible", row)
    grant(world.outsider, "content_approver", world.account, granted_at=now, expires_at=now + timedelta(days=1))
    assert_inserted(row)


@pytest.mark.parametrize("since", [None, timedelta(hours=1)], ids=["awaits a second access manager", "begins later"])
def test_r57_role_that_is_not_in_force_yet_does_not_decide(world, since):
    world.reviewed()
    row = world.decision(world.stages[0], world.outsider)
    grant(world.outsider, "content_approver", world.account, since=since and clock.now() + since)
    assert_insert_refused("approvals_decision_eligible", row)


def test_r57_ended_membership_does_not_decide(world):
    joined = member(world.outsider, "content_approver", world.brand)
    world.reviewed()
    assert_inserted(world.decision(world.stages[0], world.outsider))
    row = world.decision(world.stages[0], world.outsider)
    Membership.objects.filter(pk=joined.pk).update(revoked_at=clock.now())
    assert_insert_refused("approvals_decision_eligible", row)


def test_r08_decision_names_the_digest(world):
    world.reviewed()
    assert_insert_refused("approvals_decision_digest", world.decision(world.stages[0], world.ann, digest="e" * 64))


def test_decision_is_not_taken_before_or_after_the_stage(world):
    world.submit()
    assert_insert_refused("approvals_decision_open", world.decision(world.stages[0], world.ann))
    world.check()
    world.open_review()
    assert_insert_refused("approvals_decision_open", world.decision(world.stages[1], world.ben))
    world.approve(world.stages[0], world.ann)
    world.satisfy(0)
    assert_insert_refused("approvals_decision_open", world.decision(world.stages[0], world.ben))


def test_decision_is_not_filed_under_another_request(world):
    world.reviewed()
    row = world.decision(world.stages[0], world.ann)
    assert_insert_refused("approvals_decision_open", row, request_id=uuid7().hex)


def test_r18_unknown_verdict_is_no_decision(world):
    world.reviewed()
    assert_insert_refused("approvals_decision_verdict", world.decision(world.stages[0], world.ann, "APPROVE"))


def test_r16_one_person_does_not_approve_at_two_stages(world):
    world.reviewed()
    world.approve(world.stages[0], world.ann)
    world.satisfy(0)
    assert_insert_refused("approvals_decision_other_stage", world.decision(world.stages[1], world.ann))
    assert_inserted(world.decision(world.stages[1], world.ann, "request_changes"))


def test_r19_decision_is_not_slipped_in_behind_a_later_one(world):
    world.reviewed()
    early = world.decision(world.stages[0], world.ann).pk
    world.decision(world.stages[0], world.ann, "reject").save(force_insert=True)
    assert_insert_refused("approvals_decision_order", world.decision(world.stages[0], world.ann, id=early))


@pytest.mark.parametrize("change", ["verdict = 'approve'", "decided_by_id = '{ben}'", "comment = ''"])
def test_r19_decision_is_not_changed(world, change):
    world.reviewed()
    row = world.decision(world.stages[0], world.ann, "reject")
    row.save(force_insert=True)
    assert_refused("approvals_decision_no_update", *update(row, change.format(ben=world.ben.pk.hex)))


def test_r19_negative_decision_is_not_deleted(world):
    world.reviewed()
    world.decision(world.stages[0], world.ann, "reject").save(force_insert=True)
    assert_refused("approvals_decision_no_delete", "DELETE FROM approvals_decision")
