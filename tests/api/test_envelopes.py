"""Envelopes through the door (R-24)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from drf_spectacular.generators import SchemaGenerator

from accounts import services as accounts
from approvals.models import Envelope
from approvals.states import AmountState
from core import clock
from core.ids import uuid7
from tests.api.conftest import Api, door
from tests.api.statements import statements
from tests.builders import ROOT, World

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


def test_a_higher_amount_is_declined_once(world: World, manager: Api) -> None:
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    made = manager.post("envelopes/", body(world)).body
    raised = manager.post("envelopes/", body(world, amount="900.00", reason="Black Friday.")).body
    assert [(each["amount"], each["in_force"], each["declined"], each["reason"]) for each in raised["amounts"]] == [
        ("900.00", False, False, "Black Friday."), ("400.00", True, False, ""),
    ]  # fmt: skip
    which = {"amount": raised["amounts"][0]["id"]}
    answer = manager.post(f"envelopes/{made['id']}/decline/", which)
    assert (answer.status, [each["declined"] for each in answer.body["amounts"]]) == (200, [True, False])
    assert manager.post(f"envelopes/{made['id']}/decline/", which).status == 409
    assert manager.post(f"envelopes/{made['id']}/confirm/", which).status == 409
    assert manager.post(f"envelopes/{made['id']}/decline/", {"amount": str(uuid7())}).status == 404


def standing(answer: Any) -> dict[str, str]:
    return {each["amount"]: each["status"] for each in answer.body["amounts"]}


def test_each_amount_says_how_it_stands(world: World, manager: Api) -> None:
    made = manager.post("envelopes/", body(world))
    assert standing(made) == {"400.00": "in_force"}
    one = f"envelopes/{made.body['id']}/"
    assert standing(manager.post("envelopes/", body(world, amount="300.00"))) == {"400.00": "replaced", "300.00": "in_force"}
    later = manager.post("envelopes/", body(world, amount="200.00", first_month="2099-01-01"))
    assert standing(later)["200.00"] == "to_come"
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    for amount in ("900.00", "950.00"):
        assert standing(manager.post("envelopes/", body(world, amount=amount)))[amount] == "awaited"
    (declined,) = [each["id"] for each in manager.get(one).body["amounts"] if each["amount"] == "900.00"]
    said = standing(manager.post(f"{one}decline/", {"amount": declined}))
    assert said == {"400.00": "replaced", "300.00": "in_force", "200.00": "to_come", "900.00": "declined", "950.00": "awaited"}
    (row,) = manager.get("envelopes/").body["results"]
    assert {each["amount"]: each["status"] for each in row["amounts"]} == said, "the listing says the same"
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert standing(manager.get(one))["950.00"] == "lapsed"
        assert manager.post(f"{one}confirm/", {"amount": declined}).status == 409


def test_the_schema_names_how_amounts_stand() -> None:
    schemas = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]  # type: ignore[no-untyped-call]
    assert "status" in schemas["AmountOut"]["required"]
    assert "AmountStatus" in str(schemas["AmountOut"]["properties"]["status"])
    assert schemas["AmountStatus"]["enum"] == AmountState.values


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


def test_r57_a_brand_s_envelope_is_not_told_to_a_decider_for_one_account(world: World, manager: Api) -> None:
    made = manager.post("envelopes/", body(world, amount="1.00")).body
    world.add_person("near", "budget_approver", scope=world.account)
    request = world.request("content_approved")
    said = {"verdict": "approve", "digest": request.digest, "stage": "budget"}
    near, far = (door(world, who).post(f"approval-requests/{request.pk}/decisions/", said) for who in ("near", "budget"))
    assert (near.status, near.body["code"], near.body["detail"].split(" in ")[0]) == (412, "envelope_exceeded", "An envelope of the brand has too little left")
    assert set(near.body) == {"type", "title", "status", "detail", "code", "month"}
    assert not any(each in json.dumps(near.body) for each in ("Autumn", "1.00 USD", made["id"]))
    assert (far.body["envelope"], "“Autumn” has 1.00 USD left" in far.body["detail"]) == (made["id"], True)
    assert door(world, "near").get(f"envelopes/{made['id']}/").status == 404


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
