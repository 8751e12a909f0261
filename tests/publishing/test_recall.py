"""What is on by the vote of a compromised account (R-32): listed, told, and never sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import services as accounts
from approvals import services
from approvals.models import Recall
from core import clock
from core.actor import Channel, system
from core.errors import ImprimaturError
from publishing import queries, tasks
from publishing import services as publishing
from publishing.errors import ClearanceSuspended
from tests import builders
from tests.notices.seeing import told


def declare(world, who="content"):
    accounts.grant_role(actor=builders.ROOT, principal=world.people["access_manager"], role="access_manager", scope=world.organisation)
    return services.declare_compromised(
        actor=world.actor("access_manager"), user=world.people[who].pk, since=clock.now() - timedelta(hours=1), reason="Stolen."
    )


def test_r32_what_is_live_is_listed_and_told_and_stays(studio):
    world, request = studio.world, studio.published()
    told(world)
    tasks.recall(str(declare(world).pk))
    assert list(Recall.objects.values_list("outcome", flat=True)) == ["live"]
    listed = list(queries.live_in_doubt(world.actor("operator")))
    assert {vars(each)["request_in_doubt"] for each in listed} == {request.pk}
    assert len(listed) == 3
    assert ("operator", "live_in_doubt", "revokes") in told(world)
    services.revoke(actor=world.actor("operator"), request=request.pk, reason="Not ours.")
    assert len(list(queries.live_in_doubt(world.actor("operator")))) == 3, "it is live still"


def test_r57_nobody_sees_what_is_live_elsewhere(studio):
    studio.published()
    tasks.recall(str(declare(studio.world).pk))
    studio.world.add_person("stranger")
    assert not queries.live_in_doubt(studio.world.actor("stranger")).exists()


def test_r32_the_gate_refuses_before_anything_was_seen_to(studio):
    """The task may come late; the gate asks the votes."""
    request = studio.approved(publish="manual")
    declare(studio.world)
    with pytest.raises(ClearanceSuspended):
        publishing.request_publication(actor=studio.world.actor("publisher"), request=request.pk)
    assert studio.rows(request) == []


def test_r32_what_is_queued_is_cancelled(studio):
    request = studio.admitted()
    declare(studio.world)
    assert not studio.step(request)
    assert studio.ended(request) == {"cancelled"}
    assert studio.calls == []
    with pytest.raises(ImprimaturError):
        publishing.publish_cleared(actor=system(Channel.TASK), request=request.pk)
