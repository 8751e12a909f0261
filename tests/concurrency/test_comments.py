"""A blocking comment against the last approval (R-51): one comes first, and the other knows of it.

The lock of the request keeps the second one from reading. Without it neither sees the other's row, the guards of the database
included, and what was held up is cleared.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from approvals import services
from approvals.anchors import Anchor
from approvals.errors import BlockingComments, CommentsFrozen
from approvals.models import ApprovalRequest, Clearance, Comment, CommentWord
from approvals.models.comments import standing_blockers
from core.errors import IllegalTransition
from tests.builders import World
from tests.concurrency.racing import Interruption, at_once, errors, locks_off
from tests.concurrency.test_decisions import deciding

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
JUDGED = "approvals.services.deciding:_write"
"""The approval has read that nothing holds it up, and is not written yet."""
WRITTEN = "approvals.services.commenting:_told"
"""The comment is inserted, and not committed yet."""


def commenting(world: World, request: ApprovalRequest, who: str = "content") -> Any:
    revision = request.items.get(entity_type="ad").revision_id
    said: dict[str, Any] = {"text": "Wait.", "revision": revision, "anchor": Anchor("/copy/text"), "blocking": True}
    return partial(services.comment, actor=world.actor(who), request=request.pk, **said)


def resolving(world: World, comment: Comment, who: str) -> Any:
    return partial(services.resolve_comment, actor=world.actor(who), request=comment.request_id, comment=comment.pk)


def outcome(request: ApprovalRequest) -> tuple[str, int, int]:
    """State of the request, its clearances, and what holds it up."""
    state = ApprovalRequest.objects.get(pk=request.pk).state
    return state, Clearance.objects.filter(request=request).count(), standing_blockers().filter(request=request).count()


def test_r51_a_comment_while_the_last_approval_is_judged_comes_late(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    request = world.request(at="content_approved")
    between = Interruption(monkeypatch, JUDGED, commenting(world, request))
    deciding(world, request, "budget", "budget")()
    assert isinstance(between.end(), CommentsFrozen)
    assert not between.was_in_between
    assert outcome(request) == ("approved", 3, 0)


def test_r51_an_approval_while_a_comment_is_written_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    request = world.request(at="content_approved")
    between = Interruption(monkeypatch, WRITTEN, deciding(world, request, "budget", "budget"))
    commenting(world, request)()
    assert isinstance(between.end(), BlockingComments)
    assert not between.was_in_between
    assert outcome(request) == ("in_review", 0, 1)


def test_r51_at_once_exactly_one_order_wins(world: World) -> None:
    for _turn in range(5):
        request = world.request(at="content_approved")
        said, decided = at_once(commenting(world, request), deciding(world, request, "budget", "budget"))
        (lost,) = errors([said, decided])
        if lost is said:
            assert (type(lost), outcome(request)) == (CommentsFrozen, ("approved", 3, 0))
        else:
            assert (type(lost), outcome(request)) == (BlockingComments, ("in_review", 0, 1))


def test_control_without_the_lock_what_is_held_up_is_cleared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has judged before the other writes, and the guards see neither: what the lock is for."""
    request = world.request(at="content_approved")
    with locks_off():
        between = Interruption(monkeypatch, WRITTEN, deciding(world, request, "budget", "budget"))
        commenting(world, request)()
        result = between.end()
    assert between.was_in_between
    assert errors([result]) == []
    assert outcome(request) == ("approved", 3, 1)


def test_r51_resolved_once_by_two_at_once(world: World) -> None:
    world.add_person("second", "content_approver")
    comment = commenting(world, world.request())()
    results = at_once(resolving(world, comment, "content"), resolving(world, comment, "second"))
    assert [type(each) for each in errors(results)] == [IllegalTransition]
    assert CommentWord.objects.filter(comment=comment).count() == 1


def test_control_without_the_lock_it_is_resolved_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.add_person("second", "content_approver")
    comment = commenting(world, world.request())()
    with locks_off():
        between = Interruption(monkeypatch, WRITTEN, resolving(world, comment, "second"))
        resolving(world, comment, "content")()
        assert errors([between.end()]) == []
    assert between.was_in_between
    assert CommentWord.objects.filter(comment=comment).count() == 2
