"""What a submission would be, without keeping anything of it (`?dry_run=true`)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from approvals.errors import OpenRequestExists
from approvals.models import RequestItem
from approvals.plans import Plan, Tree, plan
from approvals.services.submitting import Submission, lock_tree
from approvals.states import RequestState
from core import clock
from core.actor import Actor


def preview(*, actor: Actor, submission: Submission) -> Plan:
    """The plan that `submit` would write at this moment. Writes nothing and records nothing; raises what `submit` raises."""
    with transaction.atomic(durable=True):  # for the locks: what is read is of one moment
        tree = lock_tree(actor, submission)
        permissions.check(actor, "submit", tree.campaign.ad_account)
        _check_free(tree)
        return plan(tree, clock.now(), submission.publish_content())


def _check_free(tree: Tree) -> None:
    """Raises OpenRequestExists when an entity is under review already."""
    under_way = RequestItem.objects.filter(entity_id__in=tree.keys, is_open=True)
    taken = under_way.exclude(request__state=RequestState.CHANGES_REQUESTED).values_list("request_id", flat=True).first()
    if taken is not None:
        words = _("There is an open request for this already; withdraw it or wait for its decision.")
        raise OpenRequestExists(words, approval_request=str(taken))
