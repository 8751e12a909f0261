"""The addresses of version 1."""

from __future__ import annotations

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter
from rest_framework.routers import SimpleRouter

from api.documents import Docs, document
from api.v1.absences.views import AbsenceResource
from api.v1.access.views import QuestionResource, ReviewResource
from api.v1.access_changes.views import AccessChangeResource
from api.v1.access_policies.views import AccessPolicyResource
from api.v1.ad_accounts.views import AdAccountResource
from api.v1.ad_groups.views import AdGroupResource
from api.v1.ads.views import AdResource
from api.v1.api_tokens.views import ApiTokenResource
from api.v1.approval_policies.views import PolicyResource
from api.v1.approval_requests.comments import CommentResource
from api.v1.approval_requests.views import RequestResource
from api.v1.audit_events.views import AuditEventResource
from api.v1.authority_limits.views import AuthorityLimitResource
from api.v1.brands.views import BrandResource
from api.v1.budget_minimums.views import MinimumResource
from api.v1.calendars.views import CalendarResource
from api.v1.campaigns.views import CampaignResource
from api.v1.check_runs.views import CheckRunResource
from api.v1.checks.views import EvaluationResource
from api.v1.clearances.views import ClearanceResource
from api.v1.compromises.views import CompromiseResource
from api.v1.delegations.views import DelegationResource
from api.v1.drift_findings.views import DriftFindingResource
from api.v1.envelopes.views import EnvelopeResource
from api.v1.findings.views import FindingResource
from api.v1.freezes.views import FreezeResource
from api.v1.groups.views import GroupResource, MemberResource
from api.v1.live_in_doubt.views import LiveInDoubtResource
from api.v1.media.views import MediaResource
from api.v1.notice_preferences.views import PreferenceResource
from api.v1.notices.views import NoticeResource
from api.v1.organisations.views import OrganisationResource
from api.v1.pages.views import PageResource
from api.v1.publications.views import PublicationResource
from api.v1.replays.views import ReplayResource, VerdictResource
from api.v1.role_grants.views import RoleGrantResource
from api.v1.roles.views import RoleResource
from api.v1.rule_sets.views import RuleSetResource
from api.v1.service_accounts.views import ServiceAccountResource
from api.v1.users.views import UserResource
from api.v1.waivers.views import WaiverResource


class RoleConverter(StringConverter):
    """The id of a role: the name of a built-in one, or a UUID."""

    regex = "[a-z0-9_-]{1,40}"


register_converter(RoleConverter, "role")
router = SimpleRouter(use_regex_path=False)
for name, resource in {
    "organisations": OrganisationResource,
    "brands": BrandResource,
    "ad-accounts": AdAccountResource,
    "pages": PageResource,
    "media": MediaResource,
    "calendars": CalendarResource,
    "campaigns": CampaignResource,
    "ad-groups": AdGroupResource,
    "ads": AdResource,
    "approval-policies": PolicyResource,
    "approval-requests": RequestResource,
    "check-runs": CheckRunResource,
    "envelopes": EnvelopeResource,
    "findings": FindingResource,
    "freezes": FreezeResource,
    "replays": ReplayResource,
    "replay-verdicts": VerdictResource,
    "rule-sets": RuleSetResource,
    "waivers": WaiverResource,
    "budget-minimums": MinimumResource,
    "clearances": ClearanceResource,
    "compromises": CompromiseResource,
    "live-in-doubt": LiveInDoubtResource,
    "notices": NoticeResource,
    "publications": PublicationResource,
    "drift-findings": DriftFindingResource,
    "audit-events": AuditEventResource,
    "users": UserResource,
    "service-accounts": ServiceAccountResource,
    "groups": GroupResource,
    "roles": RoleResource,
    "role-grants": RoleGrantResource,
    "delegations": DelegationResource,
    "absences": AbsenceResource,
    "authority-limits": AuthorityLimitResource,
    "access-changes": AccessChangeResource,
    "access-policies": AccessPolicyResource,
    "api-tokens": ApiTokenResource,
}.items():
    router.register(name, resource, basename=name)

urlpatterns = [
    path("openapi.json", document, name="openapi"),
    path("docs/", Docs.as_view(url_name="openapi"), name="docs"),
    path("groups/<uuid:group>/members/", MemberResource.as_view({"get": "list", "post": "create"}), name="members"),
    path("groups/<uuid:group>/members/<uuid:user>/", MemberResource.as_view({"delete": "destroy"}), name="member"),
    path(
        "approval-requests/<uuid:request_id>/comments/", CommentResource.as_view({"get": "list", "post": "create"}), name="comments"
    ),
    path(
        "approval-requests/<uuid:request_id>/comments/<uuid:comment>/resolve/", CommentResource.as_view({"post": "resolve"}),
        name="comment-resolve",
    ),
    path(
        "approval-requests/<uuid:request_id>/comments/<uuid:comment>/reopen/", CommentResource.as_view({"post": "reopen"}),
        name="comment-reopen",
    ),
    path(
        "notice-preferences/", PreferenceResource.as_view({"get": "current", "post": "create"}), name="notice-preferences"
    ),
    path("access-policy/", AccessPolicyResource.as_view({"get": "current"}), name="access-policy"),
    path("access/explain/", QuestionResource.as_view({"get": "explain"}), name="explain"),
    path("access/holders/", QuestionResource.as_view({"get": "holders"}), name="holders"),
    path("access/review/", ReviewResource.as_view({"get": "list", "post": "create"}), name="review"),
    path("checks/evaluate/", EvaluationResource.as_view({"post": "evaluate"}), name="evaluate"),
    path("", include(router.urls)),
]
