"""The pages of waivers: proposed by one, confirmed by another, ended by either; nothing happens for anybody else (R-53)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import services as accounts
from audit.models import AuditEvent
from core import clock
from governance.models import Confirmation, Waiver
from governance.services import confirm_waiver, end_waiver, propose_waiver, publish_rule_set
from tests import builders
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter

RULE = "text.forbidden_words"


@pytest.fixture
def lenient(world: World) -> World:
    for name in ("ex", "wy"):
        world.add_person(name, "exception_approver")
    soften(world)
    return world


def soften(world: World) -> None:
    line = {"rule": RULE, "mode": "soft", "params": {"words": ["jackets"]}}
    publish_rule_set(actor=ROOT, key=f"tone-{world.organisation.pk}", title="Tone", rules=[line], scope=world.organisation)


@pytest.fixture
def waiver(lenient: World) -> Waiver:
    return propose(lenient)


def propose(world: World, who: str = "ex", days: int = 7, **more: Any) -> Waiver:
    said = {"rule": RULE, "scope": world.brand, "reason": "Jackets are all we <b>sell</b>.", **more}
    return propose_waiver(actor=world.actor(who), expires_at=clock.now() + timedelta(days=days), **said)


def path(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def typed(world: World, **more: str) -> dict[str, str]:
    until = (clock.now() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")
    return {"rule": RULE, "scope": f"brand:{world.brand.pk}", "reason": "We sell them.", "expires_at": until, **more}


def body(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def shown(client: Client, **query: str) -> list[Any]:
    found: list[Any] = client.get(path("waivers"), query).context["waivers"]
    return found


# --- proposing ---------------------------------------------------------------------------------------------------------------


def test_an_exception_approver_proposes(lenient: World, enter: Enter):
    client = enter("ex")
    assert "Forbidden words" in body(client.get(path("waiver_new")))
    answer = client.post(path("waiver_new"), typed(lenient))
    assert (answer.status_code, answer["Location"]) == (303, path("waivers"))
    row = Waiver.objects.get()
    assert (row.rule, row.scope, row.reason, row.proposed_by) == (RULE, lenient.brand, "We sell them.", "ex@acme.example")
    assert row.expires_at.strftime("%Y-%m-%dT%H:%M") == typed(lenient)["expires_at"]
    assert AuditEvent.objects.get(action="governance.waiver.proposed").channel == "admin"
    assert [str(each.state.label) for each in shown(client)] == ["proposed"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("rule", "no.such", "Select a valid choice"), ("rule", "", "This field is required"), ("reason", "  ", "This field is required"),
        ("expires_at", "", "This field is required"), ("expires_at", "2020-01-01T00:00", "A waiver ends in the future, at most 366 days ahead."),
        ("expires_at", "2999-01-01T00:00", "A waiver ends in the future, at most 366 days ahead."), ("scope", "brand:x", "Choose a place from the list"),
    ],
)  # fmt: skip
def test_bad_input_is_told_at_its_field(field: str, value: str, words: str, lenient: World, enter: Enter):
    answer = enter("ex").post(path("waiver_new"), typed(lenient, **{field: value}))
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    assert field == "reason" or answer.context["form"]["reason"].value() == "We sell them.", "what was typed is kept"
    assert not Waiver.objects.exists()


def test_customers_own_rules_are_offered_as_far_as_they_are_seen(lenient: World, enter: Enter):
    line: dict[str, Any] = {"rule": "custom.expression", "mode": "soft", "params": {"key": "mine", "expression": 'ad.text != ""'}}
    publish_rule_set(actor=ROOT, key="own", title="Own", rules=[line], scope=lenient.brand)
    brand = accounts.create_brand(actor=ROOT, organisation=lenient.organisation, name="Elsewhere")
    line["params"]["key"] = "theirs"
    publish_rule_set(actor=ROOT, key="elsewhere", title="Own", rules=[line], scope=brand)
    client = enter("ex")
    text = body(client.get(path("waiver_new")))
    assert 'value="custom.mine"' in text
    assert 'value="structure.name"' not in text, "a hard rule blocks, whatever is waived"
    assert "theirs" not in text
    assert 'value="custom.expression"' not in text
    assert client.post(path("waiver_new"), typed(lenient, rule="custom.expression")).status_code == 422
    assert client.post(path("waiver_new"), typed(lenient, rule="custom.mine")).status_code == 303
    assert Waiver.objects.get().rule == "custom.mine"


def test_a_page_has_no_waivers(lenient: World, enter: Enter):
    answer = enter("ex").post(path("waiver_new"), typed(lenient, scope=f"page:{lenient.page.pk}"))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["scope"])
    assert not Waiver.objects.exists()


# --- the second word, and the end --------------------------------------------------------------------------------------------


def test_r53_another_person_confirms(waiver: Waiver, enter: Enter):
    (own,) = shown(enter("ex"))
    assert (own.may_confirm, own.may_end, own.why_not) == (False, True, "Another person has to confirm what you proposed.")
    client = enter("wy")
    assert shown(client)[0].may_confirm
    assert client.post(path("waiver_confirm", waiver.pk)).status_code == 303
    assert [str(each.state.label) for each in shown(client)] == ["in force"]
    assert waiver.confirmations.get().said_by == "wy@acme.example"


def test_r53_whoever_proposed_it_does_not_confirm_it(waiver: Waiver, enter: Enter):
    answer = enter("ex").post(path("waiver_confirm", waiver.pk))
    assert (answer.status_code, answer.context["problem"]) == (403, "Another person has to confirm what you proposed.")
    assert not waiver.confirmations.exists()


@pytest.mark.parametrize("who", ["ex", "wy"])
def test_a_waiver_ends_once(who: str, waiver: Waiver, lenient: World, enter: Enter):
    confirm_waiver(actor=lenient.actor("wy"), waiver=waiver.pk)
    client = enter(who)
    assert client.post(path("waiver_end", waiver.pk)).status_code == 303
    assert shown(client) == []
    (over,) = shown(client, show="all")
    assert (str(over.state.label), over.may_end, over.may_confirm) == ("ended", False, False)
    assert client.post(path("waiver_end", waiver.pk)).status_code == 409
    assert client.post(path("waiver_confirm", waiver.pk)).status_code in (403, 409)
    assert waiver.confirmations.count() == 2


def test_what_ran_out_is_over(waiver: Waiver, lenient: World, enter: Enter):
    confirm_waiver(actor=lenient.actor("wy"), waiver=waiver.pk)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        client = enter("wy")
        assert shown(client) == []
        assert [str(each.state.label) for each in shown(client, show="all")] == ["ended"]
        assert client.post(path("waiver_end", waiver.pk)).status_code == 409


# --- who may ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status", "beginning"),
    [
        ("content", 403, 403), ("auditor", 403, 403), ("submitter", 403, 403), ("policy_manager", 403, 403), ("nobody", 404, 403),
        ("superuser", 404, 403), ("other_organisation", 404, 403), ("anonymous", 302, 302), ("machine", 302, 302),
    ],
)  # fmt: skip
def test_r57_who_holds_no_such_right_does_nothing(who: str, status: int, beginning: int, waiver: Waiver, lenient: World, enter: Enter):
    client = enter(who)
    assert client.get(path("waiver_new")).status_code == beginning
    assert client.post(path("waiver_new"), typed(lenient)).status_code == beginning
    for name in ("waiver_confirm", "waiver_end"):
        assert client.post(path(name, waiver.pk)).status_code == status
    assert (Waiver.objects.count(), Confirmation.objects.filter(waiver__isnull=False).count()) == (1, 0)
    if status == 403:
        (found,) = shown(client)
        assert (found.may_confirm, found.may_end) == (False, False)
    if status == 404:
        assert shown(client, show="all") == []


def test_r57_an_exception_approver_of_one_account_proposes_there_alone(lenient: World, enter: Enter):
    lenient.add_person("small", "exception_approver", scope=lenient.account)
    accounts.grant_role(actor=ROOT, role="publisher", principal=lenient.people["small"], scope=lenient.brand)
    client = enter("small")
    assert client.post(path("waiver_new"), typed(lenient)).status_code == 403
    assert not Waiver.objects.exists()
    assert client.post(path("waiver_new"), typed(lenient, scope=f"ad_account:{lenient.account.pk}")).status_code == 303


@pytest.mark.parametrize("name", ["waiver_confirm", "waiver_end"])
def test_acts_are_posts_with_a_token(name: str, waiver: Waiver, lenient: World, enter: Enter):
    assert enter("wy").get(path(name, waiver.pk)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lenient.user("wy"))
    assert strict.post(path(name, waiver.pk)).status_code == 403
    assert strict.post(path("waiver_new"), typed(lenient)).status_code == 403
    assert (Waiver.objects.count(), waiver.confirmations.count()) == (1, 0)


def test_reasons_are_escaped_and_strangers_are_not_named(waiver: Waiver, enter: Enter):
    other = builders.organisation("Umbra")
    other.add_person("ex", "exception_approver")
    soften(other)
    propose(other, reason="Umbra sells them.")
    text = body(enter("content").get(path("waivers"), {"show": "all"}))
    assert "Jackets are all we &lt;b&gt;sell&lt;/b&gt;." in text
    assert "<b>sell" not in text
    assert "Umbra" not in text


def test_the_list_is_leafed_through_and_asks_no_more_the_more_there_is(waiver: Waiver, lenient: World, enter: Enter, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workplace.rule_pages.waivers.PAGE_SIZE", 4)
    propose(lenient, scope=lenient.account)
    propose(lenient, "wy", scope=lenient.second_account)
    client = enter("wy")

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path("waivers")).status_code == 200
        return len(captured)

    cost()
    before = cost()
    for _number in range(3):
        row = propose(lenient, scope=lenient.account)
        confirm_waiver(actor=lenient.actor("wy"), waiver=row.pk)
    end_waiver(actor=lenient.actor("ex"), waiver=propose(lenient).pk)
    assert cost() == before <= 10
    page = client.get(path("waivers")).context["listing"]
    assert (len(page.rows), len(shown(client, after=page.after))) == (4, 2)
    assert len(shown(client, after="x")) == 4
