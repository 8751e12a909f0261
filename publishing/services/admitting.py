"""Asking the gate: by a person, or by the clearance itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from approvals import locks as approval_locks
from approvals.models import ApprovalRequest
from approvals.states import PublishMode
from audit.recording import event, record, service
from core import clock, wake
from core.actor import Actor, ActorKind
from core.errors import Forbidden
from publishing import gate, planning, subjects
from publishing.models import Publication


def _admit(actor: Actor, request: ApprovalRequest, now: datetime) -> list[Publication]:
    rows = gate.admit(request, actor.label, now)
    record(
        *(
            event(
                actor, "publishing.publication.admitted", subjects.of_publication(row), now,
                digest=row.digest, operation=str(row.operation), clearance=str(row.clearance_id), request=str(request.pk),
            )
            for row in rows
        )
    )  # fmt: skip
    wake.announce("publishing.publication.queued", request.pk)
    return rows


@service("publishing.publication.admitted")
def request_publication(*, actor: Actor, request: UUID) -> list[Publication]:
    """Publish an approved request by hand; needs `publish` on the account.

    Raises NotFound, Forbidden, and the gate's reasons (publishing.errors, ChecksFailNow).
    """
    row = approval_locks.request(request)
    now = clock.now()
    permissions.check(actor, "publish", row.ad_account)
    return _admit(actor, row, now)


@service("publishing.publication.admitted")
def publish_cleared(*, actor: Actor, request: UUID) -> list[Publication]:
    """Publish an approved request whose submitter asked for it and whose approvers saw that: the system's own act.

    Raises NotFound, Forbidden, NeedsReschedule, ClearanceNotYetValid, and the gate's reasons.
    """
    row = approval_locks.request(request)
    now = clock.now()
    if actor.kind is not ActorKind.SYSTEM or row.publish != PublishMode.ON_APPROVAL:
        raise Forbidden(_("This request is published by a person with the permission “publish”."))
    if reason := planning.judge(row, planning.newest(row), now):
        raise reason
    return _admit(actor, row, now)
