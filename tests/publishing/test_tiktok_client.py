"""The SDK, tamed: hosts, one client a process, time limits, no nulls, no log handlers of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

import pytest

from publishing.channels import tiktok_client
from publishing.channels.base import ChannelMisconfigured
from publishing.channels.tiktok import TikTokChannel
from publishing.channels.tiktok_client import TIMEOUT, checked_host, client_for, without_none
from tests.publishing.channel_contents import ACCOUNT
from tests.publishing.channel_server import answering, envelope


@pytest.mark.parametrize(
    "host",
    [
        "",
        "business-api.tiktok.com",
        "https://business-api.tiktok.com",
        "https://BUSINESS-API.tiktok.com:443/",
        "https://business-api.tiktok.com.",
        "http://sandbox-ads.tiktok.com",
        "https://user:word@sandbox-ads.tiktok.com",
        "https://sandbox-ads.tiktok.com/open_api",
        "ftp://127.0.0.1",
        "http://",
    ],
)
def test_hosts_that_are_refused(host: str) -> None:
    with pytest.raises(ChannelMisconfigured):
        TikTokChannel(host)


def test_hosts_that_are_taken() -> None:
    assert checked_host("https://sandbox-ads.tiktok.com/", allow_production=False) == "https://sandbox-ads.tiktok.com"
    assert checked_host("http://simulator:8899", allow_production=False) == "http://simulator:8899"
    assert checked_host("https://business-api.tiktok.com", allow_production=True) == "https://business-api.tiktok.com"
    with pytest.raises(ChannelMisconfigured):
        checked_host("http://business-api.tiktok.com", allow_production=True)


def test_all_threads_of_a_process_share_one_client_a_host() -> None:
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(client_for("http://127.0.0.1:9", allow_production=False)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(client) for client in found}) == 1
    assert client_for("http://127.0.0.1:8", allow_production=False) is not found[0]


def test_a_client_starts_no_threads() -> None:
    before = threading.active_count()
    client_for("http://127.0.0.1:7", allow_production=False)
    assert threading.active_count() == before


FORKING = """
import os
from publishing.channels.tiktok_client import client_for
mine = client_for("http://127.0.0.1:6", allow_production=False)
child = os.fork()
if child == 0:
    os._exit(int(client_for("http://127.0.0.1:6", allow_production=False) is mine))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_makes_a_client_of_its_own() -> None:
    run = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, text=True, timeout=30, check=True)
    assert (run.stdout.strip(), run.stderr) == ("0", "")


def test_every_call_has_limits_to_connect_and_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TIMEOUT == (5, 30)
    with answering(envelope({"list": [], "page_info": {"total_page": 1}})) as server:
        client = client_for(server.url, allow_production=False)
        seen = []
        inner = client._api.rest_client._rest

        def noting(url: str, **params: object) -> object:
            seen.append(params["_request_timeout"])
            return type(inner).GET(inner, url, **params)

        monkeypatch.setattr(inner, "GET", noting)
        client.call("CampaignCreationApi", "campaign_get", "1", "token")
        assert seen == [(5, 30)]


def test_nulls_are_not_sent() -> None:
    assert without_none({"a": None, "b": [{"c": None, "d": 0}, None], "e": False}) == {"b": [{"d": 0}], "e": False}
    with answering(envelope({"campaign_id": "1"})) as server:
        client = client_for(server.url, allow_production=False)
        client.call("CampaignCreationApi", "campaign_create", "token", body={"campaign_name": "x", "budget": None})
        assert server.bodies == [{"campaign_name": "x"}]


def test_the_sdk_keeps_no_log_handlers_of_its_own() -> None:
    client_for("http://127.0.0.1:5", allow_production=False)
    for name in ("urllib3", "business_api_client"):
        assert not [h for h in logging.getLogger(name).handlers if type(h) is logging.StreamHandler]


def test_lists_are_read_to_the_last_page() -> None:
    pages = [
        envelope({"list": [{"campaign_id": "1", "campaign_name": "x"}], "page_info": {"total_page": 2}}),
        envelope({"list": [{"campaign_id": "2", "campaign_name": "n"}], "page_info": {"total_page": 2}}),
    ]
    with answering(*pages) as server:
        found = TikTokChannel(server.url).find(ACCOUNT, "campaign", None, "n")
        assert [item.external_id for item in found] == ["2"]
        assert ["page=1" in server.seen[0][1], "page=2" in server.seen[1][1]] == [True, True]


def test_the_protocol_is_kept() -> None:
    from publishing.channels.base import Channel

    channel: Channel = TikTokChannel("http://127.0.0.1:4")
    assert channel.remote_name is not None
    assert tiktok_client.PRODUCTION_HOST == "business-api.tiktok.com"
