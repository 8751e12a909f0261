"""The gate (R-01): the only constructor of a publication. Nothing goes out that does not pass here.

`judge` is the pure judgement over what was read under the lock of the request; `admit` reads, judges and writes; `confirm`
asks again right before anything is sent. The guards in the database repeat the judgement for whoever goes round this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.placing import Place, place_of
from approvals import freezes
from approvals.compromises import lacking_for
from approvals.digests import parent_in
from approvals.errors import AccountMoved, ChecksFailNow, PageUnlinked
from approvals.lowering import is_lowering
from approvals.models import ApprovalRequest, Clearance, RequestItem
from approvals.states import RequestState
from core.canonical import digest_of_text
from core.errors import ImprimaturError, say
from governance import checks
from publishing.channels.base import ChannelAccount, NotBookable, Parent
from publishing.channels.registry import channel
from publishing.errors import (
    AlreadyPublished,
    ClearanceExpired,
    ClearanceNotYetValid,
    ClearanceRevoked,
    ClearanceSuperseded,
    ClearanceSuspended,
    DigestMismatch,
    Frozen,
    NotApproved,
    NotCleared,
    ParentNotPublished,
)
from publishing.models import ChannelObject, Publication
from publishing.states import Operation, PublicationState

LACKING: Final = lacking_for("approvals_clearance.request_id")
ENDED = (PublicationState.CANCELLED, PublicationState.REFUSED, PublicationState.FAILED)


def judge_clearance(clearance: Clearance, now: datetime) -> ImprimaturError | None:
    """Why this clearance does not let its revision through now; None when it does. Pure."""
    revision = clearance.revision
    if getattr(clearance, "revocation", None) is not None:
        return ClearanceRevoked(_("The approval was revoked."), clearance=str(clearance.pk))
    if not revision.digest == clearance.digest == digest_of_text(revision.canonical):
        return DigestMismatch(_("The content is not the one that was cleared."), clearance=str(clearance.pk))
    if now < clearance.valid_from:
        return ClearanceNotYetValid(_("The clearance is not valid yet."), valid_from=clearance.valid_from.isoformat())
    if now >= clearance.valid_until:
        until = clearance.valid_until.isoformat()
        return ClearanceExpired(_("The clearance has expired; ask for approval again."), valid_until=until)
    return None


@dataclass(frozen=True, slots=True)
class Before:
    """What the gate read: all of it under the lock of the request."""

    request: ApprovalRequest
    place: Place
    clearances: Sequence[Clearance]
    items: Sequence[RequestItem]
    suspended: frozenset[UUID]
    superseded: frozenset[UUID]
    lacking: bool
    frozen_until: datetime | None
    on_channel: Mapping[UUID, ChannelObject]
    standing_parents: frozenset[UUID]
    under_way: bool
    done: frozenset[tuple[UUID, str]]
    now: datetime

    @property
    def current(self) -> list[Clearance]:
        """The clearances that no newer one of the same entity took the place of, parents first."""
        order = {item.pk: item.position for item in self.items}
        found = [each for each in self.clearances if each.pk not in self.superseded]
        return sorted(found, key=lambda clearance: order[clearance.item_id])

    @property
    def current_items(self) -> list[RequestItem]:
        """The items of those clearances, in the same order."""
        by_key = {item.pk: item for item in self.items}
        return [by_key[clearance.item_id] for clearance in self.current]


def newer_clearances() -> QuerySet[Clearance]:
    """For an outer clearance: those of the same entity that were issued later and stand."""
    return Clearance.objects.filter(
        entity_id=OuterRef("entity_id"), issued_at__gt=OuterRef("issued_at"), revocation__isnull=True
    )


def standing_clearances() -> QuerySet[Clearance]:
    """For an outer object of the channel: those that cleared what was last confirmed there, and were not revoked."""
    return Clearance.objects.filter(
        entity_id=OuterRef("entity_id"), digest=OuterRef("live_digest"), revocation__isnull=True
    )


def read(request: ApprovalRequest, now: datetime) -> Before:
    """Read what the judgement needs; the caller holds the lock of the request: six statements."""
    mine = Clearance.objects.filter(request=request).select_related("revision", "revocation")
    clearances = list(mine.annotate(superseded=Exists(newer_clearances()), frozen_until=freezes.frozen_until(now), lacking=LACKING))
    items = list(RequestItem.objects.filter(request=request).select_related("revision", "check_run"))
    entities = {item.entity_id for item in items}
    parents = {parent for item in items if (parent := parent_in(item.revision.content)) is not None}
    newer = RequestItem.objects.filter(entity_id__in=entities, is_open=True).exclude(request=request)
    known = list(ChannelObject.objects.filter(entity_id__in=entities | parents).annotate(standing=Exists(standing_clearances())))
    begun = Publication.objects.filter(request=request).exclude(state__in=ENDED)
    steps = list(begun.values_list("clearance_id", "operation", "state"))
    return Before(
        request, place_of(request.ad_account_id), clearances, items,
        suspended=frozenset(newer.values_list("entity_id", flat=True)),
        superseded=frozenset(each.pk for each in clearances if each.superseded),
        lacking=any(each.lacking for each in clearances),
        frozen_until=max((each.frozen_until for each in clearances if each.frozen_until), default=None),
        on_channel={row.entity_id: row for row in known},
        standing_parents=frozenset(row.entity_id for row in known if row.standing),
        under_way=any(state != PublicationState.PUBLISHED for _, _, state in steps),
        done=frozenset((clearance, operation) for clearance, operation, _ in steps),
        now=now,
    )  # fmt: skip


def judge(before: Before) -> ImprimaturError | None:
    """The first reason why this request may not be published now; None when it may. Pure."""
    if (reason := _not_standing(before.request, before.place)) is not None:
        return reason
    cleared = {clearance.item_id for clearance in before.clearances}
    if not before.items or any(item.pk not in cleared for item in before.items):
        return NotCleared(_("Not every part of this request is cleared."))
    if not before.current:
        return ClearanceSuperseded(_("A newer version was approved since; that one is published instead."))
    reasons = (judge_clearance(clearance, before.now) for clearance in before.clearances)
    reason = next(filter(None, reasons), None) or PageUnlinked.among((each.revision for each in before.current), before.place)
    reason = reason or (_recalled() if before.lacking else None)
    if reason is not None:
        return reason
    lowers = is_lowering(before.request.policies)
    if before.frozen_until is not None and not lowers:
        return Frozen(before.frozen_until)
    if before.suspended and not lowers:
        return ClearanceSuspended(_("A newer request of the same ad is open; it has to be decided first."))
    if before.under_way:
        return AlreadyPublished(_("The publication of this request is under way."))
    steps = _steps(before)
    if not steps:
        return AlreadyPublished(_("The channel shows all of this already."))
    if any((clearance.pk, operation) in before.done for operation, clearance in steps):
        return AlreadyPublished(_("This approval was used for that step already; ask for approval again."))
    return _parents_missing(before)


def _not_standing(request: ApprovalRequest, place: Place) -> ImprimaturError | None:
    """Why the request itself is no authority now: not approved, or approved by the people of another brand."""
    if request.state == RequestState.APPROVED:
        return AccountMoved.after(request, place)
    if request.state == RequestState.REVOKED:
        return ClearanceRevoked(_("The approval was revoked."))
    words = say(_("This request is {state}, not approved."), state=RequestState(request.state).label)
    return NotApproved(words, state=request.state)


def standing(request: ApprovalRequest) -> ImprimaturError | None:
    """Why the request itself, under its lock, is no authority now."""
    return _not_standing(request, place_of(request.ad_account_id))


def _recalled() -> ImprimaturError:
    return ClearanceSuspended(_("This approval needed the vote of an account that was compromised; ask for approval again."))


def _parents_missing(before: Before) -> ImprimaturError | None:
    """A child cannot go out before every ancestor is approved and exists on the channel (R-27)."""
    here = {item.entity_id for item in before.current_items}
    for item in before.current_items:
        parent = parent_in(item.revision.content)
        if parent is not None and parent not in here and parent not in before.standing_parents:
            words = say(_("What “{name}” belongs to is not published yet."), name=item.revision.name)
            return ParentNotPublished(words, parent=str(parent))
    return None


def _check_rules_of_today(before: Before) -> None:
    """Hard checks run against the policy of today (R-12, R-23). Raises ChecksFailNow."""
    for item in before.current_items:
        item.check_run.revision = item.revision
    failing = checks.failing_now([item.check_run for item in before.current_items], before.request.ad_account, before.now)
    if failing:
        codes = checks.blocking_codes(failing)
        raise ChecksFailNow(_("The rules changed since the approval and block this now."), findings=codes)


def _check_bookable(before: Before) -> None:
    """What the channel's API cannot express is refused as a whole, before the first half of it is created there.

    Raises NotBookable (publishing.channels.base).
    """
    account = before.request.ad_account
    contents = {str(item.entity_id): item.revision.content for item in before.items}
    parents = {key: Parent("", content) for key, content in contents.items()}
    credential = ChannelAccount(account.external_id, "", account.currency)
    wanted = [item.revision.content for item in before.current_items]
    problems = [problem for content in wanted for problem in channel().validate(credential, content, parents)]
    if problems:
        raise NotBookable(problems)


def _check_today(before: Before) -> None:
    _check_bookable(before)
    _check_rules_of_today(before)


def obstacle(request: ApprovalRequest, now: datetime) -> ImprimaturError | None:
    """What would keep the gate from letting this request through now; None when nothing would. Only for showing and for
    not asking in vain: `admit` decides, under the lock."""
    before = read(request, now)
    reason = judge(before)
    if reason is None:
        try:
            _check_today(before)
        except (ChecksFailNow, NotBookable) as failing:
            return failing
    return reason


def admit(request: ApprovalRequest, requested_by: str, now: datetime) -> list[Publication]:
    """Let a locked request through: publications for what differs on the channel, creations first, then switching on,
    parents first (R-36). Raises the reason when it may not pass."""
    before = read(request, now)
    reason = judge(before)
    if reason is not None:
        raise reason
    _check_today(before)
    rows = [_row(before, clearance, operation, requested_by) for operation, clearance in _steps(before)]
    for position, row in enumerate(rows):
        row.position = position
    return Publication.objects.bulk_create(rows)


def _steps(before: Before) -> list[tuple[Operation, Clearance]]:
    writes, switches = [], []
    for clearance in before.current:
        known = before.on_channel.get(clearance.entity_id)
        if known is None:
            writes.append((Operation.CREATE, clearance))
        elif known.live_digest != clearance.digest:
            writes.append((Operation.UPDATE, clearance))
        if (known is None or not known.enabled) and not is_lowering(before.request.policies):  # what is paused stays so
            switches.append((Operation.ENABLE, clearance))
    return writes + switches


def _row(before: Before, clearance: Clearance, operation: Operation, requested_by: str) -> Publication:
    return Publication(
        request=before.request, clearance=clearance, revision=clearance.revision, digest=clearance.digest,
        ad_account=before.request.ad_account, entity_type=clearance.entity_type, entity_id=clearance.entity_id,
        operation=operation, amount_minor=clearance.limit_minor, requested_by=requested_by,
        queued_at=before.now, not_before=before.now,
    )  # fmt: skip


def confirm(publication: Publication, request: ApprovalRequest, now: datetime) -> ImprimaturError | None:
    """Ask again right before sending, under the locks of request and publication: why not, or None.

    Pausing is free: what was revoked, expired or superseded can still be switched off (R-04, R-32).
    """
    if publication.operation == Operation.PAUSE:
        return None
    place = place_of(request.ad_account_id)
    reason = _not_standing(request, place) or judge_clearance(publication.clearance, now)
    reason = reason or PageUnlinked.among([publication.clearance.revision], place)
    if reason is not None:
        return reason
    if publication.digest != publication.clearance.digest:
        return DigestMismatch(_("The publication names another content than its clearance."))
    newer = RequestItem.objects.filter(entity_id=publication.entity_id, is_open=True).exclude(request=request)
    if not is_lowering(request.policies) and newer.exists():
        return ClearanceSuspended(_("A newer request of the same ad is open; it has to be decided first."))
    mine = Clearance.objects.filter(pk=publication.clearance_id)
    superseded, frozen_until, lacking = mine.values_list(Exists(newer_clearances()), freezes.frozen_until(now), LACKING).get()
    if lacking:
        return _recalled()
    if superseded:
        return ClearanceSuperseded(_("A newer version was approved since; that one is published instead."))
    return Frozen(frozen_until) if frozen_until is not None and not is_lowering(request.policies) else None
