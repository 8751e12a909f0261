"""Saying that one is looking at a request (R-50): seen by others, in nobody's way, and over by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts import services as accounts
from accounts.actors import actor_for
from approvals import services
from approvals.claims import LASTS, claims_on
from approvals.errors import MachineDecision, SelfApproval
from approvals.models import ApprovalRequest, Claim
from audit.models import AuditEvent
from core import clock
from core.actor import Channel
from core.errors import Forbidden, IllegalTransition, NotFound
from tests import builders
from tests.api.conftest import Api, door
from tests.builders import ROOT, World
from tests.workplace.conftest import enter  # noqa: F401 - a fixture


@pytest.fixture
def world(db: None) -> World:
    return builders.organisation()


def looking(request: ApprovalRequest) -> list[str]:
    return [each.person.name for each in claims_on([request.pk], clock.now()).get(request.pk, [])]


def claim(world: World, request: ApprovalRequest, who: str = "content") -> Claim:
    return services.claim(actor=world.actor(who), request=request.pk)


def test_r50_a_claim_lasts_half_an_hour_and_ends_by_itself(world: World) -> None:
    request = world.request()
    with time_machine.travel(clock.now() - LASTS + timedelta(seconds=30), tick=False):
        made = claim(world, request)
        assert made.until == clock.now() + timedelta(minutes=30)
        assert looking(request) == ["Content"]
    assert looking(request) == ["Content"]
    over = world.request()
    with time_machine.travel(clock.now() - LASTS - timedelta(seconds=1)):
        claim(world, over)
    assert looking(over) == []


def test_r50_it_keeps_nobody_from_deciding_or_claiming(world: World) -> None:
    world.add_person("second", "content_approver")
    request = world.request()
    claim(world, request)
    claim(world, request, "second")
    assert looking(request) == ["Content", "Second"]
    world.decide(request, "content", by="second")
    assert looking(request) == ["Content"], "who has decided is not looking any more"
    world.decide(request, "budget")
    assert looking(request) == []
    assert ApprovalRequest.objects.get(pk=request.pk).state == "approved"


def test_r50_released_it_is_over_and_claimed_again_it_is_one(world: World) -> None:
    request = world.request()
    claim(world, request)
    claim(world, request)
    assert looking(request) == ["Content"]
    services.release(actor=world.actor("content"), request=request.pk)
    assert looking(request) == []
    claim(world, request)
    assert looking(request) == ["Content"]
    told = AuditEvent.objects.filter(subject_id=str(request.pk), action__in=("approvals.request.claimed", "approvals.request.released"))
    assert told.count() == 4


def test_r50_a_closed_request_is_looked_at_by_nobody(world: World) -> None:
    request = world.request()
    claim(world, request)
    services.withdraw(actor=world.actor("submitter"), request=request.pk)
    assert looking(request) == []
    with pytest.raises(IllegalTransition):
        claim(world, request)


def test_r50_r57_only_whoever_may_decide_it_claims_it(world: World) -> None:
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.user("submitter"), scope=world.brand)
    request, other = world.request(), builders.organisation("Other").request()
    for who, error in (("submitter", SelfApproval), ("publisher", Forbidden), ("budget", Forbidden)):
        with pytest.raises(error):
            claim(world, request, who)
    accounts.grant_role(actor=ROOT, role="publisher", principal=world.machine, scope=world.brand)
    with pytest.raises(MachineDecision):
        services.claim(actor=actor_for(world.machine, Channel.API), request=request.pk)
    with pytest.raises(NotFound):
        claim(world, other)
    assert not Claim.objects.exists()


def test_r50_what_was_said_is_not_rewritten(world: World) -> None:
    made = claim(world, world.request())
    for act in (lambda: Claim.objects.filter(pk=made.pk).update(until=made.at), lambda: Claim.objects.filter(pk=made.pk).delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert Claim.objects.get().until == made.until


def test_r50_the_api_claims_releases_and_tells(world: World) -> None:
    request, api = world.request(), door(world, "content")
    path = f"approval-requests/{request.pk}/"
    made = api.post(f"{path}claim/", {})
    person = {"id": str(world.people["content"].pk), "name": "Content"}
    assert (made.status, [each["person"] for each in made.body["claims"]]) == (200, [person])
    assert Api(world.token("submitter")).get(path).body["claims"] == made.body["claims"]
    assert api.post(f"{path}release/", {}).body == {"claims": []}
    assert api.get(path).body["claims"] == []


def test_r50_the_workplace_claims_releases_and_tells(world: World, enter) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    request, client = world.request(), enter("content")
    page, act = reverse("admin:request", args=[request.pk]), reverse("admin:claim", args=[request.pk])
    assert "I am looking at it" in client.get(page).content.decode()
    assert client.post(act).status_code == 303
    for shown in (client.get(page), client.get(reverse("admin:index")), enter("submitter").get(page)):
        assert "Content is looking at it until" in shown.content.decode()
    assert client.post(act, {"release": "1"}).status_code == 303
    assert "is looking at it until" not in client.get(page).content.decode()
    assert enter("submitter").post(act).status_code == 403
    assert Claim.objects.count() == 2
