"""Attacks on notices, typed as SQL: what somebody was told stays, but for its two marks, and nobody is told twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from accounts.models import User
from core import clock
from core.ids import uuid7
from notices.models import Mail, Notice, Preference
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, insert, type_sql, update
from tests.guards.world import World


def notice(world: World, **changed: Any) -> Notice:
    now = clock.now()
    said: dict[str, Any] = {
        "event": uuid7(), "person": world.ann, "kind": "review_asked", "reason": "stage_waits", "request": world.request,
        "ad_account": world.account, "happened_at": now, "made_at": now, "delivery": "immediate",
    }  # fmt: skip
    return Notice(**said | changed)


def letter(world: World, **changed: Any) -> Mail:
    now = clock.now()
    return Mail(**{"person": world.ann, "is_digest": False, "made_at": now, "not_before": now} | changed)


@pytest.fixture
def told(world: World) -> Notice:
    world.reviewed()
    row = notice(world)
    assert_inserted(row)
    return row


@pytest.mark.parametrize("change", [
    "kind = 'approved'", "reason = 'submitted'", "done_by = 'x'", "delivery = 'off'", "made_at = '2020-01-01 00:00:00'", "stages = '[1]'",
])  # fmt: skip
def test_what_was_told_is_not_rewritten(told: Notice, change: str):
    assert_refused("notices_notice_fixed", *update(told, change))


def test_it_is_not_told_to_another_instead(world: World, told: Notice):
    sql, key = update(told, "person_id = %s")
    assert_refused("notices_notice_fixed", sql, world.ben.pk.hex, key)


def test_what_was_told_is_not_removed(told: Notice):
    assert_refused("notices_notice_no_delete", "DELETE FROM notices_notice")


def test_a_mark_is_set_once(world: World, told: Notice):
    mail, other = letter(world), letter(world)
    assert_inserted(mail)
    assert_inserted(other)
    sql, key = update(told, "mail_id = %s, read_at = '2026-01-01 00:00:00'")
    assert type_sql(sql, mail.pk.hex, key) == 1
    for column, guard in (("read_at", "notices_notice_read"), ("mail_id", "notices_notice_mailed")):
        assert_refused(guard, *update(told, f"{column} = NULL"))
    sql, key = update(told, "mail_id = %s")
    assert_refused("notices_notice_mailed", sql, other.pk.hex, key)
    assert_refused("notices_notice_read", *update(told, "read_at = '2026-01-02 00:00:00'"))


def test_nobody_is_told_twice_of_an_event(world: World, told: Notice):
    assert_inserted(notice(world, event=told.event, person=world.ben))
    sql, params = insert(notice(world, event=told.event))
    with pytest.raises(DatabaseError, match="told_once_of_an_event|imprimatur:notices_notice_no_replace: "):
        type_sql(sql, *params)


@pytest.mark.sqlite_only
def test_what_was_told_is_not_replaced(world: World, told: Notice):
    sql, params = insert(notice(world, event=told.event, kind="approved"), "INSERT OR REPLACE")
    assert_refused("notices_notice_no_replace", sql, *params)


def test_r33_a_machine_is_not_told(world: World):
    world.reviewed()
    robot = User.objects.create_user(
        "robot@guards.test", None, name="robot", organisation=world.organisation, kind="service_account", owner=world.author
    )
    assert_insert_refused("notices_notice_person", notice(world, person=robot))


def test_a_notice_is_of_the_account_of_its_request_and_begins_unread(world: World):
    world.reviewed()
    assert_insert_refused("notices_notice_place", notice(world, ad_account=world.elsewhere))
    assert_insert_refused("notices_notice_unread", notice(world, read_at=clock.now()))


def test_what_is_daily_has_a_time_and_nothing_else(world: World):
    world.reviewed()
    for wrong in ({"delivery": "daily"}, {"due_at": clock.now()}):
        sql, params = insert(notice(world, **wrong))
        with pytest.raises(DatabaseError, match="notice_due_when_daily"):
            type_sql(sql, *params)
    assert_inserted(notice(world, delivery="daily", due_at=clock.now()))


def test_what_became_of_a_mail_stays(world: World):
    world.reviewed()
    assert_insert_refused("notices_mail_queued", letter(world, state="sent", ended_at=clock.now()))
    row = letter(world)
    assert_inserted(row)
    assert_refused("notices_mail_closed", *update(row, "state = 'sent'"))
    assert_refused("notices_mail_fixed", *update(row, "is_digest = NOT is_digest"))
    assert type_sql(*update(row, "state = 'failed', ended_at = '2026-01-01 00:00:00'")) == 1
    assert_refused("notices_mail_steps", *update(row, "state = 'sent'"))
    assert_refused("notices_mail_ended", *update(row, "fault = 'none'"))
    assert_refused("notices_mail_no_delete", "DELETE FROM notices_mail")


def test_a_choice_is_changed_never_moved_or_removed(world: World):
    row = Preference(person=world.ann, kind="approved", delivery="off", changed_at=clock.now() - timedelta(days=1))
    row.save()
    assert type_sql(f"UPDATE notices_preference SET delivery = 'daily' WHERE id = {row.pk}") == 1
    sql = f"UPDATE notices_preference SET person_id = %s WHERE id = {row.pk}"
    assert_refused("notices_preference_fixed", sql, world.ben.pk.hex)
    assert_refused("notices_preference_no_delete", "DELETE FROM notices_preference")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notices_preference")
        assert cursor.fetchone() == (1,)
