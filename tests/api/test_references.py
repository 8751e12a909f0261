"""Ids in a body that are not there, or not to be seen: 404 as everywhere (R-57), and the field is named."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from approvals.models import ApprovalRequest
from campaigns.models import Ad, AdGroup, Campaign
from core.ids import uuid7
from publishing.models import Publication
from tests.builders import World, organisation

pytestmark = pytest.mark.django_db
AD = {"name": "x", "format": "in_feed", "media": [], "text": "x"}
CAMPAIGN = {"name": "x", "objective": "traffic", "budget": {"mode": "daily", "amount": "50.00"}}
GROUP: dict[str, Any] = {
    "name": "x", "budget": {"mode": "daily", "amount": "20.00"}, "schedule": {"start": "2030-01-01T00:00:00Z"},
    "bidding": {"strategy": "lowest_cost"}, "optimization_goal": "click", "targeting": {"locations": ["1"]},
}  # fmt: skip


def cases(identifier: str) -> list[tuple[str, dict[str, Any], str]]:
    return [
        ("campaigns/", {**CAMPAIGN, "ad_account": identifier}, "ad_account"),
        ("ad-groups/", {**GROUP, "campaign": identifier}, "campaign"),
        ("ads/", {**AD, "ad_group": identifier}, "ad_group"),
        ("approval-requests/", {"campaign": identifier}, "campaign"),
        ("approval-requests/", {"items": [{"type": "ad", "id": identifier}]}, "items"),
        ("approval-requests/?dry_run=true", {"items": [{"type": "ad", "id": identifier}]}, "items"),
        ("publications/", {"approval_request": identifier}, "approval_request"),
    ]


def rows() -> list[int]:
    return [model.objects.count() for model in (Campaign, AdGroup, Ad, ApprovalRequest, Publication)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", range(7))
def test_r57_missing_and_foreign_ids_are_one_answer_that_names_the_field(number: int) -> None:
    world, rival = organisation("Acme"), organisation("Rival")
    tree = rival.tree()
    request = rival.request("in_review", tree)
    foreign = [rival.account, tree.campaign, tree.ad_group, tree.campaign, tree.ad, tree.ad, request][number]
    client, before = _client(world), rows()
    answers = []
    for identifier in (str(uuid7()), str(foreign.pk)):
        path, body, field = cases(identifier)[number]
        answer = client.post(f"/api/v1/{path}", body, content_type="application/json")
        assert answer.status_code == 404, answer.content
        assert [each["field"] for each in answer.json()["errors"]] == [field]
        answers.append(answer.json())
    assert answers[0] == answers[1]
    assert rows() == before


def _client(world: World) -> Client:
    return Client(headers={"Authorization": f"Bearer {world.token('submitter')}"})


def test_a_time_that_is_none_has_a_code() -> None:
    world = organisation("Acme")
    answer = Client(headers={"Authorization": f"Bearer {world.token('auditor')}"}).get("/api/v1/audit-events/?since=yesterday")
    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("since", "invalid")]
