"""Versioned definitions: the latest row of a key is current; a key cannot be taken over from another scope (R-12, R-55)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from approvals.models import ApprovalPolicy
from approvals.services import publish_policy
from core.errors import Invalid
from governance.models import RuleSet
from governance.queries import governing
from governance.services import publish_rule_set
from tests import builders

pytestmark = pytest.mark.django_db
LOOSE = [{"key": "any", "title": "Any", "permission": "approve_content", "sections": list(builders.CONTENT_SECTIONS), "quorum": 1}]


def current(model, key):
    return list(model.current().filter(key=key).values_list("version", flat=True))


def publish_next(world, title="Next"):
    return publish_policy(actor=builders.ROOT, key="policy-acme", title=title, stages=LOOSE, scope=world.organisation)


def test_a_new_version_takes_the_place_of_the_last():
    world = builders.organisation()
    for version in (2, 3):
        assert publish_next(world).version == version
        assert current(ApprovalPolicy, "policy-acme") == [version]
    assert ApprovalPolicy.objects.filter(key="policy-acme").count() == 3


def test_the_latest_is_the_highest_number_and_not_the_highest_text():
    world = builders.organisation()
    for _ in range(9):
        publish_next(world)
    assert current(ApprovalPolicy, "policy-acme") == [10]


def test_what_governs_an_account_is_the_current_version_of_each_key_in_one_statement(django_assert_num_queries):
    world, other = builders.organisation("Acme"), builders.organisation("Other")
    publish_policy(actor=builders.ROOT, key="own", title="Own", stages=LOOSE, scope=world.account)
    publish_policy(actor=builders.ROOT, key="elsewhere", title="Elsewhere", stages=LOOSE, scope=world.second_account)
    publish_next(world)
    with django_assert_num_queries(1):
        found = [(each.key, each.version) for each in governing(ApprovalPolicy, world.account)]
    assert found == [("own", 1), ("policy-acme", 2)]
    assert [each.key for each in governing(RuleSet, other.account)] == ["rules-other"]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("model", [ApprovalPolicy, RuleSet])
def test_later_versions_are_looked_for_by_key_and_version(model):
    assert "(key=? AND version>?)" in model.current().explain()


def test_publishing_reads_the_last_version_and_inserts_the_next():
    """A lock, a look, a row; then the entry of the log. Nothing else is written."""
    world = builders.organisation()
    with CaptureQueriesContext(connection) as sent:
        publish_next(world)
    statements = [each["sql"] for each in sent if "approvals_approvalpolicy" in each["sql"]]
    assert [sql.split()[0] for sql in statements] == ["SELECT", "SELECT", "INSERT"]


def test_r12_a_policy_manager_of_another_organisation_cannot_replace_our_policy():
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
    assert [each.title for each in governing(ApprovalPolicy, world.account)] == ["Two stages"]


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
