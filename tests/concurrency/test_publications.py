"""Workers and revocations at once (R-32, R-37): one worker a publication; what is revoked is not begun."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from approvals import services as approvals
from approvals.models import ApprovalRequest
from core.actor import Channel, system
from core.errors import IllegalTransition, Overtaken
from publishing import services
from publishing.errors import AlreadyPublished
from publishing.models import Publication, PublicationAttempt
from tests.concurrency.racing import (
    Interruption,
    all_on,
    at_once,
    both_off,
    errors,
    guard_of,
    locks_off,
    without_triggers,
)

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
TASK = system(Channel.TASK)


@pytest.fixture
def publication(world) -> Publication:
    """The first step of an approved request, queued by the gate."""
    request = world.request(at="approved")
    return services.publish_cleared(actor=TASK, request=request.pk)[0]


def begin(publication):
    return lambda: services.begin(actor=TASK, publication=publication.pk)


@pytest.mark.parametrize(
    ("layers", "met"), [(all_on, False), (locks_off, True)], ids=["all on", "control: no lock, the guarded update protects"]
)
def test_r37_of_two_workers_one_begins(publication, rendezvous, monkeypatch, layers, met):
    rendezvous.before(monkeypatch, "publishing.gate:confirm")
    with layers():
        results = at_once(begin(publication), begin(publication))
    assert rendezvous.met == met
    assert [type(each) for each in errors(results)] == [IllegalTransition]
    publication.refresh_from_db()
    assert publication.state == "dispatching"
    assert PublicationAttempt.objects.filter(publication=publication).count() == 1


def test_control_without_lock_and_guarded_update_two_workers_send(publication, rendezvous, monkeypatch):
    """What these two are for: both workers hold an attempt of their own, and the channel would hear it twice."""
    rendezvous.before(monkeypatch, "publishing.gate:confirm")
    with both_off():
        results = at_once(begin(publication), begin(publication))
    assert rendezvous.met
    assert errors(results) == []
    assert sorted(attempt.number for _, attempt in results) == [1, 2]


def test_of_two_askers_the_gate_lets_one_through(world, rendezvous, monkeypatch):
    request = world.request(at="approved", publish="manual")
    rendezvous.before(monkeypatch, "publishing.gate:judge")
    actors = [world.actor("publisher") for _ in range(2)]
    acts = [lambda actor=actor: services.request_publication(actor=actor, request=request.pk) for actor in actors]
    results = at_once(*acts)
    assert [type(each) for each in errors(results)] == [AlreadyPublished]
    assert not rendezvous.met
    steps = list(Publication.objects.filter(request=request).values_list("entity_type", "operation"))
    assert len(steps) == len(set(steps)) == 6


def test_control_without_the_lock_a_unique_key_keeps_the_second_out(world, rendezvous, monkeypatch):
    request = world.request(at="approved", publish="manual")
    rendezvous.before(monkeypatch, "publishing.gate:judge")
    actors = [world.actor("publisher") for _ in range(2)]
    acts = [lambda actor=actor: services.request_publication(actor=actor, request=request.pk) for actor in actors]
    with locks_off():
        (lost,) = errors(at_once(*acts))
    assert rendezvous.met
    assert isinstance(lost, IntegrityError)
    assert Publication.objects.filter(request=request).count() == 6


# --- revocation against dispatch --------------------------------------------------------------------------------------


def revoke(world, publication):
    actor = world.actor("operator")
    return lambda: approvals.revoke(actor=actor, request=publication.request_id, reason="Price is wrong.")


def states(publication) -> tuple[str, str]:
    publication.refresh_from_db()
    return ApprovalRequest.objects.get(pk=publication.request_id).state, publication.state


def test_r32_a_revocation_waits_for_a_worker_that_has_asked_the_gate_and_comes_after_it(world, publication, monkeypatch):
    """Sending began before the revocation: the log says so, and pausing follows."""
    revocation = Interruption(monkeypatch, "core.transitions:move", revoke(world, publication))
    begin(publication)()
    assert not isinstance(revocation.end(), Exception)
    assert not revocation.was_in_between
    assert states(publication) == ("revoked", "dispatching")


def test_r32_a_worker_that_comes_while_a_revocation_is_being_written_finds_it(world, publication, monkeypatch):
    worker = Interruption(monkeypatch, "core.transitions:move", begin(publication))
    revoke(world, publication)()
    assert worker.end() is None, "the gate cancelled it"
    assert states(publication) == ("revoked", "cancelled")


def test_control_without_the_lock_the_trigger_keeps_what_was_revoked_from_being_sent(world, publication, monkeypatch):
    revocation = Interruption(monkeypatch, "core.transitions:move", revoke(world, publication))
    with locks_off(), pytest.raises(Overtaken) as caught:
        begin(publication)()
    assert not isinstance(revocation.end(), Exception)
    assert revocation.was_in_between
    assert guard_of(caught.value) == "publishing_publication_revoked"
    assert states(publication) == ("revoked", "queued")


def test_control_without_lock_and_trigger_what_was_revoked_is_sent(world, publication, monkeypatch):
    """What these two are for."""
    revocation = Interruption(monkeypatch, "core.transitions:move", revoke(world, publication))

    def careless() -> object:
        without_triggers()
        return begin(publication)()

    with locks_off():
        assert errors(at_once(careless)) == []
    assert not isinstance(revocation.end(), Exception)
    assert revocation.was_in_between
    assert states(publication) == ("revoked", "dispatching")
