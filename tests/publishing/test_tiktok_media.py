"""Media on TikTok: verified, named after their bytes, found again after a lost answer, and waited for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from publishing.channels.base import (
    ChannelDuplicate,
    ChannelInvalid,
    ChannelNotReady,
    ChannelUnconfirmed,
    MediaChanged,
    UploadedMedia,
)
from publishing.channels.tiktok import TikTokChannel
from tests.publishing.channel_media import make_image, make_video, sha256
from tests.publishing.channel_server import answering, envelope
from tests.publishing.channel_simulator import ACCOUNT, FIXTURE
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


def names(simulator: SimulatorProcess) -> list[str]:
    return sorted(item["file_name"] for item in simulator.state()["media"])


def test_a_video_goes_up_with_its_cover_under_names_of_their_bytes(
    channel: TikTokChannel, simulator: SimulatorProcess, video: Path
) -> None:
    uploaded = channel.upload_media(ACCOUNT, sha256(video), "video", video, "My Spot.MP4")
    media = {item["id"]: item for item in simulator.state()["media"]}
    assert media[uploaded.external_id]["file_name"] == sha256(video)[:32] + ".mp4"
    cover = media[str(uploaded.cover_external_id)]
    assert (cover["kind"], cover["fields"]["width"], cover["fields"]["height"]) == ("image", 540, 960)
    assert cover["file_name"].endswith(".jpg")


def test_r37_sending_a_file_again_gives_the_same_video(
    channel: TikTokChannel, simulator: SimulatorProcess, video: Path
) -> None:
    first = channel.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")
    again = channel.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")
    assert first.external_id == again.external_id
    assert [item["kind"] for item in simulator.state()["media"]].count("video") == 1
    assert len({name.split("-")[0].split(".")[0] for name in names(simulator)}) == 2


@pytest.mark.parametrize(
    "effect", [{"timeout": "after"}, {"disconnect": "after"}, {"http_status": 500, "when": "after"}], ids=str
)
def test_r37_an_upload_whose_answer_was_lost_is_found_again(
    simulator: SimulatorProcess, channel: TikTokChannel, video: Path, effect: dict[str, Any]
) -> None:
    hasty = TikTokChannel(simulator.url, timeout=(2.0, 0.5), sleep=lambda seconds: None)
    simulator.fault("file/video/ad/upload", **effect)
    with pytest.raises(ChannelUnconfirmed):
        hasty.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")
    (lost,) = simulator.state()["media"]
    assert channel.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4").external_id == lost["id"]


def test_a_video_that_is_still_being_prepared_is_waited_for(simulator: SimulatorProcess, video: Path) -> None:
    simulator.control("settings", {"transcoding_seconds": 60})
    waited: list[float] = []
    channel = TikTokChannel(simulator.url, sleep=waited.append)
    for _ in range(2):
        with pytest.raises(ChannelNotReady) as not_yet:
            channel.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")
        assert (not_yet.value.retryable, not_yet.value.retry_after) == (True, 30)
    assert len(waited) == 9, "the second time nothing is sent: the video without a name may be this one"

    def pass_time(seconds: float) -> None:
        simulator.control("clock", {"advance_seconds": 61})

    simulator.control("clock", {"advance_seconds": 61})
    ready = TikTokChannel(simulator.url, sleep=pass_time)
    assert ready.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4").cover_external_id
    assert [item["kind"] for item in simulator.state()["media"]].count("video") == 1


def test_waiting_ends_as_soon_as_the_video_is_ready(simulator: SimulatorProcess, video: Path) -> None:
    simulator.control("settings", {"transcoding_seconds": 5})
    waited: list[float] = []

    def pass_time(seconds: float) -> None:
        waited.append(seconds)
        simulator.control("clock", {"advance_seconds": 3})

    TikTokChannel(simulator.url, sleep=pass_time).upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")
    assert waited == [3.0, 3.0]


def test_a_file_that_changed_on_disk_is_never_sent(
    channel: TikTokChannel, simulator: SimulatorProcess, tmp_path: Path
) -> None:
    path = make_image(tmp_path / "i.jpg")
    cleared = sha256(path)
    make_image(path, seed=2)
    with pytest.raises(MediaChanged):
        channel.upload_media(ACCOUNT, cleared, "image", path, "i.jpg")
    assert simulator.state()["media"] == []


def test_an_image_has_no_cover_and_a_taken_name_is_counted_up(
    channel: TikTokChannel, simulator: SimulatorProcess, tmp_path: Path
) -> None:
    path = make_image(tmp_path / "i.jpg")
    first = channel.upload_media(ACCOUNT, sha256(path), "image", path, "i.JPG")
    second = channel.upload_media(ACCOUNT, sha256(path), "image", path, "i.jpg")
    assert first.cover_external_id is None
    assert first.external_id != second.external_id
    stem = sha256(path)[:32]
    assert names(simulator) == [f"{stem}-2.jpg", f"{stem}.jpg"]
    for _ in range(3):
        channel.upload_media(ACCOUNT, sha256(path), "image", path, "i.jpg")
    with pytest.raises(ChannelDuplicate):
        channel.upload_media(ACCOUNT, sha256(path), "image", path, "i.jpg")


def test_a_file_that_is_no_video_is_refused_before_it_is_sent(
    channel: TikTokChannel, simulator: SimulatorProcess, tmp_path: Path
) -> None:
    path = tmp_path / "v.mp4"
    path.write_text("not a video")
    with pytest.raises(ChannelInvalid):
        channel.upload_media(ACCOUNT, sha256(path), "video", path, "v.mp4")
    assert simulator.state()["media"] == []


def test_r02_what_was_uploaded_is_confirmed_by_the_channels_own_signature(
    channel: TikTokChannel, simulator: SimulatorProcess, video: Path, tmp_path: Path
) -> None:
    image, other = make_image(tmp_path / "i.jpg"), make_image(tmp_path / "o.jpg", seed=2)
    film = channel.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")
    picture = channel.upload_media(ACCOUNT, sha256(image), "image", image, "i.jpg")
    before = simulator.state()["media"]
    channel.confirm_media(ACCOUNT, sha256(video), "video", video, film)
    channel.confirm_media(ACCOUNT, sha256(image), "image", image, picture)
    cover = str(film.cover_external_id)
    wrong = [
        (image, "image", UploadedMedia(cover)), (other, "image", picture), (image, "image", UploadedMedia("i-none")),
        (video, "video", UploadedMedia(film.external_id)), (video, "video", UploadedMedia("v-none", cover)),
        (video, "video", UploadedMedia(film.external_id, picture.external_id)),
    ]  # fmt: skip
    for path, kind, uploaded in wrong:
        with pytest.raises(MediaChanged):
            channel.confirm_media(ACCOUNT, sha256(path), kind, path, uploaded)  # type: ignore[arg-type]
    with pytest.raises(MediaChanged, match="on disk"):
        channel.confirm_media(ACCOUNT, sha256(other), "image", image, picture)
    assert simulator.state()["media"] == before


def test_a_video_that_is_still_being_prepared_is_confirmed_later(
    channel: TikTokChannel, simulator: SimulatorProcess, video: Path
) -> None:
    film = channel.upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")
    simulator.control("settings", {"transcoding_seconds": 60})
    with pytest.raises(ChannelNotReady) as not_yet:
        channel.confirm_media(ACCOUNT, sha256(video), "video", video, film)
    assert not_yet.value.retryable


# Answers that the simulator does not give.


def test_r02_a_film_without_a_signature_is_not_believed(video: Path) -> None:
    shown = envelope({"list": [{"video_id": "v-1", "displayable": True}]})
    with answering(shown) as server, pytest.raises(MediaChanged):
        TikTokChannel(server.url).confirm_media(ACCOUNT, sha256(video), "video", video, UploadedMedia("v-1", "i-1"))

TAKEN = envelope(code=40911, message="file_name: taken")
NOTHING = envelope({"list": [], "page_info": {"total_page": 1}})


def test_bytes_that_tiktok_changed_are_never_used(video: Path) -> None:
    uploaded = envelope([{"video_id": "v-1"}])
    altered = envelope({"list": [{"video_id": "v-1", "signature": "0" * 32, "displayable": True}]})
    with answering(uploaded, altered) as server, pytest.raises(ChannelInvalid, match="other bytes"):
        TikTokChannel(server.url).upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")


def test_a_video_that_tiktok_does_not_list_or_is_transcoding_is_not_ready(video: Path) -> None:
    uploaded = envelope([{"video_id": "v-1"}])
    for answer in (
        envelope({"list": []}),
        envelope(code=40901),
        envelope({"list": [{"video_id": "v-1", "displayable": False}]}),
    ):
        with answering(uploaded, answer) as server, pytest.raises(ChannelNotReady):
            TikTokChannel(server.url, sleep=lambda seconds: None).upload_media(
                ACCOUNT, sha256(video), "video", video, "v.mp4"
            )


def test_a_name_taken_by_another_file_is_counted_up_and_given_up_in_the_end(video: Path) -> None:
    with answering(TAKEN, NOTHING, TAKEN, NOTHING, TAKEN, NOTHING, TAKEN, NOTHING, TAKEN, NOTHING) as server:
        with pytest.raises(ChannelDuplicate) as given_up:
            TikTokChannel(server.url).upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")
        assert not given_up.value.ambiguous
        sent = [body for method, _, _, body in server.seen if method == "POST"]
        stem = sha256(video)[:32]
        assert [
            f"{stem}{tail}.mp4".encode() in body for tail, body in zip(("", "-2", "-3", "-4", "-5"), sent, strict=True)
        ] == [True] * 5


def test_another_file_of_the_same_name_is_not_taken_for_ours(video: Path) -> None:
    other = {"video_id": "v-0", "file_name": sha256(video)[:32] + ".mp4", "signature": "0" * 32}
    listed = envelope({"list": [other], "page_info": {"total_page": 1}})
    ready = {"list": [{"video_id": "v-1", "displayable": True}]}
    answers = [TAKEN, listed, envelope([{"video_id": "v-1"}]), envelope(ready), envelope({"image_id": "i-1"})]
    with answering(*answers) as server:
        found = TikTokChannel(server.url).upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")
    assert (found.external_id, found.cover_external_id) == ("v-1", "i-1")


def test_a_repeated_request_is_no_taken_name(tmp_path: Path, video: Path) -> None:
    image = make_image(tmp_path / "i.jpg")
    for kind, path in (("video", video), ("image", image)):
        with answering(envelope(code=40050)) as server:
            with pytest.raises(ChannelDuplicate) as repeated:
                TikTokChannel(server.url).upload_media(ACCOUNT, sha256(path), kind, path, path.name)  # type: ignore[arg-type]
            assert (repeated.value.ambiguous, len(server.seen)) == (True, 1)


@pytest.mark.parametrize("data", [[], [{}], {}, [{"video_id": ""}], ["v-1"]], ids=json.dumps)
def test_an_upload_without_an_id_is_unconfirmed(video: Path, data: Any) -> None:
    with answering(envelope(data)) as server, pytest.raises(ChannelUnconfirmed):
        TikTokChannel(server.url).upload_media(ACCOUNT, sha256(video), "video", video, "spot.mp4")
