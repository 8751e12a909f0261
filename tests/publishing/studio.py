"""Publishing for real: an organisation made by the services, a simulator process, and the tasks called as a worker would.

Every HTTP call of the product is counted in `calls`, and fails the test when a transaction is open meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import urllib3
from django.conf import settings
from django.db import connection

from approvals.models import ApprovalRequest
from audit.models import AuditEvent
from campaigns import services as campaigns
from core.actor import Channel, system
from publishing import performing, queries, services, tasks
from publishing.channels.registry import channel
from publishing.models import ChannelObject, DriftFinding, Publication
from tests import builders
from tests.simulator_process import SimulatorProcess

LEVELS = {"campaign": "campaigns", "ad_group": "adgroups", "ad": "ads"}
CREATES = ["create campaign", "create ad_group", "create ad"]
ENABLES = ["enable campaign", "enable ad_group", "enable ad"]


class OutsideCallInTransaction(AssertionError):
    """Something was sent while a transaction was open."""


def in_transaction() -> bool:
    """Whether a transaction other than the test's own is open in this thread."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


@contextmanager
def watched_calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths of all HTTP calls in order; a call inside a transaction raises OutsideCallInTransaction."""
    calls: list[str] = []
    original = urllib3.PoolManager.urlopen

    def urlopen(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if in_transaction():
            raise OutsideCallInTransaction(f"{method} {url}")
        calls.append(url.partition("/open_api/v1.3/")[2].partition("?")[0].strip("/"))
        return original(self, method, url, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(urllib3.PoolManager, "urlopen", urlopen)
        yield calls


def advertisers(world: builders.World) -> dict[str, Any]:
    """The world's ad accounts as the simulator has to know them."""
    identity = {"identity_id": world.page.external_id, "identity_type": "TT_USER", "display_name": world.page.handle}
    return {
        "advertisers": [
            {
                "advertiser_id": account.external_id, "name": account.name, "currency": account.currency,
                "timezone": account.timezone, "country": account.country,
                "access_tokens": [settings.TIKTOK_ACCESS_TOKEN], "identities": [identity],
            }
            for account in (world.account, world.second_account)
        ]
    }  # fmt: skip


@dataclass
class Studio:
    """One world beside one simulator."""

    world: builders.World
    simulator: SimulatorProcess
    calls: list[str] = field(default_factory=list)

    # --- what a person or a worker does ----------------------------------------------------------------------------

    def approved(self, tree: builders.Tree | None = None, **how: Any) -> ApprovalRequest:
        return self.world.request("approved", tree, **how)

    def publish(self, request: ApprovalRequest) -> None:
        tasks.publish_request(str(request.pk))

    def step(self, request: ApprovalRequest) -> bool:
        """Take one step alone, as a worker that is stopped after it."""
        publication = queries.next_step(request.pk)
        assert publication is not None
        return tasks.take(system(Channel.TASK), publication)

    def published(self, tree: builders.Tree | None = None, **how: Any) -> ApprovalRequest:
        """Approved and wholly published."""
        request = self.approved(tree, **how)
        self.publish(request)
        assert self.ended(request) == {"published"}, self.rows(request)
        return request

    def admitted(self, **how: Any) -> ApprovalRequest:
        """Approved and let through, nothing sent yet."""
        request = self.approved(publish="manual", **how)
        services.request_publication(actor=self.world.actor("publisher"), request=request.pk)
        return request

    def edit_ad(self, tree: builders.Tree, **values: Any) -> None:
        campaigns.edit_ad(actor=self.world.actor("submitter"), ad=tree.ad.pk, version=None, values=values)  # type: ignore[arg-type]

    def edit_group(self, tree: builders.Tree, **values: Any) -> None:
        actor = self.world.actor("submitter")
        campaigns.edit_ad_group(actor=actor, ad_group=tree.ad_group.pk, version=None, values=values)  # type: ignore[arg-type]

    # --- what is seen ----------------------------------------------------------------------------------------------

    def rows(self, request: ApprovalRequest) -> list[Publication]:
        return list(Publication.objects.filter(request=request).order_by("queued_at", "position"))

    def steps(self, request: ApprovalRequest) -> list[str]:
        return [f"{row.operation} {row.entity_type}" for row in self.rows(request)]

    def states(self, request: ApprovalRequest) -> list[str]:
        return [row.state for row in self.rows(request)]

    def ended(self, request: ApprovalRequest) -> set[str]:
        return set(self.states(request))

    def outcomes(self, row: Publication) -> list[str]:
        return list(row.attempts.values_list("outcome", flat=True))

    def first(self, request: ApprovalRequest) -> Publication:
        return self.rows(request)[0]

    def on_channel(self, level: str) -> list[dict[str, Any]]:
        """The objects of a level on the simulator."""
        return list(self.simulator.state()[LEVELS[level]])

    def texts(self) -> list[str]:
        """The texts of the ads on the simulator, without the hashtags behind them."""
        return [item["fields"]["ad_text"].removesuffix(" #autumn") for item in self.on_channel("ad")]

    def enabled(self) -> list[str]:
        """Levels of what is switched on."""
        return [level for level in LEVELS for item in self.on_channel(level) if item["operation_status"] == "ENABLE"]

    def known(self, entity: Any) -> ChannelObject:
        return ChannelObject.objects.get(entity_id=entity.pk)

    def findings(self) -> list[str]:
        return sorted(DriftFinding.objects.values_list("field", flat=True))

    def refusals(self) -> list[str]:
        """Codes of the refusals of the gate in the log, oldest first."""
        rows = AuditEvent.objects.filter(outcome="refused", action__startswith="publishing.").order_by("id")
        return [json.loads(row.canonical)["payload"]["code"] for row in rows]

    def writes(self) -> list[str]:
        """What the product changed on the simulator, in order."""
        return [entry["action"] for entry in self.simulator.log() if entry["source"] == "api"]

    def assert_nothing_sent(self) -> None:
        assert self.calls == []
        assert self.writes() == []

    def assert_never_without_clearance(self) -> None:
        """Replay the simulator's log: at every instant what is enabled is what some clearance stood for then."""
        from tests.publishing.replay import violations

        assert violations(self.simulator.log()) == []


@contextmanager
def opened(simulator: SimulatorProcess, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Studio]:
    """A studio on a fresh world and an emptied simulator; the channel speaks to it."""
    simulator.reset()
    simulator.control("settings", {"transcoding_seconds": 0})
    world = builders.organisation()
    simulator.control("advertisers", advertisers(world))
    settings.TIKTOK_HOST = simulator.url
    channel.cache_clear()
    with watched_calls(monkeypatch) as calls:
        yield Studio(world, simulator, calls)
    channel.cache_clear()


def die(*_: Any, **__: Any) -> Any:
    """What a killed worker does in the middle of a step."""
    raise SystemExit("killed")


def carry_out_then_die(*args: Any, **kwargs: Any) -> Any:
    """Send everything, and be killed before it could be written down."""
    _carry_out(*args, **kwargs)
    raise SystemExit("killed")


_carry_out = performing.carry_out
