"""R-04: spending less on what is live needs nobody's approval, waits for nothing that is open, and nothing else passes by it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from rest_framework.test import APIClient

from approvals import tasks as approvals
from approvals.errors import BaseMoved
from approvals.lowering import Lowering
from approvals.models import ApprovalRequest, Decision
from approvals.queries import budgets_since
from approvals.services import revoke, set_envelope, set_freeze
from approvals.tasks import check_request
from core import clock
from core.errors import Forbidden, Invalid, NotFound, Overtaken
from core.money import Money
from publishing import services, tasks
from publishing.models import ChannelObject
from tests.approvals.observing import assert_refused
from tests.builders import ROOT, Tree
from tests.guards.attack import unguarded
from tests.publishing.studio import Studio


@pytest.fixture
def live(studio: Studio) -> Tree:
    """A tree that is published: an ad group of 30 a day, a campaign of 80."""
    tree = studio.world.tree()
    studio.published(tree)
    return tree


def lower(studio: Studio, entity: Any, by: str = "operator", **to: Any) -> ApprovalRequest:
    made = services.lower(actor=studio.world.actor(by), entity_type=entity.entity_type.value, entity=entity.pk, to=Lowering(**to))
    return made.request


def through(studio: Studio, request: ApprovalRequest) -> ApprovalRequest:
    """Its checks run, and what is cleared published, as workers do."""
    check_request(str(request.pk))
    studio.publish(request)
    return ApprovalRequest.objects.get(pk=request.pk)


def daily(studio: Studio) -> list[float]:
    return [each["fields"]["budget"] for each in studio.on_channel("ad_group")]


def test_r04_a_lower_budget_is_live_without_anybody_s_approval(studio: Studio, live: Tree) -> None:
    request = through(studio, lower(studio, live.ad_group, budget="25.00"))
    assert request.state == "approved"
    assert not Decision.objects.filter(request=request).exists()
    assert [(each.key, each.state) for each in request.stages.all()] == [("lowering", "skipped")]
    assert (studio.steps(request), studio.ended(request), daily(studio)) == (["update ad_group"], {"published"}, [25])
    live.ad_group.refresh_from_db()
    assert live.ad_group.budget_minor == 25_00, "the draft follows"
    studio.assert_never_without_clearance()


@pytest.mark.parametrize("what", ["campaign", "ad_group"])
def test_r04_an_earlier_end(studio: Studio, live: Tree, what: str) -> None:
    end = (clock.now() + timedelta(days=5)).replace(microsecond=0)
    assert through(studio, lower(studio, getattr(live, what), end=end)).state == "approved"
    getattr(live, what).refresh_from_db()
    assert (live.campaign.ends_at if what == "campaign" else live.ad_group.end) == end


def test_r04_it_waits_for_no_open_request_which_has_to_look_again(studio: Studio, live: Tree) -> None:
    """The open one was compared with 30 a day: by its approval 30 would come back, and nobody would be asked."""
    studio.edit_group(live, name="Another name")
    pending = studio.world.request("in_review", live)
    through(studio, lower(studio, live.ad_group, budget="25.00"))
    assert daily(studio) == [25]
    stages = [each.key for each in pending.stages.all()]
    for key in stages[:-1]:
        studio.world.decide(pending, key)
    assert_refused(BaseMoved, partial(studio.world.decide, pending, stages[-1]), items=[str(live.ad_group.pk)])
    assert daily(studio) == [25]


def test_r21_a_freeze_does_not_hold_it(studio: Studio, live: Tree) -> None:
    begins = clock.now() - timedelta(hours=1)
    set_freeze(actor=ROOT, scope=studio.world.brand, begins_at=begins, ends_at=begins + timedelta(days=2), reason="Mourning")
    through(studio, lower(studio, live.ad_group, budget="25.00"))
    assert daily(studio) == [25]


def test_r04_what_is_worked_on_stays_as_it_is(studio: Studio, live: Tree) -> None:
    studio.edit_group(live, budget={"mode": "daily", "amount": "90.00"})
    through(studio, lower(studio, live.ad_group, budget="25.00"))
    live.ad_group.refresh_from_db()
    assert live.ad_group.budget_minor == 90_00


def test_r05_what_is_paused_stays_paused(studio: Studio, live: Tree) -> None:
    with unguarded():
        ChannelObject.objects.filter(entity_id=live.ad_group.pk).update(enabled=False)
    request = through(studio, lower(studio, live.ad_group, budget="25.00"))
    assert (studio.steps(request), studio.ended(request)) == (["update ad_group"], {"published"})


def test_r23_below_the_minimum_it_is_blocked_and_pausing_is_the_way(studio: Studio, live: Tree) -> None:
    request = through(studio, lower(studio, live.ad_group, budget="19.99"))
    assert (request.state, daily(studio)) == ("blocked", [30])


def test_r04_twice_before_the_worker_looks(studio: Studio, live: Tree) -> None:
    """The second adds to the first, and takes its place."""
    end = (clock.now() + timedelta(days=5)).replace(microsecond=0)
    first, second = lower(studio, live.ad_group, budget="25.00"), lower(studio, live.ad_group, end=end)
    through(studio, second)
    assert [ApprovalRequest.objects.get(pk=each.pk).state for each in (first, second)] == ["superseded", "approved"]
    assert daily(studio) == [25]


def test_r04_the_guard_lets_nothing_else_pass(studio: Studio, live: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lowering that raises, made past the code: left to people by the database."""
    monkeypatch.setattr("publishing.services.lowering.lowered", _raised)
    request = lower(studio, live.ad_group, budget="25.00")
    with pytest.raises(Overtaken) as caught:
        check_request(str(request.pk))
    assert "approvals_stage_skipped" in str(caught.value.__cause__)
    assert (daily(studio), request.stages.get().state) == ([30], "open")


def _raised(content: Any, *_: Any) -> Any:
    content["sections"]["budget"]["amount"]["minor"] = 90_00
    return content


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ({"budget": "30.00"}, "not_lower"), ({"budget": "30.01"}, "not_lower"), ({"bid": "1.00"}, "not_applicable"),
        ({}, "required"), ({"budget": "-1"}, None), ({"end": timedelta(days=30)}, "not_lower"), ({"end": timedelta(days=-1)}, "out_of_range"),
    ],
)  # fmt: skip
def test_r04_nothing_but_less(studio: Studio, live: Tree, to: dict[str, Any], code: str | None) -> None:
    values = {name: clock.now() + value if name == "end" else value for name, value in to.items()}
    refused = assert_refused(Invalid, partial(lower, studio, live.ad_group, **values))
    assert isinstance(refused, Invalid)
    assert code is None or [each.code for each in refused.errors] == [code]


def test_r57_it_needs_the_right_to_operate(studio: Studio, live: Tree) -> None:
    for name in ("submitter", "content", "budget", "auditor"):
        assert_refused(Forbidden, partial(lower, studio, live.ad_group, by=name, budget="25.00"))
    studio.world.add_person("stranger")
    assert_refused(NotFound, partial(lower, studio, live.ad_group, by="stranger", budget="25.00"))
    assert daily(studio) == [30]


def test_r04_what_is_not_live_is_edited(studio: Studio) -> None:
    tree = studio.world.tree()
    assert_refused(Invalid, partial(lower, studio, tree.ad_group, budget="25.00"))


def test_r32_what_was_lowered_is_revoked_like_anything(studio: Studio, live: Tree) -> None:
    request = lower(studio, live.ad_group, budget="25.00")
    check_request(str(request.pk))
    revoke(actor=studio.world.actor("operator"), request=request.pk, reason="A mistake.")
    studio.publish(request)
    assert daily(studio) == [30]


def test_r24_the_envelope_gets_back_what_is_not_spent(studio: Studio) -> None:
    world, month = studio.world, clock.now().date().replace(day=1)
    tree = world.tree()
    studio.published(tree)
    made = set_envelope(
        actor=world.actor("policy_manager"), scope=world.account, title="Autumn", amount=Money(500_00, "USD"), first_month=month
    )
    before = spoken_for(made.envelope)
    through(studio, lower(studio, tree.ad_group, budget="25.00"))
    assert before - spoken_for(made.envelope) == 10 * 5_00


def spoken_for(envelope: Any) -> int:
    return sum(each.reserved_minor + each.committed_minor for each in envelope.entries.all())


def test_r22_what_was_lowered_is_no_base_for_raising_again(studio: Studio, live: Tree) -> None:
    """30, lowered to 25, back to 30: no more than people approved. To 40: ten more than they did."""
    through(studio, lower(studio, live.ad_group, budget="25.00"))
    amounts = budgets_since(studio.world.account, clock.now() - timedelta(days=7), [live.campaign.pk])
    assert [each.minor for each in amounts if each.entity == live.ad_group.pk] == [30_00]


def test_over_http(studio: Studio, live: Tree) -> None:
    client = APIClient(headers={"Authorization": f"Bearer {studio.world.token('operator')}"})
    answer = client.post(f"/api/v1/ad-groups/{live.ad_group.pk}/lower/", {"budget": "25.00"}, format="json")
    assert (answer.status_code, [each["key"] for each in answer.json()["stages"]]) == (202, ["lowering"])
    approvals.sweep()
    tasks.sweep()
    assert daily(studio) == [25]
    answer = client.post(f"/api/v1/ad-groups/{live.ad_group.pk}/lower/", {"budget": "26.00"}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_lower")
