"""Tasks of `approvals`: run the checks that a request waits for; sweep what was missed; keep time and watch routes. Ids only,
idempotent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from uuid import UUID

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from approvals import books, queries, services, timely
from core import clock
from core.actor import Actor, Channel, system
from core.errors import Conflict
from governance import checks, observing
from governance.models import CheckRun

logger = logging.getLogger(__name__)


@shared_task(name="approvals.tasks.check_request")
def check_request(request: str) -> None:
    """Evaluate what is owed to one request, outside any transaction, and bring the findings home.

    A worker that dies in between leaves a lease that runs out; the sweep starts again. What was checked for an earlier
    request of the same content is not checked again.
    """
    actor, identifier = system(Channel.TASK), UUID(request)
    mine = checks.claim(partial(queries.free_checks, identifier), clock.now())
    if mine:
        _run(actor, identifier, mine)
    else:
        for each in queries.requests_to_conclude(identifier):
            _in_time(services.conclude_checks, actor, each)


def _run(actor: Actor, request: UUID, runs: list[CheckRun]) -> None:
    try:
        observing.observe(actor, runs, queries.rejected_media)
        judged = [checks.judge(run) for run in runs]
    except (SoftTimeLimitExceeded, MemoryError):
        _in_time(partial(services.abandon_checks, claimed=runs), actor, request)
    except Exception as fault:
        # Whatever it was (a file store away, a process that would not start), it is tried again, later each time; the sweep
        # ends what was tried too often as errored.
        delay = checks.back_off(runs, clock.now())
        logger.exception("checks of %s failed (%s); tried again in %s", request, type(fault).__name__, delay)
    else:
        _in_time(partial(services.record_checks, judged=judged), actor, request)


@shared_task(name="approvals.tasks.sweep")
def sweep() -> None:
    """Pick up what was missed: requests whose checks nobody runs, checks that failed too often, requests out of time."""
    now, actor = clock.now(), system(Channel.TASK)
    for request in queries.requests_with_exhausted_checks(now):
        _in_time(services.abandon_checks, actor, request)
    for request in queries.requests_with_owed_checks(now):
        check_request(str(request))
    for request in queries.requests_to_conclude():
        _in_time(services.conclude_checks, actor, request)
    for request in queries.requests_out_of_time(now):
        _in_time(services.expire, actor, request)
    for request in queries.expired_reservations(now).values_list("pk", flat=True)[: queries.SWEEP_PAGE]:
        _in_time(services.release_expired, actor, request)


@shared_task(name="approvals.tasks.run_on")
def run_on() -> None:
    """Once in a while: campaigns without an end go on for another day, and so does what they may spend (R-24)."""
    for account, campaign in books.due_to_run_on(clock.now()):
        services.continue_reservation(actor=system(Channel.TASK), ad_account=account, campaign=campaign)


@shared_task(name="approvals.tasks.keep_time")
def keep_time() -> None:
    """Remind of deadlines, and ask more people where one has passed (R-20). Nothing is ever approved by it."""
    now, actor = clock.now(), system(Channel.TASK)
    for request in timely.requests_to_remind_of(now):
        _in_time(services.remind, actor, request)
    for request in timely.requests_to_escalate(now):
        _in_time(services.escalate, actor, request)


@shared_task(name="approvals.tasks.watch_routes")
def watch_routes(organisation: str = "") -> None:
    """Find out which stages of open requests nobody can decide any more, or somebody can again, and tell (R-14): of all, or of the
    organisation where somebody just lost what they held. Nothing is ever approved by it."""
    actor = system(Channel.TASK)
    for request in timely.open_requests(UUID(organisation) if organisation else None):
        if any(each.has_turned for each in queries.seats(request, clock.now())):
            _in_time(services.watch_route, actor, request.pk)


def _in_time(service: Callable[..., object], actor: Actor, request: UUID) -> None:
    """A request that somebody else brought on since it was listed is not the sweep's any more."""
    try:
        service(actor=actor, request=request)
    except Conflict as late:
        logger.info("sweep of %s: %s", request, late)
