"""Tasks of `publishing`: carry a request's publications out, step by step; sweep what was missed. Idempotent, ids only."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from django.db import DatabaseError

from approvals import compromises
from approvals.models import Compromise
from approvals.services import recall as recall_request
from core import clock
from core.actor import Actor, Channel, system
from core.errors import Conflict, ImprimaturError, Overtaken
from publishing import performing, queries, services
from publishing.models import Publication
from publishing.states import PublicationState

logger = logging.getLogger(__name__)


@shared_task(name="publishing.tasks.publish_request")
def publish_request(request: str) -> None:
    """Take a request as far as it goes: ask the gate if nobody has, then take its steps in order."""
    actor, identifier = system(Channel.TASK), UUID(request)
    if queries.requests_to_publish(clock.now(), only=identifier) and not ask_gate(actor, identifier):
        return
    try:
        while (publication := queries.next_step(identifier)) is not None and take(actor, publication):
            pass
    except Conflict as late:
        logger.info("another worker has %s: %s", identifier, late)


def ask_gate(actor: Actor, request: UUID) -> bool:
    """Have a cleared request let through. What waits for something (a parent, rules that changed) is not asked again and
    again: its page says what it waits for."""
    obstacle = queries.obstacle(request, clock.now())
    if obstacle is not None:
        logger.info("%s waits: %s", request, obstacle)
        return False
    try:
        services.publish_cleared(actor=actor, request=request)
    except ImprimaturError as error:
        logger.warning("the gate did not let %s through: %s", request, error)
        return False
    return True


def take(actor: Actor, publication: Publication) -> bool:
    """Take one step if it may be taken now. Returns whether the next one may follow."""
    now = clock.now()
    waits_until = publication.leased_until if publication.state == PublicationState.DISPATCHING else publication.not_before
    if waits_until is None or waits_until > now:
        return False
    if publication.state != PublicationState.QUEUED:
        publication = services.recover(actor=actor, publication=publication.pk)
    return publication.state == PublicationState.QUEUED and dispatch(actor, publication)


def dispatch(actor: Actor, publication: Publication) -> bool:
    """Begin, carry out, conclude. Returns whether it was published. Raises Conflict when another worker has it."""
    begun = services.begin(actor=actor, publication=publication.pk)
    if begun is None:
        return False
    row, attempt = begun
    try:
        # Asked after the claim: what another worker tried until a moment ago counts too.
        work = performing.prepare(row)
        if uploaded := performing.upload_missing(work):
            services.remember_media(actor=actor, publication=row.pk, uploaded=uploaded)
        outcome = performing.carry_out(work, look_first=queries.was_tried(row))
    except Overtaken:
        raise  # our own database said no: nothing is known of the channel
    except ImprimaturError as error:
        services.miss(actor=actor, publication=row.pk, attempt=attempt.pk, error=error)
        return False
    done = services.conclude(actor=actor, publication=row.pk, attempt=attempt.pk, outcome=outcome)
    return done.state == PublicationState.PUBLISHED


@shared_task(name="publishing.tasks.recall")
def recall(compromise: str) -> None:
    """See to every request in which a compromised account voted, each by itself (R-32)."""
    for fact in compromises.lately(clock.now()):
        if str(fact.pk) == compromise:
            _recall(fact)


def _recall(fact: Compromise) -> None:
    actor = system(Channel.TASK)
    for request in compromises.owed(fact):
        try:
            recall_request(actor=actor, compromise=fact.pk, request=request, is_out=queries.is_out)
        except (ImprimaturError, DatabaseError):
            logger.exception("recalling %s failed; it is tried again", request)


@shared_task(name="publishing.tasks.sweep")
def sweep() -> None:
    """Pick up what was missed: clearances that nobody published, steps that are due, workers that died.

    What fails for one request is logged, and the others get their turn.
    """
    now = clock.now()
    for fact in compromises.lately(now):
        _recall(fact)
    owed = dict.fromkeys([*queries.requests_with_owed_publications(now), *queries.requests_to_publish(now)])
    for request in owed:
        try:
            publish_request(str(request))
        except (ImprimaturError, DatabaseError):
            logger.exception("publishing %s failed", request)
