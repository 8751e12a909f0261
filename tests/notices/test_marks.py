"""Reading: one's own notices, of what one may see, counted and marked."""

from __future__ import annotations

import pytest

from accounts import services as accounts
from accounts.models import RoleGrant
from core.errors import NotFound
from notices import marks, queries
from notices.models import Notice
from tests.builders import ROOT, World
from tests.notices.seeing import told


@pytest.fixture
def world(world: World) -> World:
    """Whose submitter has two notices, and its content approver one."""
    request = world.request("in_review")
    told(world)
    world.decide(request, "content", "reject")
    world.request("blocked")
    told(world)
    return world


def unread(world: World, name: str) -> int:
    return queries.unread(world.actor(name)).count()


def test_what_is_not_read_is_counted_and_marking_takes_it_away(world: World):
    assert (unread(world, "submitter"), unread(world, "content")) == (2, 1)
    first = queries.own_notices(world.actor("submitter")).last()
    assert first is not None
    marks.mark_read(world.actor("submitter"), first.pk)
    assert (unread(world, "submitter"), unread(world, "content")) == (1, 1)
    marks.mark_read(world.actor("submitter"), first.pk)  # again changes nothing
    assert marks.mark_all_read(world.actor("submitter")) == 1
    assert (unread(world, "submitter"), unread(world, "content")) == (0, 1)


def test_all_that_were_there_are_marked_and_not_what_came_since(world: World):
    newest, oldest = queries.own_notices(world.actor("submitter"))
    assert marks.mark_all_read(world.actor("submitter"), until=oldest.pk) == 1
    assert list(queries.unread(world.actor("submitter"))) == [newest]


def test_nobody_marks_another_s(world: World):
    foreign = Notice.objects.get(person=world.people["content"])
    with pytest.raises(NotFound):
        marks.mark_read(world.actor("submitter"), foreign.pk)
    marks.mark_all_read(world.actor("submitter"))
    assert unread(world, "content") == 1


def test_r57_notices_of_what_one_may_not_see_any_more_are_gone_and_come_back(world: World):
    grant = RoleGrant.objects.get(user=world.people["submitter"], revoked_at__isnull=True)
    accounts.revoke_role(actor=ROOT, grant=grant.pk)
    assert not queries.own_notices(world.actor("submitter")).exists()
    with pytest.raises(NotFound):
        marks.mark_read(world.actor("submitter"), Notice.objects.filter(person=world.people["submitter"]).latest("pk").pk)
    assert marks.mark_all_read(world.actor("submitter")) == 0
    accounts.grant_role(actor=ROOT, role="submitter", principal=world.user("submitter"), scope=world.account)
    assert unread(world, "submitter") == 2
