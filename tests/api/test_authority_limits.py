"""authority-limits/, stages that ask for authority, and what the API says of them (R-25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from accounts.models import AuthorityLimit
from approvals.models import Decision
from core import clock
from core.money import Money
from tests.api.conftest import door
from tests.approvals.lending import policy, stage
from tests.builders import ROOT, World

AGO = timedelta(days=3)


@pytest.fixture
def group(world: World) -> str:
    """Finance, to which the budget approver belongs; ann, who may approve budgets, does not."""
    with time_machine.travel(clock.now() - AGO):
        world.add_person("ann", "budget_approver")
        found = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Finance")
        accounts.add_member(actor=ROOT, group=found, user=world.people["budget"])
    return str(found.public_id)


def body(world: World, **changed: Any) -> dict[str, Any]:
    return {
        "user": str(world.people["budget"].pk), "scope": {"type": "brand", "id": str(world.brand.pk)},
        "limit": {"amount": "5000.00", "currency": "USD"}, **changed,
    }  # fmt: skip


def limited(world: World, who: str, minor: int) -> AuthorityLimit:
    with time_machine.travel(clock.now() - AGO):
        return accounts.give_limit(actor=ROOT, user=world.people[who], scope=world.brand, amount=Money(minor, "USD"))


def asking(world: World, group: str) -> None:
    policy(world, stage("finance", "approve_budget", groups=[group], authority=True))


def test_r25_give_list_and_end(world):
    manager, owner = door(world, "access_manager"), door(world, "budget")
    until = clock.rfc3339(clock.now() + timedelta(days=30))
    made = manager.post("authority-limits/", body(world, reason="Head of Finance", expires_at=until))
    assert made.status == 201, made
    said = made.body
    assert (said["status"], said["user"]["name"], said["reason"]) == ("in_force", "Budget", "Head of Finance")
    assert said["limit"] == {"amount": "5000.00", "currency": "USD"}
    assert [row["id"] for row in owner.get("authority-limits/?status=in_force").body["results"]] == [said["id"]]
    assert door(world, "content").get("authority-limits/").body["results"] == []
    assert owner.delete(f"authority-limits/{said['id']}/").status == 403
    assert manager.delete(f"authority-limits/{said['id']}/").status == 204
    assert manager.get(f"authority-limits/{said['id']}/").body["status"] == "ended"
    assert manager.delete(f"authority-limits/{said['id']}/").status == 409


@pytest.mark.parametrize(
    "limit",
    [{"amount": "0.00", "currency": "USD"}, {"amount": "-5", "currency": "USD"}, {"amount": "5", "currency": "XXY"}, {"amount": "5"}, None],
)  # fmt: skip
def test_r25_what_is_no_limit_is_refused(world, limit):
    assert door(world, "access_manager").post("authority-limits/", body(world, limit=limit)).status in (400, 422)
    assert not AuthorityLimit.objects.exists()


def test_r25_nobody_gives_themselves_one(world):
    own = str(world.people["access_manager"].pk)
    assert door(world, "access_manager").post("authority-limits/", body(world, user=own)).status == 403
    assert not AuthorityLimit.objects.exists()


def test_r25_r55_what_waits_says_up_to_how_much(world):
    world.add_person("second", "access_manager", scope=world.organisation)
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    made = door(world, "access_manager").post("authority-limits/", body(world)).body
    assert made["status"] == "awaited"
    second = door(world, "second")
    (waits,) = second.get("access-changes/").body["results"]
    assert (waits["kind"], waits["limit"]) == ("authority_limit", {"amount": "5000.00", "currency": "USD"})
    assert second.post(f"access-changes/{waits['id']}/confirm/").status == 200
    assert AuthorityLimit.objects.get().since is not None


def test_r25_above_ones_limit_is_told_in_money(world):
    policy(world, stage("finance", "approve_budget", authority=True))
    limited(world, "budget", 100)
    request = world.request()
    verdict = {"verdict": "approve", "digest": request.digest, "stage": "finance"}
    refused = door(world, "budget").post(f"approval-requests/{request.pk}/decisions/", verdict)
    assert (refused.status, refused.body["code"]) == (403, "above_limit")
    assert "1.00 USD" in refused.body["detail"]
    assert refused.body["limit"] == {"amount": "1.00", "currency": "USD"}
    assert refused.body["exposure"]["currency"] == "USD"
    assert not Decision.objects.exists()
    (shown,) = door(world, "budget").get(f"approval-requests/{request.pk}/").body["stages"]
    assert (shown["authority"], shown["authority_by"], shown["stalled_reason"]) == (True, "", "no_authority")
    assert [(each["person"]["name"], each["reason"]) for each in shown["excluded"]] == [("Budget", "above_limit")]


def preview(world: World) -> Any:
    tree = world.tree()
    return door(world, "submitter").post("approval-requests/preview/", {"campaign": str(tree.campaign.pk)}).body


def test_r25_the_next_stage_by_limit_is_told_before_submitting(world, group):
    asking(world, group)
    limited(world, "budget", 100)
    limited(world, "ann", 10**9)
    found = preview(world)
    own, added = found["stages"]
    assert (own["key"], own["authority_by"], own["added_for"]) == ("finance", "finance_authority", None)
    assert (added["key"], added["authority"], added["added_for"]) == ("finance_authority", True, "finance")
    assert [each["name"] for each in added["eligible"]] == ["Ann"]
    assert [each["key"] for each in added["because"]] == ["policy-acme"]
    assert found["warnings"] == []
    assert found["shorter"] == []


def test_r25_that_nobody_has_the_authority_is_told_before_submitting(world, group):
    asking(world, group)
    found = preview(world)
    assert [(each["stage"], each["code"]) for each in found["warnings"]] == [("finance", "no_authority")]


def test_r25_lint_refuses_authority_that_nobody_has(world, group):
    manager = door(world, "policy_manager")
    accounts.grant_role(actor=ROOT, role="policy_manager", principal=world.people["policy_manager"], scope=world.organisation)
    asked = {
        "key": "policy-acme", "title": "Finance", "scope": {"type": "organisation", "id": str(world.organisation.pk)},
        "stages": [stage("finance", "approve_budget", authority=True)],
    }  # fmt: skip
    found = manager.post("approval-policies/lint/", asked).body
    assert ("stages.0.authority", "no_authority") in [(each["field"], each["code"]) for each in found["errors"]]
    limited(world, "ann", 5)
    found = manager.post("approval-policies/lint/", asked).body
    told = [(each["field"], each["code"]) for each in found["warnings"]]
    assert ("stages.0.authority", "no_authority") in told, "nobody has a limit in the currency of the other ad account"
    assert found["errors"] == []
