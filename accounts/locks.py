"""Locks of `accounts`, taken before any other (the order stands in docs/adr and design: organisation, then ad account).

Changes of access are rare and concern each other (duties kept apart, two access managers), so that those of one
organisation go one after the other.
"""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from accounts.models import AdAccount, Organisation, User
from core.errors import NotFound


def organisation(identifier: UUID | None) -> Organisation:
    """The organisation, locked. Raises NotFound."""
    row = Organisation.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[identifier]).first()
    if row is None:
        raise NotFound()
    return row


def user(identifier: UUID) -> User:
    """A person or machine, locked. Raises NotFound."""
    row = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    return row


def person_alone(identifier: UUID) -> User:
    """A person or machine, locked so that nothing that names them is written meanwhile: whoever casts a vote has it in before, or
    waits for what is done here (approvals.guards). Raises NotFound."""
    row = User.objects.select_for_update(of=("self",)).filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    return row


def ad_account(identifier: UUID) -> AdAccount:
    """An ad account, locked, with its brand and organisation. Raises NotFound."""
    rows = AdAccount.objects.select_for_update(of=("self",), no_key=True).select_related("brand__organisation")
    row = rows.filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    return row


def kept(rows: QuerySet[AdAccount]) -> bool:
    """Keep these ad accounts from being moved or edited until the transaction ends; many may do so at once. Whether there
    are any. Several are locked in the order of their keys.

    FOR SHARE waits for a move (FOR NO KEY UPDATE) and makes it wait; Django has no words for it. A row that was moved while
    this waited is judged with the brand that was read before, and may seem not to be there: it is looked for once more.
    """
    try:
        sql, params = rows.order_by("pk").values("pk").query.sql_with_params()
    except EmptyResultSet:  # the condition can be met by nothing: whoever asks sees nothing at all
        return False
    if connection.features.has_select_for_update:
        sql += f" FOR SHARE OF {connection.ops.quote_name(AdAccount._meta.db_table)}"
    with connection.cursor() as cursor:
        for _turn in range(2):
            cursor.execute(sql, params)
            if cursor.fetchone() is not None:
                return True
    return False
