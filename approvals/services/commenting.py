"""Comments on what is put forward: written, resolved, opened again (R-51). Under the lock of the request, so that a blocking
comment and the last approval cannot pass each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import User
from approvals import anchors, locks, subjects
from approvals.anchors import Anchor, Found
from approvals.commenters import Voice, voice
from approvals.errors import AccountMoved, CommentsFrozen, MayNotBlock
from approvals.models import Comment, CommentWord, RequestItem
from approvals.models.comments import standing_blockers
from approvals.services.bench import Bench, bench_of
from approvals.services.settling import settle
from approvals.states import OPEN_STATES, CommentStep, RequestState
from audit.models import AuditEvent
from audit.recording import event, record, service
from campaigns.models import MediaAsset
from core import clock
from core.actor import Actor
from core.errors import Conflict, IllegalTransition, Invalid, NotFound, say
from core.statements import insert
from core.text import is_text

LONGEST_TEXT: Final = 4000
MOST: Final = 500
"""Comments on one request."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who comments: the person or machine, and what they may say."""

    actor: Actor
    user: User
    voice: Voice


def _read(actor: Actor, request: UUID) -> tuple[Bench, Speaker]:
    """A request that is open, locked, and who speaks. Raises NotFound, CommentsFrozen, Forbidden."""
    row = locks.request(request)
    now = clock.now()
    user = permissions.principal_of(actor)
    held = permissions.fresh_grants(actor, now)
    if not held.allows("view", row.ad_account):
        raise NotFound()
    bench = bench_of(row, now)
    speaker = Speaker(actor, user, voice(actor, row, bench.stages, now, held))
    if not speaker.voice.comments:
        words = _("Comments are written by people who submit or decide in this ad account.")
        raise permissions.lacking(held, "submit", row.ad_account, words)
    if row.state not in OPEN_STATES or row.expires_at <= now:
        raise CommentsFrozen(_("This request is closed; what was said about it stays as it was."), state=row.state)
    return bench, speaker


@service("approvals.comment.written")
def comment(
    *, actor: Actor, request: UUID, text: str, revision: UUID | None = None, anchor: Anchor | None = None,
    reply_to: UUID | None = None, blocking: bool = False,
) -> Comment:  # fmt: skip
    """Comment on a place of the revision of one item, or reply to a comment. Raises NotFound, Forbidden (MayNotBlock),
    CommentsFrozen, Conflict (too many), Invalid (text; revision, path, region or moment; a reply to a reply, or one that
    blocks)."""
    bench, by = _read(actor, request)
    said = _said(text)
    above = None if reply_to is None else _replied(bench, reply_to, blocking=blocking)
    place = _as(above) if above is not None else _place(bench, revision, anchor)
    if blocking and not by.voice.blocks:
        raise MayNotBlock(_("Only people whom a stage of this request asks hold it up; write the comment without that."))
    if bench.request.comments.count() >= MOST:
        raise Conflict(say(_("A request has at most {most} comments."), most=MOST))
    row = Comment(
        request=bench.request, text=said, is_blocking=blocking, reply_to=above, author=by.user, name=by.user.name,
        written_at=bench.now, **place,
    )  # fmt: skip
    insert([row])
    record(_told(actor, bench, "approvals.comment.written", row))
    return row


def _said(text: str) -> str:
    """Raises Invalid."""
    said = text.replace("\r\n", "\n").strip()
    if not said or not is_text(said):
        raise Invalid.field("text", "required", _("Write something that can be read."))
    if len(said) > LONGEST_TEXT:
        raise Invalid.field("text", "too_long", say(_("A comment has at most {most} characters."), most=LONGEST_TEXT))
    return said


def _replied(bench: Bench, identifier: UUID, *, blocking: bool) -> Comment:
    """The comment that is replied to. Raises Invalid."""
    above = Comment.objects.filter(request=bench.request, pk=identifier).select_related("item").first()
    if above is None:
        raise Invalid.field("reply_to", "unknown", _("There is no such comment on this request."))
    if above.reply_to_id is not None:
        raise Invalid.field("reply_to", "nested", _("Reply to the comment that the reply belongs to."))
    if blocking:
        raise Invalid.field("blocking", "reply", _("A reply does not hold anything up; write a comment of its own."))
    return above


def _as(above: Comment) -> dict[str, Any]:
    """A reply stands where what it answers does."""
    return {name: getattr(above, name) for name in ("item", "section", "path", "region", "at_ms")}


def _place(bench: Bench, revision: UUID | None, anchor: Anchor | None) -> dict[str, Any]:
    """Raises Invalid."""
    if revision is None or anchor is None:
        raise Invalid.field("revision", "required", _("Say which item this is about, and where in it."))
    item = RequestItem.objects.select_related("revision").filter(request=bench.request, revision=revision).first()
    if item is None:
        raise Invalid.field("revision", "unknown", _("This is not the revision of an item of this request."))
    found = anchors.find(item.revision.content["sections"], anchor)
    if anchor.at_ms is not None:
        _check_moment(item, found, anchor.at_ms)
    region = None if anchor.region is None else list(anchor.region)
    return {"item": item, "section": found.section, "path": found.pointer, "region": region, "at_ms": anchor.at_ms}


def _check_moment(item: RequestItem, found: Found, at_ms: int) -> None:
    """A moment lies within the film. Raises Invalid."""
    media = MediaAsset.objects.filter(ad_account=item.revision.ad_account_id, sha256=found.value["sha256"]).first()
    length = None if media is None else media.duration_ms
    if length is None:
        raise Invalid.field("at_ms", "no_film", _("This is no film; leave the moment out."))
    if not 0 <= at_ms <= length:
        raise Invalid.field("at_ms", "out_of_range", say(_("The film is {length} milliseconds long."), length=length))


# --- what becomes of it ------------------------------------------------------------------------------------------------------


@service("approvals.comment.resolved")
def resolve_comment(*, actor: Actor, request: UUID, comment: UUID) -> Comment:
    """Say that a comment needs nothing more. Where it was the last thing that stood in the way, what follows is carried out.

    A blocking one: by who wrote it or could decide a stage that reads its section, nobody who worked on the request (R-16).
    Raises NotFound, Forbidden (MayNotBlock), CommentsFrozen, IllegalTransition (it is resolved), and whatever an approval does.
    """
    bench, by = _read(actor, request)
    row = _said_of(bench, by, comment, CommentStep.RESOLVE)
    events = [_told(actor, bench, "approvals.comment.resolved", row)]
    if row.is_blocking:
        events += _let_go(actor, bench)
    record(*events)
    return row


@service("approvals.comment.reopened")
def reopen_comment(*, actor: Actor, request: UUID, comment: UUID) -> Comment:
    """Say that a comment was resolved too early; a blocking one stands in the way again. Raises as `resolve_comment`."""
    bench, by = _read(actor, request)
    row = _said_of(bench, by, comment, CommentStep.REOPEN)
    record(_told(actor, bench, "approvals.comment.reopened", row))
    return row


def _said_of(bench: Bench, by: Speaker, identifier: UUID, step: CommentStep) -> Comment:
    """Write a word on a comment. Raises NotFound, MayNotBlock, IllegalTransition."""
    rows = Comment.objects.filter(request=bench.request, reply_to=None).select_related("item")
    row = rows.prefetch_related("words").filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    if not by.voice.resolves(row, bench.stages):
        words = _(
            "A comment that holds a request up is resolved by who wrote it, or by somebody who could decide on the same part of it;"
            " never by who worked on it."
        )
        raise MayNotBlock(words)
    if row.is_resolved == (step == CommentStep.RESOLVE):
        words = _("This comment is resolved already.") if row.is_resolved else _("This comment is not resolved.")
        raise IllegalTransition(words, step=str(step))
    insert([CommentWord(comment=row, step=step, said_by=by.user, name=by.user.name, at=bench.now)])
    return Comment.objects.select_related("item", "author").prefetch_related("words__said_by").get(pk=row.pk)


def _let_go(actor: Actor, bench: Bench) -> list[AuditEvent]:
    """What follows once nothing holds the request up any more. Raises AccountMoved and whatever an approval does."""
    bench.held_up = standing_blockers().filter(request=bench.request).exists()
    if bench.held_up or bench.request.state != RequestState.IN_REVIEW:
        return []
    if moved := AccountMoved.after(bench.request, bench.place):
        raise moved
    return settle(actor, bench)


def _told(actor: Actor, bench: Bench, action: str, row: Comment) -> AuditEvent:
    entity = str(row.item.entity_id)
    told: dict[str, Any] = {"comment": str(row.pk), "path": row.path, "entity": entity, "blocking": row.is_blocking}
    if action == "approvals.comment.written":
        told |= {"text": row.text, "reply_to": row.reply_to_id and str(row.reply_to_id)}
    return event(actor, action, subjects.of_request(bench.request), bench.now, **told)
