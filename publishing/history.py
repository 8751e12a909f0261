"""The merged story of one entity, from the log: its drafts, the requests it was in, its publications."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from approvals.models import RequestItem
from audit.models import AuditEvent
from audit.recording import RECORDED
from publishing.models import Publication

LATEST = 500


def story(kind: str, identifier: UUID) -> QuerySet[AuditEvent]:
    """What happened to an entity, for whoever may see it. Refused attempts are for auditors.

    Two statements for the ids of its latest requests and publications; the caller checks that the entity is visible.
    """
    requests = RequestItem.objects.filter(entity_id=identifier).order_by("-pk").values_list("request_id", flat=True)
    publications = Publication.objects.filter(entity_id=identifier).order_by("-pk").values_list("pk", flat=True)
    return AuditEvent.objects.filter(
        Q(subject_type=kind, subject_id=str(identifier))
        | Q(subject_type="approval_request", subject_id__in=[str(each) for each in requests[:LATEST]])
        | Q(subject_type="publication", subject_id__in=[str(each) for each in publications[:LATEST]]),
        outcome=RECORDED,
    )
