"""Row locks of `approvals`: the request before everything that hangs on it (product.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.locks import kept
from accounts.models import AdAccount, Brand
from approvals import subjects
from approvals.models import ApprovalRequest, Envelope, EnvelopeEntry
from approvals.policy_queries import came_into_force
from audit.recording import concerning
from core.errors import NotFound
from core.statements import prepared


def requests() -> QuerySet[ApprovalRequest]:
    """Requests, locked alone and in the order of their keys, with what permissions and the log need loaded."""
    locked = ApprovalRequest.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("ad_account__brand__organisation").order_by("pk")


@prepared
def _request(identifier: UUID) -> QuerySet[ApprovalRequest]:
    """With whether any policy came into force since it was submitted (`policies_moved`)."""
    return requests().filter(pk=identifier).annotate(policies_moved=came_into_force("submitted_at"))


def request(identifier: UUID) -> ApprovalRequest:
    """One request under its lock, named as the subject of the running service. Raises NotFound."""
    row = _request.one(identifier)
    if row is None:
        raise NotFound()
    concerning(subjects.of_request(row))
    return row


def requests_among(identifiers: Iterable[UUID]) -> dict[UUID, ApprovalRequest]:
    """Those of several requests that are there, locked one after the other in the order of their keys, so that of two who lock
    some of the same neither waits for the other in turn: one statement."""
    return {row.pk: row for row in requests().filter(pk__in=list(identifiers))}


def raising(ad_account: UUID) -> None:
    """Until the transaction ends nobody else weighs what is raised in this ad account (R-22); taken after the drafts' locks.

    The row of the account itself is held shared by every submission, and two of them could not both change that for an
    exclusive lock. On SQLite the transaction is the lock.
    """
    if connection.vendor == "postgresql":
        key = int.from_bytes(ad_account.bytes[-8:], "big", signed=True)  # the random end of a UUIDv7
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def envelopes(account: AdAccount) -> list[Envelope]:
    """The envelopes that an ad account draws on, its own and its brand's, locked in the order of their keys; after the
    request. The account is kept until the transaction ends, so that no envelope is made for it meanwhile."""
    return envelopes_among([account])


def envelopes_among(accounts: Sequence[AdAccount]) -> list[Envelope]:
    """`envelopes` of several ad accounts, in one order for all of them."""
    kept(AdAccount.objects.filter(pk__in=[account.pk for account in accounts]))
    theirs = (Q(currency=each.currency) & (Q(ad_account=each) | Q(brand=each.brand_id)) for each in accounts)
    rows = Envelope.objects.select_for_update(of=("self",), no_key=True).filter(reduce(or_, theirs))
    return list(rows.order_by("pk"))


def envelopes_with(campaign: UUID) -> list[Envelope]:
    """The envelopes in whose books a campaign stands, wherever its ad account lies now, locked in the order of their keys."""
    known = EnvelopeEntry.objects.filter(campaign=campaign).values("envelope")
    return list(Envelope.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=known).order_by("pk"))


def envelope_scope(scope: Brand | AdAccount) -> None:
    """Until the transaction ends nothing is approved in the ad accounts of an envelope that is being made: what is under way is
    waited for, and what comes waits."""
    mine = AdAccount.objects.filter(brand=scope) if isinstance(scope, Brand) else AdAccount.objects.filter(pk=scope.pk)
    list(mine.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
