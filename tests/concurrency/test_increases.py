"""R-22: two raises at once in one ad account. Each by itself is within the limit, both together are not."""

from __future__ import annotations

from collections import Counter

import pytest

from approvals import services
from approvals.models import ApprovalRequest
from approvals.services.submitting import Submission
from governance.services import publish_rule_set
from tests.builders import ROOT, Tree, World
from tests.concurrency.racing import Rendezvous, at_once, errors

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]


def outcomes(world: World, rendezvous: Rendezvous, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Two campaigns of 80 dollars submitted at once, where the account may be raised by 100: where they stand then."""
    line = {"rule": "budget.increase", "mode": "hard", "params": {"percent": None, "account_most": 100}}
    publish_rule_set(actor=ROOT, key="pace", title="Pace", rules=[line], scope=world.organisation)
    trees = [world.tree(), world.tree()]
    rendezvous.before(monkeypatch, "approvals.services.submitting:write")
    assert not errors(at_once(*(submitting(world, tree) for tree in trees)))
    for request in ApprovalRequest.objects.all():
        world.check(request)
    return Counter(ApprovalRequest.objects.values_list("state", flat=True))


def submitting(world: World, tree: Tree):
    actor = world.actor("submitter")
    return lambda: services.submit(actor=actor, submission=Submission(campaign=tree.campaign.pk))


def test_r22_of_two_raises_at_once_the_second_is_weighed_with_the_first(world, rendezvous, monkeypatch):
    assert outcomes(world, rendezvous, monkeypatch) == {"in_review": 1, "blocked": 1}
    assert not rendezvous.met


def test_control_without_the_lock_both_pass(world, rendezvous, monkeypatch):
    monkeypatch.setattr("approvals.locks.raising", lambda ad_account: None)
    assert outcomes(world, rendezvous, monkeypatch) == {"in_review": 2}
    assert rendezvous.met
