"""GET findings/; POST findings/{id}/override/"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import Filters, Key, Text, Word
from api.v1.findings.serializers import FindingOut
from api.v1.rule_sets.serializers import OverrideIn, OverrideOut
from api.views import Resource
from governance.contract import Mode, Result
from governance.models import Finding
from governance.queries import visible_findings
from governance.services import override_finding


class FindingFilters(Filters):
    check_run = Key(field_name="check_run_id")
    approval_request = Key(field_name="check_run__request_items__request_id")
    result = Word(choices=[(str(each), str(each)) for each in Result])
    mode = Word(choices=[(str(each), str(each)) for each in Mode])
    rule = Text(max_length=60)
    code = Text(max_length=60)


class FindingResource(Resource):
    """Findings about revisions of the ad accounts that you may see."""

    queryset = Finding.objects.none()
    serializer_class = FindingOut
    filterset_class = FindingFilters

    def rows(self) -> QuerySet[Finding]:
        return visible_findings(self.actor)

    @extend_schema(request=OverrideIn, responses={201: OverrideOut})
    @action(detail=True, methods=["post"])
    def override(self, request: Request, id: UUID) -> Response:
        """Let a soft finding pass for this revision alone, with a reason; needs override on its ad account, and nobody does it
        for what they worked on. What was blocked is submitted again."""
        values = self.valid(OverrideIn)
        made = override_finding(actor=self.actor, finding=self.one(id).pk, reason=values["reason"])
        return Response(OverrideOut(made).data, status=201)
