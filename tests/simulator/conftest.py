"""One simulator process for the folder, reset before each test, and trees in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import accounts, media_files
from tests.simulator.client import Client
from tests.simulator_process import SimulatorProcess


@pytest.fixture(scope="session")
def running_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with SimulatorProcess(tmp_path_factory.mktemp("simulator"), accounts.FIXTURE) as process:
        yield process


@pytest.fixture
def simulator(running_simulator: SimulatorProcess) -> SimulatorProcess:
    """A simulator in which nothing exists but the declared accounts."""
    running_simulator.reset()
    return running_simulator


@pytest.fixture
def client(simulator: SimulatorProcess) -> Client:
    return Client(simulator.url)


@dataclass(frozen=True)
class MediaFiles:
    """Paths of real files."""

    video: Path
    square_video: Path
    cover: Path
    square: Path


@pytest.fixture(scope="session")
def media_paths(tmp_path_factory: pytest.TempPathFactory) -> MediaFiles:
    folder = tmp_path_factory.mktemp("media")
    return MediaFiles(
        media_files.video(folder / "upright.mp4"),
        media_files.video(folder / "square.mp4", 120, 120),
        media_files.image(folder / "cover.jpg"),
        media_files.image(folder / "square.png", 120, 120),
    )


@dataclass(frozen=True)
class Tree:
    """A paused campaign and ad group with media at hand, and a way to make ads in it."""

    client: Client
    campaign_id: str
    adgroup_id: str
    video_id: str
    image_id: str

    def creative(self, **more: Any) -> dict[str, Any]:
        return accounts.creative(self.video_id, self.image_id, **more)

    def ad(self, **more: Any) -> Any:
        """Create one ad; its representation."""
        return self.client.create_ads(self.adgroup_id, self.creative(**more))["creatives"][0]

    def update_ad(self, ad_id: str, *, patch: bool | None = None, **fields: Any) -> Any:
        """Update one ad with exactly these fields; its representation."""
        body: dict[str, Any] = {"adgroup_id": self.adgroup_id, "creatives": [{"ad_id": ad_id} | fields]}
        body |= {} if patch is None else {"patch_update": patch}
        return self.client.post(self.client.ads.ad_update, body)["creatives"][0]

    def enable(self) -> None:
        """Switch ad group and campaign on."""
        self.client.switch("adgroup", "ENABLE", self.adgroup_id)
        self.client.switch("campaign", "ENABLE", self.campaign_id)


def grow(client: Client, media: MediaFiles, group: dict[str, Any] | None = None, **campaign: Any) -> Tree:
    """A tree with changes to its campaign and ad group."""
    campaign_id = client.create_campaign(**campaign)["campaign_id"]
    adgroup_id = client.create_adgroup(campaign_id, **(group or {}))["adgroup_id"]
    video_id = client.upload("video", media.video)["video_id"]
    image_id = client.upload("image", media.cover)["image_id"]
    return Tree(client, campaign_id, adgroup_id, video_id, image_id)


@pytest.fixture
def tree(client: Client, media_paths: MediaFiles) -> Tree:
    return grow(client, media_paths)
