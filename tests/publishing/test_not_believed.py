"""What the rows of ours say of the channel is believed only when the channel says so too; and pausing, which is free."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from approvals import services as approvals
from approvals.models import ApprovalRequest
from campaigns.models import MediaAsset
from core import clock
from core.ids import uuid7
from publishing import performing, services
from publishing.channels.base import ChannelInvalid
from publishing.models import ChannelMedia, ChannelObject, DriftFinding, Publication
from tests import builders
from tests.guards.attack import unguarded
from tests.publishing.studio import Studio


def later(time_machine: Any, seconds: float) -> None:
    time_machine.move_to(clock.now() + timedelta(seconds=seconds))


# --- what is above ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("steps", "states"), [(1, ["refused", *["cancelled"] * 4]), (4, ["refused", "cancelled"])])
def test_r36_nothing_is_created_or_enabled_below_a_parent_that_was_edited(
    studio: Studio, steps: int, states: list[str]
) -> None:
    tree = studio.world.tree()
    request = studio.admitted(tree=tree)
    for _ in range(steps):
        assert studio.step(request)
    before = studio.writes()
    studio.simulator.tamper("campaign", studio.on_channel("campaign")[0]["id"], budget=999.0)
    studio.publish(request)
    assert studio.states(request)[steps:] == states
    assert studio.writes() == before
    (finding,) = DriftFinding.objects.all()
    assert (finding.entity_type, finding.entity_id, finding.field) == ("campaign", tree.campaign.pk, "budget.amount")
    assert "campaign.budget.amount" in studio.rows(request)[steps].reason
    services.request_publication(actor=studio.world.actor("publisher"), request=request.pk)
    studio.publish(request)
    assert studio.steps(request)[6] == "update campaign"
    assert set(studio.states(request)[6:]) == {"published"}
    assert studio.enabled() == ["campaign", "ad_group", "ad"]


def test_r36_a_parent_is_read_also_for_a_child_that_comes_later(studio: Studio) -> None:
    tree = studio.world.tree()
    studio.published(tree)
    studio.world.ad(tree.ad_group, name="Second film", text="Coats are here")
    request = studio.admitted(tree=tree)
    assert studio.steps(request) == ["create ad", "enable ad"]
    studio.simulator.tamper("adgroup", studio.on_channel("ad_group")[0]["id"], budget=999.0)
    studio.publish(request)
    assert studio.states(request) == ["refused", "cancelled"]
    assert len(studio.on_channel("ad")) == 1
    assert list(DriftFinding.objects.values_list("entity_id", "field")) == [(tree.ad_group.pk, "budget.amount")]


def test_r01_a_row_that_names_another_campaign_carries_no_children(studio: Studio) -> None:
    """By SQL: the approved campaign is said to be one that nobody approved."""
    tree, other = studio.world.tree(), studio.world.tree()
    studio.published(other)
    request = studio.admitted(tree=tree)
    assert studio.step(request)
    native = studio.known(other.campaign).external_id
    with unguarded():
        ChannelObject.objects.filter(entity_id=other.campaign.pk).update(external_id="1")
        ChannelObject.objects.filter(entity_id=tree.campaign.pk).update(external_id=native)
    before = studio.writes()
    studio.publish(request)
    assert studio.states(request) == ["published", "refused", *["cancelled"] * 4]
    assert studio.writes() == before
    assert "structure.name" in studio.findings()


def test_r36_what_an_earlier_try_enabled_below_an_edited_parent_is_switched_off(studio: Studio, time_machine: Any) -> None:
    tree = studio.world.tree()
    request = studio.admitted(tree=tree)
    for _ in range(5):
        assert studio.step(request)
    studio.simulator.fault("ad/status/update", disconnect="after")
    studio.publish(request)
    assert studio.states(request)[-1] == "unconfirmed"
    studio.simulator.tamper("campaign", studio.on_channel("campaign")[0]["id"], budget=999.0)
    later(time_machine, 400)
    studio.publish(request)
    assert studio.states(request)[-1] == "refused"
    assert studio.enabled() == ["campaign", "ad_group"]
    assert studio.findings() == ["budget.amount"]


def test_r27_a_parent_revoked_on_the_way_carries_no_children(studio: Studio) -> None:
    tree = studio.world.tree()
    parents = studio.published(tree)
    studio.world.ad(tree.ad_group, name="Second film", text="Coats are here")
    request = studio.admitted(tree=tree)
    approvals.revoke(actor=studio.world.actor("operator"), request=parents.pk, reason="The price is wrong.")
    studio.publish(request)
    assert studio.states(request) == ["refused", "cancelled"]
    assert len(studio.on_channel("ad")) == 1


# --- pausing ---------------------------------------------------------------------------------------------------------------


def pause(studio: Studio, request: ApprovalRequest) -> Publication:
    """No door asks for a pause yet; the row is as the gate would write it."""
    row = studio.rows(request)[-1]
    row.pk, row.operation, row.state, row.amount_minor, row.finished_at = uuid7(), "pause", "queued", None, None
    row.save(force_insert=True)
    return row


@pytest.mark.parametrize("end", ["revoked", "expired", "edited"])
def test_r04_a_pause_is_carried_out_and_needs_no_standing_clearance(studio: Studio, time_machine: Any, end: str) -> None:
    tree = studio.world.tree()
    request = studio.published(tree)
    if end == "revoked":
        approvals.revoke(actor=studio.world.actor("operator"), request=request.pk, reason="The price is wrong.")
    elif end == "expired":
        later(time_machine, 8 * 24 * 3600)
    else:
        studio.simulator.tamper("campaign", studio.on_channel("campaign")[0]["id"], budget=999.0)
        studio.simulator.tamper("ad", studio.on_channel("ad")[0]["id"], ad_text="Buy now!!!")
    before = studio.known(tree.ad)
    row = pause(studio, request)
    studio.publish(request)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("published", "")
    assert studio.enabled() == ["campaign", "ad_group"]
    after = studio.known(tree.ad)
    assert (after.enabled, after.live_digest, after.confirmed_at) == (False, before.live_digest, before.confirmed_at)
    assert studio.findings() == []


def test_r04_a_pause_that_does_not_show_is_not_called_done(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    request = studio.published()
    row = pause(studio, request)
    studio.simulator.fault("ad/status/update", code=40012)  # “nothing to update”: taken for done
    studio.publish(request)
    row.refresh_from_db()
    assert row.state == "unconfirmed"
    assert studio.enabled() == ["campaign", "ad_group", "ad"]


def test_an_unknown_operation_does_nothing(studio: Studio) -> None:
    row = studio.rows(studio.published())[0]
    row.operation = "delete"
    sent = len(studio.writes())
    with pytest.raises(ChannelInvalid):
        performing.carry_out(performing.prepare(row), look_first=False)
    assert len(studio.writes()) == sent


# --- media ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forged", ["video", "cover", "gone", "no_cover"])
@pytest.mark.parametrize("steps", [2, 5])
def test_r02_a_row_that_names_another_film_is_not_believed(studio: Studio, steps: int, forged: str) -> None:
    """By SQL: the approved film is said to be another one on the channel; before it is created, or before it runs."""
    studio.published(studio.world.tree(media=studio.world.upload(builders.video("Another film"))))
    other = ChannelMedia.objects.get()
    tree = studio.world.tree(media=studio.world.upload(builders.video("The approved film")))
    request = studio.admitted(tree=tree)
    for _ in range(steps):
        assert studio.step(request)
    before = ChannelMedia.objects.exclude(pk=other.pk).first()
    asset = MediaAsset.objects.exclude(pk=other.media_id).get()
    truth = before or other
    ids = {
        "video": (other.external_id, other.cover_external_id), "gone": ("v-none", truth.cover_external_id),
        "cover": (truth.external_id, "i-none"), "no_cover": (truth.external_id, ""),
    }[forged]  # fmt: skip
    with unguarded():
        ChannelMedia.objects.exclude(pk=other.pk).delete()
        ChannelMedia.objects.create(
            ad_account=studio.world.account, media=asset, external_id=ids[0], cover_external_id=ids[1], uploaded_at=clock.now()
        )
    writes = studio.writes()
    studio.publish(request)
    refused = studio.rows(request)[steps]
    assert (refused.state, [row.code for row in refused.attempts.all()]) == ("refused", ["channel_media_changed"])
    assert studio.writes() == writes
