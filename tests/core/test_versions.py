"""Versioned definitions: one current row a key; a key cannot be taken over from another scope (R-12, R-55)."""

from __future__ import annotations

import pytest

from accounts import services as accounts
from approvals.models import ApprovalPolicy
from approvals.services import publish_policy
from core.errors import Invalid
from governance.models import RuleSet
from governance.services import publish_rule_set
from tests import builders

pytestmark = pytest.mark.django_db
LOOSE = [{"key": "any", "title": "Any", "permission": "approve_content", "sections": list(builders.CONTENT_SECTIONS), "quorum": 1}]


def current(model, key):
    return list(model.objects.filter(key=key, is_current=True).values_list("version", flat=True))


def test_a_new_version_retires_the_last():
    world = builders.organisation()
    publish_policy(actor=builders.ROOT, key="policy-acme", title="Three", stages=LOOSE, scope=world.organisation)
    assert current(ApprovalPolicy, "policy-acme") == [2]
    assert ApprovalPolicy.objects.filter(key="policy-acme").count() == 2


def test_r12_a_policy_manager_of_another_organisation_cannot_retire_our_policy():
    world, other = builders.organisation("Acme"), builders.organisation("Evil")
    accounts.grant_role(
        actor=builders.ROOT, role="policy_manager", principal=other.user("policy_manager"), scope=other.organisation
    )
    with pytest.raises(Invalid) as caught:
        publish_policy(
            actor=other.actor("policy_manager"), key="policy-acme", title="Mine now", stages=LOOSE, scope=other.organisation
        )
    assert [error.field for error in caught.value.errors] == ["key"]
    assert current(ApprovalPolicy, "policy-acme") == [1]
    assert [each.title for each in ApprovalPolicy.objects.filter(organisation=world.organisation, is_current=True)] == ["Two stages"]


@pytest.mark.parametrize("where", ["brand", "account"])
def test_r12_nobody_narrows_a_definition_of_a_wider_scope_by_taking_its_key(where):
    """A brand's policy manager may add for the brand (R-11: union), never take away what binds the organisation."""
    world = builders.organisation()
    manager = world.actor("policy_manager")
    scope = getattr(world, where)
    with pytest.raises(Invalid):
        publish_policy(actor=manager, key="policy-acme", title="Loose", stages=LOOSE, scope=scope)
    with pytest.raises(Invalid):
        publish_rule_set(actor=manager, key="rules-acme", title="No rules", rules=[], scope=scope)
    assert current(ApprovalPolicy, "policy-acme") == [1]
    assert current(RuleSet, "rules-acme") == [1]
    publish_rule_set(actor=manager, key="own", title="No rules", rules=[], scope=scope)
    assert current(RuleSet, "own") == [1]


def test_the_platform_wide_definition_is_not_taken_over_either():
    world = builders.organisation()
    publish_policy(actor=builders.ROOT, key="everywhere", title="All", stages=LOOSE)
    with pytest.raises(Invalid):
        publish_policy(actor=world.actor("policy_manager"), key="everywhere", title="Mine", stages=LOOSE, scope=world.brand)
    assert current(ApprovalPolicy, "everywhere") == [1]
