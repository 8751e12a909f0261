"""An access manager's day in a real browser: a person, a role with an end, and a second access manager's word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts import services as accounts
from accounts.models import RoleGrant, User
from core import clock
from tests import builders
from tests.browser.conftest import Enter
from tests.builders import ROOT, World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = builders.organisation("Acme")
    for name in ("ada", "bo"):
        made.add_person(name, "access_manager", scope=made.organisation)
    accounts.set_access_policy(actor=ROOT, organisation=made.organisation, two_managers=True)
    return made


def test_a_person_is_created_given_a_role_until_a_day_and_confirmed(world: World, enter: Enter):
    ada = enter("ada")
    ada.get_by_role("link", name="Manage access").first.click()
    ada.get_by_role("link", name="New person").click()
    ada.get_by_label("E-mail address").fill("bea@acme.example")
    ada.get_by_label("Name").fill("Bea Lindqvist")
    ada.get_by_role("button", name="Create").click()
    expect(ada.get_by_text("Bea Lindqvist is here now, and holds nothing yet.")).to_be_visible()
    ada.get_by_role("link", name="Give a role").click()
    ada.get_by_label("Role").select_option(label="Content approver")
    ada.get_by_label("Where").select_option(label="Acme Brand")
    until = (clock.now() + timedelta(days=40)).replace(second=0, microsecond=0)
    ada.get_by_label("Until (UTC)").fill(until.strftime("%Y-%m-%dT%H:%M"))
    ada.get_by_role("button", name="Look at it first").click()
    preview = ada.get_by_test_id("preview")
    expect(preview).to_contain_text("Bea Lindqvist may decide on content stages on Acme Brand and all below.")
    expect(preview).to_contain_text("A second access manager has to confirm this")
    assert not RoleGrant.objects.filter(user__email="bea@acme.example").exists()
    ada.get_by_role("button", name="Give this role").click()
    expect(ada.get_by_test_id("roles")).to_contain_text("waits for a second access manager")
    bea = User.objects.get(email="bea@acme.example")
    assert not bea.has_perm("accounts.approve_content", world.account)

    bo = enter("bo", width=420, height=900)
    base = bo.url.partition("/workplace/")[0]
    bo.goto(f"{base}/workplace/access/waiting/")
    expect(bo.get_by_test_id("proposals")).to_contain_text("Bea Lindqvist: role “Content approver” on Acme Brand until")
    wide = bo.evaluate("document.documentElement.scrollWidth")
    assert wide <= 420, f"the page is {wide} px wide and scrolls sideways"
    bo.get_by_role("button", name="Confirm").click()
    expect(bo.get_by_text("Confirmed. It is in force.")).to_be_visible()
    grant = RoleGrant.objects.get(user=bea)
    assert (grant.expires_at, grant.confirmed_by) == (until, "bo@acme.example")
    assert bea.has_perm("accounts.approve_content", world.account)
