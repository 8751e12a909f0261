"""The daily mail: when it is due, over the change of a day and of the clocks, and what is in it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import override_settings

from accounts import services as accounts
from accounts.models import RoleGrant
from core import clock
from notices import reading
from notices.kinds import Kind
from notices.models import Mail, Notice
from notices.services import set_preference
from notices.timing import next_digest
from tests.builders import ROOT, World
from tests.notices.seeing import sent, told


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "moment", "due"), [
    ("UTC", "2026-11-30T07:59:59", "2026-11-30T08:00:00"),
    ("UTC", "2026-11-30T08:00:00", "2026-12-01T08:00:00"),
    ("UTC", "2026-12-31T23:59:59", "2027-01-01T08:00:00"),
    ("Europe/Berlin", "2026-11-30T06:59:00", "2026-11-30T07:00:00"),
    ("Europe/Berlin", "2026-03-28T07:00:00", "2026-03-29T06:00:00"),  # clocks are put forward: 23 hours later
    ("Europe/Berlin", "2026-10-24T06:00:00", "2026-10-25T07:00:00"),  # and back: 25 hours later
    ("Europe/Berlin", "2026-10-25T00:30:00", "2026-10-25T07:00:00"),  # in the hour that there is twice
    ("Pacific/Auckland", "2026-11-30T18:59:00", "2026-11-30T19:00:00"),  # tomorrow there
    ("America/Los_Angeles", "2026-11-30T17:00:00", "2026-12-01T16:00:00"),
])  # fmt: skip
def test_it_is_due_at_the_next_eight_o_clock(zone: str, moment: str, due: str):
    with override_settings(DIGEST_TIME_ZONE=zone):
        assert next_digest(at(moment)) == at(due)


def test_where_eight_o_clock_does_not_exist_it_comes_when_the_clock_goes_on():
    """Samoa left out the whole of 30 December 2011."""
    with override_settings(DIGEST_TIME_ZONE="Pacific/Apia"):
        found = next_digest(at("2011-12-29T20:00:00"))
    assert timedelta(0) < found - at("2011-12-29T20:00:00") <= timedelta(days=1)


def all_daily(world: World, *names: str) -> None:
    for name in names:
        for kind in Kind.values:
            set_preference(actor=world.actor(name), kind=kind, delivery="daily")


def daily(days: float = 1.0) -> list[Any]:
    """What goes out so much later; no guard asks what time it is then."""
    with time_machine.travel(clock.now() + timedelta(days=days)):
        reading.gather()
        return sent()


def test_one_mail_a_person_with_all_of_a_day_and_none_when_empty(world: World):
    all_daily(world, "submitter", "content", "budget", "operator")
    one, other = world.request("rejected"), world.request("approved", world.tree())
    world.request("in_review", world.tree())
    told(world)
    assert sent() == []
    assert reading.gather() == 0  # not due yet
    found = {letter.to[0]: letter for letter in daily()}
    assert set(found) == {world.people[name].email for name in ("submitter", "content")}
    letter = found[world.people["submitter"].email]
    assert letter.subject == "Imprimatur: 2 notices"
    for row in (one, other):
        assert str(row.pk) in letter.body
    assert daily(2) == []
    assert not Mail.objects.exclude(state="sent").exists()


@override_settings(DIGEST_TIME_ZONE="Europe/Berlin")
def test_over_midnight_what_happens_before_eight_comes_the_same_day(world: World):
    all_daily(world, "submitter")
    world.request("rejected")
    with time_machine.travel(at("2027-03-27T23:30:00")):  # half past midnight there, in the night of the change
        told(world)
        assert Notice.objects.get(kind="rejected").due_at == at("2027-03-28T06:00:00")
    with time_machine.travel(at("2027-03-28T05:59:59")):
        assert reading.gather() == 0
    with time_machine.travel(at("2027-03-28T06:00:00")):
        assert reading.gather() == 1


def test_what_a_stopped_worker_missed_is_in_the_next_one(world: World):
    all_daily(world, "submitter")
    world.request("rejected")
    told(world)
    assert len(daily(5)) == 1


def test_r57_what_one_may_not_see_any_more_is_left_out_and_an_empty_mail_is_not_sent(world: World):
    all_daily(world, "submitter")
    accounts.grant_role(actor=ROOT, role="submitter", principal=world.user("submitter"), scope=world.account)
    tree = world.tree(world.second_account)
    world.request("rejected")
    hidden = world.submit(tree).request
    world.check(hidden)
    world.decide(hidden, "content", "reject")
    told(world)
    brand = RoleGrant.objects.get(user=world.people["submitter"], brand=world.brand, revoked_at__isnull=True)
    accounts.revoke_role(actor=ROOT, grant=brand.pk)
    (letter,) = daily()
    assert letter.subject == "Imprimatur: 1 notice"
    assert str(hidden.pk) not in letter.body


def test_an_empty_daily_mail_is_dropped(world: World):
    all_daily(world, "submitter")
    world.request("rejected")
    told(world)
    for kind in Kind.values:
        set_preference(actor=world.actor("submitter"), kind=kind, delivery="off")
    assert daily() == []
    assert list(Mail.objects.values_list("state", "is_digest")) == [("dropped", True)]


def test_a_long_day_is_cut_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("notices.letters.MOST_LINES", 1)
    all_daily(world, "submitter")
    world.request("rejected")
    world.request("blocked")
    told(world)
    (letter,) = daily()
    assert letter.subject == "Imprimatur: 2 notices"
    assert "And 1 more:" in letter.body


def test_a_time_zone_that_does_not_exist_stops_the_start():
    env = {**os.environ, "IMPRIMATUR_DEBUG": "1", "IMPRIMATUR_DIGEST_TIME_ZONE": "Mars/Base"}
    command = [sys.executable, "-c", "import config.settings"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "IMPRIMATUR_DIGEST_TIME_ZONE is the name of a time zone" in done.stderr
