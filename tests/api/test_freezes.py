"""Freezes through the door (R-21)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from approvals.models import Freeze, FreezePass
from core import clock
from tests.api.conftest import door
from tests.builders import World

pytestmark = pytest.mark.django_db


def body(world: World, **changed: Any) -> dict[str, Any]:
    scope = {"type": "brand", "id": str(world.brand.pk)}
    return {"scope": scope, "ends_at": clock.rfc3339(clock.now() + timedelta(days=2)), "reason": "Mourning"} | changed


def test_r21_the_whole_way_of_a_freeze(world: World) -> None:
    world.add_person("exceptions", "exception_approver")
    manager, request = door(world, "policy_manager"), world.request("approved", publish="manual")
    made = manager.post("freezes/", body(world))
    assert (made.status, made.body["reason"], made.body["ended_at"], made.body["passes"]) == (201, "Mourning", None, [])
    held = door(world, "publisher").post("publications/", {"approval_request": str(request.pk)})
    assert (held.status, held.body["code"], held.body["until"]) == (412, "frozen", made.body["ends_at"])
    where = f"freezes/{made.body['id']}/"
    passed = door(world, "exceptions").post(f"{where}passes/", {"approval_request": str(request.pk), "reason": "Agreed"})
    assert passed.status == 201
    assert [each["approval_request"] for each in passed.body["passes"]] == [str(request.pk)]
    assert passed.body["passes"][0]["allowed_by"]["name"] == "Exceptions"
    assert door(world, "publisher").post("publications/", {"approval_request": str(request.pk)}).status in (201, 202)
    assert manager.post(f"{where}end/", {"reason": "Over"}).body["ended_at"]
    assert [row["id"] for row in door(world, "content").get("freezes/").body["results"]] == [made.body["id"]]


def test_r57_r21_who_may_not(world: World) -> None:
    request = world.request("approved", publish="manual")
    assert door(world, "operator").post("freezes/", body(world)).status == 403
    assert door(world, "policy_manager").post("freezes/", body(world, scope={"type": "brand", "id": str(uuid4())})).status == 404
    assert not Freeze.objects.exists()
    made = door(world, "policy_manager").post("freezes/", body(world)).body
    asked = {"approval_request": str(request.pk), "reason": "Agreed"}
    assert door(world, "policy_manager").post(f"freezes/{made['id']}/passes/", asked).status == 403
    assert door(world, "operator").post(f"freezes/{made['id']}/end/", {"reason": "Over"}).status == 403
    assert not FreezePass.objects.exists()


@pytest.mark.parametrize(("changed", "field"), [
    ({"reason": ""}, "reason"), ({"ends_at": "2020-01-01T00:00:00Z"}, "ends_at"), ({"until": "x"}, "until"),
])  # fmt: skip
def test_r21_what_is_no_freeze_is_answered_by_field(world: World, changed: dict[str, Any], field: str) -> None:
    answer = door(world, "policy_manager").post("freezes/", body(world, **changed))
    assert (answer.status, list(answer.fields)) == (400, [field])
    assert not Freeze.objects.exists()
