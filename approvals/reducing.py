"""Putting forward what only spends less (R-04)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from approvals import locks, subjects
from approvals.lowering import GROUND, STAGE, Lowering, lowered
from approvals.models import ApprovalRequest, Clearance, Stage
from approvals.plans import Instead, Tree, lock_items, plan
from approvals.services.ending import close
from approvals.services.submitting import Submission, Submitted, write
from approvals.stage_specs import LOWERING_KEY
from approvals.states import OPEN_STATES
from audit.recording import concerning, event, record
from campaigns import subjects as campaign_subjects
from campaigns.following import follow
from campaigns.models import AdGroup, Campaign, Revision
from campaigns.snapshots import with_content
from core import clock, wake
from core.actor import Actor
from core.errors import Invalid, NotFound


def reduce(*, actor: Actor, entity_type: str, entity: UUID, to: Lowering, check: Callable[[Revision], None]) -> Submitted:
    """Put forward what only spends less; `check` says of what is approved whether it may be lowered at all. See
    publishing.services.lower, in whose transaction it happens. Raises NotFound, Forbidden, Invalid (never approved, not lower), and
    what `check` does."""
    tree = lock_items([(entity_type, entity)], permissions.grants_of_actor(actor))
    now = clock.now()
    draft = _draft(tree, entity)
    concerning(campaign_subjects.of_draft(draft))
    permissions.check(actor, "operate", tree.campaign.ad_account)
    pending = _pending(entity)  # locked first: what is approved cannot change by it afterwards
    approved = _approved(entity)
    check(approved)
    content = _adding_to(pending, approved).content
    to_be = lowered(content, to, tree.campaign.ad_account.currency, now)
    head = with_content(draft, to_be)
    user = permissions.principal_of(actor)
    submission = Submission(items=[(entity_type, entity)])
    planned = replace(plan(tree, now, submission.publish_content(), user, Instead([head])), stages=[STAGE], policies=[GROUND])
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
    cleared = Clearance.objects.filter(entity_id=entity, revocation__isnull=True).select_related("revision")
    last = cleared.order_by("-issued_at", "-pk").first()
    if last is None:
        raise Invalid.field("budget", "never_approved", _("Nothing is approved of this yet; edit the draft."))
    return last.revision
