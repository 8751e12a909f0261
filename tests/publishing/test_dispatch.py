"""The whole way from clearances to the channel, against a real simulator process."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from approvals import services as approvals
from approvals.models import EnvelopeEntry
from campaigns import services as campaigns
from campaigns.intake import store
from core import clock
from core.money import Money
from governance.defaults import brand_rules
from governance.services import publish_rule_set
from publishing import queries, services, tasks
from publishing.channels.registry import channel
from publishing.errors import ClearanceSuperseded
from publishing.models import Publication
from tests import builders
from tests.publishing.studio import CREATES, ENABLES, OutsideCallInTransaction, Studio

BUDGET = {"mode": "daily", "amount": "45.00"}


def test_r36_created_off_read_back_then_enabled_parents_first(studio: Studio) -> None:
    request = studio.published()
    assert studio.steps(request) == [*CREATES, *ENABLES]
    assert studio.enabled() == ["campaign", "ad_group", "ad"]
    changes = [action for action in studio.writes() if not action.startswith(("video", "image"))]
    assert changes == [
        "campaign.created", "adgroup.created", "ad.created", "campaign.enabled", "adgroup.enabled", "ad.enabled",
    ]  # fmt: skip
    created = [entry for entry in studio.simulator.log() if entry["action"].endswith(".created")]
    assert {entry["details"]["operation_status"] for entry in created} == {"DISABLE"}
    assert studio.findings() == []
    studio.assert_never_without_clearance()


@pytest.mark.parametrize("mode", ["daily", "dynamic_daily", "lifetime"])
def test_r36_a_campaign_that_optimises_its_budget_goes_the_whole_way(studio: Studio, mode: str) -> None:
    """Its ad group has no budget of its own, from the draft to the channel."""
    world = studio.world
    campaign = world.campaign(budget={"mode": mode, "amount": "80.00"}, budget_optimization=True)
    values = {name: value for name, value in builders.ad_group_values().items() if name != "budget"}
    group = campaigns.draft_ad_group(actor=world.actor("submitter"), campaign=campaign.pk, values=values)  # type: ignore[arg-type]
    assert (group.budget_mode, group.budget_minor) == ("unlimited", None)
    request = studio.published(builders.Tree(campaign, group, world.ad(group)))
    assert request.exposure_minor == {"daily": 88_000, "dynamic_daily": 106_000, "lifetime": 8_000}[mode]
    assert studio.enabled() == ["campaign", "ad_group", "ad"]
    (above,), (below,) = (studio.on_channel(level) for level in ("campaign", "ad_group"))
    assert (above["fields"]["budget_optimize_on"], above["fields"]["budget"]) == (True, 80.0)
    assert (below["fields"]["budget_mode"], below["fields"]["budget"]) == ("BUDGET_MODE_INFINITE", 0.0)
    assert studio.findings() == []


def test_r24_what_is_published_is_committed_in_its_envelope(studio: Studio) -> None:
    world, first = studio.world, clock.now().date().replace(day=1)
    approvals.set_envelope(
        actor=world.actor("policy_manager"), scope=world.brand, title="All", amount=Money(10_000_00, "USD"), first_month=first
    )
    studio.published()
    entries = EnvelopeEntry.objects.order_by("pk")
    assert {str(each.kind) for each in entries} == {"reserve", "commit"}
    assert (sum(each.reserved_minor for each in entries), sum(each.committed_minor for each in entries)) == (0, 300_00)


def test_the_watch_itself_catches_a_call_in_a_transaction(studio: Studio) -> None:
    with transaction.atomic(), pytest.raises(OutsideCallInTransaction):
        channel().identities(_account(studio))
    assert channel().identities(_account(studio))


def _account(studio: Studio) -> Any:
    from django.conf import settings

    from publishing.channels.base import ChannelAccount

    row = studio.world.account
    return ChannelAccount(row.external_id, settings.TIKTOK_ACCESS_TOKEN, row.currency)


# --- what differs stays off ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "changed", "field", "on"),
    [
        ("campaign", {"budget": 999.0}, "budget.amount", []),
        ("adgroup", {"budget": 999.0}, "budget.amount", ["campaign"]),
        ("ad", {"ad_text": "Buy now!!!"}, "copy.text", ["campaign", "ad_group"]),
        ("ad", {"landing_page_url": "https://elsewhere.example/"}, "destination.landing_page_url", ["campaign", "ad_group"]),
    ],
)
def test_r36_what_differs_at_read_back_is_never_enabled(
    studio: Studio, level: str, changed: dict[str, Any], field: str, on: list[str]
) -> None:
    request = studio.admitted()
    for _ in CREATES:
        assert studio.step(request)
    item = studio.on_channel("ad_group" if level == "adgroup" else level)[0]
    studio.simulator.tamper(level, item["id"], **changed)
    studio.publish(request)
    assert studio.enabled() == on
    assert studio.findings() == [field]
    states = studio.states(request)
    refused = 3 + len(on)
    assert states[refused] == "refused"
    assert set(states[refused + 1 :]) <= {"cancelled"}
    studio.assert_never_without_clearance()


@pytest.mark.parametrize(
    ("level", "field", "value"),
    [
        ("campaign", "po_number", "4711"),
        ("adgroup", "spending_power", "HIGH"),
        ("adgroup", "deep_cpa_bid", 99),
        ("adgroup", "brand_safety_partner", "IAS"),
        ("ad", "avatar_icon_web_uri", "evil"),
        ("ad", "item_duet_status", "ENABLE"),
        ("ad", "field_of_tomorrow", "x"),
    ],
)
def test_r38_what_nobody_asked_for_is_never_enabled(studio: Studio, level: str, field: str, value: Any) -> None:
    """Set natively between create and enable, in a field that no revision has."""
    above = ["campaign", "ad_group", "ad"][: ["campaign", "adgroup", "ad"].index(level)]
    request = studio.admitted()
    for _ in CREATES:
        assert studio.step(request)
    item = studio.on_channel("ad_group" if level == "adgroup" else level)[0]
    studio.simulator.tamper(level, item["id"], **{field: value})
    studio.publish(request)
    assert studio.enabled() == above
    assert studio.findings() == [f"channel.{field}"]
    refused = 3 + len(above)
    assert studio.states(request) == [*["published"] * refused, "refused", *["cancelled"] * (5 - refused)]
    studio.assert_never_without_clearance()


def test_r36_what_was_refused_for_a_difference_is_written_anew_when_asked_again(studio: Studio) -> None:
    request = studio.admitted()
    for _ in CREATES:
        studio.step(request)
    ad = studio.on_channel("ad")[0]
    studio.simulator.tamper("ad", ad["id"], ad_text="Buy now!!!")
    studio.publish(request)
    services.request_publication(actor=studio.world.actor("publisher"), request=request.pk)
    studio.publish(request)
    assert studio.steps(request)[6:] == ["update ad", "enable ad"]
    assert set(studio.states(request)[6:]) == {"published"}
    assert studio.texts() == ["Warm jackets are here"]
    assert studio.enabled() == ["campaign", "ad_group", "ad"]


def test_r36_a_difference_found_in_something_running_switches_it_off(studio: Studio) -> None:
    """Somebody changes the live ad and an update of it does not take: it must not run."""
    tree = studio.world.tree()
    studio.published(tree)
    studio.edit_ad(tree, text="Warm jackets for you")
    request = studio.approved(tree)
    studio.simulator.fault("ad/update", code=40012)  # “nothing to update”: taken for done, so that the read-back differs
    studio.publish(request)
    assert studio.states(request) == ["refused"]
    assert studio.findings() == ["copy.text"]
    assert studio.enabled() == ["campaign", "ad_group"]
    assert not studio.known(tree.ad).enabled


def test_r38_what_differs_and_cannot_be_switched_off_is_found_as_running(studio: Studio) -> None:
    tree = studio.world.tree()
    studio.published(tree)
    studio.edit_ad(tree, text="Warm jackets for you")
    request = studio.approved(tree)
    studio.simulator.fault("ad/update", code=40012)
    studio.simulator.fault("ad/status/update", code=40001)
    studio.publish(request)
    assert studio.states(request) == ["refused"]
    assert studio.findings() == ["copy.text", "enabled"]
    assert studio.known(tree.ad).enabled


def test_what_cannot_be_switched_off_now_is_tried_again(studio: Studio, time_machine: Any) -> None:
    tree = studio.world.tree()
    studio.published(tree)
    studio.edit_ad(tree, text="Warm jackets for you")
    request = studio.approved(tree)
    studio.simulator.fault("ad/update", code=40012)
    studio.simulator.fault("ad/status/update", code=40100)
    studio.publish(request)
    assert studio.states(request) == ["queued"]
    later(time_machine, 400)
    studio.publish(request)
    assert studio.states(request) == ["published"]
    assert studio.texts() == ["Warm jackets for you"]


def later(time_machine: Any, seconds: float) -> None:
    time_machine.move_to(clock.now() + timedelta(seconds=seconds))


# --- the approval ends, or is not yet --------------------------------------------------------------------------------------


def test_r32_revoked_between_gate_and_dispatch_is_cancelled_and_nothing_is_sent(studio: Studio) -> None:
    request = studio.admitted()
    approvals.revoke(actor=studio.world.actor("operator"), request=request.pk, reason="The price is wrong.")
    studio.publish(request)
    assert studio.ended(request) == {"cancelled"}
    studio.assert_nothing_sent()


@pytest.mark.parametrize("steps", [1, 3, 5])
def test_r32_revoked_on_the_way_leaves_the_rest_off(studio: Studio, steps: int) -> None:
    request = studio.admitted()
    for _ in range(steps):
        assert studio.step(request)
    approvals.revoke(actor=studio.world.actor("operator"), request=request.pk, reason="The price is wrong.")
    studio.publish(request)
    assert studio.states(request) == ["published"] * steps + ["cancelled"] * (6 - steps)
    assert studio.enabled() == ["campaign", "ad_group", "ad"][: max(0, steps - 3)]
    studio.assert_never_without_clearance()


@pytest.mark.parametrize("steps", [0, 3])
def test_r21_a_window_that_ends_on_the_way_ends_the_publication(studio: Studio, time_machine: Any, steps: int) -> None:
    request = studio.admitted()
    for _ in range(steps):
        assert studio.step(request)
    sent = len(studio.calls)
    later(time_machine, 8 * 24 * 3600)
    studio.publish(request)
    assert set(studio.states(request)[steps:]) == {"cancelled"}
    assert len(studio.calls) == sent
    assert studio.enabled() == []


def test_r10_edited_after_approval_suspends_what_is_queued(studio: Studio) -> None:
    tree = studio.world.tree()
    request = studio.admitted(tree=tree)
    studio.edit_ad(tree, text="Warm jackets for you")
    newer = studio.world.submit(tree).request
    studio.publish(request)
    assert studio.states(request) == ["published"] * 2 + ["cancelled"] * 4  # what the newer request does not concern, and off
    assert studio.on_channel("ad") == []
    assert studio.enabled() == []
    approvals.withdraw(actor=studio.world.actor("submitter"), request=newer.pk)
    services.request_publication(actor=studio.world.actor("publisher"), request=request.pk)
    studio.publish(request)
    assert studio.steps(request)[6:] == ["create ad", *ENABLES]
    assert set(studio.states(request)[6:]) == {"published"}
    assert studio.texts() == ["Warm jackets are here"]


def test_r21_planned_publications_wait_for_their_time(studio: Studio, time_machine: Any) -> None:
    request = studio.approved(publish_at=clock.now() + timedelta(seconds=4))
    studio.publish(request)
    tasks.sweep()
    assert studio.rows(request) == []
    studio.assert_nothing_sent()
    later(time_machine, 4)  # within what the database allows our clock to be ahead
    tasks.sweep()
    assert studio.ended(request) == {"published"}


def test_manual_publication_needs_a_person_with_publish(studio: Studio) -> None:
    request = studio.approved(publish="manual")
    studio.publish(request)
    tasks.sweep()
    assert studio.rows(request) == []
    studio.assert_nothing_sent()
    services.request_publication(actor=studio.world.actor("publisher"), request=request.pk)
    studio.publish(request)
    assert studio.ended(request) == {"published"}


def test_sweep_finds_clearances_that_nobody_announced(studio: Studio) -> None:
    requests = [studio.approved(), studio.approved()]
    tasks.sweep()
    assert [studio.ended(request) for request in requests] == [{"published"}, {"published"}]


def test_one_failing_request_does_not_keep_the_sweep_from_the_others(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    requests = sorted([studio.approved(), studio.approved()], key=lambda request: request.pk)
    publish = tasks.publish_request

    def failing(request: str) -> None:
        if request == str(requests[0].pk):
            raise DatabaseError("the disk is full")
        publish(request)

    monkeypatch.setattr(tasks, "publish_request", failing)
    tasks.sweep()
    assert studio.states(requests[0]) == []
    assert studio.ended(requests[1]) == {"published"}
    assert "the disk is full" in caplog.text


# --- media ---------------------------------------------------------------------------------------------------------------


def swap(sha256: str) -> None:
    path = store().path_of(sha256)
    path.unlink()
    path.write_bytes(builders.video("Something else").read_bytes())


@pytest.mark.parametrize("gone", [False, True])
def test_r02_media_swapped_on_disk_after_approval_sends_nothing(
    studio: Studio, settings: Any, tmp_path: Path, gone: bool
) -> None:
    settings.MEDIA_STORE = tmp_path
    media = studio.world.upload()
    request = studio.approved(studio.world.tree(media=media))
    if gone:
        store().path_of(media.sha256).unlink()
    else:
        swap(media.sha256)
    studio.publish(request)
    assert studio.states(request) == ["refused", *["cancelled"] * 5]
    studio.assert_nothing_sent()


def test_r02_media_swapped_after_it_was_uploaded_for_another_ad(studio: Studio, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_STORE = tmp_path
    media = studio.world.upload()
    studio.published(studio.world.tree(media=media))
    request = studio.approved(studio.world.tree(media=media))
    swap(media.sha256)
    sent = len(studio.calls)
    studio.publish(request)
    assert studio.states(request) == ["refused", *["cancelled"] * 5]
    assert len(studio.calls) == sent


def test_r02_media_swapped_between_create_and_enable(studio: Studio, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_STORE = tmp_path
    media = studio.world.upload()
    request = studio.admitted(tree=studio.world.tree(media=media))
    for _ in CREATES:
        assert studio.step(request)
    swap(media.sha256)
    studio.publish(request)
    assert studio.enabled() == ["campaign", "ad_group"]
    assert studio.states(request)[-1] == "refused"


def test_media_are_uploaded_once_for_two_ads(studio: Studio) -> None:
    studio.published()
    uploads = [path for path in studio.calls if path.endswith("/upload")]
    studio.published()
    assert [path for path in studio.calls if path.endswith("/upload")] == uploads
    assert len(studio.on_channel("ad")) == 2


# --- the next request of the same entities ---------------------------------------------------------------------------------


def test_r10_live_runs_unchanged_until_the_new_content_is_cleared(studio: Studio) -> None:
    tree = studio.world.tree()
    studio.published(tree)
    before, sent = studio.on_channel("ad")[0], len(studio.writes())
    studio.edit_ad(tree, text="Warm jackets for you")
    request = studio.world.request("in_review", tree)
    studio.publish(request)
    tasks.sweep()
    assert studio.on_channel("ad")[0] == before
    studio.world.decide(request, "content")
    studio.publish(request)
    assert studio.steps(request) == ["update ad"]
    assert studio.ended(request) == {"published"}
    after = studio.on_channel("ad")[0]
    assert after["id"] == before["id"]
    assert studio.texts() == ["Warm jackets for you"]
    assert after["operation_status"] == "ENABLE"
    assert studio.writes()[sent:] == ["ad.updated"]
    studio.assert_never_without_clearance()


def test_a_budget_change_updates_the_ad_group_alone(studio: Studio) -> None:
    tree = studio.world.tree()
    studio.published(tree)
    studio.edit_group(tree, budget=BUDGET)
    request = studio.published(tree)
    assert studio.steps(request) == ["update ad_group"]
    assert studio.on_channel("ad_group")[0]["fields"]["budget"] == pytest.approx(45)
    assert studio.enabled() == ["campaign", "ad_group", "ad"]


def test_r27_a_child_waits_for_its_parent_without_a_stream_of_refusals(studio: Studio) -> None:
    tree = studio.world.tree()
    parents = studio.approved(tree, publish="manual")
    studio.world.ad(tree.ad_group, name="Second film", text="Coats are here")
    child = studio.approved(tree)
    assert child.items.count() == 1
    for _ in range(3):
        studio.publish(child)
        tasks.sweep()
    assert studio.rows(child) == []
    assert studio.refusals() == []
    waits = queries.obstacle(child.pk, clock.now())
    assert waits is not None
    assert waits.code == "parent_not_published"
    services.request_publication(actor=studio.world.actor("publisher"), request=parents.pk)
    tasks.sweep()
    tasks.sweep()
    assert studio.ended(child) == {"published"}
    assert studio.enabled() == ["campaign", "ad_group", "ad", "ad"]


def test_r27_a_parent_that_differs_on_the_channel_does_not_count(studio: Studio) -> None:
    tree = studio.world.tree()
    parents = studio.admitted(tree=tree)
    for _ in CREATES:
        studio.step(parents)
    studio.simulator.tamper("campaign", studio.on_channel("campaign")[0]["id"], budget=999.0)
    studio.publish(parents)
    studio.edit_group(tree, budget=BUDGET)
    child = studio.approved(tree)
    assert [item.entity_type for item in child.items.all()] == ["ad_group"]
    waits = queries.obstacle(child.pk, clock.now())
    assert waits is not None
    assert waits.code == "parent_not_published"


def test_r12_rules_tightened_after_approval_make_it_wait_with_a_reason(studio: Studio) -> None:
    request = studio.approved()
    slug = studio.world.organisation.slug

    def rules(*forbidden: str) -> None:
        lines = brand_rules([builders.DOMAIN], [builders.FORBIDDEN, *forbidden])
        key, scope = f"more-{slug}", studio.world.organisation
        publish_rule_set(actor=builders.ROOT, key=key, title="More", rules=lines, scope=scope)

    rules("jackets")
    for _ in range(3):
        studio.publish(request)
        tasks.sweep()
    assert studio.rows(request) == []
    assert studio.refusals() == []
    waits = queries.obstacle(request.pk, clock.now())
    assert waits is not None
    assert waits.code == "checks_fail_now"
    studio.assert_nothing_sent()
    rules()
    tasks.sweep()
    assert studio.ended(request) == {"published"}


def test_r10_an_older_clearance_never_goes_out_over_a_newer_one(studio: Studio) -> None:
    tree = studio.world.tree()
    studio.published(tree)
    studio.edit_ad(tree, text="The first thought")
    older = studio.approved(tree, publish="manual")
    studio.edit_ad(tree, text="The second thought")
    studio.published(tree)
    with pytest.raises(ClearanceSuperseded):
        services.request_publication(actor=studio.world.actor("publisher"), request=older.pk)
    assert studio.rows(older) == []
    assert studio.texts() == ["The second thought"]


def test_r10_parents_go_out_without_the_child_that_was_approved_anew(studio: Studio) -> None:
    tree = studio.world.tree()
    older = studio.approved(tree, publish="manual")
    studio.edit_ad(tree, text="The second thought")
    newer = studio.approved(tree)
    services.request_publication(actor=studio.world.actor("publisher"), request=older.pk)
    assert studio.steps(older) == ["create campaign", "create ad_group", "enable campaign", "enable ad_group"]
    tasks.sweep()
    tasks.sweep()
    assert studio.ended(older) == studio.ended(newer) == {"published"}
    assert studio.texts() == ["The second thought"]


def test_r10_a_newer_clearance_on_the_way_cancels_what_is_left_of_the_older(studio: Studio) -> None:
    tree = studio.world.tree()
    older = studio.admitted(tree=tree)
    for _ in range(2):
        studio.step(older)
    studio.edit_ad(tree, text="The second thought")
    newer = studio.approved(tree, publish="manual")
    studio.publish(older)
    assert studio.states(older) == ["published"] * 2 + ["cancelled"] * 4
    assert studio.on_channel("ad") == []
    services.request_publication(actor=studio.world.actor("publisher"), request=newer.pk)
    studio.publish(newer)
    assert studio.texts() == ["The second thought"]


def test_publishing_the_same_request_again_does_nothing(studio: Studio) -> None:
    request = studio.published()
    sent = len(studio.calls)
    studio.publish(request)
    tasks.sweep()
    assert len(studio.rows(request)) == 6
    assert len(studio.calls) == sent
    assert Publication.objects.count() == 6

