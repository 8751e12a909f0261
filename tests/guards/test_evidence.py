"""Attacks that go round a guard instead of through it: TRUNCATE, REPLACE, upserts, hidden row numbers, shadow tables."""

from __future__ import annotations

import re

import pytest
from django.db import DatabaseError, connection

from approvals.models import RequestItem, Stage
from campaigns.models import Revision
from config.all_guards import ALL
from core import clock
from core.triggers import missing, refusal
from tests.guards.attack import assert_inserted, assert_refused, everything, insert, type_sql, update
from tests.guards.world import BUDGET, content_of, revise

NEVER_TRUNCATED = {
    "accounts_user": "accounts_user", "accounts_brand": "accounts_brand", "accounts_page": "accounts_page",
    "accounts_adaccount": "accounts_ad_account", "accounts_apitoken": "accounts_api_token",
    "accounts_delegation": "accounts_delegation", "accounts_absence": "accounts_absence",
    "accounts_authoritylimit": "accounts_authority_limit",
    "accounts_rolegrant": "accounts_role_grant", "audit_auditevent": "audit_event", "campaigns_revision": "campaigns_revision",
    "governance_checkrun": "governance_check_run", "governance_finding": "governance_finding",
    "campaigns_mediaanalysis": "campaigns_media_analysis", "governance_budgetminimum": "governance_budget_minimum",
    "governance_ruleset": "governance_rule_set", "approvals_approvalpolicy": "approvals_policy",
    "approvals_approvalrequest": "approvals_request", "approvals_requestitem": "approvals_item",
    "approvals_stage": "approvals_stage", "approvals_decision": "approvals_decision",
    "approvals_clearance": "approvals_clearance", "approvals_revocation": "approvals_revocation",
    "publishing_publication": "publishing_publication", "publishing_publicationattempt": "publishing_attempt",
    "publishing_channelobject": "publishing_channel_object", "publishing_channelmedia": "publishing_channel_media",
    "publishing_driftfinding": "publishing_drift", "notices_notice": "notices_notice", "notices_mail": "notices_mail",
    "notices_preference": "notices_preference",
}  # fmt: skip


# --- revisions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["canonical = '{}'", "digest = 'f'", "entity_type = 'ad'"])
def test_r02_revision_is_not_edited(world, change):
    assert_refused("campaigns_revision_no_update", *update(world.revision, change))


def test_r02_revision_is_not_deleted(world):
    assert_refused("campaigns_revision_no_delete", "DELETE FROM campaigns_revision")


def test_r02_revision_does_not_lie_about_its_digest(world):
    honest = Revision(
        entity_type="campaign", campaign=world.campaign, entity_id=world.campaign.pk, ad_account=world.account, number=2,
        name="x", canonical=content_of(world.campaign, BUDGET * 9), digest=world.revision.digest[::-1], sections={},
        created_by=world.author, created_at=clock.now(),
    )  # fmt: skip
    sql, params = insert(honest)
    assert_refused("campaigns_revision_digest", sql, *params)


# --- round the DELETE guards -------------------------------------------------------------------------------------------


@pytest.mark.postgresql_only
@pytest.mark.parametrize("table", NEVER_TRUNCATED)
def test_evidence_is_not_truncated(world, table):
    world.queued()
    connection.check_constraints()
    type_sql("SET CONSTRAINTS ALL IMMEDIATE")  # or PostgreSQL itself would refuse for pending events
    with pytest.raises(DatabaseError) as caught:
        type_sql(f"TRUNCATE {table} CASCADE")
    refused = refusal(caught.value)
    assert refused is not None
    # Of the tables that CASCADE reaches, any may speak first.
    assert refused.guard in {f"{name}_no_truncate" for name in [*NEVER_TRUNCATED.values(), "campaigns_media"]}


@pytest.mark.postgresql_only
def test_every_guarded_table_refuses_truncate_itself(world):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE '%no_truncate'")
        found = dict(cursor.fetchall())
    assert found.items() >= {table: f"{name}_no_truncate" for table, name in NEVER_TRUNCATED.items()}.items()


REPLACE_VERBS = ["REPLACE", "INSERT OR REPLACE"]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("verb", REPLACE_VERBS)
def test_replace_by_key_does_not_remove_a_decision(world, verb):
    world.reviewed()
    row = world.decision(world.stages[0], world.ann, "reject")
    row.save(force_insert=True)
    row.verdict = "approve"
    sql, params = insert(row, verb)
    assert_refused("approvals_decision_no_replace", sql, *params)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("verb", REPLACE_VERBS)
def test_replace_by_hidden_rowid_does_not_remove_a_decision(world, verb):
    world.reviewed()
    world.decision(world.stages[0], world.ann, "reject").save(force_insert=True)
    sql, params = insert(world.decision(world.stages[0], world.ben), verb, rowid=1)
    assert_refused("approvals_decision_no_replace", sql, *params)


@pytest.mark.sqlite_only
def test_replace_by_unique_keys_removes_nothing(world):
    world.submit()
    stage = Stage(
        request=world.request, key="stage-0", title="", position=5, permission="approve_legal", sections=[], quorum=1
    )
    sql, params = insert(stage, "REPLACE")
    assert_refused("approvals_stage_no_replace", sql, *params)
    stage.key, stage.position = "other", 1
    sql, params = insert(stage, "REPLACE")
    assert_refused("approvals_stage_no_replace", sql, *params)
    other = revise(world.campaign, 2, BUDGET + 1, world.author)
    item = RequestItem(**{name: getattr(world.item, name) for name in ("request", "entity_type", "entity_id", "sections_changed")},
                       revision=other, check_run=world.run, position=3)  # fmt: skip
    sql, params = insert(item, "REPLACE")
    with pytest.raises(DatabaseError, match="imprimatur:approvals_item_"):  # two guards object; either may speak
        type_sql(sql, *params)


@pytest.mark.sqlite_only
def test_replace_does_not_renew_a_clearance_or_a_publication(world):
    row = world.queued()
    sql, params = insert(world.publication(row.clearance), "REPLACE")
    assert_refused("publishing_publication_no_replace", sql, *params)
    before = everything()
    sql, params = insert(world.clearance(), "REPLACE")
    with pytest.raises(DatabaseError, match="imprimatur:approvals_clearance_"):
        type_sql(sql, *params)
    assert everything() == before


@pytest.mark.sqlite_only
def test_replace_does_not_rewrite_a_request(world):
    world.reviewed()
    row = world.request
    row.state, row.contributors = "awaiting_checks", []
    sql, params = insert(row, "REPLACE")
    assert_refused("approvals_request_no_replace", sql, *params)


@pytest.mark.sqlite_only
def test_update_or_replace_does_not_remove_a_row_in_the_way(world):
    world.reviewed()
    first, second = world.stages
    table = Stage._meta.db_table
    assert_refused(
        "approvals_stage_fixed", f"UPDATE OR REPLACE {table} SET key = '{first.key}' WHERE id = '{second.pk.hex}'"
    )
    assert_refused(
        "approvals_stage_fixed", f"UPDATE OR REPLACE {table} SET id = '{first.pk.hex}' WHERE id = '{second.pk.hex}'"
    )
    assert_refused("approvals_stage_fixed", f"UPDATE OR REPLACE {table} SET rowid = 1 WHERE id = '{second.pk.hex}'")


@pytest.mark.sqlite_only
@pytest.mark.parametrize("verb", ["INSERT OR IGNORE", "INSERT OR FAIL", "INSERT OR ROLLBACK"])
def test_conflict_words_do_not_soften_a_refusal(world, verb):
    world.reviewed()
    sql, params = insert(world.clearance(), verb)
    assert_refused("approvals_clearance_request", sql, *params)


def test_upsert_does_not_turn_an_insert_into_an_edit(world):
    world.reviewed()
    row = world.decision(world.stages[0], world.ann, "reject")
    row.save(force_insert=True)
    sql, params = insert(row, after="ON CONFLICT (id) DO UPDATE SET verdict = 'approve'")
    guard = "approvals_decision_no_update" if connection.vendor == "postgresql" else "approvals_decision_no_replace"
    assert_refused(guard, sql, *params)


def test_upsert_does_not_rewrite_what_may_be_updated(world):
    world.move(world.queued(), "dispatching")
    row = world.channel_object()
    assert_inserted(row)
    sql, params = insert(row, after="ON CONFLICT (entity_id) DO UPDATE SET external_id = '2'")
    fixed = connection.vendor == "postgresql"
    assert_refused(f"publishing_channel_object_{'fixed' if fixed else 'no_replace'}", sql, *params)


@pytest.mark.postgresql_only
def test_one_statement_does_not_decide_and_satisfy_ahead_of_itself(world):
    """The parts of one statement do not see each other; the guards see each row as it is written."""
    world.submit(stages=(("approve_content", 2),))
    world.check()
    world.open_review()
    sql, params = insert(world.decision(world.stages[0], world.ann))
    attack = f"WITH d AS ({sql} RETURNING 1) UPDATE approvals_stage SET state = 'satisfied' WHERE id = '{world.stages[0].pk}'"
    assert_refused("approvals_stage_decided", attack, *params)


def test_many_rows_in_one_statement_are_judged_one_by_one(world):
    """The second row of one person would be a second seat."""
    world.submit(stages=(("approve_content", 2),))
    world.check()
    world.open_review()
    sql, params = insert(world.decision(world.stages[0], world.ann))
    values = sql[sql.index("VALUES") + 6 :]
    _, forged = insert(world.decision(world.stages[0], world.author))
    assert_refused("approvals_decision_contributor", f"{sql}, {values}", *params, *forged)


# --- round the questions -----------------------------------------------------------------------------------------------


def test_temporary_table_does_not_stand_in_for_the_real_one(world):
    clearance = world.cleared()
    world.revoke(clearance)
    type_sql("CREATE TEMPORARY TABLE approvals_revocation (clearance_id varchar(36))")
    try:
        sql, params = insert(world.publication(clearance))
        with pytest.raises(DatabaseError, match="^imprimatur:publishing_publication_revoked: "):
            type_sql(sql, *params)
    finally:
        type_sql(f"DROP TABLE {'pg_temp' if connection.vendor == 'postgresql' else 'temp'}.approvals_revocation")


@pytest.mark.postgresql_only
def test_search_path_does_not_lead_the_guards_astray(world):
    world.reviewed()
    type_sql("CREATE SCHEMA astray")
    type_sql(
        "CREATE VIEW astray.approvals_stage_verdicts AS SELECT id AS stage_id, TRUE AS met FROM public.approvals_stage"
    )
    type_sql("SET LOCAL search_path = astray, public")
    with pytest.raises(DatabaseError, match="^imprimatur:approvals_stage_decided: "):
        type_sql(*update(world.stages[0], "state = 'satisfied'"))


# --- what the guards say, and that they are there ----------------------------------------------------------------------


def test_refusal_is_recognised_with_its_words(world):
    with pytest.raises(DatabaseError) as caught:
        type_sql("DELETE FROM campaigns_revision")
    assert refusal(caught.value) == (
        "campaigns_revision_no_delete",
        "rows of campaigns_revision are evidence and are never changed or removed",
    )


def test_other_errors_are_no_refusal(world):
    with pytest.raises(DatabaseError) as caught:
        type_sql("SELECT 'imprimatur:x: y' FROM nowhere")
    assert refusal(caught.value) is None


def test_every_guard_is_there(db):
    assert missing(ALL, connection) == []


def _gone(statements: list[str]) -> list[str]:
    assert missing(ALL, connection) == []
    for statement in statements:
        type_sql(statement)
    return missing(ALL, connection)


def test_dropped_guard_is_noticed(db):
    on = " ON approvals_clearance" if connection.vendor == "postgresql" else ""
    assert _gone([f"DROP TRIGGER approvals_clearance_insert{on}"]) == ["approvals_clearance_insert"]


def test_guard_with_another_text_is_noticed(db):
    if connection.vendor == "postgresql":
        change = [
            "CREATE OR REPLACE FUNCTION approvals_clearance_insert_guard() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NEW; END $$"
        ]
    else:
        change = [
            "DROP TRIGGER approvals_clearance_insert",
            "CREATE TRIGGER approvals_clearance_insert BEFORE INSERT ON approvals_clearance BEGIN SELECT 1; END",
        ]
    assert _gone(change) == ["approvals_clearance_insert"]


@pytest.mark.postgresql_only
@pytest.mark.parametrize("change", ["DISABLE", "ENABLE REPLICA"])
def test_disabled_guard_is_noticed(world, change):
    type_sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert _gone([f"ALTER TABLE approvals_decision {change} TRIGGER approvals_decision_no_delete"]) == [
        "approvals_decision_no_delete"
    ]


@pytest.mark.postgresql_only
def test_guard_that_fires_always_is_there(world):
    type_sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert _gone(["ALTER TABLE approvals_decision ENABLE ALWAYS TRIGGER approvals_decision_no_delete"]) == []


def test_dropped_view_is_noticed(db):
    assert _gone(["DROP VIEW approvals_lacking_stage"]) == ["approvals_lacking_stage"]


@pytest.mark.sqlite_only
def test_every_unique_key_of_a_guarded_table_withstands_replace(db):
    """A unique key that a guard does not know would let REPLACE remove a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%no_replace'")
        triggers = dict(cursor.fetchall())
        assert set(triggers) >= set(NEVER_TRUNCATED)
        for table, sql in triggers.items():
            constraints = connection.introspection.get_constraints(cursor, table).values()
            for constraint in constraints:
                if constraint["unique"]:
                    key = " AND ".join(f"held.{column} = NEW.{column}" for column in constraint["columns"])
                    assert f"WHERE {key} AND" in sql, (table, constraint["columns"])


@pytest.mark.sqlite_only
def test_verdicts_are_found_by_index(world):
    world.decided()
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN QUERY PLAN SELECT met FROM approvals_stage_verdicts WHERE request_id = %s", [world.request.pk.hex]
        )
        scans = [detail for *_, detail in cursor.fetchall() if detail.startswith("SCAN")]
    known = ("VIRTUAL TABLE", "SCAN m")  # lists of contributors, people, groups; all members, where a stage asks everyone
    assert all(any(each in scan for each in known) for scan in scans), scans


def test_r57_whether_one_person_holds_something_is_found_by_index(world):
    """The question of every decision: however many hold something on a place, only this person's grants are looked at."""
    question = "SELECT 1 FROM accounts_ad_account_permission WHERE user_id = %s AND codename = %s AND ad_account_id = %s"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # in a small table a scan is cheaper; here it is the possible plans that count
            cursor.execute("SET LOCAL enable_seqscan = off")
        explaining = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explaining} {question}", [world.ann.pk.hex, "approve_content", world.account.pk.hex])
        plan = [str(row[-1]) for row in cursor.fetchall()]
    assert [step for step in plan if "Seq Scan" in step or step.startswith("SCAN")] == []
    if connection.vendor == "sqlite":
        found = [re.sub(r".*(grant_of_\w+).*", r"\1", step) for step in plan if " g " in step]
        places = ("ad_account", "brand", "organisation")
        assert found == [f"grant_of_{who}_{place}" for place in places for who in ("user", "group")]


def test_verdicts_say_who_counts(world):
    """The view that the guards read, read directly: the positive and the negative of every ground."""

    def verdicts() -> list[tuple[int, int, bool]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT v.approvals, v.negatives, v.met FROM approvals_stage_verdicts v"
                " JOIN approvals_stage s ON s.id = v.stage_id ORDER BY s.position"
            )
            return [(approvals, negatives, bool(met)) for approvals, negatives, met in cursor.fetchall()]

    world.reviewed()
    assert verdicts() == [(0, 0, False), (0, 0, False)]
    world.approve(world.stages[0], world.ann)
    world.satisfy(0)
    assert verdicts() == [(1, 0, True), (0, 0, False)]
    world.decision(world.stages[1], world.ben, "request_changes").save(force_insert=True)
    assert verdicts() == [(1, 0, True), (0, 1, False)]
    world.approve(world.stages[1], world.ben)
    assert verdicts() == [(1, 0, True), (1, 0, True)]
    world.ben.is_active = False
    world.ben.save()
    assert verdicts() == [(1, 0, True), (0, 0, False)]
