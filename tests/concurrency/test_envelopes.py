"""R-24: two approvals at once that draw on one envelope. Each by itself fits, both together do not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from approvals.errors import EnvelopeExceeded
from approvals.models import ApprovalRequest, EnvelopeEntry
from approvals.services import set_envelope
from core import clock
from core.money import Money
from tests.builders import Tree, World
from tests.concurrency.racing import Interruption, Rendezvous, all_on, at_once, errors, locks_off

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]


def decided(world: World, rendezvous: Rendezvous, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Exception], int]:
    """Two campaigns of 30 dollars on one day, where a month holds 40: who was refused, and what is reserved."""
    first = clock.now().date().replace(day=1)
    set_envelope(
        actor=world.actor("policy_manager"), scope=world.account, title="All", amount=Money(40_00, "USD"), first_month=first
    )
    requests = [world.request("content_approved", one_day(world)) for _turn in range(2)]
    rendezvous.before(monkeypatch, "approvals.books:_check")
    results = at_once(*(deciding(world, request) for request in requests))
    reserved = sum(EnvelopeEntry.objects.values_list("reserved_minor", flat=True))
    return errors(results), reserved


def one_day(world: World) -> Tree:
    start = clock.now().replace(microsecond=0) + timedelta(days=1)
    group = world.ad_group(world.campaign(), schedule={"start": start, "end": start + timedelta(days=1)})
    return Tree(group.campaign, group, world.ad(group))


def deciding(world: World, request: ApprovalRequest):
    return lambda: world.decide(request, "budget")


def test_r24_of_two_approvals_at_once_the_second_is_weighed_with_the_first(world, rendezvous, monkeypatch):
    with all_on():
        refused, reserved = decided(world, rendezvous, monkeypatch)
    assert [type(each) for each in refused] == [EnvelopeExceeded]
    assert (reserved, rendezvous.met) == (30_00, False)
    assert sorted(ApprovalRequest.objects.values_list("state", flat=True)) == ["approved", "in_review"]


def test_control_without_the_lock_both_are_approved(world, rendezvous, monkeypatch):
    with locks_off():
        refused, reserved = decided(world, rendezvous, monkeypatch)
    assert (refused, reserved, rendezvous.met) == ([], 60_00, True)


def taken_up(world: World, monkeypatch: pytest.MonkeyPatch) -> int:
    """What stands in the book of an envelope that is made while an approval is under way that found none."""
    request, first = world.request("content_approved", one_day(world)), clock.now().date().replace(day=1)
    manager = world.actor("policy_manager")
    made = Interruption(
        monkeypatch, "core.wake:announce",
        lambda: set_envelope(actor=manager, scope=world.account, title="All", amount=Money(40_00, "USD"), first_month=first),
    )  # fmt: skip
    deciding(world, request)()
    assert not isinstance(made.end(), Exception)
    return sum(EnvelopeEntry.objects.values_list("reserved_minor", flat=True))


def test_r24_an_envelope_that_is_made_meanwhile_takes_up_what_is_being_approved(world, monkeypatch):
    assert taken_up(world, monkeypatch) == 30_00


def test_control_without_the_lock_of_the_accounts_it_is_missed(world, monkeypatch):
    monkeypatch.setattr("approvals.locks.envelope_scope", lambda scope: None)
    assert taken_up(world, monkeypatch) == 0
