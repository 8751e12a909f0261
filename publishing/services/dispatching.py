"""One publication on its way: begun, concluded, missed, recovered. The channel itself is called between these."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from approvals import books
from approvals import locks as approval_locks
from approvals.digests import parent_in
from audit.models import AuditEvent
from audit.recording import concerning, event, record, service
from campaigns.vocabulary import EntityType
from core import clock, transitions
from core.actor import Actor, ActorKind
from core.errors import Conflict, Forbidden, ImprimaturError, NotFound
from publishing import gate, locks, subjects
from publishing.channels.base import ChannelError, UploadedMedia
from publishing.errors import Frozen, LeaseLost
from publishing.models import ChannelMedia, ChannelObject, DriftFinding, Publication, PublicationAttempt
from publishing.performing import Outcome
from publishing.states import Operation, PublicationState
from publishing.transitions import PUBLICATION

MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(hours=1)
LOOKED_AT_AGAIN = timedelta(minutes=15)
"""How often what a freeze holds is looked at."""


def backoff(attempt: int) -> timedelta:
    """How long to wait after the `attempt`-th try (from 1): doubling, at most an hour."""
    return min(LONGEST_DELAY, FIRST_DELAY * (1 << min(30, max(0, attempt - 1))))


def _locked(actor: Actor, publication: UUID) -> Publication:
    """One publication under its lock and that of its request. Raises NotFound, Forbidden."""
    owner = Publication.objects.filter(pk=publication).values_list("request_id", flat=True).first()
    if owner is None:
        raise NotFound
    request = approval_locks.requests().get(pk=owner)
    row = locks.publications().get(pk=publication)
    row.request = request
    concerning(subjects.of_publication(row))
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(_("Publications are carried out by the service itself."))
    return row


def _event(actor: Actor, row: Publication, action: str, now: datetime, **payload: Any) -> AuditEvent:
    return event(actor, f"publishing.publication.{action}", subjects.of_publication(row), now, digest=row.digest, **payload)


@service("publishing.publication.dispatched")
def begin(*, actor: Actor, publication: UUID) -> tuple[Publication, PublicationAttempt] | None:
    """Claim a queued publication and ask the gate once more; None when the gate cancelled it, or a freeze holds it.

    Raises NotFound, Forbidden, IllegalTransition when another worker was faster.
    """
    now = clock.now()
    row = _locked(actor, publication)
    transitions.check(PUBLICATION, "dispatch", row)
    reason = gate.confirm(row, row.request, now)
    if isinstance(reason, Frozen):
        record(_hold(actor, row, reason, now))
        return None
    if reason is not None:
        record(*_cancel(actor, row, reason, now))
        return None
    transitions.move(PUBLICATION, "dispatch", row, leased_until=now + timedelta(seconds=settings.LEASE_SECONDS))
    attempt = PublicationAttempt(publication=row, number=row.attempts.count() + 1, started_at=now)
    attempt.save(force_insert=True)
    record(_event(actor, row, "dispatched", now, attempt=attempt.number))
    return row, attempt


@service("publishing.media.uploaded")
def remember_media(*, actor: Actor, publication: UUID, uploaded: Mapping[UUID, UploadedMedia]) -> Publication:
    """Write down which files of the channel some media are, before anything there refers to them.

    Of two workers that uploaded the same bytes one is remembered, and both go on with its ids. Raises NotFound, Forbidden.
    """
    now = clock.now()
    row = _locked(actor, publication)
    known = ChannelMedia.objects.filter(ad_account=row.ad_account, media__in=uploaded)
    held = set(known.values_list("media_id", flat=True))
    ChannelMedia.objects.bulk_create(
        (
            ChannelMedia(
                ad_account=row.ad_account, media_id=media, external_id=each.external_id,
                cover_external_id=each.cover_external_id or "", uploaded_at=now,
            )
            for media, each in uploaded.items()
            if media not in held
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    ids = {str(media): each.external_id for media, each in uploaded.items()}
    record(event(actor, "publishing.media.uploaded", subjects.of_publication(row), now, media=ids))
    return row


def _hold(actor: Actor, row: Publication, frozen: Frozen, now: datetime) -> AuditEvent:
    """It stays queued and is looked at again when the freeze ends, or in a while: it may end before its time (R-21)."""
    row.not_before = min(frozen.until, now + LOOKED_AT_AGAIN)
    row.save(update_fields=("not_before",))
    return _event(actor, row, "held", now, until=clock.rfc3339(frozen.until))


def _cancel(actor: Actor, row: Publication, reason: ImprimaturError, now: datetime) -> list[AuditEvent]:
    transitions.move(PUBLICATION, "cancel", row, reason=reason.in_english[:500], finished_at=now)
    return [_event(actor, row, "cancelled", now, code=reason.code), *_cancel_rest(actor, row, reason.code, now)]


def _cancel_rest(actor: Actor, row: Publication, code: str, now: datetime) -> list[AuditEvent]:
    """What was to follow in this request cannot follow any more; switching off always may (R-04)."""
    queued = locks.publications().filter(request=row.request_id, state=PublicationState.QUEUED)
    rest = list(queued.exclude(pk=row.pk).exclude(operation=Operation.PAUSE))
    words = f"A step before it ended: {code}."
    transitions.move_many(PUBLICATION, "cancel", rest, reason=words, finished_at=now)
    return [_event(actor, each, "cancelled", now, code=code) for each in rest]


@service("publishing.publication.published")
def conclude(*, actor: Actor, publication: UUID, attempt: UUID, outcome: Outcome) -> Publication:
    """Write down what is true on the channel now. Any difference: refused, stays off, findings opened (R-36).

    Raises NotFound, Forbidden, IllegalTransition, LeaseLost.
    """
    now = clock.now()
    row = _locked(actor, publication)
    transitions.check(PUBLICATION, "publish", row)
    mismatch = bool(outcome.differences or outcome.above)
    _finish_attempt(attempt, now, "mismatch" if mismatch else "published")
    _remember(row, outcome, now)
    if mismatch:
        record(*_mismatch(actor, row, outcome, now))
        return row
    transitions.move(PUBLICATION, "publish", row, finished_at=now, leased_until=None, reason="")
    if row.operation != Operation.PAUSE and row.entity_type != EntityType.AD:
        campaign = None if row.entity_type == EntityType.CAMPAIGN else parent_in(row.revision.content)
        books.note_published(row.request, campaign or row.entity_id, now)
    record(_event(actor, row, "published", now, external_id=outcome.external_id, enabled=outcome.enabled))
    return row


def _mismatch(actor: Actor, row: Publication, outcome: Outcome, now: datetime) -> list[AuditEvent]:
    found = [(row.entity_type, row.entity_id, each) for each in outcome.differences]
    found += [(each.entity_type, each.entity_id, each.difference) for each in outcome.above]
    DriftFinding.objects.bulk_create(
        DriftFinding(
            ad_account=row.ad_account, publication=row, entity_type=entity_type, entity_id=entity_id,
            field=each.field[:100], cleared=str(each.cleared), live=str(each.live), found_at=now,
        )
        for entity_type, entity_id, each in found
    )  # fmt: skip
    fields = [each.field for each in outcome.differences]
    fields += [f"{each.entity_type}.{each.difference.field}" for each in outcome.above]
    fields.sort()
    words = f"The channel shows something else than was cleared: {', '.join(fields)}."
    transitions.move(PUBLICATION, "refuse", row, reason=words[:500], finished_at=now, leased_until=None)
    drift = event(actor, "publishing.drift.found", subjects.of_publication(row), now, fields=fields)
    return [_event(actor, row, "refused", now, fields=fields), drift, *_cancel_rest(actor, row, "mismatch", now)]


def _remember(row: Publication, outcome: Outcome, now: datetime) -> None:
    """Before the publication leaves `dispatching`: the guards let it be written down only then."""
    above = {each.entity_id for each in outcome.above}
    if above:
        ChannelObject.objects.filter(entity_id__in=above).update(live_digest="")
    if not outcome.compared:
        if outcome.external_id:
            ChannelObject.objects.filter(entity_id=row.entity_id).update(enabled=outcome.enabled)
        return
    # What differs is no longer what was confirmed: nothing hangs below it, and asking again writes it anew.
    confirmed = "" if outcome.differences else row.digest
    values = {"enabled": outcome.enabled, "confirmed_at": now, "live_digest": confirmed}
    known = {"ad_account": row.ad_account, "entity_type": row.entity_type, "external_id": outcome.external_id}
    ChannelObject.objects.update_or_create(entity_id=row.entity_id, defaults=values, create_defaults={**known, **values})


def _finish_attempt(attempt: UUID, now: datetime, outcome: str, error: ImprimaturError | None = None) -> None:
    answer: dict[str, str] = {}
    if error is not None:
        answer = {"code": error.code[:40], "message": error.in_english[:1000]}
        if isinstance(error, ChannelError):
            answer["code"] = str(error.channel_code or error.code)[:40]
            answer["channel_request_id"] = (error.request_id or "")[:100]
    mine = PublicationAttempt.objects.filter(pk=attempt, finished_at__isnull=True)
    if mine.update(finished_at=now, outcome=outcome, **answer) != 1:
        raise LeaseLost(_("The lease of this attempt ran out, and another worker looks after the publication."))


@service("publishing.publication.retried")
def miss(*, actor: Actor, publication: UUID, attempt: UUID, error: ImprimaturError) -> Publication:
    """The channel did not do it: refused, to be tried again, given up, or nobody knows (R-37).

    Raises NotFound, Forbidden, IllegalTransition, LeaseLost.
    """
    now = clock.now()
    row = _locked(actor, publication)
    number = row.attempts.count()
    step, action = _consequence(error, number)
    transitions.check(PUBLICATION, step, row)
    _finish_attempt(attempt, now, action, error)
    ended = step in ("refuse", "give_up")
    delay = timedelta(seconds=getattr(error, "retry_after", None) or 0)
    transitions.move(
        PUBLICATION, step, row, reason=error.in_english[:500], leased_until=None,
        not_before=now + max(delay, backoff(number)), finished_at=now if ended else None,
    )  # fmt: skip
    events = [_event(actor, row, action, now, code=error.code, answer=error.in_english[:500], attempt=number)]
    record(*events, *(_cancel_rest(actor, row, error.code, now) if ended else ()))
    return row


def _consequence(error: ImprimaturError, attempt: int) -> tuple[str, str]:
    """Which step an error leads to, and its audit action. Pure."""
    if attempt >= MAX_ATTEMPTS:
        return "give_up", "failed"
    if isinstance(error, ChannelError) and error.ambiguous:
        return "lose", "unconfirmed"
    if isinstance(error, ChannelError) and error.retryable:
        return "retry", "retried"
    return "refuse", "refused"


@service("publishing.publication.unconfirmed")
def recover(*, actor: Actor, publication: UUID) -> Publication:
    """A worker died while sending, or no answer came: queue the publication again, to look before doing anything.

    Whether it happened is found out by the next try, which looks first (R-37); it never sends blindly. Raises NotFound,
    Forbidden, IllegalTransition, Conflict while a worker holds the lease.
    """
    now = clock.now()
    row = _locked(actor, publication)
    if row.state == PublicationState.DISPATCHING:
        if row.leased_until is not None and row.leased_until > now:  # another worker recovered and began it meanwhile
            raise Conflict(_("A worker is carrying this out."), leased_until=row.leased_until.isoformat())
        PublicationAttempt.objects.filter(publication=row, finished_at__isnull=True).update(finished_at=now, outcome="lost")
        transitions.move(PUBLICATION, "lose", row, leased_until=None)
    if row.attempts.count() >= MAX_ATTEMPTS:
        transitions.move(PUBLICATION, "give_up", row, finished_at=now, reason="No answer after many tries.")
        record(_event(actor, row, "failed", now), *_cancel_rest(actor, row, "unconfirmed", now))
        return row
    transitions.move(PUBLICATION, "retry", row, not_before=now)
    record(_event(actor, row, "retried", now, look_first=row.operation == Operation.CREATE))
    return row
