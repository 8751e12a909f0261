"""Spending less (R-04): needs the right to operate, nobody's approval, and waits for nothing that is open."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from approvals import locks, subjects
from approvals.lowering import GROUND, STAGE, Lowering, is_lowering, lowered
from approvals.models import ApprovalRequest, Clearance, Stage
from approvals.plans import Tree, lock_items, plan
from approvals.services.ending import close
from approvals.services.submitting import Submission, Submitted, write
from approvals.stage_specs import LOWERING_KEY
from approvals.states import OPEN_STATES
from audit.recording import concerning, event, record, service
from campaigns import subjects as campaign_subjects
from campaigns.models import AdGroup, Campaign, Revision
from campaigns.services.following import follow
from campaigns.snapshots import with_content
from core import clock, wake
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound
from publishing.models import ChannelObject


@service("approvals.request.lowered")
def lower(*, actor: Actor, entity_type: str, entity: UUID, to: Lowering) -> Submitted:
    """Lower the budget or bid of a campaign or ad group on the channel, or end it earlier than is approved: a request that is
    cleared as soon as its checks do not block it, and published like any. What people are asked about of it meanwhile has to be
    submitted again: it was compared with what is approved no more. The draft follows where it says what was approved.

    Raises NotFound, Forbidden, Invalid (not on the channel, never approved, not lower), Conflict (more is approved than is live).
    """
    tree = lock_items([(entity_type, entity)], permissions.grants_of_actor(actor))
    now = clock.now()
    draft = _draft(tree, entity)
    concerning(campaign_subjects.of_draft(draft))
    permissions.check(actor, "operate", tree.campaign.ad_account)
    approved, pending = _approved(entity), _pending(entity)
    _check_live(approved, entity)
    content = _adding_to(pending, approved).content
    to_be = lowered(content, to, tree.campaign.ad_account.currency, now)
    head = with_content(draft, to_be)
    user = permissions.principal_of(actor)
    submission = Submission(items=[(entity_type, entity)])
    planned = replace(plan(tree, now, submission.publish_content(), user, instead=head), stages=[STAGE], policies=[GROUND])
    submitted = write(user, planned, submission, [], now, beside=True)
    follow(draft, approved.sections, head, now)
    if pending is not None:
        close(pending, "supersede", now)
    told: dict[str, Any] = {"digest": planned.digest, "entity": str(entity), "sections": planned.items[0].changed}
    record(event(actor, "approvals.request.lowered", subjects.of_request(submitted.request), now, **told))
    wake.announce("approvals.request.submitted", submitted.request.pk)
    return submitted


def _draft(tree: Tree, entity: UUID) -> Campaign | AdGroup:
    """Of a locked tree the campaign or ad group. Raises NotFound: ads have nothing to lower."""
    if tree.campaign.pk == entity:
        return tree.campaign
    found = next((group for group in tree.groups if group.pk == entity), None)
    if found is None:
        raise NotFound()
    return found


def _pending(entity: UUID) -> ApprovalRequest | None:
    """What is being lowered of it already, locked: the next lowering adds to it and takes its place."""
    mine = Stage.objects.filter(key=LOWERING_KEY, request__state__in=OPEN_STATES, request__items__entity_id=entity)
    return locks.requests().filter(pk__in=mine.values("request")).order_by("-pk").first()


def _adding_to(pending: ApprovalRequest | None, approved: Revision) -> Revision:
    """What is lowered: what is being lowered already, unless more was approved meanwhile; else what is approved."""
    item = None if pending is None else pending.items.select_related("revision").get()
    return item.revision if item is not None and item.base_id == approved.pk else approved


def _approved(entity: UUID) -> Revision:
    """What was cleared last of it and stands. Raises Invalid."""
    last = _cleared(entity).first()
    if last is None:
        raise Invalid.field("budget", "never_approved", _("Nothing is approved of this yet; edit the draft."))
    return last.revision


def _cleared(entity: UUID) -> QuerySet[Clearance]:
    cleared = Clearance.objects.filter(entity_id=entity, revocation__isnull=True).select_related("revision", "request")
    return cleared.order_by("-issued_at", "-pk")


def _check_live(approved: Revision, entity: UUID) -> None:
    """What is approved is on the channel, or is what was there, lowered. Anything else that waits for its time, a publisher or the
    end of a freeze would go out with it. Raises Invalid, Conflict."""
    known = ChannelObject.objects.filter(entity_id=entity).first()
    if known is None:
        words = _("This is not on the channel and spends nothing; edit the draft and submit it.")
        raise Invalid.field("entity", "not_published", words)
    waiting = takewhile(lambda each: each.revision.digest != known.live_digest, _cleared(entity))
    if approved.digest != known.live_digest and not all(is_lowering(each.request.policies) for each in waiting):
        raise Conflict(_("The channel does not show what is approved. Publish or revoke that first, or pause this."))
