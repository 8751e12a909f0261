"""Spending less (R-04): needs the right to operate, nobody's approval, and waits for nothing that is open."""

from __future__ import annotations

from itertools import takewhile
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from approvals import reducing
from approvals.lowering import Lowering, is_lowering
from approvals.models import Clearance
from approvals.services.submitting import Submitted
from audit.recording import service
from campaigns.models import Revision
from core.actor import Actor
from core.errors import Conflict, Invalid
from publishing.models import ChannelObject


@service("approvals.request.lowered")
def lower(*, actor: Actor, entity_type: str, entity: UUID, to: Lowering) -> Submitted:
    """Lower the budget or bid of a campaign or ad group on the channel, or end it earlier than is approved: a request that is
    cleared as soon as its checks do not block it, and published like any. What people are asked about of it meanwhile has to be
    submitted again: it was compared with what is approved no more. The draft follows where it says what was approved.

    Raises NotFound, Forbidden, Invalid (not on the channel, never approved, not lower), Conflict (more is approved than is live).
    """
    return reducing.reduce(actor=actor, entity_type=entity_type, entity=entity, to=to, check=_check_live)


def _check_live(approved: Revision) -> None:
    """What is approved is on the channel, or is what was there, lowered. Anything else that waits for its time, a publisher or the
    end of a freeze would go out with it. Raises Invalid, Conflict."""
    known = ChannelObject.objects.filter(entity_id=approved.entity_id).first()
    if known is None:
        words = _("This is not on the channel and spends nothing; edit the draft and submit it.")
        raise Invalid.field("entity", "not_published", words)
    cleared = Clearance.objects.filter(entity_id=approved.entity_id, revocation__isnull=True).select_related("revision", "request")
    waiting = takewhile(lambda each: each.revision.digest != known.live_digest, cleared.order_by("-issued_at", "-pk"))
    if approved.digest != known.live_digest and not all(is_lowering(each.request.policies) for each in waiting):
        raise Conflict(_("The channel does not show what is approved. Publish or revoke that first, or pause this."))
