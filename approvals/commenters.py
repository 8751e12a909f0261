"""Who may comment on a request, and whose comments hold it up (R-16, R-33, R-51)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from accounts import permissions
from accounts.models import User
from accounts.permissions import Grants
from accounts.roles import APPROVING
from approvals import eligibility
from approvals.models import ApprovalRequest, Comment, Stage
from core.actor import Actor

COMMENTING: Final = APPROVING | {"submit"}
"""Any of these on the ad account lets one comment on what is put forward there; machines too."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What one principal may say: comment at all; and the sections that the stages which could ask them read. Without any their
    comments hold nothing up."""

    person: UUID
    comments: bool
    reads: frozenset[str]
    contributed: bool

    @property
    def blocks(self) -> bool:
        return bool(self.reads)

    def resolves(self, comment: Comment, stages: Iterable[Stage]) -> bool:
        """Whether they may resolve or reopen a comment. A blocking one: who wrote it, or could decide a stage that reads its
        section (any, where none does); nobody who worked on the request."""
        if not comment.is_blocking:
            return self.comments
        if self.contributed:
            return False
        readers = any(comment.section in stage.sections for stage in stages)
        return comment.author_id == self.person or comment.section in self.reads or (self.blocks and not readers)


def voice(actor: Actor, request: ApprovalRequest, stages: Iterable[Stage], now: datetime, held: Grants | None = None) -> Voice:
    """What an actor may say on a request. `held` are the grants that they hold now, if known; else one statement. One more for
    whoever could be asked, and one for each stage that asks groups of them."""
    user = permissions.principal_of(actor)
    account = request.ad_account
    holds = held or permissions.fresh_grants(actor, now)
    comments = any(holds.allows(permission, account) for permission in COMMENTING)
    contributed = eligibility.contributed(user.pk, request)
    reads = frozenset() if contributed else _read(actor, user, holds, request, stages, now)
    return Voice(user.pk, comments, reads, contributed)


def _read(
    actor: Actor, user: User, holds: Grants, request: ApprovalRequest, stages: Iterable[Stage], now: datetime
) -> frozenset[str]:  # fmt: skip
    """The sections of the stages that could ask a principal; none could ask a machine (R-33)."""
    held = [stage for stage in stages if holds.allows(stage.permission, request.ad_account)]
    if user.is_service_account or not held:
        return frozenset()
    counting = permissions.fresh_grants(actor, now, eligibility.held_for(request))
    asking = [
        stage for stage in held
        if counting.allows(stage.permission, request.ad_account) and eligibility.asks(stage, request, now, user.pk)
    ]  # fmt: skip
    return frozenset(section for stage in asking for section in stage.sections)
