"""Spending less (R-04): needs the right to operate, nobody's approval, and waits for nothing that is open."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from approvals import reducing
from approvals.lowering import Lowering
from approvals.services.submitting import Submitted
from audit.recording import service
from core.actor import Actor
from core.errors import Invalid
from publishing.models import ChannelObject


@service("approvals.request.lowered")
def lower(*, actor: Actor, entity_type: str, entity: UUID, to: Lowering) -> Submitted:
    """Lower the budget or bid of a campaign or ad group on the channel, or end it earlier than is approved: a request that is
    cleared as soon as its checks do not block it, and published like any. What people are asked about of it meanwhile has to be
    submitted again: it was compared with what is approved no more. The draft follows where it says what was approved.

    Raises NotFound, Forbidden, Invalid (not on the channel, never approved, not lower).
    """
    return reducing.reduce(actor=actor, entity_type=entity_type, entity=entity, to=to, check=_check_on_channel)


def _check_on_channel(entity: UUID) -> None:
    """Raises Invalid."""
    if not ChannelObject.objects.filter(entity_id=entity).exists():
        words = _("This is not on the channel and spends nothing; edit the draft and submit it.")
        raise Invalid.field("entity", "not_published", words)
