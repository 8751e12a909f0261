"""R-24: what is foretold of a request is what is written once it is approved, and who holds what of a month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db.transaction import atomic

from accounts import services as accounts
from approvals import books, outlook, tasks
from approvals.errors import EnvelopeExceeded
from approvals.models import ApprovalRequest, EnvelopeEntry
from approvals.services import revoke
from core import clock
from tests import builders
from tests.api.statements import statements
from tests.approvals.test_envelopes import MID_MONTH, approved, endless, enveloped, submitted, with_group_budget
from tests.builders import ROOT, World

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def world(db: None) -> Any:
    with time_machine.travel(MID_MONTH, tick=True):
        yield builders.organisation()


def foretold(world: World, request: ApprovalRequest, who: str = "policy_manager") -> dict[Any, int]:
    found = outlook.draws(world.actor(who), request, clock.now())
    assert not any(each.is_held for each in found)
    return {(draw.envelope.pk, share.month.month): share.by_minor for draw in found for share in draw.shares}


def written(request: ApprovalRequest) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for row in EnvelopeEntry.objects.filter(request=request):
        key = row.envelope_id, row.month
        found[key] = found.get(key, 0) + row.reserved_minor + row.committed_minor
    return found


@pytest.mark.parametrize("then", ["first", "raised", "lowered", "an endless one, weeks later"])
def test_r24_what_is_foretold_is_what_is_written(world: World, then: str) -> None:
    for scope in (world.brand, world.account):
        enveloped(world, "9000.00", scope)
    tree = endless(world) if "endless" in then else world.tree()
    if then != "first":
        approved(world, tree)
        with_group_budget(world, tree, "20.00" if then == "lowered" else "50.00")
    later = MID_MONTH + timedelta(days=25 if "endless" in then else 1)
    with time_machine.travel(later, tick=False):
        request = submitted(world, tree)
        said = foretold(world, request)
        held = {draw.envelope.pk: sum(share.month.reserved_minor for share in draw.shares) for draw in outlook.draws(world.actor("policy_manager"), request, clock.now())}
        world.decide(request, "budget")
        request.refresh_from_db()
        assert said == written(request)
        assert len({envelope for envelope, _month in said}) == 2
        now = outlook.draws(world.actor("policy_manager"), request, clock.now())
        assert {draw.envelope.pk: sum(share.month.reserved_minor for share in draw.shares if (draw.envelope.pk, share.month.month) in said) for draw in now} == held


def test_r24_what_does_not_fit_is_told_beforehand_as_the_refusal_tells_it(world: World) -> None:
    enveloped(world, "400.00")
    approved(world)
    request = submitted(world)
    (draw,) = outlook.draws(world.actor("budget"), request, clock.now())
    (share,) = draw.shares
    assert (share.by_minor, share.month.left_minor, draw.missing_minor) == (300_00, -200_00, 200_00)
    with pytest.raises(EnvelopeExceeded) as told:
        world.decide(request, "budget")
    assert told.value.extra["missing_minor"] == draw.missing_minor


def test_an_approved_request_shows_what_its_campaign_holds(world: World) -> None:
    enveloped(world, "700.00")
    request = approved(world)
    (draw,) = outlook.draws(world.actor("budget"), request, clock.now())
    assert (draw.is_held, [(each.by_minor, each.month.left_minor) for each in draw.shares], draw.missing_minor) == (True, [(300_00, 400_00)], 0)
    revoke(actor=world.actor("operator"), request=request.pk, reason="Too much.")
    request.refresh_from_db()
    assert outlook.draws(world.actor("budget"), request, clock.now()) == []


def test_r57_envelopes_of_the_brand_are_told_to_whoever_sees_the_brand(world: World) -> None:
    of_brand, of_account = enveloped(world, "700.00", world.brand), enveloped(world, "700.00")
    world.add_person("near", "content_approver", scope=world.account)
    request = submitted(world)
    assert {envelope for envelope, _month in foretold(world, request, "near")} == {of_account.envelope_id}
    assert {envelope for envelope, _month in foretold(world, request)} == {of_brand.envelope_id, of_account.envelope_id}


def test_r57_whoever_does_not_see_the_brand_learns_that_its_envelope_is_short_and_no_more(world: World) -> None:
    enveloped(world, "400.00", world.brand)
    enveloped(world, "9000.00")
    world.add_person("near", "budget_approver", scope=world.account)
    approved(world)
    request = submitted(world)
    assert [each.envelope.ad_account for each in outlook.draws(world.actor("near"), request, clock.now())] == [world.account]
    assert outlook.unseen_short(world.actor("near"), request, clock.now()) == [NOVEMBER]
    with statements() as seen:
        assert outlook.unseen_short(world.actor("budget"), request, clock.now()) == []
    assert not any("envelope" in each for each in seen.sql), "it is among the others"


@pytest.mark.parametrize("brand_s", ["9000.00", None])
def test_r57_of_an_unseen_envelope_with_room_nothing_is_told(world: World, brand_s: str | None) -> None:
    if brand_s:
        enveloped(world, brand_s, world.brand)
    world.add_person("near", "budget_approver", scope=world.account)
    request = submitted(world)
    assert outlook.unseen_short(world.actor("near"), request, clock.now()) == []
    world.decide(request, "budget", by="near")
    request.refresh_from_db()
    assert request.state == "approved"
    enveloped(world, "1.00", world.brand)
    assert outlook.unseen_short(world.actor("near"), request, clock.now()) == [], "it is approved"


def test_ads_alone_and_what_is_closed_ask_nothing(world: World) -> None:
    enveloped(world, "700.00")
    tree = world.tree()
    approved(world, tree)
    world.ad(tree.ad_group, name="Another film")
    alone = world.submit(tree).request
    with statements() as seen:
        assert outlook.draws(world.actor("budget"), alone, clock.now()) == []
    assert not any("envelope" in each for each in seen.sql)
    assert outlook.draws(world.actor("budget"), world.request("rejected"), clock.now()) == []


def test_r24_who_holds_what_of_a_month(world: World) -> None:
    early = world.tree()
    before = approved(world, early)
    envelope = enveloped(world, "2000.00", world.brand).envelope
    second = approved(world)
    raised = approved(world, with_group_budget(world, early, "50.00"))
    actor = world.actor("policy_manager")
    rows = list(outlook.held_by_campaign(actor, envelope, NOVEMBER))
    assert [(row["campaign"], row["held"]) for row in rows] == [(early.campaign.pk, 500_00), (world.tree_of[second.pk].campaign.pk, 300_00)]
    lines = [(row["request"], row["goes_on"], row["by"]) for row in outlook.held_by_request(envelope, NOVEMBER, [early.campaign.pk])]
    assert lines == [(None, False, 300_00), (raised.pk, False, 200_00)], "what stood before names no request"
    assert [row["request"] for row in outlook.counting_requests([early.campaign.pk])] == [before.pk, raised.pk]
    assert before.envelope_entries.count() == 0
    assert outlook.held_unseen(actor, envelope, NOVEMBER) == 0


def test_r24_the_days_that_a_campaign_goes_on_are_told_apart(world: World) -> None:
    envelope, request = enveloped(world, "5000.00").envelope, approved(world, endless(world))
    with time_machine.travel(MID_MONTH + timedelta(days=10, hours=1), tick=True):
        tasks.run_on()
    rows = outlook.held_by_request(envelope, date(2026, 12, 1), [world.tree_of[request.pk].campaign.pk])
    assert [(row["request"], row["goes_on"], row["by"]) for row in rows] == [(None, True, 300_00), (request.pk, False, 270_00)]


def test_r57_what_moved_away_is_summed_and_not_named(world: World) -> None:
    envelope = enveloped(world, "700.00", world.brand).envelope
    approved(world)
    other = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Other")
    accounts.move_ad_account(actor=ROOT, ad_account=world.account, brand=other)
    actor = world.actor("policy_manager")
    assert list(outlook.held_by_campaign(actor, envelope, NOVEMBER)) == []
    assert outlook.held_unseen(actor, envelope, NOVEMBER) == 300_00


def test_publishing_moves_what_is_held_and_changes_no_request_s_part(world: World) -> None:
    envelope, request = enveloped(world, "700.00").envelope, approved(world)
    campaign = world.tree_of[request.pk].campaign.pk
    with atomic():
        books.note_published(request, campaign, clock.now())
    (row,) = outlook.held_by_campaign(world.actor("budget"), envelope, NOVEMBER)
    assert (row["reserved"], row["committed"]) == (0, 300_00)
    lines = outlook.held_by_request(envelope, NOVEMBER, [campaign])
    assert [row["by"] for row in lines] == [300_00]
