"""What people compared with is what is approved still, when they are through (R-09, R-32)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError

from approvals import services
from approvals.errors import BaseMoved
from approvals.models import ApprovalRequest, Clearance
from campaigns import services as campaigns
from core.errors import Overtaken
from core.triggers import refusal
from tests.approvals.observing import assert_refused
from tests.approvals.policies import states
from tests.builders import World


@pytest.fixture
def beside(world: World) -> tuple[ApprovalRequest, ApprovalRequest]:
    """An approved request, and another of its ad alone: with a new text, in review."""
    first = world.request("approved")
    tree = world.tree_of[first.pk]
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Warm jackets, cold days"})
    second = world.request("in_review", tree)
    return first, second


def revoke(world: World, request: ApprovalRequest) -> None:
    services.revoke(actor=world.actor("operator"), request=request.pk, reason="The landing page is wrong.")


def test_r32_what_was_revoked_does_not_come_back_with_the_next_approval(world: World, beside: Any) -> None:
    first, second = beside
    revoke(world, first)
    refused = assert_refused(BaseMoved, partial(world.decide, second, "content"), items=[str(world.tree_of[first.pk].ad.pk)])
    assert "submit it again" in str(refused)
    assert states(second) == {"content": "open"}
    assert not Clearance.objects.filter(request=second).exists()


def test_what_stands_is_approved_as_ever(world: World, beside: Any) -> None:
    _first, second = beside
    world.decide(second, "content")
    assert Clearance.objects.filter(request=second).count() == 1


def test_r32_nor_by_sql(world: World, beside: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard says the same where the code does not."""
    first, second = beside
    revoke(world, first)
    monkeypatch.setattr("approvals.services.settling._check_base", lambda _items: None)
    with pytest.raises(Overtaken) as caught:
        world.decide(second, "content")
    assert isinstance(caught.value.__cause__, DatabaseError)
    refused = refusal(caught.value.__cause__)
    assert refused is not None
    assert refused.guard == "approvals_clearance_base"
    assert not Clearance.objects.filter(request=second).exists()
