"""Comments, their words and checklists, typed as SQL (R-51): nothing is approved past them, and nobody speaks for another."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from approvals.models import Comment, CommentWord, Decision, Stage
from campaigns.models import Revision
from core import clock
from core.ids import uuid7
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, type_sql, unguarded, update
from tests.guards.world import World, grant, later_id, person

CHECKLIST = [{"key": "logo", "text": "The logo", "required": True}, {"key": "tone", "text": "The tone", "required": False}]


@pytest.fixture
def reviewed(world: World) -> World:
    """In review; its revision says that it has a budget."""
    with unguarded():
        Revision.objects.filter(pk=world.revision.pk).update(sections={"budget": "a" * 64, "structure": "b" * 64})
    return world.reviewed()


def comment(world: World, by: Any = None, **changed: Any) -> Comment:
    who = by or world.ann
    fields: dict[str, Any] = {
        "id": uuid7(), "request": world.request, "item": world.item, "section": "budget", "path": "/budget/amount", "text": "Too much.",
        "is_blocking": True, "author": who, "name": who.name, "written_at": clock.now(),
    }  # fmt: skip
    return Comment(**(fields | changed))


def word(on: Comment, by: Any, step: str = "resolve", **changed: Any) -> CommentWord:
    return CommentWord(**({"id": uuid7(), "comment": on, "step": step, "said_by": by, "name": by.name, "at": clock.now()} | changed))


def standing(world: World, by: Any = None, **changed: Any) -> Comment:
    row = comment(world, by, **changed)
    assert_inserted(row)
    return row


# --- what they hold up -------------------------------------------------------------------------------------------------------


def test_r51_nobody_approves_past_a_blocking_comment(reviewed: World) -> None:
    row = standing(reviewed)
    assert_insert_refused("approvals_decision_held_up", reviewed.decision(reviewed.stages[0], reviewed.ben))
    assert_inserted(reviewed.decision(reviewed.stages[0], reviewed.ben, "abstain"))
    assert_inserted(word(row, reviewed.ann))
    assert_inserted(reviewed.decision(reviewed.stages[0], reviewed.ann))


def test_r51_no_stage_is_satisfied_and_no_request_approved_past_one(reviewed: World) -> None:
    reviewed.approve(reviewed.stages[0], reviewed.ann)
    first = standing(reviewed, reviewed.ben)
    flip = "state = 'satisfied', closed_at = '2026-01-01 00:00:00'"
    assert_refused("approvals_stage_held_up", *update(reviewed.stages[0], flip))
    assert_inserted(word(first, reviewed.ben))
    reviewed.satisfy(0)
    reviewed.approve(reviewed.stages[1], reviewed.ben)
    reviewed.satisfy(1)
    assert_inserted(word(first, reviewed.ben, "reopen"))
    approve = "state = 'approved', closed_at = '2026-01-01 00:00:00'"
    assert_refused("approvals_request_held_up", *update(reviewed.request, approve))
    assert_inserted(word(first, reviewed.ben))
    assert type_sql(*update(reviewed.request, approve)) == 1


def test_r51_other_comments_and_replies_hold_nothing_up(reviewed: World) -> None:
    standing(reviewed, is_blocking=False)
    assert_inserted(reviewed.decision(reviewed.stages[0], reviewed.ben))


@pytest.mark.parametrize(
    ("checked", "passes"), [([], False), (["tone"], False), (["logo"], True), (["logo", "tone"], True), (["LOGO"], False), ({"logo": True}, None)]
)
def test_r51_an_approval_has_ticked_what_is_required(world: World, checked: Any, passes: bool | None) -> None:
    world.reviewed()
    with unguarded():
        Stage.objects.filter(pk=world.stages[0].pk).update(checklist=CHECKLIST)
    row = world.decision(world.stages[0], world.ann, checked=checked)
    if passes is None:
        with pytest.raises(DatabaseError), transaction.atomic():  # no list at all, in whatever words
            row.save(force_insert=True)
    elif passes:
        assert_inserted(row)
    else:
        assert_insert_refused("approvals_decision_checklist", row)
        assert_inserted(world.decision(world.stages[0], world.ann, "reject", checked=checked))


def test_r12_a_checklist_is_not_eased(world: World) -> None:
    world.reviewed()
    assert_refused("approvals_stage_fixed", *update(world.stages[0], "checklist = '[{}]'"))


# --- who ---------------------------------------------------------------------------------------------------------------------


def test_r16_r51_only_whom_a_stage_asks_holds_up(reviewed: World) -> None:
    for by in (reviewed.author, reviewed.outsider):
        assert_insert_refused("approvals_comment_blocking", comment(reviewed, by))
        assert_inserted(comment(reviewed, by, is_blocking=False))


def test_r51_only_who_wrote_it_or_decides_there_resolves(reviewed: World) -> None:
    row = standing(reviewed)
    for by in (reviewed.author, reviewed.outsider):
        assert_insert_refused("approvals_comment_word_entitled", word(row, by))
    assert_inserted(word(row, reviewed.ben))
    for by in (reviewed.author, reviewed.outsider):
        assert_insert_refused("approvals_comment_word_entitled", word(row, by, "reopen"))


def test_r51_who_may_decide_on_another_section_does_not_resolve(world: World) -> None:
    with unguarded():
        Revision.objects.filter(pk=world.revision.pk).update(sections={"budget": "a" * 64, "structure": "b" * 64})
    legal = person(world.organisation, "legal")
    grant(legal, "legal_approver", world.brand)
    world.reviewed(stages=(("approve_content", 1), ("approve_legal", 1)))
    with unguarded():
        Stage.objects.filter(pk=world.stages[1].pk).update(sections=["structure"])
    row = standing(world)
    assert_insert_refused("approvals_comment_word_entitled", word(row, legal))
    nobodys = standing(world, section="structure", path="/structure")
    assert_inserted(word(nobodys, legal))
    with unguarded():
        Stage.objects.filter(request=world.request).update(sections=["copy"])
    assert_inserted(word(row, legal))


def test_other_comments_are_resolved_by_anybody(reviewed: World) -> None:
    assert_inserted(word(standing(reviewed, is_blocking=False), reviewed.author))


def test_words_take_turns(reviewed: World) -> None:
    row = standing(reviewed)
    assert_insert_refused("approvals_comment_word_turn", word(row, reviewed.ann, "reopen"))
    first = word(row, reviewed.ann)
    assert_inserted(first)
    assert_insert_refused("approvals_comment_word_turn", word(row, reviewed.ann))
    assert_insert_refused("approvals_comment_word_turn", word(row, reviewed.ann, "reopen", id=type(first.id)(int=first.id.int - 1)))
    assert_inserted(word(row, reviewed.ann, "reopen", id=later_id(first.id)))


# --- where and when ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [{"section": "copy", "path": "/copy"}, {"path": "/structure"}, {"path": "budget"}, {"path": "/budgets"}, {"path": ""}],
)
def test_r51_a_comment_stands_in_its_section(reviewed: World, changed: Any) -> None:
    assert_insert_refused("approvals_comment_place", comment(reviewed, **changed))
    assert_inserted(comment(reviewed, path="/budget"))


def test_r51_a_reply_answers_a_comment_there(reviewed: World) -> None:
    first = standing(reviewed)
    reply = standing(reviewed, is_blocking=False, reply_to=first)
    assert_insert_refused("approvals_comment_reply", comment(reviewed, is_blocking=False, reply_to=reply))
    assert_insert_refused("approvals_comment_reply", comment(reviewed, is_blocking=False, reply_to=first, path="/budget"))


def test_r51_a_closed_request_takes_no_more(reviewed: World) -> None:
    row = standing(reviewed)
    reviewed.move(reviewed.request, "withdrawn", closed_at=clock.now())
    assert_insert_refused("approvals_comment_in_time", comment(reviewed, is_blocking=False))
    assert_insert_refused("approvals_comment_word_in_time", word(row, reviewed.ann))


def test_r51_nothing_is_invented_of_the_version_before(reviewed: World) -> None:
    row = standing(reviewed)
    assert_insert_refused("approvals_comment_carried", comment(reviewed, reviewed.author, carried_from=row))


def test_r51_what_was_said_is_not_changed_or_removed(reviewed: World) -> None:
    row = standing(reviewed)
    said = word(row, reviewed.ann)
    assert_inserted(said)
    for each, name, change in ((row, "approvals_comment", "is_blocking = FALSE"), (said, "approvals_comment_word", "step = 'reopen'")):
        assert_refused(f"{name}_no_update", *update(each, change))
        assert_refused(f"{name}_no_delete", f"DELETE FROM {each._meta.db_table}")


def test_a_decision_of_sql_that_ticks_nothing_is_as_before(world: World) -> None:
    world.reviewed()
    assert_inserted(world.decision(world.stages[0], world.ann))
    assert Decision.objects.get().checked == []
