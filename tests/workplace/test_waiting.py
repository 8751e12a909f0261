"""What waits for a second access manager is offered to whoever may confirm it, and to nobody whom the service would refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.errors import ChangeLapsed
from accounts.models import AdAccount, Conferred, Placement, RoleGrant
from accounts.second_manager import why_not_second
from core import clock
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter


@pytest.fixture
def managed(world: World) -> World:
    for name in ("ada", "bo"):
        world.add_person(name, "access_manager", scope=world.organisation)
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    return world


def agree(client: Client, fact: Conferred, status: int, words: str) -> None:
    """The page says why not, offers no button, and the service refuses in the same words."""
    page = client.get(reverse("admin:access_waiting"))
    confirm = reverse("admin:access_confirm", args=[fact.pk])
    (proposal,) = page.context["proposals"]
    assert words in proposal.why_not
    assert confirm not in page.content.decode()
    answer = client.post(confirm)
    assert answer.status_code == status
    assert words in answer.content.decode()
    fact.refresh_from_db()
    assert fact.is_awaited


def test_r55_who_gains_by_a_move_is_not_offered_to_confirm_it(managed: World, enter: Enter):
    brand = accounts.create_brand(actor=ROOT, organisation=managed.organisation, name="Nordwind")
    accounts.grant_role(actor=ROOT, role="publisher", principal=managed.people["bo"], scope=brand)
    accounts.move_ad_account(actor=managed.actor("ada"), ad_account=managed.account, brand=brand)
    agree(enter("bo"), Placement.objects.get(since__isnull=True), 403, "Nobody confirms what they gain from themselves.")
    assert AdAccount.objects.get(pk=managed.account.pk).brand == managed.brand


def test_r55_whoever_manages_one_side_of_a_move_is_not_offered_it(managed: World, enter: Enter):
    brand = accounts.create_brand(actor=ROOT, organisation=managed.organisation, name="Nordwind")
    managed.add_person("north", "access_manager", scope=brand)
    accounts.move_ad_account(actor=managed.actor("ada"), ad_account=managed.account, brand=brand)
    page = enter("north").get(reverse("admin:access_waiting"))
    fact = Placement.objects.get(since__isnull=True)
    assert reverse("admin:access_confirm", args=[fact.pk]) not in page.content.decode()
    assert enter("north").post(reverse("admin:access_confirm", args=[fact.pk])).status_code == 404
    assert Placement.objects.get(pk=fact.pk).is_awaited


def test_r55_what_nobody_confirmed_in_time_is_not_offered(managed: World, enter: Enter, monkeypatch: pytest.MonkeyPatch):
    grant = accounts.grant_role(
        actor=managed.actor("ada"), role="operator", principal=managed.people["content"], scope=managed.brand
    )
    bo, now = enter("bo"), clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=15))
    agree(bo, RoleGrant.objects.get(pk=grant.pk), 409, "Nobody confirmed this in time")


def test_r55_what_would_be_over_by_now_does_not_wait(managed: World, enter: Enter, monkeypatch: pytest.MonkeyPatch):
    now = clock.now()
    grant = accounts.grant_role(
        actor=managed.actor("ada"), role="operator", principal=managed.people["content"], scope=managed.brand,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip
    bo = enter("bo")
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    assert bo.get(reverse("admin:access_waiting")).context["proposals"] == []
    refusal = why_not_second(managed.actor("bo"), RoleGrant.objects.get(pk=grant.pk), clock.now())
    assert isinstance(refusal, ChangeLapsed)
    assert bo.post(reverse("admin:access_confirm", args=[grant.pk])).status_code == 409
    assert RoleGrant.objects.get(pk=grant.pk).is_awaited
