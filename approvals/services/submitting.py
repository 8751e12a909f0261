"""Putting a change set forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import User
from approvals import deadlines, locks, subjects
from approvals.digests import publish_content
from approvals.errors import BlockedByParent, OpenRequestExists, ParentMissing
from approvals.models import ApprovalRequest, RequestItem, Stage
from approvals.plans import Plan, Tree, lock_campaign, lock_items, plan
from approvals.services.ending import close
from approvals.stage_specs import StageSpec
from approvals.states import OPEN_STATES, PublishMode, RequestState, StageState
from audit.recording import concerning, event, record, service
from campaigns import snapshots
from campaigns import subjects as campaign_subjects
from core import clock, wake
from core.actor import Actor
from core.errors import Forbidden, Invalid, say
from core.statements import insert, prepared
from governance import checks
from governance.models import CheckRun

LATEST_PUBLISH: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Submission:
    """What was asked for: a whole campaign, or named items of one campaign; how it is to be published; and whether it takes the
    place of what is under review of them (R-06)."""

    campaign: UUID | None = None
    items: Sequence[tuple[str, UUID]] = ()
    note: str = ""
    publish: str = PublishMode.ON_APPROVAL
    publish_at: datetime | None = None
    late_is_fine: bool = False
    amend: bool = False

    def publish_content(self) -> dict[str, Any]:
        """The part of the digest that says how it is to be published."""
        return publish_content(self.publish, self.publish_at, late_is_fine=self.late_is_fine)


def lock_tree(actor: Actor, submission: Submission) -> Tree:
    """Lock the drafts a submission concerns, and their ad account before them. Raises NotFound, Invalid."""
    if (submission.campaign is None) == (not submission.items):
        raise Invalid.field("items", "required", _("Give either `campaign` or `items`."))
    seen = permissions.grants_of_actor(actor)
    if submission.campaign is not None:
        return lock_campaign(submission.campaign, seen)
    return lock_items(submission.items, seen)


def _check_publish(submission: Submission, now: datetime) -> None:
    """A known way to publish; a planned time lies ahead, and near enough for a clearance to reach it. Raises Invalid."""
    if submission.publish not in PublishMode.values:
        choices = say(_("Choose one of {choices}."), choices=", ".join(PublishMode.values))
        raise Invalid.field("publish", "unknown", choices)
    at = submission.publish_at
    if at is not None and not now < at <= now + LATEST_PUBLISH:
        words = say(_("The time to publish lies ahead, at most {days} days."), days=LATEST_PUBLISH.days)
        raise Invalid.field("publish_at", "out_of_range", words)
    if at is None and submission.late_is_fine:
        raise Invalid.field("late_is_fine", "invalid", _("Only what is planned for a time can be late."))


@dataclass(frozen=True, slots=True)
class Submitted:
    """A request with what was written for it, in hand, so that answering needs no further reading."""

    request: ApprovalRequest
    items: list[RequestItem]
    stages: list[Stage]


@service("approvals.request.submitted")
def submit(*, actor: Actor, submission: Submission) -> Submitted:
    """Open an approval request: revisions taken, route pinned, checks queued (R-26, R-12).

    A request of the same entities that was sent back is superseded; so is one under way where the submission amends it, else it is
    a conflict (R-06). A child whose parent is under review for the first time waits for that, or, where the submission amends,
    joins its bundle (R-27). Raises NotFound, Forbidden, Invalid (nothing changed, items of several campaigns, a parent never
    approved, a page that is not linked), OpenRequestExists, BlockedByParent.
    """
    tree = lock_tree(actor, submission)
    now = clock.now()  # after the wait for the lock: who holds what, and until when, is judged as of now
    _check_publish(submission, now)
    concerning(campaign_subjects.of_draft(tree.campaign))
    permissions.check(actor, "submit", tree.campaign.ad_account)
    user = permissions.principal_of(actor)
    replaced = _superseded(actor, tree, submission, now)
    try:
        planned = plan(tree, now, submission.publish_content(), user)
    except ParentMissing as missing:
        tree = joining(tree, missing, submission, [each for each in replaced if each.closed_at == now])
        more = [*replaced, *_superseded(actor, tree, submission, now)]
        replaced = [each for each in more if each.closed_at == now] or more
        planned = plan(tree, now, submission.publish_content(), user)
    submitted = write(user, planned, submission, replaced, now)
    stages = [spec.as_json() for spec in planned.stages]
    summary: dict[str, Any] = {"digest": planned.digest, "items": len(planned.items), "stages": stages}
    closed = [each for each in replaced if each.closed_at == now]  # what was split is closed already
    events = [event(actor, "approvals.request.superseded", subjects.of_request(each), now) for each in closed]
    record(*events, event(actor, "approvals.request.submitted", subjects.of_request(submitted.request), now, **summary))
    wake.announce("approvals.request.submitted", submitted.request.pk)
    return submitted


@prepared
def _open(entities: Sequence[UUID]) -> QuerySet[ApprovalRequest]:
    """The requests under way of these entities; and those that were split when any of them was sent back and not put forward since
    (R-27)."""
    mine = RequestItem.objects.filter(entity_id__in=entities, is_open=True).order_by().values("request")
    rest = ApprovalRequest.objects.filter(previous=OuterRef("request"), split_by__isnull=False)
    since = RequestItem.objects.filter(revision__entity_id=OuterRef("entity_id"), pk__gt=OuterRef("pk"))
    back = RequestItem.objects.filter(Exists(rest), ~Exists(since), revision__entity_id__in=entities).order_by().values("request")
    return locks.requests().filter(pk__in=mine.union(back))


def _superseded(actor: Actor, tree: Tree, submission: Submission, now: datetime) -> list[ApprovalRequest]:
    """Close the requests that are replaced: those that were sent back, and those under way that are amended. Where there are none,
    what was split is replaced. Raises OpenRequestExists for one under way, Forbidden for one that is not the actor's to amend."""
    rows = _open(sorted(tree.keys))
    found = [each for each in rows if each.state in OPEN_STATES]  # some ended while their lock was waited for
    for request in found:
        if request.state != RequestState.CHANGES_REQUESTED:
            check_may_amend(actor, request, submission)
        close(request, "supersede", now)
    return found or [each for each in rows if each.state == RequestState.SUPERSEDED]


def joining(tree: Tree, missing: ParentMissing, submission: Submission, replaced: Sequence[ApprovalRequest] = ()) -> Tree:
    """The tree with all that is under review together with the parent that is missing, or was until it was just `replaced`. Raises
    BlockedByParent where that is not amended, and `missing` where the parent is not under review."""
    under_way = Q(is_open=True, request__state__in=OPEN_STATES) | Q(request__in=replaced)
    held = RequestItem.objects.filter(under_way, entity_id=missing.parent).first()
    if held is None:
        raise missing
    if not submission.amend:
        words = _("What this belongs to is under review and was never approved; wait for its decision, or amend to join it.")
        raise BlockedByParent(words, approval_request=str(held.request_id))
    theirs = RequestItem.objects.filter(request=held.request_id).values_list("entity_id", flat=True)
    return replace(tree, asked=tree.keys.union(theirs))


def check_may_amend(actor: Actor, request: ApprovalRequest, submission: Submission) -> None:
    """Who may withdraw a request may put another in its place, where that is what they say (R-06, R-30)."""
    if not submission.amend:
        words = _("There is an open request for this already; amend it, withdraw it, or wait for its decision.")
        raise OpenRequestExists(words, approval_request=str(request.pk))
    if str(request.submitted_by_id) != actor.id and not permissions.can(actor, "operate", request.ad_account):
        raise Forbidden(_("A request is amended by who submitted it, or by an operator of the account."))


def write(
    user: User, planned: Plan, submission: Submission, replaced: Sequence[ApprovalRequest], now: datetime, *, beside: bool = False
) -> Submitted:
    """A plan's rows: revisions, check runs, the request with its stages and items. `beside`: it does not keep its entities from
    being put forward otherwise."""
    revisions = snapshots.take([item.head for item in planned.items], planned.known, user, now)
    work = [(revisions[item.head.key], item.context) for item in planned.items]
    runs = checks.queue(work, planned.rule_sets, now)
    request = ApprovalRequest(
        ad_account=planned.account, placement_id=planned.placement, title=planned.title, digest=planned.digest,
        submitted_by=user, submitted_at=now,
        contributors=planned.contributors, policies=planned.policies,
        note=submission.note, publish=submission.publish, publish_at=submission.publish_at,
        late_is_fine=submission.late_is_fine,
        exposure_minor=planned.exposure_minor, currency=planned.account.currency,
        expires_at=now + timedelta(days=settings.REQUEST_EXPIRES_DAYS),
        minimum_holding_minutes=settings.MINIMUM_HOLDING_MINUTES,
        previous=replaced[0] if len(replaced) == 1 else None,
    )  # fmt: skip
    stages = [stage_of(request, index, spec) for index, spec in enumerate(planned.stages)]
    deadlines.start([stage for stage in stages if stage.state == StageState.OPEN], planned.account, now)
    insert([request])
    insert(stages)
    return Submitted(request, _items(request, planned, revisions, runs, is_open=not beside), stages)


def stage_of(request: ApprovalRequest, position: int, spec: StageSpec) -> Stage:
    """A stage of a route, not yet written: open when it is of the first step."""
    terms = {**spec.as_json(), "state": StageState.OPEN if spec.step == 1 else StageState.PENDING}
    return Stage(request=request, position=position, authority_by=spec.authority_by, **terms)


def _items(
    request: ApprovalRequest, planned: Plan, revisions: Any, runs: Sequence[CheckRun], *, is_open: bool
) -> list[RequestItem]:
    rows = [
        RequestItem(
            request=request, revision=revisions[item.head.key], base=item.base, check_run=run, entity_type=item.head.type,
            entity_id=item.head.key, position=index, sections_changed=item.changed, is_open=is_open,
        )
        for index, (item, run) in enumerate(zip(planned.items, runs, strict=True))
    ]  # fmt: skip
    try:
        insert(rows)
    except IntegrityError as error:  # another request of the same entity was faster
        raise OpenRequestExists(_("There is an open request for this already.")) from error
    return rows
