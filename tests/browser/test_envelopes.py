"""Envelopes in a real browser: set by keyboard, raised by one, confirmed by another, seen from a request."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts import services as accounts
from approvals.models import EnvelopeAmount
from approvals.services import set_envelope
from core import clock
from core.money import Money
from tests import builders
from tests.browser.conftest import Enter
from tests.builders import ROOT, World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = builders.organisation("Acme")
    made.add_person("second", "policy_manager")
    accounts.set_access_policy(actor=ROOT, organisation=made.organisation, two_managers=True)
    return made


def reach(page: Page, what: Any) -> None:
    """With the Tab key alone, as people without a mouse do."""
    for _press in range(60):
        if what.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the Tab key does not lead there")


def test_an_envelope_is_set_by_keyboard_and_raised_by_two(world: World, enter: Enter):
    page = enter("policy_manager")
    page.get_by_role("link", name="Envelopes").first.click()
    expect(page.get_by_test_id("empty")).to_contain_text("No envelopes")
    page.get_by_role("link", name="Set an envelope").click()
    page.get_by_label("Where").focus()
    page.get_by_label("Where").select_option(f"brand:{world.brand.pk}")
    for label, text in (("Title", "Autumn"), ("Amount a month", "1000")):
        reach(page, page.get_by_label(label))
        page.keyboard.type(text)
    page.get_by_label("Currency").select_option("USD")
    assert page.get_by_label("From").input_value() == f"{clock.now():%Y-%m}"
    reach(page, page.get_by_role("button", name="Set this envelope"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Set. It counts from")).to_be_visible()
    expect(page.get_by_role("img", name="0 % committed, 0 % reserved")).to_be_visible()

    page.get_by_role("link", name="Change the amount").click()
    page.get_by_label("Amount a month").fill("2000.00")
    page.get_by_label("Reason").fill("Black Friday")
    page.get_by_role("button", name="Set this amount").click()
    expect(page.get_by_test_id("awaited")).to_contain_text("Another person has to confirm what you proposed.")
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)

    second = enter("second")
    second.goto(page.url)
    expect(second.get_by_test_id("awaited")).to_contain_text("Black Friday")
    reach(second, second.get_by_role("button", name="Confirm"))
    second.keyboard.press("Enter")
    expect(second.get_by_text("Confirmed. This amount counts.")).to_be_visible()
    assert list(EnvelopeAmount.objects.filter(consent__isnull=False).values_list("amount_minor", flat=True)) == [2000_00, 1000_00]


def test_from_a_request_to_the_envelope_on_a_phone(world: World, enter: Enter):
    month = clock.now().date().replace(day=1)
    said: Any = {"scope": world.brand, "title": "Autumn", "amount": Money(200_00, "USD"), "first_month": month}
    set_envelope(actor=world.actor("policy_manager"), **said)
    request = world.request("content_approved")
    page = enter("budget", width=420, height=900)
    page.goto(page.url.partition("/workplace/")[0] + f"/workplace/requests/{request.pk}/")
    card = page.get_by_test_id("envelopes")
    expect(card).to_contain_text("does not fit")
    card.get_by_role("link", name="Autumn").click()
    expect(page.get_by_test_id("months")).to_contain_text("$200.00")
    for address in ("", "?month=2099-01", "../"):
        page.goto(page.url.partition("?")[0] + address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 420, f"{page.url} is {wide} px wide and scrolls sideways"
