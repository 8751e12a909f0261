"""R-04 beside what else happens: what spends less brings nothing along that was approved and did not go out yet."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from approvals.models import ApprovalRequest
from approvals.services import revoke, set_freeze, withdraw
from approvals.tasks import check_request
from core import clock
from core.errors import Conflict
from publishing import tasks
from tests.approvals.observing import assert_refused
from tests.builders import ROOT, Tree
from tests.publishing.studio import Studio
from tests.publishing.test_lowering import daily, lower, through


@pytest.fixture
def live(studio: Studio) -> Tree:
    """A tree that is published: an ad group of 30 a day."""
    tree = studio.world.tree()
    studio.published(tree)
    return tree


def raised(studio: Studio, live: Tree, **how: object) -> ApprovalRequest:
    """40 a day and another name, approved."""
    studio.edit_group(live, budget={"mode": "daily", "amount": "40.00"}, name="Another name")
    return studio.approved(live, **how)


def names(studio: Studio) -> list[str]:
    return [each["fields"]["adgroup_name"] for each in studio.on_channel("ad_group")]


def test_r21_lowering_brings_nothing_through_a_freeze(studio: Studio, live: Tree) -> None:
    before = names(studio)
    begins = clock.now() - timedelta(hours=1)
    set_freeze(actor=ROOT, scope=studio.world.brand, begins_at=begins, ends_at=begins + timedelta(days=2), reason="Mourning")
    held = raised(studio, live)
    tasks.sweep()
    assert daily(studio) == [30]
    assert_refused(Conflict, partial(lower, studio, live.ad_group, budget="39.99"))
    assert (daily(studio), names(studio)) == ([30], before)
    revoke(actor=studio.world.actor("operator"), request=held.pk, reason="It is lowered instead.")
    through(studio, lower(studio, live.ad_group, budget="25.00"))
    assert (daily(studio), names(studio)) == ([25], before)


def test_r57_lowering_publishes_nothing_that_waits_for_a_publisher(studio: Studio, live: Tree) -> None:
    raised(studio, live, publish="manual")
    assert_refused(Conflict, partial(lower, studio, live.ad_group, budget="39.99"))
    assert daily(studio) == [30]


def test_r04_a_lowering_that_was_overtaken_keeps_nobody_from_the_next(studio: Studio, live: Tree) -> None:
    """While its checks run more is approved and published: it is compared with what is approved no more, and the next is not."""
    studio.edit_group(live, budget={"mode": "daily", "amount": "40.00"}, name="Another name")
    asked = studio.world.request("in_review", live)
    first = lower(studio, live.ad_group, budget="28.00")
    studio.world.decide_if_asked(asked, "content", "budget")
    studio.publish(asked)
    assert daily(studio) == [40]
    check_request(str(first.pk))
    assert ApprovalRequest.objects.get(pk=first.pk).state == "in_review"
    second = through(studio, lower(studio, live.ad_group, budget="35.00"))
    assert (second.state, daily(studio)) == ("approved", [35])
    assert ApprovalRequest.objects.get(pk=first.pk).state == "superseded"


def test_r30_what_is_being_lowered_is_withdrawn_like_anything(studio: Studio, live: Tree) -> None:
    request = lower(studio, live.ad_group, budget="25.00")
    withdraw(actor=studio.world.actor("operator"), request=request.pk)
    check_request(str(request.pk))
    studio.publish(request)
    assert (ApprovalRequest.objects.get(pk=request.pk).state, daily(studio)) == ("withdrawn", [30])
