"""A split against an approval, and against itself (R-19, R-27): one outcome each."""

from __future__ import annotations

from typing import Any

import pytest

from approvals import services
from approvals.models import ApprovalRequest, Clearance, Decision
from core.errors import IllegalTransition, Overtaken
from tests.approvals.policies import EVERYTHING, govern, stage
from tests.concurrency.racing import at_once, both_off, errors, locks_off, without_triggers

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


def meeting(rendezvous: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have judged, and neither has written."""
    rendezvous.before(monkeypatch, JUDGED)
    rendezvous.before(monkeypatch, "approvals.services.deciding:decision_of")


def test_r27_a_split_and_the_last_approval_have_one_outcome(world: Any, bundle: Any, rendezvous: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting(rendezvous, monkeypatch)
    results = at_once(splitting(world, bundle), approving(world, bundle))
    assert [type(each) for each in errors(results)] == [IllegalTransition]
    assert not rendezvous.met, "the lock kept the second one from reading"
    request = bundle[0]
    request.refresh_from_db()
    rest = ApprovalRequest.objects.filter(previous=request).count()
    outcome = (request.state, rest, Clearance.objects.count(), Decision.objects.filter(request=request).count())
    assert outcome in [("superseded", 1, 0, 1), ("approved", 0, 4, 1)]


def test_r27_two_splits_have_one_outcome(world: Any, bundle: Any, rendezvous: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rendezvous.before(monkeypatch, JUDGED)
    results = at_once(splitting(world, bundle), splitting(world, bundle, "second"))
    assert [type(each) for each in errors(results)] == [IllegalTransition]
    assert not rendezvous.met
    assert ApprovalRequest.objects.filter(previous=bundle[0]).count() == 1


def test_control_without_the_lock_the_guarded_update_still_lets_one_win(
    world: Any, bundle: Any, rendezvous: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting(rendezvous, monkeypatch)
    with locks_off():
        results = at_once(splitting(world, bundle), approving(world, bundle))
    assert rendezvous.met
    assert [type(each) for each in errors(results)] in ([IllegalTransition], [Overtaken])


def test_control_without_lock_guarded_update_and_triggers_what_was_sent_back_is_cleared(
    world: Any, bundle: Any, rendezvous: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they are for: the film goes back to its author, and is approved all the same."""
    meeting(rendezvous, monkeypatch)

    def careless(act: Any) -> Any:
        def run() -> Any:
            without_triggers()
            return act()

        return run

    with both_off():
        results = at_once(careless(splitting(world, bundle)), careless(approving(world, bundle)))
    assert rendezvous.met
    assert errors(results) == []
    assert ApprovalRequest.objects.filter(previous=bundle[0], state="in_review").count() == 1
    assert Clearance.objects.filter(entity_id=bundle[1].pk).count() == 1
