"""The merged story of one entity, from the log: its drafts, the requests it was in, its publications."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from approvals.models import Decision, RequestItem
from approvals.queries import hidden_decisions
from audit.models import AuditEvent
from audit.recording import RECORDED
from core.actor import Actor
from publishing.models import Publication

LATEST = 500


DECISIONS = ("approvals.decision.recorded", "approvals.decision.carried", "approvals.decision.outdated")


def story(actor: Actor, kind: str, identifier: UUID) -> QuerySet[AuditEvent]:
    """What happened to an entity, for whoever may see it. Refused attempts are for auditors; of a request with decisions that the
    actor may not know yet (R-19) those of others are left out.

    Three statements for the ids of its latest requests and publications; the caller checks that the entity is visible.
    """
    items = RequestItem.objects.filter(entity_id=identifier).order_by("-pk")
    requests = dict(items.values_list("request_id", "request__previous_id")[:LATEST])
    publications = Publication.objects.filter(entity_id=identifier).order_by("-pk").values_list("pk", flat=True)
    blind = set(Decision.objects.filter(hidden_decisions(actor), request__in=requests).values_list("request_id", flat=True))
    untold = [str(each) for each, previous in requests.items() if each in blind or previous in blind]
    unknown = Q(action__in=DECISIONS, subject_id__in=untold) & ~Q(actor_id=actor.id)
    return AuditEvent.objects.filter(
        Q(subject_type=kind, subject_id=str(identifier))
        | Q(subject_type="approval_request", subject_id__in=[str(each) for each in requests])
        | Q(subject_type="publication", subject_id__in=[str(each) for each in publications[:LATEST]]),
        outcome=RECORDED,
    ).exclude(unknown)
