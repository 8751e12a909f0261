"""Attacks on confirmations, overrides and waivers, typed as SQL (R-53, R-55), each beside its legal twin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from core import clock
from governance.models import Confirmation, Finding, Override, RuleSet, Waiver
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, insert, type_sql, update
from tests.guards.world import World, queue_run

RULE = "text.forbidden_words"


def rule_set(world: World, version: int = 1, **changed: Any) -> RuleSet:
    fields: dict[str, Any] = {
        "key": "tone", "version": version, "title": "Tone", "rules": [], "organisation": world.organisation,
        "created_at": clock.now(), "created_by": "ann", "author": world.ann, "needs_second": True,
    }  # fmt: skip
    return RuleSet.objects.create(**(fields | changed))


def word(by: Any, **of: Any) -> Confirmation:
    said = {"word": "confirmed", "said_by": "test", "said_by_id": by and by.pk, "at": clock.now()}
    return Confirmation(**(said | of))


def waiver(world: World, **changed: Any) -> Waiver:
    now = clock.now()
    fields: dict[str, Any] = {
        "rule": RULE, "brand": world.brand, "reason": "Jackets.", "proposed_at": now, "proposed_by": "ann",
        "author": world.ann, "expires_at": now + timedelta(days=1),
    }  # fmt: skip
    return Waiver.objects.create(**(fields | changed))


def finding(world: World, mode: str, result: str = "fail") -> None:
    Finding.objects.create(
        check_run=world.run, rule=RULE, rule_version=1, mode=mode, result=result, code="x", sections=[], params={}, evidence={}
    )


def override(world: World, **changed: Any) -> Override:
    fields: dict[str, Any] = {
        "revision": world.revision, "rule": RULE, "reason": "The shop.", "overridden_by": world.ben, "name": "ben",
        "at": clock.now(),
    }  # fmt: skip
    return Override(**(fields | changed))


def checked(world: World, *modes: str) -> None:
    """A submitted request whose run found a failure in each of these modes, and blocked."""
    world.submit()
    world.move(world.run, "running")
    for mode in modes:
        finding(world, mode)
    world.move(world.run, "completed", outcome="blocked", finished_at=clock.now())


def opening(world: World) -> tuple[str, Any]:
    sql, *params = update(world.request, "state = 'in_review'")
    return sql, params


# --- the second person -------------------------------------------------------------------------------------------------


def test_r55_a_version_that_needs_a_second_is_confirmed_by_another(world):
    row = rule_set(world)
    assert_insert_refused("governance_confirmation_second", word(world.ann, rule_set=row))
    assert_insert_refused("governance_confirmation_second", word(None, rule_set=row))
    assert_inserted(word(world.ben, rule_set=row))
    alone = rule_set(world, key="alone", needs_second=False)
    assert_inserted(word(world.ann, rule_set=alone))


def test_r12_an_earlier_version_does_not_come_back(world):
    first, second = rule_set(world), rule_set(world, 2)
    assert_inserted(word(world.ben, rule_set=second))
    assert_insert_refused("governance_confirmation_latest", word(world.ben, rule_set=first))
    assert_inserted(word(world.ann, rule_set=first, word="declined"))


def test_r53_a_waiver_is_confirmed_by_another_person(world):
    row = waiver(world)
    assert_insert_refused("governance_confirmation_waiver", word(world.ann, waiver=row))
    assert_insert_refused("governance_confirmation_waiver", word(None, waiver=row))
    assert_inserted(word(world.ben, waiver=row))


@pytest.mark.parametrize("table", [Confirmation, Override, Waiver])
def test_what_was_said_stays(world, table):
    checked(world, "soft")
    override(world).save(force_insert=True)
    row = waiver(world)
    word(world.ben, waiver=row).save(force_insert=True)
    name = f"governance_{table._meta.model_name}"
    held = table.objects.get()
    column = "said_by" if table is Confirmation else "reason"
    assert_refused(f"{name}_no_update", *update(held, f"{column} = 'nothing'"))
    assert_refused(f"{name}_no_delete", f"DELETE FROM {name}")


# --- what blocks -----------------------------------------------------------------------------------------------------------


def test_r53_only_soft_findings_about_the_revision_are_overridden(world):
    checked(world, "hard")
    assert_insert_refused("governance_override_soft", override(world))


def test_r53_an_override_has_a_reason(world):
    checked(world, "soft")
    assert_insert_refused("governance_override_reason", override(world, reason="  "))
    assert_inserted(override(world))


def test_r53_review_begins_when_what_blocks_is_overridden(world):
    checked(world, "soft")
    sql, params = opening(world)
    assert_refused("approvals_request_checked", sql, *params)
    override(world).save(force_insert=True)
    assert type_sql(sql, *params) == 1


def test_r53_review_does_not_begin_beside_a_hard_finding(world):
    checked(world, "soft", "hard")
    override(world).save(force_insert=True)
    sql, params = opening(world)
    assert_refused("approvals_request_checked", sql, *params)


def test_r53_a_waiver_counts_while_it_is_in_force_on_the_account(world):
    checked(world, "soft")
    sql, params = opening(world)
    for row in (
        waiver(world), waiver(world, rule="text.emoji"), waiver(world, brand=None, ad_account=world.elsewhere),
        waiver(world, proposed_at=clock.now() - timedelta(days=2), expires_at=clock.now() - timedelta(days=1)),
    ):  # fmt: skip
        assert_refused("approvals_request_checked", sql, *params)
        if row.rule != RULE or row.brand is None or row.expires_at < clock.now():
            word(world.ben, waiver=row).save(force_insert=True)
            assert_refused("approvals_request_checked", sql, *params)
    held = Waiver.objects.filter(brand=world.brand, rule=RULE, expires_at__gt=clock.now()).get()
    word(world.ben, waiver=held).save(force_insert=True)
    word(world.ann, waiver=held, word="declined").save(force_insert=True)
    assert_refused("approvals_request_checked", sql, *params)
    other = waiver(world)
    word(world.ben, waiver=other).save(force_insert=True)
    assert type_sql(sql, *params) == 1


# --- judged once -----------------------------------------------------------------------------------------------------------


def test_one_key_is_judged_once(world):
    fields = {"rule_sets": [], "context": "{}", "context_digest": "0" * 64, "queued_at": clock.now(), "key": "k" * 64}
    first = type(world.run)(revision=world.revision, **fields)
    assert_inserted(first)
    sql, params = insert(type(world.run)(revision=world.revision, **fields))
    with pytest.raises(DatabaseError):
        type_sql(sql, *params)
    assert queue_run(world.revision).key == "", "a run without a key is beside the point"


def test_what_a_worker_saw_is_written_when_it_is_done(world):
    assert_refused("governance_check_run_observed", *update(world.run, "observations = '{}'"))
    world.move(world.run, "running")
    assert_refused("governance_check_run_observed", *update(world.run, "observations = '{}'"))
    world.move(world.run, "completed", outcome="passed", finished_at=clock.now(), observations="{}")
