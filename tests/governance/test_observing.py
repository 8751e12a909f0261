"""A worker looks before it judges, at what the rules ask for and at nothing else, and what it saw stays with the run."""

from __future__ import annotations

import json
import socket

import pytest
from django.test import override_settings

from approvals import tasks
from approvals.models import ApprovalRequest
from campaigns import services as campaigns
from governance.models import CheckRun, Finding
from governance.services import publish_rule_set
from tests import builders
from tests.governance.page_server import HERE, html, serving


@pytest.fixture
def world(db):
    return builders.organisation()


@pytest.fixture
def shop(world, monkeypatch):
    """A real web server that the shop's name leads to, without TLS; the operator has opened its address."""
    lookup = socket.getaddrinfo

    def named(host, port, *more, **kinds):
        return [(2, 1, 6, "", ("127.0.0.1", port))] if host == f"{builders.DOMAIN}.".encode() else lookup(host, port, *more, **kinds)

    monkeypatch.setattr(socket, "getaddrinfo", named)
    with serving({"/autumn": html()}) as server:
        opened = frozenset({(HERE, server.port)})
        with override_settings(LANDING_PAGES_FETCHED=True, LANDING_PAGES_OPENED=opened):
            yield server


def demand(world, *rules: str) -> None:
    lines = [{"rule": rule, "mode": "hard", "params": {}} for rule in rules]
    publish_rule_set(actor=builders.ROOT, key="pages", title="Pages", rules=lines, scope=world.account)


def submitted(world, url: str) -> ApprovalRequest:
    tree = world.tree()
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"landing_page_url": url})
    request = world.submit(tree).request
    tasks.check_request(str(request.pk))
    return request


def run_of(request: ApprovalRequest) -> CheckRun:
    return CheckRun.objects.get(request_items__request=request, revision__entity_type="ad")


def codes(request: ApprovalRequest) -> set[str]:
    return set(Finding.objects.filter(check_run=run_of(request), result__in=("fail", "error")).values_list("code", flat=True))


def test_r54_a_page_that_a_rule_asks_for_is_visited_once_and_what_was_seen_is_kept(world, shop):
    demand(world, "landing_page.no_download", "landing_page.mobile")
    request = submitted(world, f"http://{builders.DOMAIN}:{shop.port}/autumn")
    assert shop.connections == 1, (run_of(request).observations, codes(request))
    seen = json.loads(run_of(request).observations)["landing_page"]
    assert (seen["status"], seen["error"], seen["downloads"]) == (200, None, False)
    assert not codes(request) & {"landing_page.download", "check.context_missing", "landing_page.not_fetched"}


def test_r54_no_page_is_visited_that_no_rule_asks_for(world, shop):
    request = submitted(world, f"http://{builders.DOMAIN}:{shop.port}/autumn")
    assert shop.connections == 0
    assert run_of(request).observations == ""


def test_r03_a_page_that_cannot_be_seen_is_not_passed(world, shop):
    demand(world, "landing_page.no_download")
    with override_settings(LANDING_PAGES_OPENED=frozenset()):
        request = submitted(world, f"http://{builders.DOMAIN}:{shop.port}/autumn")
    assert shop.connections == 0
    assert "landing_page.not_seen" in codes(request)
    request.refresh_from_db()
    assert request.state == "blocked"
