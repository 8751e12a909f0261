"""The addresses of version 1."""

from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from api.documents import Docs, document
from api.v1.ad_accounts.views import AdAccountResource
from api.v1.ad_groups.views import AdGroupResource
from api.v1.ads.views import AdResource
from api.v1.approval_requests.views import RequestResource
from api.v1.audit_events.views import AuditEventResource
from api.v1.brands.views import BrandResource
from api.v1.campaigns.views import CampaignResource
from api.v1.check_runs.views import CheckRunResource
from api.v1.clearances.views import ClearanceResource
from api.v1.drift_findings.views import DriftFindingResource
from api.v1.findings.views import FindingResource
from api.v1.media.views import MediaResource
from api.v1.pages.views import PageResource
from api.v1.publications.views import PublicationResource

router = SimpleRouter(use_regex_path=False)
for name, resource in {
    "brands": BrandResource,
    "ad-accounts": AdAccountResource,
    "pages": PageResource,
    "media": MediaResource,
    "campaigns": CampaignResource,
    "ad-groups": AdGroupResource,
    "ads": AdResource,
    "approval-requests": RequestResource,
    "check-runs": CheckRunResource,
    "findings": FindingResource,
    "clearances": ClearanceResource,
    "publications": PublicationResource,
    "drift-findings": DriftFindingResource,
    "audit-events": AuditEventResource,
}.items():
    router.register(name, resource, basename=name)

urlpatterns = [
    path("openapi.json", document, name="openapi"),
    path("docs/", Docs.as_view(url_name="openapi"), name="docs"),
    path("", include(router.urls)),
]
