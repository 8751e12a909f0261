"""What a submission would be, without keeping anything of it (`?dry_run=true`), and what it would bring about."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import permissions
from approvals.errors import ParentMissing
from approvals.models import RequestItem
from approvals.plans import Plan, Tree, plan
from approvals.route_previews import RoutePreview, foresee
from approvals.services.submitting import Submission, check_may_amend, joining, lock_tree
from approvals.states import RequestState
from core import clock
from core.actor import Actor


def preview(*, actor: Actor, submission: Submission) -> Plan:
    """The plan that `submit` would write at this moment. Writes nothing and records nothing; raises what `submit` raises."""
    with transaction.atomic(durable=True):  # for the locks: what is read is of one moment
        return _planned(actor, submission)[0]


def preview_route(*, actor: Actor, submission: Submission) -> RoutePreview:
    """The same plan, and what would happen to it: whom it asks and why, how long that takes, what would spare a stage. Writes
    nothing and records nothing; raises what `submit` raises."""
    with transaction.atomic(durable=True):
        planned, now = _planned(actor, submission)
        return foresee(permissions.principal_of(actor), planned, now)


def _planned(actor: Actor, submission: Submission) -> tuple[Plan, datetime]:
    tree = lock_tree(actor, submission)
    permissions.check(actor, "submit", tree.campaign.ad_account)
    _check_free(actor, tree, submission)
    now, user = clock.now(), permissions.principal_of(actor)
    try:
        return plan(tree, now, submission.publish_content(), user), now
    except ParentMissing as missing:
        tree = joining(tree, missing, submission)
        _check_free(actor, tree, submission)
        return plan(tree, now, submission.publish_content(), user), now


def _check_free(actor: Actor, tree: Tree, submission: Submission) -> None:
    """Raises OpenRequestExists when an entity is under review already and that is not amended, Forbidden."""
    under_way = RequestItem.objects.filter(entity_id__in=tree.keys, is_open=True).select_related("request__ad_account__brand")
    for item in under_way.exclude(request__state=RequestState.CHANGES_REQUESTED):
        check_may_amend(actor, item.request, submission)
