"""A split against an approval, and against itself (R-19, R-27): one outcome each."""

from __future__ import annotations

from typing import Any

import pytest

from approvals import services
from approvals.models import ApprovalRequest, Clearance, Decision
from core.errors import IllegalTransition, Overtaken
from tests.approvals.policies import EVERYTHING, govern, stage
from tests.concurrency.racing import Interruption, at_once, both_off, errors, locks_off, without_triggers

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
VOTED = "approvals.services.deciding:recorded"
JUDGED = "approvals.services.splitting:check_words"
"""Where the one who splits has read and judged, and written nothing."""


@pytest.fixture
def bundle(world: Any) -> tuple[ApprovalRequest, Any]:
    """In review, one approval away from its clearances."""
    govern(world, stage(sections=EVERYTHING))
    world.add_person("second", "content_approver")
    tree = world.tree()
    ad = world.ad(tree.ad_group, name="Second film")
    return world.request(tree=tree), ad


def splitting(world: Any, bundle: tuple[ApprovalRequest, Any], who: str = "content") -> Any:
    (request, ad), actor = bundle, world.actor(who)
    return lambda: services.split(
        actor=actor, request=request.pk, digest=request.digest, returned=[ad.pk], comment="The old price."
    )


def approving(world: Any, bundle: tuple[ApprovalRequest, Any], who: str = "second") -> Any:
    request, actor = bundle[0], world.actor(who)
    return lambda: services.decide(
        actor=actor, request=request.pk, stage="content", digest=request.digest, verdict="approve"
    )


def counted(bundle: tuple[ApprovalRequest, Any]) -> tuple[str, int, int, int]:
    """The state of the whole, how many rests there are, clearances of what went back, and decisions on the whole."""
    request, ad = bundle
    rests, decisions = ApprovalRequest.objects.filter(previous=request), Decision.objects.filter(request=request)
    cleared = Clearance.objects.filter(entity_id=ad.pk)
    return ApprovalRequest.objects.get(pk=request.pk).state, rests.count(), cleared.count(), decisions.count()


def careless(act: Any) -> Any:
    def run() -> Any:
        without_triggers()
        return act()

    return run


def test_r27_a_split_and_the_last_approval_have_one_outcome(world: Any, bundle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The approval comes while the split is judged: it waits, and finds the request superseded."""
    approval = Interruption(monkeypatch, JUDGED, approving(world, bundle))
    splitting(world, bundle)()
    assert isinstance(approval.end(), IllegalTransition)
    assert not approval.was_in_between, "the lock kept it from reading"
    assert counted(bundle) == ("superseded", 1, 0, 1)


def test_r27_an_approval_that_was_first_leaves_nothing_to_split(world: Any, bundle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    split = Interruption(monkeypatch, VOTED, splitting(world, bundle))
    approving(world, bundle)()
    assert isinstance(split.end(), IllegalTransition)
    assert not split.was_in_between
    assert counted(bundle) == ("approved", 0, 1, 1)


def test_r27_at_once_one_of_them_is(world: Any, bundle: Any) -> None:
    results = at_once(splitting(world, bundle), approving(world, bundle))
    assert [type(each) for each in errors(results)] == [IllegalTransition]
    assert counted(bundle) in [("superseded", 1, 0, 1), ("approved", 0, 1, 1)]


def test_r27_two_splits_have_one_outcome(world: Any, bundle: Any, rendezvous: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rendezvous.before(monkeypatch, JUDGED)
    results = at_once(splitting(world, bundle), splitting(world, bundle, "second"))
    assert [type(each) for each in errors(results)] == [IllegalTransition]
    assert not rendezvous.met
    assert counted(bundle) == ("superseded", 1, 0, 1)


def test_control_without_the_lock_the_database_stops_the_split(world: Any, bundle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was judged has changed: the approval is through, and the triggers say so."""
    approval = Interruption(monkeypatch, JUDGED, approving(world, bundle))
    with locks_off(), pytest.raises(Overtaken):
        splitting(world, bundle)()
    assert approval.end().verdict == "approve"
    assert approval.was_in_between
    assert counted(bundle) == ("approved", 0, 1, 1)


def test_control_without_lock_and_triggers_the_guarded_update_does(world: Any, bundle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    approval = Interruption(monkeypatch, JUDGED, approving(world, bundle))
    with locks_off():
        results = at_once(careless(splitting(world, bundle)))
    approval.end()
    assert approval.was_in_between
    assert [type(each) for each in errors(results)] == [IllegalTransition]
    assert counted(bundle) == ("approved", 0, 1, 1)


def test_control_without_any_of_the_three_what_was_sent_back_is_cleared(world: Any, bundle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they are for: the film goes back to its author while somebody approves, and is cleared all the same."""
    split = Interruption(monkeypatch, VOTED, careless(splitting(world, bundle)))
    with both_off():
        results = at_once(careless(approving(world, bundle)))
    split.end()
    assert split.was_in_between
    assert errors(results) == []
    assert counted(bundle) == ("approved", 1, 1, 2)
