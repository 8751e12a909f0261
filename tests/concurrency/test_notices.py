"""Two workers at once: one reads the log, one sends a mail. Without the locks two do, and nobody is told twice all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError

from core import clock
from notices import mailing, reading
from notices.models import Mail, Notice
from notices.services import set_preference
from tests.concurrency.racing import all_on, at_once, errors, locks_off

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]


@pytest.mark.parametrize(("layers", "met"), [(all_on, False), (locks_off, True)], ids=["all on", "control: no lock, the unique key protects"])
def test_of_two_workers_one_reads_an_event(world: Any, rendezvous: Any, monkeypatch: pytest.MonkeyPatch, layers: Any, met: bool):
    world.request("in_review")
    reading.read_on()
    before = Notice.objects.count()
    world.request("rejected", world.tree())
    rendezvous.before(monkeypatch, "notices.reading:_notices")
    with layers():
        results = at_once(reading.read_on, reading.read_on)
    assert rendezvous.met == met
    assert [type(each) for each in errors(results)] == ([IntegrityError] if met else [])
    told = list(Notice.objects.values_list("event", "person"))
    assert len(told) == len(set(told)) > before
    assert Mail.objects.count() == Notice.objects.filter(mail__isnull=False).count()


def test_of_two_workers_at_the_very_beginning_one_reads(world: Any):
    world.request("in_review")
    assert errors(at_once(reading.read_on, reading.read_on)) == []
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(("layers", "mails"), [(all_on, 1), (locks_off, 2)], ids=["all on", "control: no lock, it is sent twice"])
def test_of_two_workers_one_sends_a_mail(world: Any, rendezvous: Any, monkeypatch: pytest.MonkeyPatch, layers: Any, mails: int):
    world.request("in_review")
    reading.read_on()
    row = Mail.objects.get()
    rendezvous.before(monkeypatch, "notices.mailing:_lease")
    with layers():
        assert errors(at_once(lambda: mailing.deliver(row.pk), lambda: mailing.deliver(row.pk))) == []
    assert rendezvous.met == (mails == 2)
    assert len(mail.outbox) == mails
    assert Mail.objects.get().state == "sent"


@pytest.mark.parametrize(("layers", "mails"), [(all_on, 1), (locks_off, 2)], ids=["all on", "control: no lock, one is made in vain"])
def test_of_two_workers_one_makes_the_daily_mail(world: Any, rendezvous: Any, monkeypatch: pytest.MonkeyPatch, layers: Any, mails: int):
    set_preference(actor=world.actor("content"), kind="review_asked", delivery="daily")
    world.request("in_review")
    reading.read_on()
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    rendezvous.before(monkeypatch, "notices.reading:_gather_for")
    with layers():
        assert errors(at_once(reading.gather, reading.gather)) == []
    assert Mail.objects.count() == mails
    assert mailing.send_owed() == mails
    assert len(mail.outbox) == 1
