"""Somebody else had an account in hand (R-32). First the account is shut, under a lock that waits for votes under way and makes
later ones wait and be refused; from that commit on its votes count nowhere (approvals.views), so that the gate refuses what needed
them. Then each request is seen to by itself, under its own lock: what is lost between two is swept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Max
from django.db.transaction import atomic
from django.utils.translation import gettext_lazy as _

from accounts import locks as people
from accounts import permissions
from accounts.interests import parties
from accounts.leaving import ACCESS_ENDED, forget_secrets, leave
from accounts.models import User, UserKind
from accounts.subjects import of_user
from approvals import compromises, locks, quorum, subjects
from approvals.models import ApprovalRequest, Compromise, Decision, Recall
from approvals.services.bench import Bench, bench_of
from approvals.services.ending import end_clearances
from approvals.services.settling import settle
from approvals.states import OPEN_STATES, RecallOutcome, RequestState
from approvals.transitions import REQUEST, STAGE
from audit.models import AuditEvent
from audit.recording import concerning, event, record, service
from core import clock, transitions, wake
from core.actor import Actor, ActorKind
from core.errors import Conflict, Forbidden, ImprimaturError, Invalid, NotFound, say
from core.statements import insert

COMPROMISED: Final = "approvals.account.compromised"
"""An account was declared compromised; the subject is the id of the fact."""


@service("approvals.account.compromised")
def declare_compromised(*, actor: Actor, user: UUID, since: datetime, reason: str) -> Compromise:
    """Since then somebody else may have acted as this person. What they decided from then on counts no more, and the account is
    shut: deactivated with its machines, its sessions and tokens ended, password and second factors gone.

    By whoever manages access in the organisation, never by the person or a machine of theirs; it waits for no second manager, since
    it only takes away. Raises NotFound, Forbidden, Invalid (a machine, no reason, since later than now).
    """
    found = _person(actor, user)
    declarer = permissions.principal_of(actor)
    if found.pk in parties(declarer):
        raise Forbidden(_("Somebody else who manages access declares your account compromised."))
    if found.kind != UserKind.PERSON:
        raise Invalid.field("user", "not_a_person", _("A machine decides nothing; end its tokens, or deactivate it."))
    if not reason.strip():
        raise Invalid.field("reason", "required", _("Say what happened, for whoever has to look at it again and for auditors."))
    people.organisation(found.organisation_id)
    permissions.check(permissions.refreshed(actor), "manage_access", _organisation(found))
    row, now = people.person_alone(user), clock.now()
    if since > now:
        raise Invalid.field("since", "later_than_now", _("Say since when it may have been so; not later than now."))
    ended = leave(row, actor, now) if row.is_active else {}
    until = max(now, _last_vote(row) or now)
    fact = Compromise(
        person=row, since=since, until=until, reason=reason.strip(), declared_by=declarer, declared_at=now
    )  # fmt: skip
    factors = forget_secrets(row)
    fact.save(force_insert=True)
    told: dict[str, Any] = {"since": clock.rfc3339(since), "until": clock.rfc3339(fact.until), "reason": fact.reason, **ended}
    record(event(actor, "approvals.account.compromised", of_user(found), now, second_factors=factors, **told))
    wake.announce(ACCESS_ENDED, _organisation(found).pk)
    wake.announce(COMPROMISED, fact.pk)
    return fact


def _person(actor: Actor, identifier: UUID) -> User:
    """Whoever it is about, named as the subject. Raises NotFound, Forbidden."""
    row = User.objects.filter(pk=identifier, organisation__isnull=False).select_related("organisation").first()
    if row is None:
        raise NotFound()
    concerning(of_user(row))
    permissions.check(actor, "manage_access", _organisation(row))
    return row


def _organisation(user: User) -> Any:
    return user.organisation


def _last_vote(user: User) -> datetime | None:
    """When the account voted last: by the clock of another process it may be a moment ahead."""
    last: datetime | None = Decision.objects.filter(decided_by=user).aggregate(last=Max("decided_at"))["last"]
    return last


@service("approvals.request.recalled")
def recall(*, actor: Actor, compromise: UUID, request: UUID, is_out: Callable[[UUID], bool]) -> Recall:
    """See to one request in which a compromised account voted: an open one has its stages opened again that lack decisions now, or
    goes on where the account alone had sent it back; an approval that needed the vote is revoked, or, where something of it
    `is_out` on the channel (asked under the lock), stays to be looked at again. The system's own act, once. Raises NotFound,
    Forbidden, Conflict (done already)."""
    row = locks.request(request)
    now = clock.now()
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(_("The service itself recalls what a compromised account decided."))
    fact = Compromise.objects.select_related("declared_by").filter(pk=compromise).first()
    if fact is None or not compromises.votes_of(fact).filter(request=row).exists():
        raise NotFound()
    if Recall.objects.filter(compromise=fact, request=row).exists():
        raise Conflict(_("This was seen to already."))
    outcome, events = _seen_to(actor, row, fact, now, is_out)
    found = Recall(compromise=fact, request=row, outcome=outcome, at=now)
    insert([found])
    subject = subjects.of_request(row)
    record(event(actor, "approvals.request.recalled", subject, now, became=str(outcome), compromise=str(fact.pk)), *events)
    return found


Seen = tuple[RecallOutcome, list[AuditEvent]]


def _seen_to(
    actor: Actor, row: ApprovalRequest, fact: Compromise, now: datetime, is_out: Callable[[UUID], bool]
) -> Seen:  # fmt: skip
    if row.state in OPEN_STATES:
        return _open(actor, row, now)
    if row.state != RequestState.APPROVED:
        return RecallOutcome.CLOSED, []
    if not compromises.lacking_stages(row.pk):
        return RecallOutcome.STANDS, []
    if is_out(row.pk):
        return RecallOutcome.LIVE, []
    why = say(_("It needed the vote of an account that was compromised: {reason}"), reason=fact.reason)
    reason = ImprimaturError(why).in_english
    transitions.move(REQUEST, "revoke", row, closed_at=now)
    end_clearances(row, fact.declared_by, reason, now)
    return RecallOutcome.REVOKED, [event(actor, "approvals.request.revoked", subjects.of_request(row), now, reason=reason)]


def _open(actor: Actor, row: ApprovalRequest, now: datetime) -> Seen:
    lacking = compromises.lacking_stages(row.pk)
    for stage in lacking:
        transitions.move(STAGE, "reopen", stage, closed_at=None)
    bench = bench_of(row, now)
    events, subject = [], subjects.of_request(row)
    if lacking:
        events.append(event(actor, "approvals.stage.reopened", subject, now, stages=[stage.key for stage in lacking]))
    resumed = row.state == RequestState.CHANGES_REQUESTED and not _refused(bench)
    if resumed:
        transitions.move(REQUEST, "resume_review", row)
        events.append(event(actor, "approvals.request.resumed", subject, now))
    outcome = RecallOutcome.REOPENED if lacking else RecallOutcome.RESUMED if resumed else RecallOutcome.STANDS
    return outcome, [*events, *_settled(actor, row, now)]


def _refused(bench: Bench) -> bool:
    """Whether anybody stands against it whose word counts."""
    standing = [quorum.latest(bench.decisions, stage.pk) for stage in bench.stages]
    return any(verdict in quorum.NEGATIVE for each in standing for verdict in each.values())


def _settled(actor: Actor, row: ApprovalRequest, now: datetime) -> list[AuditEvent]:
    """What follows where the account alone stood in the way of what others approved; what cannot be finished is left to people."""
    if row.state != RequestState.IN_REVIEW or row.expires_at <= now:
        return []
    try:
        with atomic():
            return settle(actor, bench_of(row, now))
    except ImprimaturError:
        return []
