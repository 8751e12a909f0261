"""R-55: whoever changed a rule set approves nothing within a day that passes by that change alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from approvals.errors import OwnRuleChange
from approvals.models import ApprovalRequest, Decision
from approvals.services import decide
from audit.models import AuditEvent
from core import clock
from governance.models import RuleSet
from governance.services import confirm_rule_set, publish_rule_set
from tests import builders
from tests.builders import ROOT, World

pytestmark = pytest.mark.django_db


def line(mode: str, word: str = "jackets") -> dict[str, Any]:
    return {"rule": "text.forbidden_words", "mode": mode, "params": {"words": [word]}}


@pytest.fixture
def world() -> World:
    """`both` writes rules and approves contents; so does `other`."""
    world = builders.organisation()
    with time_machine.travel(clock.now() - timedelta(days=5)):
        for name in ("both", "other"):
            world.add_person(name, "policy_manager", "content_approver")
        publish_rule_set(actor=ROOT, key="tone", title="Tone", rules=[line("hard")], scope=world.brand)
    return world


def changed(world: World, *lines: dict[str, Any], who: str = "both", **how: Any) -> RuleSet:
    return publish_rule_set(actor=world.actor(who), key="tone", title="Tone", rules=lines, scope=world.brand, **how)


def reviewed(world: World) -> ApprovalRequest:
    request = world.submit().request
    world.check(request)
    request.refresh_from_db()
    assert request.state == "in_review", world.failures(request)
    return request


def approves(world: World, request: ApprovalRequest, who: str) -> Decision:
    return decide(actor=world.actor(who), request=request.pk, stage="content", digest=request.digest, verdict="approve")


def test_r55_the_author_does_not_approve_what_passes_by_it_alone(world: World) -> None:
    version = changed(world, line("warn"))
    request = reviewed(world)
    with pytest.raises(OwnRuleChange) as told:
        approves(world, request, "both")
    assert told.value.extra == {"rule_set": str(version.pk)}
    assert "“Tone” less than a day ago" in told.value.detail
    assert not Decision.objects.exists()
    assert AuditEvent.objects.filter(action="approvals.decision.recorded", outcome="refused").count() == 1
    approves(world, request, "other")


def test_r55_after_a_day_they_do(world: World) -> None:
    with time_machine.travel(clock.now() - timedelta(hours=24, minutes=1)):
        changed(world, line("warn"))
    approves(world, reviewed(world), "both")


def test_r55_just_within_the_day_they_do_not(world: World) -> None:
    with time_machine.travel(clock.now() - timedelta(hours=23, minutes=58)):
        changed(world, line("warn"))
    with pytest.raises(OwnRuleChange):
        approves(world, reviewed(world), "both")


def test_r55_what_passed_before_as_well_is_theirs_to_approve(world: World) -> None:
    """A change that has nothing to do with the ad keeps nobody from deciding."""
    with time_machine.travel(clock.now() - timedelta(days=3)):
        publish_rule_set(actor=ROOT, key="tone", title="Tone", rules=[line("hard", "coats")], scope=world.brand)
    changed(world, line("warn", "coats"))
    approves(world, reviewed(world), "both")


def test_r55_nor_does_who_put_it_in_force(world: World) -> None:
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    version = changed(world, line("warn"), who="policy_manager")
    confirm_rule_set(actor=world.actor("both"), rule_set=version.pk)
    request = reviewed(world)
    with pytest.raises(OwnRuleChange):
        approves(world, request, "both")
    approves(world, request, "other")


def test_r55_a_rule_set_that_takes_the_place_of_the_platform_s_rules_counts(db: None) -> None:
    """Where nothing was bound the platform's own rules held; the first rule set ends that."""
    world = builders.organisation("Fresh")
    world.add_person("both", "policy_manager", "content_approver", scope=world.organisation)
    with time_machine.travel(clock.now() - timedelta(days=3)):
        publish_rule_set(actor=ROOT, key="rules-fresh", title="Rules", rules=[line("hard")], scope=world.organisation)
    publish_rule_set(actor=world.actor("both"), key="rules-fresh", title="Rules", rules=[line("audit")], scope=world.organisation)
    with pytest.raises(OwnRuleChange):
        approves(world, reviewed(world), "both")


def test_r55_a_rule_that_was_taken_away_and_cannot_be_asked_any_more_counts(world: World) -> None:
    """Whoever ends the visits of landing pages does not profit from nobody having visited this one."""
    looks = {"rule": "landing_page.reachable", "mode": "hard"}
    with time_machine.travel(clock.now() - timedelta(days=3)):
        publish_rule_set(actor=ROOT, key="tone", title="Tone", rules=[line("audit")], scope=world.brand)
        publish_rule_set(actor=ROOT, key="pages", title="Pages", rules=[looks], scope=world.brand)
    publish_rule_set(actor=world.actor("both"), key="pages", title="Pages", rules=[line("audit")], scope=world.brand)
    request = reviewed(world)
    with pytest.raises(OwnRuleChange):
        approves(world, request, "both")


def test_r55_refusing_is_always_theirs(world: World) -> None:
    changed(world, line("warn"))
    request = reviewed(world)
    decide(
        actor=world.actor("both"), request=request.pk, stage="content", digest=request.digest, verdict="reject", comment="Not ours."
    )
    request.refresh_from_db()
    assert request.state == "rejected"
