"""Who a stage asks, and what waits for whom (R-50)."""

from __future__ import annotations

import pytest

from accounts import services as accounts
from approvals import queries
from core import clock
from core.errors import NotFound
from tests import builders


def seats(world, request):
    found = queries.get_request(world.actor("auditor"), request.pk)
    return {each.stage.key: each for each in queries.seats(found, clock.now())}


def names(people):
    return [person.name for person in people]


def test_r50_who_is_eligible_for_each_stage(world):
    found = seats(world, world.request(at="in_review"))
    assert names(found["content"].eligible) == ["Content"]
    assert names(found["budget"].eligible) == ["Budget"]
    assert not found["content"].stalled


def test_r50_two_stages_of_one_permission_ask_the_same_people(world):
    from approvals.services import publish_policy

    stages = [builders.STAGES[0], {**builders.STAGES[1], "permission": "approve_content"}]
    publish_policy(actor=builders.ROOT, key="policy-acme", title="Same", stages=stages, scope=world.organisation)
    world.add_person("second", "content_approver")
    found = seats(world, world.request(at="in_review"))
    assert names(found["content"].eligible) == names(found["budget"].eligible) == ["Content", "Second"]


def test_r16_r50_excluded_people_with_the_reason(world):
    for person in ("submitter", "operator"):
        accounts.grant_role(actor=builders.ROOT, role="content_approver", principal=world.user(person), scope=world.brand)
    accounts.grant_role(actor=builders.ROOT, role="budget_approver", principal=world.user("content"), scope=world.brand)
    found = seats(world, world.request(at="content_approved"))
    assert [(person.name, why) for person, why in found["content"].excluded] == [("Submitter", "submitter")]
    assert [(person.name, why) for person, why in found["budget"].excluded] == [("Content", "other_stage")]
    assert found["content"].decided == {world.people["content"].pk: "approve"}


def test_r14_a_stage_that_nobody_can_decide_any_more_is_visible_and_not_approved(world):
    request = world.request(at="in_review")
    accounts.deactivate_user(actor=builders.ROOT, user=world.people["content"].pk)
    found = seats(world, request)
    assert found["content"].stalled
    assert found["content"].eligible == []
    assert not found["budget"].stalled, "not open yet"
    request.refresh_from_db()
    assert request.state == "in_review"


@pytest.mark.parametrize(
    ("at", "waits_for"),
    [("awaiting_checks", set()), ("in_review", {"content"}), ("content_approved", {"budget"}), ("approved", set()),
     ("changes_requested", set()), ("rejected", set())],
)  # fmt: skip
def test_what_waits_for_whom(world, at, waits_for):
    request = world.request(at=at)
    waiting = {name for name in world.people if list(queries.awaiting(world.actor(name))) == [request]}
    assert waiting == waits_for


def test_r16_nothing_waits_for_who_contributed(world):
    accounts.grant_role(actor=builders.ROOT, role="content_approver", principal=world.user("submitter"), scope=world.brand)
    world.request(at="in_review")
    assert list(queries.awaiting(world.actor("submitter"))) == []


def test_r57_strangers_see_no_requests(world):
    request = world.request(at="in_review")
    other = builders.organisation("Evil")
    assert list(queries.visible_requests(other.actor("auditor"))) == []
    with pytest.raises(NotFound):
        queries.get_request(other.actor("auditor"), request.pk)
