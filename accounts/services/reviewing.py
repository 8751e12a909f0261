"""The access review: an access manager looks at what stands and finds it right, or ends it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from accounts import subjects
from accounts.holdings import SCOPES
from accounts.models import AccessReview, Membership, RoleGrant, User
from accounts.services.authority import check_access_manager
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import NotFound


def _found(model: type[RoleGrant] | type[Membership], wanted: Sequence[UUID]) -> list[RoleGrant | Membership]:
    """The rows with all that their judgement and evidence name, in one statement. Raises NotFound."""
    paths = ("user", "group__organisation", *(SCOPES if model is RoleGrant else ()))
    rows = {row.pk: row for row in model._default_manager.select_related(*paths).filter(pk__in=wanted)}
    if len(rows) != len(set(wanted)):
        raise NotFound()
    return [rows[identifier] for identifier in sorted(rows)]


@service("accounts.access.reviewed")
def mark_reviewed(*, actor: Actor, grants: Sequence[UUID] = (), memberships: Sequence[UUID] = ()) -> int:
    """Note that an access manager looked at these and found them right. Returns how many. Raises NotFound, Forbidden."""
    now = clock.now()
    rows = [*_found(RoleGrant, grants), *_found(Membership, memberships)]
    own = actor.principal.pk if isinstance(actor.principal, User) else None
    events = []
    for row in rows:
        subject = concerning(subjects.of_grant(row) if isinstance(row, RoleGrant) else subjects.of_membership(row))
        check_access_manager(actor, row.scope if isinstance(row, RoleGrant) else row.group.organisation)
        events.append(event(actor, "accounts.access.reviewed", subject, now))
    AccessReview.objects.bulk_create(
        AccessReview(
            role_grant=row if isinstance(row, RoleGrant) else None, membership=row if isinstance(row, Membership) else None,
            reviewed_at=now, reviewed_by=actor.label, reviewed_by_id=own,
        )
        for row in rows
    )  # fmt: skip
    record(*events)
    return len(rows)
