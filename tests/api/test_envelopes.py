"""Envelopes through the door (R-24)."""

from __future__ import annotations

from typing import Any

import pytest

from approvals.models import Envelope
from core import clock
from tests.api.conftest import Api, door
from tests.api.statements import statements
from tests.builders import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(world: World) -> Api:
    return door(world, "policy_manager")


def body(world: World, **changed: Any) -> dict[str, Any]:
    month = clock.now().date().replace(day=1).isoformat()
    scope = {"type": "brand", "id": str(world.brand.pk)}
    return {"scope": scope, "title": "Autumn", "amount": "400.00", "currency": "USD", "first_month": month, **changed}


def test_the_whole_way_of_an_envelope(world: World, manager: Api) -> None:
    made = manager.post("envelopes/", body(world))
    assert made.status == 201, made.body
    assert [(each["amount"], each["in_force"]) for each in made.body["amounts"]] == [("400.00", True)]
    world.request("approved")
    read = manager.get(f"envelopes/{made.body['id']}/").body
    assert sum(float(each["reserved"]) for each in read["months"]) == 300
    assert all(float(each["left"]) == 400 - float(each["reserved"]) for each in read["months"])
    raised = manager.post("envelopes/", body(world, amount="900.00")).body
    assert (raised["id"], [each["amount"] for each in raised["amounts"]]) == (made.body["id"], ["900.00", "400.00"])
    assert [each["id"] for each in manager.get(f"envelopes/?scope=brand:{world.brand.pk}").body["results"]] == [made.body["id"]]


def test_what_does_not_fit_is_refused_in_words(world: World, manager: Api) -> None:
    manager.post("envelopes/", body(world, amount="1.00"))
    request = world.request("content_approved")
    answer = door(world, "budget").post(
        f"approval-requests/{request.pk}/decisions/", {"verdict": "approve", "digest": request.digest, "stage": "budget"}
    )
    assert (answer.status, answer.body["code"]) == (412, "envelope_exceeded")
    assert "“Autumn” has 1.00 USD left" in answer.body["detail"]
    german = door(world, "budget").post(
        f"approval-requests/{request.pk}/decisions/", {"verdict": "approve", "digest": request.digest, "stage": "budget"},
        Accept_Language="de",
    )  # fmt: skip
    assert "übrig" in german.body["detail"]
    request.refresh_from_db()
    assert request.state == "in_review"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currency": "XYZ"}, "currency"), ({"amount": "1.005"}, "amount"), ({"amount": 5}, "amount"), ({"first_month": "2026-13-01"}, "first_month"),
        ({"first_month": "2020-01-01"}, "first_month"), ({"title": ""}, "title"), ({"scope": {"type": "page", "id": "x"}}, "scope.type"),
        ({"nope": 1}, "nope"),
    ],
)  # fmt: skip
def test_bad_input(world: World, manager: Api, changed: dict[str, Any], field: str) -> None:
    answer = manager.post("envelopes/", body(world, **changed))
    assert (answer.status, field in answer.fields) == (400, True), answer.body
    assert not Envelope.objects.exists()


def test_statements_do_not_grow_with_envelopes(world: World, manager: Api) -> None:
    counted = []
    for scope in ({"type": "brand", "id": str(world.brand.pk)}, {"type": "ad_account", "id": str(world.account.pk)}):
        for _turn in range(2):
            assert manager.post("envelopes/", body(world, scope=scope)).status == 201
        with statements() as seen:
            assert manager.get("envelopes/").status == 200
        counted.append(len(seen))
    assert counted[0] == counted[1]
