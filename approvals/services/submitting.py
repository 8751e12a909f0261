"""Putting a change set forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from approvals import locks, subjects
from approvals.digests import publish_content
from approvals.errors import OpenRequestExists
from approvals.models import ApprovalPolicy, ApprovalRequest, RequestItem, Stage
from approvals.plans import Plan, Tree, lock_campaign, lock_items, plan
from approvals.services.ending import close
from approvals.states import PublishMode, RequestState, StageState
from audit.recording import concerning, event, record, service
from campaigns import snapshots
from campaigns import subjects as campaign_subjects
from core import clock, wake
from core.actor import Actor
from core.errors import Invalid, say
from governance import checks
from governance.models import CheckRun

LATEST_PUBLISH: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Submission:
    """What was asked for: a whole campaign, or named items of one campaign; and how it is to be published."""

    campaign: UUID | None = None
    items: Sequence[tuple[str, UUID]] = ()
    note: str = ""
    publish: str = PublishMode.ON_APPROVAL
    publish_at: datetime | None = None

    def publish_content(self) -> dict[str, Any]:
        """The part of the digest that says how it is to be published."""
        return publish_content(self.publish, self.publish_at)


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


@dataclass(frozen=True, slots=True)
class Submitted:
    """A request with what was written for it, in hand, so that answering needs no further reading."""

    request: ApprovalRequest
    items: list[RequestItem]
    stages: list[Stage]


@service("approvals.request.submitted")
def submit(*, actor: Actor, submission: Submission) -> Submitted:
    """Open an approval request: revisions taken, route pinned, checks queued (R-26, R-12).

    A request of the same entities that was sent back is superseded; one under way is a conflict (R-06). Raises NotFound,
    Forbidden, Invalid (nothing changed, items of several campaigns, a parent never approved, a page that is not linked),
    OpenRequestExists.
    """
    tree = lock_tree(actor, submission)
    now = clock.now()  # after the wait for the lock: who holds what, and until when, is judged as of now
    _check_publish(submission, now)
    concerning(campaign_subjects.of_draft(tree.campaign))
    permissions.check(actor, "submit", tree.campaign.ad_account)
    superseded = _supersede(actor, tree, now)
    planned = plan(tree, now, submission.publish_content())
    submitted = _write(actor, planned, submission, now)
    stages = [spec.as_json() for spec in planned.stages]
    summary: dict[str, Any] = {"digest": planned.digest, "items": len(planned.items), "stages": stages}
    record(*superseded, event(actor, "approvals.request.submitted", subjects.of_request(submitted.request), now, **summary))
    wake.announce("approvals.request.submitted", submitted.request.pk)
    return submitted


def _supersede(actor: Actor, tree: Tree, now: datetime) -> list[Any]:
    """Close requests that were sent back and are now replaced. Raises OpenRequestExists for one under way."""
    mine = RequestItem.objects.filter(entity_id__in=tree.keys, is_open=True).values("request")
    events = []
    for request in locks.requests().filter(pk__in=mine):
        if request.state != RequestState.CHANGES_REQUESTED:
            words = _("There is an open request for this already; withdraw it or wait for its decision.")
            raise OpenRequestExists(words, approval_request=str(request.pk))
        close(request, "supersede", now)
        events.append(event(actor, "approvals.request.superseded", subjects.of_request(request), now))
    return events


def _write(actor: Actor, planned: Plan, submission: Submission, now: datetime) -> Submitted:
    user = permissions.principal_of(actor)
    revisions = snapshots.take([item.head for item in planned.items], planned.known, user, now)
    work = [(revisions[item.head.key], item.context) for item in planned.items]
    runs = checks.queue(work, planned.rule_sets, now)
    people = {*planned.contributors, *(str(each) for each in (user.pk, user.owner_id) if each)}
    request = ApprovalRequest(
        ad_account=planned.account, placement_id=planned.placement, title=planned.title, digest=planned.digest,
        submitted_by=user, submitted_at=now,
        contributors=sorted(people), policies=[_pinned(policy) for policy in planned.policies],
        note=submission.note, publish=submission.publish, publish_at=submission.publish_at,
        exposure_minor=planned.exposure_minor, currency=planned.account.currency,
        expires_at=now + timedelta(days=settings.REQUEST_EXPIRES_DAYS),
        minimum_holding_minutes=settings.MINIMUM_HOLDING_MINUTES,
    )  # fmt: skip
    request.save(force_insert=True)
    stages = Stage.objects.bulk_create(
        Stage(
            request=request, position=index, key=spec.key, title=spec.title, permission=spec.permission,
            sections=list(spec.sections), quorum=spec.quorum, state=StageState.OPEN if index == 0 else StageState.PENDING,
        )
        for index, spec in enumerate(planned.stages)
    )  # fmt: skip
    return Submitted(request, _items(request, planned, revisions, runs), stages)


def _pinned(policy: ApprovalPolicy) -> dict[str, Any]:
    """A version of a policy as the request remembers it (R-12)."""
    author = policy.author_id and str(policy.author_id)
    return {"id": str(policy.pk), "key": policy.key, "version": policy.version, "author": author}


def _items(request: ApprovalRequest, planned: Plan, revisions: Any, runs: Sequence[CheckRun]) -> list[RequestItem]:
    rows = [
        RequestItem(
            request=request, revision=revisions[item.head.key], base=item.base, check_run=run, entity_type=item.head.type,
            entity_id=item.head.key, position=index, sections_changed=item.changed,
        )
        for index, (item, run) in enumerate(zip(planned.items, runs, strict=True))
    ]  # fmt: skip
    try:
        return RequestItem.objects.bulk_create(rows)
    except IntegrityError as error:  # another request of the same entity was faster
        raise OpenRequestExists(_("There is an open request for this already.")) from error
