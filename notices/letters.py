"""What a mail says, judged anew at the moment of sending: who may still see it, and still wants it.

Its subject tells what happened and the title, its links open pages and nothing more (R-52). What people wrote stands in it, for
whoever may read it in the workplace.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.permissions import grants_of
from approvals.models import Comment
from audit.models import AuditEvent
from core import dates
from notices.kinds import Delivery, Reason
from notices.models import Mail, Notice
from notices.reading import deliveries

SUBJECT_LENGTH: Final = 200
MOST_LINES: Final = 200
"""Notices in one daily mail; how many more there are is said."""


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in words."""

    headline: str
    title: str
    place: str
    state: str
    done_by: str
    said: str
    stages: str
    at: str
    reason: str
    url: str


def letter_of(mail: Mail, now: datetime) -> EmailMultiAlternatives | None:
    """The mail as it is to be sent now; None when there is nothing left to tell, or nobody to tell it to."""
    person = User.objects.get(pk=mail.person_id)
    if not person.is_active or person.is_service_account:
        return None
    notices = _tellable(mail, person, now)
    if not notices:
        return None
    with translation.override(language_of(person)):
        return _composed(mail, person, notices)


def language_of(person: User) -> str:
    """What somebody reads: their own language where the service speaks it."""
    return person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _tellable(mail: Mail, person: User, now: datetime) -> list[Notice]:
    """What the person may see at this moment (R-57), and did not turn off since."""
    rows = mail.notices.select_related("request", "ad_account__brand__organisation").order_by("pk")
    held, chosen = grants_of(person, now), deliveries([person.pk])
    return [
        row for row in rows
        if held.allows("view", row.ad_account) and chosen[person.pk, row.kind] != Delivery.OFF
    ]  # fmt: skip


def _composed(mail: Mail, person: User, notices: Sequence[Notice]) -> EmailMultiAlternatives:
    shown, said = notices[:MOST_LINES], _said([row.event for row in notices[:MOST_LINES]])
    words: dict[str, Any] = {
        "person": person.name, "lines": [_line(row, said.get(row.event, "")) for row in shown], "more": len(notices) - len(shown),
        "is_digest": mail.is_digest, "language": translation.get_language(),
        "all_url": settings.PUBLIC_URL + reverse("admin:notices"),
        "preferences_url": settings.PUBLIC_URL + reverse("admin:notice_preferences"),
    }  # fmt: skip
    text = render_to_string("notices/mail/notices.txt", words)
    letter = EmailMultiAlternatives(
        _subject(mail, notices), text, settings.DEFAULT_FROM_EMAIL, [person.email],
        headers={
            # The same however often it is sent, so that a mailbox can tell; and no machine answers it.
            "Message-ID": f"<{mail.pk}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{words['preferences_url']}>",
        },
    )  # fmt: skip
    letter.attach_alternative(render_to_string("notices/mail/notices.html", words), "text/html")
    return letter


def _subject(mail: Mail, notices: Sequence[Notice]) -> str:
    """In one line: a title may hold whatever somebody typed."""
    if mail.is_digest:
        return one_line(render_to_string("notices/mail/digest_subject.txt", {"number": len(notices)}))
    (notice,) = notices
    return one_line(f"{notice.get_kind_display()}: {notice.request.title}")


def one_line(text: str) -> str:
    """Without line breaks and other characters that no reader sees; at most SUBJECT_LENGTH characters."""
    words = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return words if len(words) <= SUBJECT_LENGTH else words[: SUBJECT_LENGTH - 1] + "…"


def _line(row: Notice, said: str) -> Line:
    return Line(
        str(row.get_kind_display()), row.request.title, f"{row.ad_account.brand.name} · {row.ad_account.name}",
        str(row.request.get_state_display()), row.done_by, said, ", ".join(row.stages), dates.moment(row.happened_at),
        str(Reason(row.reason).label), settings.PUBLIC_URL + reverse("admin:request", args=[row.request_id]),
    )  # fmt: skip


def _said(events: Sequence[UUID]) -> Mapping[UUID, str]:
    """By event what somebody wrote to explain it: a comment or a reason; of a comment its text. At most two statements."""
    found, comments = {}, {}
    for event in AuditEvent.objects.filter(pk__in=events):
        payload = json.loads(event.canonical)["payload"]
        if event.action.startswith("approvals.comment."):
            comments[event.pk] = UUID(payload["comment"])
        elif not event.action.startswith("approvals.stage."):  # nobody wrote what stands there; its reasons are codes
            found[event.pk] = str(payload.get("comment") or payload.get("reason") or "")
    texts = dict(Comment.objects.filter(pk__in=comments.values()).values_list("pk", "text")) if comments else {}
    return found | {event: texts.get(comment, "") for event, comment in comments.items()}
