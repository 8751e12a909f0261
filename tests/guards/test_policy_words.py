"""Attacks on what is said of policies, typed as SQL: only a confirmed version governs, by another than wrote it (R-55)."""

from __future__ import annotations

from typing import Any

import pytest

from approvals.models import ApprovalPolicy, ApprovalRequest, PolicyWord
from core import clock
from core.ids import uuid7
from tests import builders
from tests.builders import World
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> World:
    return builders.organisation()


def version(world: World, number: int, **columns: Any) -> ApprovalPolicy:
    fields: dict[str, Any] = {
        "key": "house", "title": "House", "created_at": clock.now(), "created_by": "test", "stages": [], "organisation": world.organisation,
    }  # fmt: skip
    row = ApprovalPolicy(version=number, **fields | columns)
    assert_inserted(row)
    return row


def word(policy: ApprovalPolicy, said_by: Any = None, text: str = "confirmed") -> PolicyWord:
    return PolicyWord(policy=policy, word=text, said_by="test", said_by_id=said_by, at=clock.now())


def test_r55_its_author_does_not_confirm_what_needs_a_second(acme: World) -> None:
    author, other = acme.people["policy_manager"], acme.people["auditor"]
    row = version(acme, 1, author=author, needs_second=True)
    for nobody in (author.pk, None):
        assert_insert_refused("approvals_policy_second", word(row, nobody))
    assert_inserted(word(row, other.pk))


def test_r55_what_has_no_author_has_no_second(acme: World) -> None:
    assert_insert_refused("approvals_policy_second", word(version(acme, 1, needs_second=True), acme.people["auditor"].pk))


def test_r55_its_author_may_decline_and_what_needs_no_second_is_confirmed_by_anybody(acme: World) -> None:
    author = acme.people["policy_manager"]
    assert_inserted(word(version(acme, 1, author=author, needs_second=True), author.pk, "declined"))
    assert_inserted(word(version(acme, 2, author=author), author.pk))


def test_no_version_is_confirmed_after_a_later_one(acme: World) -> None:
    first, second = version(acme, 1), version(acme, 2)
    assert_inserted(word(second))
    assert_insert_refused("approvals_policy_latest", word(first))
    assert_inserted(word(first, text="declined"))


def test_what_was_said_stays(acme: World) -> None:
    said = word(version(acme, 1))
    assert_inserted(said)
    for change in ("word = 'declined'", "said_by = 'x'", "at = at"):
        assert_refused("approvals_policy_word_no_update", *update(said, change))
    assert_refused("approvals_policy_word_no_delete", "DELETE FROM approvals_policyword")


def test_r55_no_request_is_routed_by_what_nobody_confirmed(acme: World) -> None:
    held = acme.request("withdrawn")
    proposed, declined = version(acme, 1), version(acme, 2)
    assert_inserted(word(declined, text="declined"))
    for pinned in ({"id": str(proposed.pk)}, {"id": str(declined.pk)}, {"id": str(uuid7())}):
        row = ApprovalRequest.objects.get(pk=held.pk)
        row.pk, row.state, row.closed_at, row.policies = uuid7(), "awaiting_checks", None, [*held.policies, pinned]
        assert_insert_refused("approvals_request_policies", row)
    row = ApprovalRequest.objects.get(pk=held.pk)
    row.pk, row.state, row.closed_at = uuid7(), "awaiting_checks", None
    assert_inserted(row)
