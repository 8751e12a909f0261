"""Attacks with an ad account that lies elsewhere than where it was routed, and with a page that it may not speak as."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import Brand, Organisation, Page
from approvals.models import ApprovalRequest
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, type_sql, update
from tests.guards.world import BUDGET, World, move, place, queue_run, revise


def _away(world: World) -> None:
    move(world.account, Brand.objects.create(organisation=world.organisation, name="Sister"))


def _away_and_back(world: World) -> None:
    home = world.brand
    _away(world)
    move(world.account, home)


MOVES = pytest.mark.parametrize("move_it", [_away, _away_and_back])


def _unlink(world: World) -> None:
    world.account.pages.clear()


def _swap(world: World) -> None:
    world.account.pages.set([Page.objects.create(brand=world.brand, external_id="2", identity_type="TT_USER", handle="other")])


UNLINKINGS = pytest.mark.parametrize("unlink", [_unlink, _swap])


def speaking(world: World) -> World:
    """What is put forward speaks as a page that is linked."""
    page = Page.objects.create(brand=world.brand, external_id="1", identity_type="TT_USER", handle="h")
    world.account.pages.add(page)
    world.revision = revise(world.campaign, 2, BUDGET, world.author, page)
    world.run = queue_run(world.revision)
    return world


# --- where it was routed -----------------------------------------------------------------------------------------------


def test_r12_a_request_is_routed_where_its_ad_account_lies(world):
    first = world.account.placements.get()
    other = place(world.elsewhere)
    world.submit()
    row = ApprovalRequest.objects.get()
    ApprovalRequest.objects.filter(pk=row.pk).update(state="withdrawn")
    _away(world)
    row.pk = row.id = None  # type: ignore[assignment]
    for placement in (None, other.pk.hex, first.pk.hex):
        assert_insert_refused("approvals_request_place", row, id="0" * 32, placement_id=placement)
    row.placement = world.account.placements.first()
    row.pk = world.campaign.pk
    assert_inserted(row)


@pytest.mark.parametrize("change", ["placement_id = NULL", "minimum_holding_minutes = 0"])
def test_what_a_request_was_routed_by_stays(world, change):
    world.submit()
    assert_refused("approvals_request_fixed", *update(world.request, change))


@MOVES
def test_no_clearance_after_the_ad_account_moved(world, move_it: Callable[[World], None]):
    """Also when it came back: it was elsewhere meanwhile, and no clock is asked."""
    world.approved()
    move_it(world)
    assert_insert_refused("approvals_clearance_place", world.clearance())


@MOVES
def test_r01_nothing_is_queued_or_sent_after_the_ad_account_moved(world, move_it: Callable[[World], None]):
    publication = world.queued()
    move_it(world)
    assert_refused("publishing_publication_place", *update(publication, "state = 'dispatching'"))
    again = world.publication(publication.clearance, operation="enable", amount_minor=None)
    assert_insert_refused("publishing_publication_place", again)
    assert_inserted(world.publication(publication.clearance, operation="pause", amount_minor=None))


# --- as whom it speaks -------------------------------------------------------------------------------------------------


def test_what_speaks_as_a_linked_page_goes_through(world):
    row = speaking(world).queued()
    assert type_sql(*update(row, "state = 'dispatching'")) == 1


@UNLINKINGS
def test_r57_no_clearance_of_what_speaks_as_an_unlinked_page(world, unlink: Callable[[World], None]):
    speaking(world).approved()
    unlink(world)
    assert_insert_refused("approvals_clearance_page", world.clearance())


@UNLINKINGS
def test_r01_nothing_is_queued_or_sent_as_an_unlinked_page(world, unlink: Callable[[World], None]):
    publication = speaking(world).queued()
    unlink(world)
    assert_refused("publishing_publication_page", *update(publication, "state = 'dispatching'"))
    again = world.publication(publication.clearance, operation="enable", amount_minor=None)
    assert_insert_refused("publishing_publication_page", again)
    assert_inserted(world.publication(publication.clearance, operation="pause", amount_minor=None))


def test_r57_no_clearance_of_what_speaks_as_another_organisations_page(world):
    foreign = Brand.objects.create(organisation=Organisation.objects.create(name="Other", slug="other"), name="Foreign")
    page = Page.objects.create(brand=foreign, external_id="1", identity_type="TT_USER", handle="h")
    world.revision = revise(world.campaign, 2, BUDGET, world.author, page)
    world.run = queue_run(world.revision)
    world.approved()
    assert_insert_refused("approvals_clearance_page", world.clearance())
