"""An ad account that moves while something below it is put forward (R-12, R-57): the lock of the ad account decides which
brand routes it, and the placement that the request remembers finds what came in between."""

from __future__ import annotations

import pytest

from accounts import services as accounts
from accounts.models import AdAccount, Placement
from accounts.permissions import EVERY
from accounts.placing import place_of
from approvals import services
from approvals.errors import AccountMoved
from approvals.models import ApprovalRequest
from approvals.services.submitting import Submission, Submitted
from campaigns import locks
from core.errors import NotFound, Overtaken
from tests import builders
from tests.concurrency.racing import Interruption, guard_of, locks_off
from tests.guards.attack import unguarded

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
ROOT = builders.ROOT
LEGAL = {"key": "legal", "title": "Legal", "permission": "approve_legal", "sections": ["copy"], "quorum": 1}


@pytest.fixture
def sister(world):
    """Another brand of the same people, whose own policy asks for a lawyer too."""
    brand = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Sister")
    for name in ("submitter", "content", "budget"):
        accounts.grant_role(actor=ROOT, role=builders.PEOPLE[name], principal=world.user(name), scope=brand)
    services.publish_policy(actor=ROOT, key="sister", title="Sister", stages=[LEGAL], scope=brand)
    return brand


@pytest.fixture
def tree(world):
    """Without a page: those of the old brand are not linked after the move."""
    return world.tree(page=None)


def submitting(world, tree):
    actor = world.actor("submitter")
    return lambda: services.submit(actor=actor, submission=Submission(campaign=tree.campaign.pk))


def moving(world, brand):
    account = AdAccount.objects.select_related("brand__organisation").get(pk=world.account.pk)
    return lambda: accounts.move_ad_account(actor=ROOT, ad_account=account, brand=brand)


def stages(submitted: Submitted) -> set[str]:
    return {stage.key for stage in submitted.stages}


def moved(submitted: Submitted) -> bool:
    request = ApprovalRequest.objects.get(pk=submitted.request.pk)
    return AccountMoved.after(request, place_of(request.ad_account_id)) is not None


def submitted_in_a_move(world, tree, sister, monkeypatch) -> tuple[Submitted, bool]:
    """What was put forward after a move had begun and before it was over; and whether it came in between."""
    submission = Interruption(monkeypatch, "accounts.services.moving:carry_out", submitting(world, tree))
    moving(world, sister)()
    result = submission.end()
    assert isinstance(result, Submitted), result
    return result, submission.was_in_between


def test_r12_what_is_put_forward_in_a_move_waits_and_goes_the_new_brands_way(world, tree, sister, monkeypatch):
    submitted, in_between = submitted_in_a_move(world, tree, sister, monkeypatch)
    assert not in_between
    assert stages(submitted) == {"content", "budget", "legal"}
    assert not moved(submitted)


def test_control_without_the_lock_it_goes_the_old_brands_way_and_its_placement_tells(world, tree, sister, monkeypatch):
    with locks_off():
        submitted, in_between = submitted_in_a_move(world, tree, sister, monkeypatch)
    assert in_between
    assert stages(submitted) == {"content", "budget"}
    assert moved(submitted)
    world.check(submitted.request)
    with pytest.raises(AccountMoved):
        world.decide(submitted.request, "content")


def test_control_without_lock_and_placement_nobody_asks_the_new_brands_lawyer(world, tree, sister, monkeypatch):
    with locks_off():
        submitted, _in_between = submitted_in_a_move(world, tree, sister, monkeypatch)
    with unguarded():
        ApprovalRequest.objects.update(placement=Placement.objects.filter(ad_account=world.account).first())
    for where in ("checking", "settling"):  # else what its policies ask for more is added as a stricter policy's is
        monkeypatch.setattr(f"approvals.services.{where}.add_owed", lambda *_: [])
    world.check(submitted.request)
    for stage in ("content", "budget"):
        world.decide(submitted.request, stage)
    assert ApprovalRequest.objects.get().state == "approved"


def test_r12_a_move_waits_for_what_is_being_put_forward_and_then_tells(world, tree, sister, monkeypatch):
    move = Interruption(monkeypatch, "approvals.services.submitting:write", moving(world, sister))
    submitted = submitting(world, tree)()
    assert isinstance(move.end(), Placement)
    assert not move.was_in_between
    assert moved(submitted)


def test_control_without_the_lock_the_guard_refuses_what_was_routed_elsewhere(world, tree, sister, monkeypatch):
    move = Interruption(monkeypatch, "approvals.services.submitting:write", moving(world, sister))
    with locks_off(), pytest.raises(Overtaken) as caught:
        submitting(world, tree)()
    move.end()
    assert move.was_in_between
    assert guard_of(caught.value) == "approvals_request_place"


def test_many_put_forward_at_once_in_one_ad_account(world, sister, monkeypatch):
    """The lock is shared: only a move waits for it."""
    trees = [world.tree(page=None) for _ in range(2)]
    other = Interruption(monkeypatch, "approvals.services.submitting:write", submitting(world, trees[0]))
    submitting(world, trees[1])()
    assert isinstance(other.end(), Submitted)


# --- what one may not see ----------------------------------------------------------------------------------------------


def asked_from_outside(world, tree, monkeypatch) -> Interruption:
    """Somebody of another organisation asks for a campaign while it is locked."""
    act = submitting(builders.organisation("Evil"), tree)
    intruder = Interruption(monkeypatch, "approvals.services.submitting:write", act)
    submitting(world, tree)()
    assert isinstance(intruder.end(), NotFound)
    return intruder


def test_r57_nobody_waits_for_or_locks_what_they_may_not_see(world, tree, monkeypatch):
    assert asked_from_outside(world, tree, monkeypatch).was_in_between


def test_control_who_locks_first_and_asks_then_waits(world, tree, monkeypatch):
    keep = locks.keep_ad_account
    monkeypatch.setattr(locks, "keep_ad_account", lambda campaign, _visible: keep(campaign, EVERY))
    assert not asked_from_outside(world, tree, monkeypatch).was_in_between
