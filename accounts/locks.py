"""Locks of `accounts`, taken before any other (the order stands in docs/adr and design: organisation, then ad account).

Changes of access are rare and concern each other (duties kept apart, two access managers), so that those of one
organisation go one after the other.
"""

from __future__ import annotations

from uuid import UUID

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


def ad_account(identifier: UUID) -> AdAccount:
    """An ad account, locked, with its brand and organisation. Raises NotFound."""
    rows = AdAccount.objects.select_for_update(of=("self",), no_key=True).select_related("brand__organisation")
    row = rows.filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    return row
