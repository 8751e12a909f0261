"""GET findings/"""

from __future__ import annotations

from django.db.models import QuerySet

from api.filters import Filters, Key, Text, Word
from api.v1.findings.serializers import FindingOut
from api.views import Resource
from governance.contract import Mode, Result
from governance.models import Finding
from governance.queries import visible_findings


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
