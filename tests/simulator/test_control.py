"""/_simulator/ and the page for people."""

import json
import re
import urllib.error
import urllib.request

import pytest

from tests.simulator import accounts
from tests.simulator.conftest import grow
from tests.simulator_process import ControlRefused


def page(simulator, path="/"):
    with urllib.request.urlopen(simulator.url + path, timeout=10) as answer:
        return answer.headers, answer.read().decode()


def test_tampering_changes_what_is_read_back_and_is_logged_as_native(tree, simulator):
    ad_id = tree.ad()["ad_id"]
    seq = simulator.state()["seq"]
    simulator.tamper("ad", ad_id, ad_text="Gratis für alle 🙂", operation_status="ENABLE")
    back = tree.client.one("ad", ad_id)
    assert (back["ad_text"], back["operation_status"]) == ("Gratis für alle 🙂", "ENABLE")
    (entry,) = simulator.log(after=seq)
    assert (entry["source"], entry["action"]) == ("ads_manager", "ad.tampered")
    assert entry["details"]["changes"]["operation_status"] == ["DISABLE", "ENABLE"]


def test_media_can_be_tampered_with(tree, simulator):
    simulator.tamper("video", tree.video_id, width=1080)
    client = tree.client
    data = client.call(client.files.ad_video_info, client.account, [tree.video_id], client.token)
    assert data["list"][0]["width"] == 1080


def test_the_log_tells_every_change_in_order(tree, simulator):
    ad_id = tree.ad()["ad_id"]
    tree.client.switch("ad", "ENABLE", ad_id)
    tree.update_ad(ad_id, patch=True, ad_text="Neu.")
    tree.client.switch("ad", "DELETE", ad_id)
    entries = [entry for entry in simulator.log() if entry["id"] == ad_id]
    assert [entry["action"] for entry in entries] == ["ad.created", "ad.enabled", "ad.updated", "ad.deleted"]
    assert [entry["seq"] for entry in entries] == sorted(entry["seq"] for entry in entries)
    assert entries[2]["details"]["changes"] == {"ad_text": ["Leicht durch den Sommer.", "Neu."]}
    assert all(len(entry["request_id"]) == 32 for entry in entries)


def test_reading_and_refusing_leave_no_trace_in_the_log(tree, simulator):
    seq = simulator.state()["seq"]
    tree.client.get("campaign")
    with pytest.raises(Exception, match="40002"):
        tree.ad(ad_text=None)
    assert simulator.log(after=seq) == []


def test_tokens_are_never_shown(simulator):
    shown = json.dumps(simulator.state()) + json.dumps(simulator.log()) + page(simulator)[1]
    assert accounts.TOKEN not in shown
    assert accounts.TOKEN.encode() not in (simulator.folder / "simulator.sqlite3").read_bytes()


def test_reset_brings_the_fixture_back(tree, simulator):
    last = tree.ad()["ad_id"]
    simulator.fault("ad/get", code=50000)
    simulator.control("clock", {"advance_seconds": 1000})
    simulator.reset()
    state = simulator.state()
    assert [state[name] for name in ("campaigns", "adgroups", "ads", "media", "faults")] == [[]] * 5
    assert len(state["advertisers"]) == len(accounts.FIXTURE["advertisers"])
    assert int(tree.client.create_campaign()["campaign_id"]) > int(last)  # no id twice


def test_advertisers_can_be_declared_while_it_runs(client, simulator):
    declared = {
        "advertiser_id": "7000000000000000777",
        "name": "Neu",
        "currency": "PLN",
        "timezone": "Europe/Warsaw",
        "country": "PL",
        "access_tokens": [accounts.TOKEN],
    }
    assert simulator.control("advertisers", declared) == {"advertiser_ids": ["7000000000000000777"]}
    client.account = "7000000000000000777"
    assert client.create_campaign(budget=200)["budget"] == 200


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("faults", {"path": "ad/create"}),
        ("faults", {"path": "ad/create", "code": 1, "timeout": "before"}),
        ("faults", {"path": "ad/create", "timeout": "never"}),
        ("faults", {"path": "ad/create", "code": "x"}),
        ("faults", {"path": "ad/create", "code": 1, "tims": 2}),
        ("faults", {"code": 1}),
        ("tamper", {"level": "ad", "id": "1", "set": {}}),
        ("tamper", {"level": "page", "id": "1", "set": {}}),
        ("tamper", {"level": "advertiser", "id": accounts.EURO, "set": {"colour": "red"}}),
        ("tamper", {"level": "advertiser", "id": accounts.EURO, "set": []}),
        ("review", {"id": "1", "verdict": "approved"}),
        ("review", {"id": "1", "verdict": "perhaps"}),
        ("settings", {"review_seconds": "60"}),
        ("settings", {"speed": 1}),
        ("clock", {"advance_seconds": "60"}),
        ("advertisers", {"name": "Neu"}),
        ("nothing", {}),
    ],
    ids=str,
)
def test_wrong_control_requests_are_refused_and_change_nothing(simulator, name, body):
    seq = simulator.state()["seq"]
    with pytest.raises(ControlRefused, match="40[04]"):
        simulator.control(name, body)
    assert simulator.state()["seq"] == seq


def test_a_web_form_of_another_site_cannot_control(simulator):
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        request = urllib.request.Request(
            f"{simulator.url}/_simulator/reset", data=b"{}", headers={"Content-Type": content_type}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert refused.value.code == 415
        refused.value.close()


def test_the_page_shows_the_tree_and_escapes_every_text(client, media_paths, simulator):
    attack = '"><script>alert(1)</script>'
    tree = grow(client, media_paths, {"adgroup_name": attack}, campaign_name=attack)
    tree.ad(ad_name=attack, ad_text=attack, landing_page_url='https://a.example/"><script>')
    headers, html = page(simulator)
    assert "alert(1)" in html
    assert "<script>alert" not in html
    assert html.count("<script") == 1
    assert '"><script>' not in html
    nonce = re.search(r'<script nonce="([^"]+)"', html)
    assert nonce is not None
    assert f"script-src 'nonce-{nonce.group(1)}'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_the_page_tells_amounts_texts_and_statuses(client, media_paths, simulator):
    client.account = accounts.YEN
    tree = grow(client, media_paths, {"budget": 2000}, budget=12000)
    tree.ad(operation_status="ENABLE")
    tree.enable()
    html = page(simulator, "/_simulator/fragment")[1]
    for text in ("12,000 JPY a day", "2,000 JPY a day", "Delivering", "Learn more", "Leicht durch den Sommer."):
        assert text in html
    assert 'poster="/_simulator/media/' in html


def test_deleted_objects_leave_the_page(tree, simulator):
    assert "Sommer 2026" in page(simulator)[1]
    tree.client.switch("campaign", "DELETE", tree.campaign_id)
    assert "Sommer 2026" not in page(simulator)[1]
