"""GET audit-events/"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.queries import visible_events
from api.filters import Filters, MomentFilter, Text, Word
from api.v1.audit_events.serializers import AuditEventOut
from api.views import Resource
from audit.models import AuditEvent


class AuditFilters(Filters):
    """`subject` is `type:id`, such as `ad:<id>`; `actor` an id or e-mail address."""

    subject = Text(max_length=110, method="about")
    actor = Text(max_length=254, method="by")
    action = Text(max_length=80)
    outcome = Word(choices=[("recorded", "recorded"), ("refused", "refused")])
    request_id = Text(max_length=64)
    since = MomentFilter(field_name="at", lookup_expr="gte")
    until = MomentFilter(field_name="at", lookup_expr="lt")

    def about(self, rows: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        kind, point, identifier = value.partition(":")
        if not (kind and point and identifier):
            raise ValidationError({name: [ErrorDetail(_("Give type:id, such as ad:<id>."), code="invalid")]})
        return rows.filter(subject_type=kind, subject_id=identifier)

    def by(self, rows: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        return rows.filter(Q(actor_id=value) | Q(actor_label=value))


class AuditEventResource(Resource):
    """The log of the scopes on which you hold `audit`."""

    queryset = AuditEvent.objects.none()
    serializer_class = AuditEventOut
    filterset_class = AuditFilters

    def rows(self) -> QuerySet[Any]:
        return visible_events(self.actor)
