"""Mails: what they say to whom at the moment of sending, retried, recorded, never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import override_settings
from django.urls import reverse
from django.utils import translation

from accounts import services as accounts
from accounts.models import RoleGrant
from approvals import services as approvals
from approvals.models import ApprovalRequest
from audit.actions import text
from core import clock
from notices import letters, mailing, tasks
from notices.kinds import Kind, Reason
from notices.models import Mail, Notice
from notices.services import set_preference
from tests.builders import ROOT, World
from tests.notices.seeing import sent, told


class Away(EmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("connection refused")


AWAY = f"{__name__}.Away"


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Whose submitter is told that content was rejected, with a comment."""
    request = world.request("in_review")
    told(world)
    sent()
    world.decide(request, "content", "reject", comment="The jackets are <too> warm.")
    told(world)
    return world


def states() -> list[str]:
    return sorted(Mail.objects.values_list("state", flat=True))


def queued() -> Mail:
    return Mail.objects.get(state="queued")


# --- what it says ------------------------------------------------------------------------------------------------------------


def test_a_mail_says_what_happened_why_one_gets_it_and_how_to_turn_it_off(world: World, settings: Any):
    (letter,) = sent()
    notice = Notice.objects.get(kind="rejected")
    page = settings.PUBLIC_URL + reverse("admin:request", args=[notice.request_id])
    assert letter.to == [world.people["submitter"].email]
    assert letter.subject == "Request rejected: Autumn campaign"
    html = str(letter.alternatives[0][0])
    for body in (str(letter.body), html):
        for words in ("You submitted this.", page, reverse("admin:notice_preferences"), world.people["content"].email, "rejected"):
            assert words in body, words
    assert "The jackets are <too> warm." in letter.body
    assert "The jackets are &lt;too&gt; warm." in html
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_r52_the_links_of_a_mail_only_open_pages(world: World):
    (letter,) = sent()
    links = [word.strip() for word in str(letter.body).split() if word.startswith("http")]
    assert len(links) == 2
    assert not any(verb in link for link in links for verb in ("decide", "approve", "reject", "token", "?"))


def test_the_subject_is_one_line_whatever_the_title(world: World):
    assert letters.one_line("Sale\r\nBcc: all@example.com\t\x00 now") == "Sale Bcc: all@example.com now"
    assert len(letters.one_line("x" * 999)) == letters.SUBJECT_LENGTH
    notice = Notice.objects.select_related("request", "mail").get(kind="rejected")
    notice.request.title = "Sale\r\nBcc: all@example.com"
    assert notice.mail is not None
    assert letters._subject(notice.mail, [notice]) == "Request rejected: Sale Bcc: all@example.com"


@pytest.mark.parametrize(("language", "subject", "expected"), [
    ("en", "Request rejected", "en"), ("de", None, "de"), ("xx", "Request rejected", "en"),
])  # fmt: skip
def test_a_mail_speaks_the_language_of_the_person(world: World, language: str, subject: str | None, expected: str):
    person = world.user("submitter")
    type(person).objects.filter(pk=person.pk).update(language=language)
    (letter,) = sent()
    html = str(letter.alternatives[0][0])
    assert f'<html lang="{expected}">' in html
    if subject is None:  # the words of the log, which the German catalogue has
        with translation.override("de"):
            rejected = text("approvals.request.rejected")
        assert rejected != "Request rejected"
        assert letter.subject.startswith(rejected)
    else:
        assert letter.subject.startswith(subject)


# --- at the moment of sending ------------------------------------------------------------------------------------------------


def test_r57_who_lost_the_permission_meanwhile_gets_no_mail(world: World):
    for grant in RoleGrant.objects.filter(user=world.people["submitter"], revoked_at__isnull=True):
        accounts.revoke_role(actor=ROOT, grant=grant.pk)
    assert sent() == []
    assert states().count("dropped") == 1


def test_who_was_deactivated_meanwhile_gets_no_mail(world: World):
    accounts.deactivate_user(actor=ROOT, user=world.people["submitter"].pk)
    assert sent() == []
    assert "dropped" in states()


def test_what_was_turned_off_meanwhile_is_not_sent(world: World):
    set_preference(actor=world.actor("submitter"), kind="rejected", delivery="off")
    assert sent() == []
    assert "dropped" in states()


@pytest.mark.parametrize("delivery", ["daily", "off"])
def test_who_chose_otherwise_gets_no_mail_at_once_and_the_notice_all_the_same(world: World, delivery: str):
    sent()
    set_preference(actor=world.actor("submitter"), kind="approved", delivery=delivery)
    request = world.request("approved", world.tree())
    told(world)
    sent()
    notice = Notice.objects.get(kind="approved", request=request)
    assert (notice.delivery, notice.mail) == (delivery, None)
    assert (notice.due_at is None) == (delivery == "off")


# --- a mail server that is away ----------------------------------------------------------------------------------------------


def test_a_mail_server_away_loses_nothing_and_is_tried_again_later_each_time(world: World):
    with override_settings(EMAIL_BACKEND=AWAY):
        assert sent() == []
        first = queued()
        assert (first.attempts, first.leased_until) == (1, None)
        assert "ConnectionRefusedError" in first.fault
        assert first.not_before > clock.now()
        assert sent() == []  # not yet
        assert queued().attempts == 1
        with time_machine.travel(first.not_before):
            tasks.send_owed()
        assert queued().attempts == 2
    with time_machine.travel(queued().not_before + timedelta(seconds=1)):
        (letter,) = sent()
    assert letter.subject.startswith("Request rejected")
    assert states() == sorted(["sent"] * len(states()))


def test_the_delay_doubles_up_to_an_hour():
    assert [mailing.delay(tries).total_seconds() for tries in (1, 2, 3, 7, 30)] == [60, 120, 240, 3600, 3600]


def test_after_the_last_try_it_is_recorded_as_failed(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mailing, "MOST_TRIES", 1)
    with override_settings(EMAIL_BACKEND=AWAY):
        sent()
    row = Mail.objects.get(state="failed")
    assert row.ended_at is not None
    assert "refused" in row.fault
    assert sent() == []


def test_others_wait_when_the_mail_server_does_not_answer(world: World):
    world.request("approved", world.tree())
    told(world)
    assert mailing.owed(clock.now()).count() > 1
    with override_settings(EMAIL_BACKEND=AWAY):
        assert mailing.send_owed() == 0
    assert Mail.objects.filter(attempts__gt=0, state="queued").count() == 1


def test_a_worker_that_dies_after_sending_sends_again_under_the_same_id(world: World, monkeypatch: pytest.MonkeyPatch):
    """Between the mail server's yes and the record: twice is possible, lost is not."""
    def die(*_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(mailing, "_end", die)
        with pytest.raises(SystemExit):
            sent()
    assert queued().attempts == 1
    assert sent() == []  # leased still
    Mail.objects.filter(state="queued").update(leased_until=clock.now() - timedelta(seconds=1))
    sent()
    one, other = mail.outbox[-2:]
    assert one.extra_headers["Message-ID"] == other.extra_headers["Message-ID"]
    assert "queued" not in states()


def test_a_mail_that_kills_its_workers_is_given_up(world: World):
    row = queued()
    Mail.objects.filter(pk=row.pk).update(attempts=mailing.MOST_TRIES)
    assert sent() == []
    assert Mail.objects.get(pk=row.pk).state == "failed"


def test_deciding_tells_nobody_by_itself(world: World):
    """Deciding only writes the log; who is told is read from it afterwards."""
    request: ApprovalRequest = world.request("in_review", world.tree())
    notices, mails = Notice.objects.count(), Mail.objects.count()
    world.decide(request, "content", "reject")
    assert (Notice.objects.count(), Mail.objects.count()) == (notices, mails)


def test_every_kind_can_be_written(world: World):
    """The texts of all kinds, to somebody who may see it."""
    row = Notice.objects.get(kind="rejected")
    for kind in Kind:
        for reason in Reason:
            made = Notice(
                event=row.event, person=row.person, kind=kind, reason=reason, request=row.request, ad_account=row.ad_account,
                happened_at=row.happened_at, made_at=row.made_at, delivery="immediate", stages=["Content"],
            )  # fmt: skip
            letter = letters._composed(Mail(is_digest=False), row.person, [made])
            assert str(kind.label) in letter.subject
            assert str(reason.label) in letter.body


def test_who_revokes_is_not_told_and_says_why(world: World):
    request = world.request("approved", world.tree())
    told(world)
    sent()
    approvals.revoke(actor=world.actor("operator"), request=request.pk, reason="The price is wrong.")
    told(world)
    found = sent()
    assert {letter.to[0] for letter in found} == {world.people[name].email for name in ("submitter", "content", "budget")}
    assert all("The price is wrong." in letter.body for letter in found)
