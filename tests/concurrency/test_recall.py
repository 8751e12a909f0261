"""An account is declared compromised while it votes, and while what it approved goes out (R-32): nothing slips through between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import services as accounts
from approvals import services
from approvals.models import Clearance, Compromise, Decision, Recall
from core import clock
from core.actor import Channel, system
from core.errors import Overtaken
from publishing import services as publishing
from publishing import tasks
from publishing.models import Publication
from tests import builders
from tests.concurrency.racing import Interruption, all_on, guard_of, locks_off, without_triggers

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
TASK = system(Channel.TASK)


@pytest.fixture
def managed(world):
    accounts.grant_role(actor=builders.ROOT, principal=world.people["access_manager"], role="access_manager", scope=world.organisation)
    return world


def declaring(world, who="budget"):
    """Declare an account compromised, and see to what it voted in."""
    actor, person = world.actor("access_manager"), world.people[who].pk

    def act():
        fact = services.declare_compromised(
            actor=actor, user=person, since=clock.now() - timedelta(hours=1), reason="Stolen."
        )
        tasks.recall(str(fact.pk))
        return fact

    return act


def last_approval(world, request):
    return services.decide(
        actor=world.actor("budget"), request=request.pk, stage="budget", digest=request.digest, verdict="approve"
    )


def test_r32_a_vote_that_is_not_cast_yet_is_refused(managed, monkeypatch):
    request = managed.request(at="content_approved")
    between = Interruption(monkeypatch, "approvals.services.deciding:decision_of", declaring(managed))
    with pytest.raises(Overtaken) as refused:
        last_approval(managed, request)
    assert guard_of(refused.value) == "approvals_decision_eligible"
    assert isinstance(between.end(), Compromise)
    assert not Decision.objects.filter(request=request, stage__key="budget").exists()
    assert not Clearance.objects.exists()


@pytest.mark.parametrize(("layers", "became"), [(all_on, "revoked"), (locks_off, "approved")], ids=["all on", "control: no lock"])
def test_r32_a_vote_that_is_cast_is_waited_for(managed, monkeypatch, layers, became):
    """Control: without the lock the declaration does not see the vote, and what was cleared by it is not revoked then (the sweep and
    the gate would have to find it)."""
    request = managed.request(at="content_approved")
    between = Interruption(monkeypatch, "approvals.services.settling:approved", declaring(managed))
    with layers():
        last_approval(managed, request)
        assert isinstance(between.end(), Compromise)
    request.refresh_from_db()
    assert (request.state, between.was_in_between) == (became, became == "approved")
    assert list(Recall.objects.values_list("outcome", flat=True)) == (["revoked"] if became == "revoked" else [])


@pytest.fixture
def publication(managed) -> Publication:
    request = managed.request(at="approved")
    return publishing.publish_cleared(actor=TASK, request=request.pk)[0]


def test_r32_what_goes_out_meanwhile_is_not_begun(managed, publication, monkeypatch):
    """The gate had said yes; the database says no at the write."""
    between = Interruption(monkeypatch, "core.transitions:move", declaring(managed))
    with pytest.raises(Overtaken) as refused:
        publishing.begin(actor=TASK, publication=publication.pk)
    assert guard_of(refused.value) == "publishing_publication_recalled"
    assert isinstance(between.end(), Compromise)
    publication.refresh_from_db()
    publication.request.refresh_from_db()
    assert (publication.state, publication.request.state) == ("queued", "revoked")


def test_control_without_the_guard_it_is_begun_and_told_as_live(managed, publication, monkeypatch):
    between = Interruption(monkeypatch, "core.transitions:move", declaring(managed))
    without_triggers()
    publishing.begin(actor=TASK, publication=publication.pk)
    assert isinstance(between.end(), Compromise)
    publication.refresh_from_db()
    assert publication.state == "dispatching"
    assert list(Recall.objects.values_list("outcome", flat=True)) == ["live"]
