"""The whole way through HTTP, with real processes: upload, draft, submit, check, decide twice, publish, enabled on the channel.

Once on SQLite with the embedded broker, once on PostgreSQL with Redis. And the same way with every process killed in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from campaigns.media.demo import make_video
from tests import settings
from tests.flows.stack import Answer, Client, Stack, stack
from tests.processes import eventually

pytestmark = [pytest.mark.slow, pytest.mark.database]
KIND = "postgresql" if settings.ON_POSTGRESQL else "sqlite"


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    with stack(KIND) as started:
        yield started


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("films") / "film.mp4"
    make_video(path, seconds=9, title="The whole way", bit_rate=560_000)
    return path


def ok(answer: Answer, *statuses: int) -> Any:
    assert answer.status in statuses, f"{answer.status}: {answer.body}"
    return answer.body


def account_named(client: Client, name: str) -> dict[str, Any]:
    found = ok(client("GET", "ad-accounts/"), 200)["results"]
    chosen: dict[str, Any] = next(account for account in found if account["name"] == name)
    return chosen


def draft(client: Client, film: Path, name: str, *, optimised: bool = False) -> dict[str, str]:
    """Upload and draft a whole tree; the ids. `optimised`: the campaign distributes its budget, the ad group has none."""
    account = account_named(client, "Fjordlight Germany")
    page = ok(client("GET", "pages/"), 200)["results"]
    mine = next(each for each in page if each["brand"] == account["brand"])
    media = ok(client.upload(account["id"], film), 201)
    assert (media["kind"], media["width"], media["height"]) == ("video", 540, 960)
    campaign = ok(client("POST", "campaigns/", {
        "ad_account": account["id"], "name": name, "objective": "traffic", "budget": {"mode": "daily", "amount": "90.00"},
        "budget_optimization": optimised,
    }), 201)  # fmt: skip
    start = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    group = ok(client("POST", "ad-groups/", {
        "campaign": campaign["id"], "name": f"{name} group",
        "placement": {"type": "selected", "apps": ["tiktok"]},
        "targeting": {"locations": ["2921044"], "age_groups": ["18_24"], "gender": "all", "languages": ["de"], "interests": []},
        **({} if optimised else {"budget": {"mode": "daily", "amount": "40.00"}}),
        "schedule": {"start": start.isoformat(), "end": (start + timedelta(days=14)).isoformat(), "dayparting": None},
        "bidding": {"strategy": "lowest_cost", "amount": None}, "pacing": "standard", "optimization_goal": "click",
    }), 201)  # fmt: skip
    ad = ok(client("POST", "ads/", {
        "ad_group": group["id"], "name": f"{name} film", "format": "in_feed", "media": [media["id"]],
        "text": "Made to be repaired.", "call_to_action": "shop_now", "landing_page_url": "https://www.fjordlight.example/new",
        "display_name": "Fjordlight Outdoor", "hashtags": [], "page": mine["id"],
        "disclosure": {"ai_generated": False, "disclaimer": ""},
    }), 201)  # fmt: skip
    return {
        "account": account["external_id"], "campaign": campaign["id"], "ad_group": group["id"], "ad": ad["id"],
        "page": mine["external_id"], "start": f"{start:%Y-%m-%d %H:%M:%S}", "end": f"{start + timedelta(days=14):%Y-%m-%d %H:%M:%S}",
    }  # fmt: skip


def submit(client: Client, ids: dict[str, str]) -> dict[str, Any]:
    request: dict[str, Any] = ok(client("POST", "approval-requests/", {"campaign": ids["campaign"], "note": "whole way"}), 202)
    assert request["status"] == "awaiting_checks"
    assert {item["type"] for item in request["items"]} == {"campaign", "ad_group", "ad"}
    return request


def state_of(client: Client, request: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ok(client("GET", f"approval-requests/{request['id']}/"), 200)
    return found


def reviewable(client: Client, request: dict[str, Any]) -> dict[str, Any]:
    def arrived() -> dict[str, Any] | None:
        found = state_of(client, request)
        assert found["status"] != "blocked", found
        return found if found["status"] == "in_review" else None

    found: dict[str, Any] = eventually("the checks end", arrived)
    return found


def approve(client: Client, request: dict[str, Any], stage: str) -> None:
    body = {"verdict": "approve", "digest": request["digest"], "stage": stage, "comment": "Good."}
    ok(client("POST", f"approval-requests/{request['id']}/decisions/", body), 201)


def live(running: Stack, ids: dict[str, str], name: str) -> dict[str, Any] | None:
    """The enabled objects of this tree on the simulator, by kind; None until all three are on."""
    state = running.simulator.state()
    found: dict[str, Any] = {}
    for kind, title in (("campaigns", name), ("adgroups", f"{name} group"), ("ads", f"{name} film")):
        names = {"campaigns": "campaign_name", "adgroups": "adgroup_name", "ads": "ad_name"}
        named = [each for each in state[kind] if each["fields"][names[kind]].startswith(f"{title} [")]
        if not any(each["operation_status"] == "ENABLE" for each in named):
            return None
        assert len(named) == 1, f"{len(named)} objects called {title}"
        found[kind] = named[0]["fields"]
    return found


def check_content(running: Stack, ids: dict[str, str], film: Path, found: dict[str, Any]) -> None:
    """All that the channel holds of the tree is what was drafted and approved, to the last field and byte."""
    campaign, group, ad = (dict(found[kind]) for kind in ("campaigns", "adgroups", "ads"))
    for each, name in ((campaign, "campaign_name"), (group, "adgroup_name"), (ad, "ad_name")):
        assert each.pop(name).startswith("Whole way")
    group.pop("campaign_id")
    media = {each["id"]: each["signature"] for each in running.simulator.state()["media"]}
    assert media[ad.pop("video_id")] == hashlib.md5(film.read_bytes(), usedforsecurity=False).hexdigest()
    (cover,) = ad.pop("image_ids")
    assert cover in media
    assert campaign == {
        "campaign_type": "REGULAR_CAMPAIGN", "objective_type": "TRAFFIC", "special_industries": [], "is_search_campaign": False,
        "budget_mode": "BUDGET_MODE_DAY", "budget": 90.0, "budget_optimize_on": False,
    }  # fmt: skip
    assert group == {
        "promotion_type": "WEBSITE", "creative_material_mode": "CUSTOM",
        "placement_type": "PLACEMENT_TYPE_NORMAL", "placements": ["PLACEMENT_TIKTOK"], "search_result_enabled": False,
        "location_ids": ["2921044"], "age_groups": ["AGE_18_24"], "gender": "GENDER_UNLIMITED", "languages": ["de"],
        "smart_audience_enabled": False, "smart_interest_behavior_enabled": False, "brand_safety_type": "STANDARD_INVENTORY",
        "comment_disabled": False, "share_disabled": False, "video_download_disabled": True,
        "schedule_type": "SCHEDULE_START_END", "schedule_start_time": ids["start"], "schedule_end_time": ids["end"],
        "dayparting": "1" * 336, "optimization_goal": "CLICK", "billing_event": "CPC", "bid_type": "BID_TYPE_NO_BID",
        "pacing": "PACING_MODE_SMOOTH", "budget_mode": "BUDGET_MODE_DAY", "budget": 40.0,
    }  # fmt: skip
    assert ad == {
        "ad_format": "SINGLE_VIDEO", "identity_type": "TT_USER", "identity_id": ids["page"], "dark_post_status": "ON",
        "ad_text": "Made to be repaired.", "call_to_action": "SHOP_NOW", "display_name": "Fjordlight Outdoor",
        "landing_page_url": "https://www.fjordlight.example/new", "aigc_disclosure_type": "NOT_DECLARED",
        "creative_authorized": False,
    }  # fmt: skip


def test_the_whole_way(running: Stack, film: Path) -> None:
    machine = running.client("planner@demo.example", "whole-way")
    brand, finance = running.client("brand@demo.example"), running.client("finance@demo.example")
    ids = draft(machine, film, "Whole way")
    request = reviewable(machine, submit(machine, ids))
    assert live(running, ids, "Whole way") is None, "nothing is on the channel before it is approved"
    approve(brand, request, "content")
    assert state_of(machine, request)["status"] == "in_review"
    approve(finance, request, "budget")

    found = eventually("the ad is enabled on the channel", lambda: live(running, ids, "Whole way"))
    check_content(running, ids, film, found)

    publications = eventually("all steps are written down", lambda: _all_published(machine, request))
    assert [step["operation"] for step in publications] == ["create", "create", "create", "enable", "enable", "enable"]
    cleared = {item["id"]: item["digest"] for item in state_of(machine, request)["items"]}
    assert {step["entity"]: step["digest"] for step in publications} == cleared
    _log_tells_it(running, request)


def _all_published(client: Client, request: dict[str, Any]) -> list[dict[str, Any]] | None:
    rows = ok(client("GET", f"publications/?approval_request={request['id']}"), 200)["results"]
    done = [row for row in rows if row["status"] == "published"]
    return sorted(done, key=lambda row: row["position"]) if len(done) == 6 else None


def _log_tells_it(running: Stack, request: dict[str, Any]) -> None:
    auditor = running.client("auditor@demo.example")
    events = ok(auditor("GET", f"audit-events/?subject=approval_request:{request['id']}"), 200)["results"]
    actions = [event["action"] for event in reversed(events)]
    assert actions[0] == "approvals.request.submitted"
    assert actions.count("approvals.decision.recorded") == 2
    assert "approvals.request.approved" in actions


def test_the_demo_s_envelopes_are_drawn_on_and_one_awaits_a_word(running: Stack) -> None:
    """What the pages of envelopes show without anybody having done anything: the demo's approved campaign is published."""
    manager = running.client("access@demo.example", "envelopes")
    found = {row["scope"]["type"]: row for row in ok(manager("GET", "envelopes/"), 200)["results"]}
    assert sorted(found) == ["ad_account", "brand"]
    assert [each["status"] for each in found["brand"]["amounts"]] == ["awaited", "in_force"]

    def committed(row: dict[str, Any]) -> bool:
        months = ok(manager("GET", f"envelopes/{row['id']}/"), 200)["months"]
        return any(float(each["committed"]) > 0 for each in months)

    for row in found.values():
        eventually("something is committed", partial(committed, row))


def test_the_whole_way_under_budget_optimisation(running: Stack, film: Path) -> None:
    """The campaign distributes its budget: its ad group has none of its own, from the draft to the channel."""
    machine = running.client("planner@demo.example", "optimised")
    brand, finance = running.client("brand@demo.example", "optimised"), running.client("finance@demo.example", "optimised")
    ids = draft(machine, film, "Optimised", optimised=True)
    request = reviewable(machine, submit(machine, ids))
    approve(brand, request, "content")
    approve(finance, request, "budget")
    found = eventually("the ad is enabled on the channel", lambda: live(running, ids, "Optimised"))
    assert (found["campaigns"]["budget_optimize_on"], found["campaigns"]["budget"]) == (True, 90.0)
    assert (found["adgroups"]["budget_mode"], found["adgroups"]["budget"]) == ("BUDGET_MODE_INFINITE", 0.0)


def test_survives_the_death_of_every_process(running: Stack, film: Path) -> None:
    """kill -9 of the worker before the checks, of the web server after the decision, of the simulator before publishing."""
    machine = running.client("planner@demo.example", "survivor")
    brand, finance = running.client("brand@demo.example", "survivor"), running.client("finance@demo.example", "survivor")
    ids = draft(machine, film, "Survivor")
    running.kill("worker")
    request = submit(machine, ids)
    running.kill("web")
    running.start("web")
    assert state_of(machine, request)["status"] == "awaiting_checks"
    running.start("worker")
    request = reviewable(machine, request)
    running.simulator.kill()
    approve(brand, request, "content")
    approve(finance, request, "budget")
    running.kill("worker")
    running.simulator.start()
    running.start("worker")
    eventually("the ad is enabled on the channel", lambda: live(running, ids, "Survivor"), patience=90)
