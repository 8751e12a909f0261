"""Reading `publishing`: what an actor may see, and what workers owe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, UUIDField

from accounts.id_sets import among
from accounts.permissions import grants_of_actor
from approvals import freezes
from approvals.models import ApprovalRequest, Clearance, Recall, RequestItem, Stage
from approvals.stage_specs import LOWERING_KEY
from approvals.states import PublishMode, RecallOutcome, RequestState
from core.actor import Actor
from core.errors import ImprimaturError
from publishing import gate, planning
from publishing.models import ChannelObject, DriftFinding, Publication, Reschedule
from publishing.states import PublicationState

SWEEP_PAGE = 100
OWED = (PublicationState.QUEUED, PublicationState.DISPATCHING, PublicationState.UNCONFIRMED)


def visible_publications(actor: Actor) -> QuerySet[Publication]:
    accounts = grants_of_actor(actor).ad_account_ids("view")
    return Publication.objects.filter(among("ad_account_id", accounts)).select_related("revision")


def with_external_ids(rows: QuerySet[Publication]) -> QuerySet[Publication]:
    """Each publication with `external_id`: what its entity is called on the channel, None before it is there."""
    known = ChannelObject.objects.filter(entity_id=OuterRef("entity_id")).values("external_id")
    return rows.annotate(external_id=Subquery(known[:1]))


def visible_drift_findings(actor: Actor) -> QuerySet[DriftFinding]:
    return DriftFinding.objects.filter(among("ad_account_id", grants_of_actor(actor).ad_account_ids("view")))


def obstacle(request: UUID, now: datetime) -> ImprimaturError | None:
    """What keeps an approved request from being published now, for showing; None when nothing does."""
    row = ApprovalRequest.objects.select_related("ad_account__brand").get(pk=request)
    reason = gate.obstacle(row, now)
    if reason is None and row.publish == PublishMode.ON_APPROVAL:
        return planning.judge(row, planning.newest(row), now)
    return reason


def reschedules(request: ApprovalRequest) -> list[Reschedule]:
    """The new times of a visible request, the one that counts first; no statement where nothing was planned."""
    if request.publish_at is None:
        return []
    return list(Reschedule.objects.filter(request=request).select_related("rescheduled_by"))


OUT = (PublicationState.DISPATCHING, PublicationState.UNCONFIRMED, PublicationState.PUBLISHED)


def is_out(request: UUID) -> bool:
    """Whether anything of a request is on the channel, or may be."""
    return Publication.objects.filter(request=request, state__in=OUT).exists()


def live_in_doubt(actor: Actor) -> QuerySet[ChannelObject]:
    """What is on by an approval that needed the vote of a compromised account, and that nothing else allows (R-32): to be looked at
    again. Each with `request_in_doubt`."""
    seen = among("ad_account_id", grants_of_actor(actor).ad_account_ids("view"))
    cleared = Clearance.objects.filter(entity_id=OuterRef("entity_id"), digest=OuterRef("live_digest"))
    doubted = Exists(Recall.objects.filter(request=OuterRef("request"), outcome=RecallOutcome.LIVE))
    sure = cleared.filter(~doubted, revocation__isnull=True)
    last = cleared.filter(doubted).order_by("-issued_at", "-pk").values("request_id")[:1]
    rows = ChannelObject.objects.filter(seen, ~Exists(sure), enabled=True).annotate(request_in_doubt=Subquery(last, UUIDField()))
    return rows.filter(request_in_doubt__isnull=False).select_related("ad_account__brand")


def next_step(request: UUID) -> Publication | None:
    """The first publication of a request that is not yet published and not ended: steps go strictly in order."""
    return Publication.objects.filter(request=request, state__in=OWED).order_by("position", "pk").first()


def was_tried(publication: Publication) -> bool:
    """Whether any earlier try may have created this entity on the channel."""
    tried = Publication.objects.filter(entity_id=publication.entity_id, operation=publication.operation)
    return tried.filter(attempts__finished_at__isnull=False).exists()


def requests_to_publish(now: datetime, only: UUID | None = None) -> list[UUID]:
    """Approved requests that are to be published by themselves and have not been: the clearance is the queue entry.

    Those that the gate would only refuse again (a newer request is open, an earlier try ended) are left to people; those that
    a freeze holds, to its end. Of more than a page, any: what waits for its parent must not crowd out what can go.
    """
    valid = Clearance.objects.filter(valid_from__lte=now, valid_until__gt=now, revocation__isnull=True)
    lowers = Stage.objects.filter(request=OuterRef("request"), key=LOWERING_KEY)  # waits for no freeze, and no open request
    valid = valid.alias(frozen_until=freezes.frozen_until(now)).filter(Q(frozen_until__isnull=True) | Exists(lowers))
    begun = Publication.objects.filter(request=OuterRef("pk"))
    mine = RequestItem.objects.filter(request=OuterRef(OuterRef("pk"))).values("entity_id")
    newer = RequestItem.objects.filter(is_open=True, entity_id__in=mine)
    rows = ApprovalRequest.objects.filter(_planned_by(now), state=RequestState.APPROVED, publish=PublishMode.ON_APPROVAL)
    lowers = Stage.objects.filter(request=OuterRef("pk"), key=LOWERING_KEY)
    rows = rows.filter(~Exists(begun), pk__in=valid.values("request_id")).filter(~Exists(newer) | Exists(lowers))
    if only is not None:
        rows = rows.filter(pk=only)
    return sorted(rows.order_by("?").values_list("pk", flat=True)[:SWEEP_PAGE])


def _planned_by(now: datetime) -> Q:
    """What goes out by itself now as far as time says (publishing.planning.judge): a new time counts before the first one."""
    later = Reschedule.objects.filter(request=OuterRef("request"), id__gt=OuterRef("id"))
    newest = Reschedule.objects.filter(~Exists(later), request=OuterRef("pk"))
    in_time = Q(closed_at__lte=F("publish_at")) | Q(late_is_fine=True)
    first = Q(publish_at__isnull=True) | Q(in_time, ~Exists(newest), publish_at__lte=now)
    return first | Q(Exists(newest.filter(publish_at__lte=now)))


def requests_with_owed_publications(now: datetime) -> list[UUID]:
    """Requests with a step that may be taken now, or whose worker died."""
    due = Q(state__in=(PublicationState.QUEUED, PublicationState.UNCONFIRMED), not_before__lte=now)
    dead = Q(state=PublicationState.DISPATCHING, leased_until__lt=now)
    # The first owed step alone: those behind one that waits must not crowd out what can be done.
    earlier = Publication.objects.filter(request=OuterRef("request"), state__in=OWED, position__lt=OuterRef("position"))
    rows = Publication.objects.filter(due | dead).filter(~Exists(earlier)).order_by("not_before")
    return list(dict.fromkeys(rows.values_list("request_id", flat=True)[:SWEEP_PAGE]))
