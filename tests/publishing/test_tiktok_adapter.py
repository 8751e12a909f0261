"""The TikTok channel against the simulator process, over real HTTP: the whole way, and every lost answer (R-36, R-37)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from publishing.channels.base import (
    ChannelCredentials,
    ChannelDuplicate,
    ChannelError,
    ChannelForbidden,
    ChannelInvalid,
    ChannelNotFound,
    ChannelUnconfirmed,
    NotBookable,
    UploadedMedia,
)
from publishing.channels.tiktok import TikTokChannel
from tests.publishing.channel_contents import Content, ad_group, campaign, changed, usd
from tests.publishing.channel_media import make_video, sha256
from tests.publishing.channel_simulator import ACCOUNT, FIXTURE, Tree, ad_with
from tests.simulator_process import SimulatorProcess, simulator_process

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with simulator_process(tmp_path_factory.mktemp("simulator"), FIXTURE) as running:
        yield running


@pytest.fixture
def simulator(process: SimulatorProcess) -> SimulatorProcess:
    process.reset()
    return process


@pytest.fixture
def channel(simulator: SimulatorProcess) -> TikTokChannel:
    """Impatient where a test orders silence; it never waits for real between looks."""
    return TikTokChannel(simulator.url, timeout=(2.0, 5.0), sleep=lambda seconds: None)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("media") / "v", (540, 960), seconds=6)


def test_r36_created_off_read_back_equal_then_enabled_exactly_as_approved(
    channel: TikTokChannel, simulator: SimulatorProcess, video: Path
) -> None:
    media = {sha256(video): channel.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")}
    tree = Tree(channel)
    content = ad_with(video)
    ad_id = channel.create_disabled(ACCOUNT, content, tree.parents, media, "ad")
    created: list[tuple[Content, str]] = [
        (tree.campaign, tree.campaign_id),
        (tree.group, tree.group_id),
        (content, ad_id),
    ]
    for item, external_id in created:
        remote = channel.read(ACCOUNT, item["type"], external_id)
        assert remote.enabled is False
        assert channel.compare(ACCOUNT, item, remote, tree.parents, media, False) == []
    assert {item["action"] for item in simulator.log()} >= {"campaign.created", "adgroup.created", "ad.created"}
    for item, external_id in reversed(created):
        channel.enable(ACCOUNT, item["type"], external_id)
    for item, external_id in created:
        remote = channel.read(ACCOUNT, item["type"], external_id)
        assert channel.compare(ACCOUNT, item, remote, tree.parents, media, True) == []
    state = simulator.state()
    (live,) = state["ads"]
    assert live["operation_status"] == "ENABLE"
    assert live["fields"]["ad_text"] == "Ice cream is here #icecream"
    assert live["fields"]["landing_page_url"] == "https://shop.example/cones"
    assert not [event for event in simulator.log() if event["details"].get("ignored")], (
        "TikTok knows every field we send"
    )
    channel.pause(ACCOUNT, "ad", ad_id)
    assert channel.read(ACCOUNT, "ad", ad_id).enabled is False


@pytest.mark.parametrize(
    ("objective", "goal"),
    [
        ("reach", "reach"),
        ("traffic", "traffic_landing_page_view"),
        ("video_views", "engaged_view"),
        ("video_views", "engaged_view_fifteen"),
        ("lead_generation", "lead_generation"),
        ("engagement", "followers"),
        ("engagement", "page_visit"),
    ],
)
@pytest.mark.parametrize("strategy", ["lowest_cost", "cost_cap"])
def test_r36_every_objective_and_goal_that_we_book_is_taken_and_comes_back_equal(
    channel: TikTokChannel, objective: str, goal: str, strategy: str
) -> None:
    amount = usd(75) if strategy == "cost_cap" else None
    bid = {"strategy": strategy, "amount": amount, "pacing": "accelerated", "optimization_goal": goal}
    tree = Tree(channel, changed(campaign(), "structure.objective", objective), changed(ad_group(), "bid", bid))
    remote = channel.read(ACCOUNT, "ad_group", tree.group_id)
    assert channel.compare(ACCOUNT, tree.group, remote, tree.parents, {}, False) == []


@pytest.mark.parametrize("above_mode", ["daily", "dynamic_daily"])
@pytest.mark.parametrize("mode", ["unlimited", "daily"])
def test_r36_under_budget_optimisation_and_without_end_or_limits(channel: TikTokChannel, mode: str, above_mode: str) -> None:
    above = changed(campaign(), "budget", {"mode": above_mode, "amount": usd(10_000), "optimization": True})
    group = changed(ad_group(), "budget", {"mode": mode, "amount": None})
    group = changed(group, "schedule", {"start": "2030-12-01T00:00:00Z", "end": None, "dayparting": None})
    group = changed(group, "targeting.placement", {"type": "automatic", "apps": []})
    group = changed(changed(group, "targeting.audience.languages", []), "targeting.audience.interests", [])
    tree = Tree(channel, above, group)
    for content, external_id in ((above, tree.campaign_id), (group, tree.group_id)):
        remote = channel.read(ACCOUNT, content["type"], external_id)
        assert channel.compare(ACCOUNT, content, remote, tree.parents, {}, False) == []


def test_an_unlimited_campaign_comes_back_equal(channel: TikTokChannel) -> None:
    above = changed(campaign(), "budget", {"mode": "unlimited", "amount": None, "optimization": False})
    tree = Tree(channel, above, changed(ad_group(), "budget", {"mode": "lifetime", "amount": usd(50_000)}))
    remote = channel.read(ACCOUNT, "campaign", tree.campaign_id)
    assert channel.compare(ACCOUNT, above, remote, {}, {}, False) == []


# lost answers. "after" means that TikTok did it and the answer was lost.

LOST = [
    {"timeout": "after"},
    {"timeout": "before"},
    {"disconnect": "after"},
    {"disconnect": "before"},
    {"http_status": 500, "when": "after"},
    {"http_status": 502, "when": "before"},
    {"code": 50002, "when": "after"},
    {"code": 60001, "when": "before"},
]


def happened(effect: dict[str, Any]) -> bool:
    return "after" in effect.values()


@pytest.mark.parametrize("effect", LOST, ids=str)
@pytest.mark.parametrize("type_", ["campaign", "ad_group", "ad"])
def test_r37_a_create_without_answer_is_ambiguous_and_found_by_name_if_it_happened(
    simulator: SimulatorProcess, video: Path, type_: Any, effect: dict[str, Any]
) -> None:
    patient = TikTokChannel(simulator.url, timeout=(2.0, 5.0), sleep=lambda seconds: None)
    hasty = TikTokChannel(simulator.url, timeout=(2.0, 0.3), sleep=lambda seconds: None)
    media: dict[str, UploadedMedia] = {}
    if type_ == "campaign":
        content, parents, parent_id, noun = campaign(), {}, None, "campaign"
    else:
        tree = Tree(patient)
        parents = tree.parents
        content, parent_id, noun = ad_group(), tree.campaign_id, "adgroup"
        content["id"] = "0190aaaa-0000-7000-8000-00000000a002"
        if type_ == "ad":
            media = {sha256(video): patient.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")}
            content, parent_id, noun = ad_with(video), tree.group_id, "ad"
    simulator.fault(f"{noun}/create", **effect)
    with pytest.raises(ChannelUnconfirmed) as lost:
        hasty.create_disabled(ACCOUNT, content, parents, media, "the one")
    assert (lost.value.ambiguous, lost.value.retryable) == (True, False)
    found = patient.find(ACCOUNT, type_, parent_id, patient.remote_name(content))
    assert len(found) == int(happened(effect))
    for remote in found:
        assert patient.compare(ACCOUNT, content, remote, parents, media, False) == []


def test_r37_the_same_intent_sent_twice_within_seconds_is_refused_as_a_duplicate(
    channel: TikTokChannel, simulator: SimulatorProcess
) -> None:
    channel.create_disabled(ACCOUNT, campaign(), {}, {}, "the one")
    with pytest.raises(ChannelDuplicate) as twice:
        channel.create_disabled(ACCOUNT, campaign(), {}, {}, "the one")
    assert twice.value.ambiguous
    assert len(simulator.state()["campaigns"]) == 1


def test_find_looks_for_the_exact_name_under_the_one_parent(channel: TikTokChannel) -> None:
    tree = Tree(channel)
    name = channel.remote_name(tree.group)
    assert [item.external_id for item in channel.find(ACCOUNT, "ad_group", tree.campaign_id, name)] == [tree.group_id]
    assert channel.find(ACCOUNT, "ad_group", tree.campaign_id, name[:-1]) == []
    other = channel.create_disabled(ACCOUNT, campaign(), {}, {}, "other")
    assert channel.find(ACCOUNT, "ad_group", other, name) == []
    assert len(channel.find(ACCOUNT, "campaign", None, channel.remote_name(campaign()))) == 2


@pytest.mark.parametrize("effect", LOST, ids=str)
def test_r37_switching_is_ambiguous_too_and_reading_tells(simulator: SimulatorProcess, effect: dict[str, Any]) -> None:
    hasty = TikTokChannel(simulator.url, timeout=(2.0, 0.3))
    external_id = hasty.create_disabled(ACCOUNT, campaign(), {}, {}, "the one")
    simulator.fault("campaign/status/update", **effect)
    with pytest.raises(ChannelError) as lost:
        hasty.enable(ACCOUNT, "campaign", external_id)
    assert lost.value.ambiguous
    assert hasty.read(ACCOUNT, "campaign", external_id).enabled is happened(effect)


# Reading and refusals.


def test_what_is_not_there_is_not_found(channel: TikTokChannel, simulator: SimulatorProcess) -> None:
    for type_ in ("campaign", "ad_group", "ad"):
        with pytest.raises(ChannelNotFound):
            channel.read(ACCOUNT, type_, "18000000000000001")
    external_id = channel.create_disabled(ACCOUNT, campaign(), {}, {}, "the one")
    simulator.tamper("campaign", external_id, operation_status="DELETE")
    with pytest.raises(ChannelNotFound):
        channel.read(ACCOUNT, "campaign", external_id)


def test_a_token_that_is_wrong_or_of_another_account_opens_nothing(channel: TikTokChannel) -> None:
    with pytest.raises(ChannelCredentials) as refused:
        channel.read(replace(ACCOUNT, access_token="wrong"), "campaign", "1")
    assert refused.value.request_id
    with pytest.raises((ChannelForbidden, ChannelCredentials)):
        channel.create_disabled(replace(ACCOUNT, access_token="another-token"), campaign(), {}, {}, "x")


def test_what_tiktok_refuses_names_the_field(channel: TikTokChannel, simulator: SimulatorProcess) -> None:
    small = changed(campaign(), "budget.amount", usd(4_999))
    with pytest.raises(ChannelInvalid, match="budget") as refused:
        channel.create_disabled(ACCOUNT, small, {}, {}, "x")
    assert (refused.value.channel_code, refused.value.retryable, refused.value.ambiguous) == (40002, False, False)
    assert simulator.state()["campaigns"] == []


def test_r38_what_somebody_changed_elsewhere_is_seen(channel: TikTokChannel, simulator: SimulatorProcess) -> None:
    tree = Tree(channel)
    simulator.tamper("adgroup", tree.group_id, budget=2550.0, search_result_enabled=True, operation_status="ENABLE")
    remote = channel.read(ACCOUNT, "ad_group", tree.group_id)
    found = channel.compare(ACCOUNT, tree.group, remote, tree.parents, {}, False)
    assert [(item.field, item.live) for item in found] == [
        ("budget.amount", usd(255_000)),
        ("channel.search_result_enabled", True),
        ("enabled", True),
    ]


def test_identities_say_whether_they_can_be_used(channel: TikTokChannel) -> None:
    found = {item.external_id: item for item in channel.identities(ACCOUNT)}
    assert (found["7100"].identity_type, found["7100"].available) == ("TT_USER", True)
    assert (found["7101"].authorized_bc_id, found["7101"].display_name) == ("7300", "Sprinkles HQ")
    assert found["7102"].available is False


def test_a_page_of_a_business_centre_is_used_through_it(channel: TikTokChannel, video: Path) -> None:
    media = {sha256(video): channel.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")}
    tree = Tree(channel)
    page = {"id": "0190aaaa-0000-7000-8000-0000000fa9e1", "external_id": "7101", "identity_type": "BC_AUTH_TT"}
    content = changed(ad_with(video), "identity.page", page)
    remote = channel.read(ACCOUNT, "ad", channel.create_disabled(ACCOUNT, content, tree.parents, media, "ad"))
    assert channel.compare(ACCOUNT, content, remote, tree.parents, media, False) == []
    assert remote.raw["identity_authorized_bc_id"] == "7300"


# Updates.


def test_an_update_makes_the_channel_what_was_cleared_and_leaves_the_switch(
    channel: TikTokChannel, video: Path
) -> None:
    digest = sha256(video)
    media = {digest: channel.upload_media(ACCOUNT, digest, "video", video, "spot.mp4")}
    tree = Tree(channel)
    first = ad_with(video)
    ad_id = channel.create_disabled(ACCOUNT, first, tree.parents, media, "ad")
    channel.enable(ACCOUNT, "ad", ad_id)
    wanted: list[tuple[Content, str, bool]] = [
        (
            changed(changed(campaign(), "budget.amount", usd(600_000)), "structure.special_industries", []),
            tree.campaign_id,
            False,
        ),
        (_other_group(), tree.group_id, False),
        (
            changed(
                changed(first, "copy.text", "New text"), "destination.landing_page_url", "https://shop.example/new"
            ),
            ad_id,
            True,
        ),
    ]
    for content, external_id, enabled in wanted:
        channel.update(ACCOUNT, content, external_id, tree.parents, media)
        remote = channel.read(ACCOUNT, content["type"], external_id)
        assert channel.compare(ACCOUNT, content, remote, tree.parents, media, enabled) == []
        channel.update(ACCOUNT, content, external_id, tree.parents, media)


def _other_group() -> Content:
    group = changed(ad_group(), "targeting.audience.languages", [])
    group = changed(changed(group, "targeting.audience.interests", []), "schedule.dayparting", None)
    group = changed(group, "bid", {**group["sections"]["bid"], "strategy": "lowest_cost", "amount": None})
    return changed(changed(group, "budget.amount", usd(3_000)), "structure.name", "Germany and Austria")


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("structure.objective", "reach", "structure.objective"),
        ("budget.mode", "daily", "budget.mode"),
        ("budget.optimization", True, "budget.optimization"),
        ("structure.special_industries", ["credit"], "structure.special_industries"),
    ],
)
def test_what_tiktok_never_changes_is_refused_before_anything_is_sent(
    channel: TikTokChannel, simulator: SimulatorProcess, path: str, value: Any, field: str
) -> None:
    external_id = channel.create_disabled(ACCOUNT, campaign(), {}, {}, "the one")
    before = simulator.state()["seq"]
    with pytest.raises(NotBookable) as refused:
        channel.update(ACCOUNT, changed(campaign(), path, value), external_id, {}, {})
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, "immutable")]
    assert simulator.state()["seq"] == before


def test_placements_goal_and_a_set_disclaimer_never_change(channel: TikTokChannel, video: Path) -> None:
    media = {sha256(video): channel.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")}
    tree = Tree(channel)
    group = changed(ad_group(), "targeting.placement.apps", ["tiktok"])
    with pytest.raises(NotBookable, match=r"targeting\.placement\.apps"):
        channel.update(ACCOUNT, group, tree.group_id, tree.parents, {})
    ad_id = channel.create_disabled(ACCOUNT, ad_with(video), tree.parents, media, "ad")
    with pytest.raises(NotBookable, match=r"disclosure\.disclaimer"):
        channel.update(ACCOUNT, changed(ad_with(video), "disclosure.disclaimer", ""), ad_id, tree.parents, media)
