"""approval-requests/: putting forward, reading, deciding, withdrawing, revoking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import Filters, Key, Word
from api.v1.approval_requests import compared, shapes
from api.v1.approval_requests.comparison import ComparisonOut
from api.v1.approval_requests.serializers import (
    BulkDecisionIn,
    BulkDecisionOut,
    ClaimsOut,
    DecisionIn,
    DecisionOut,
    Empty,
    EndedOut,
    RequestDetailOut,
    RequestOut,
    RescheduleIn,
    RescheduleOut,
    RevocationIn,
    RoutePreviewOut,
    SplitIn,
    SplitOut,
    SubmissionIn,
    SubmittedOut,
)
from api.views import Rendered, Resource, choice, flag
from approvals import comparing, deadlines, queries, services
from approvals.claims import claims_on
from approvals.comparing import Against
from approvals.errors import LateDecision
from approvals.late import late_words
from approvals.lineage import lineage
from approvals.models import ApprovalRequest
from approvals.previews import preview, preview_route
from approvals.services.bulk import Choice
from approvals.services.submitting import Submission
from approvals.states import RequestState
from core import clock
from publishing.services import reschedule

DRY_RUN = OpenApiParameter("dry_run", bool, description="Answer the same without keeping anything.")
AGAINST = OpenApiParameter("against", enum=Against.values, description="What to compare with; approved unless you say.")


class RequestFilters(Filters):
    status = Word(field_name="state", choices=RequestState.choices)
    ad_account = Key(field_name="ad_account_id")
    awaiting = Word(choices=[("me", "me")], method="waiting")

    def waiting(self, rows: QuerySet[ApprovalRequest], name: str, value: str) -> QuerySet[ApprovalRequest]:
        """Which rows these are was decided by RequestResource.rows."""
        return rows


class RequestResource(Resource):
    """Approval requests of the ad accounts that you may see."""

    queryset = ApprovalRequest.objects.none()
    serializer_class = RequestOut
    filterset_class = RequestFilters
    parameters = {"create": ("dry_run",), "diffs": ("against",)}

    @property
    def reference(self) -> str:
        """What of the body is not there, when something is not."""
        body = self.request.data
        return "campaign" if isinstance(body, dict) and "campaign" in body else "items"

    def rows(self) -> QuerySet[ApprovalRequest]:
        waiting = self.request.query_params.get("awaiting") == "me"
        return queries.awaiting(self.actor) if waiting else queries.visible_requests(self.actor)

    def render(self, rows: Sequence[Model]) -> Rendered:
        found: Sequence[Any] = rows
        return list(RequestOut([shapes.summary(row) for row in found], many=True).data)

    @extend_schema(responses=RequestDetailOut)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One request with stages, people, findings and differences."""
        row = queries.get_request(self.actor, id)
        now = clock.now()
        seats = queries.seats(row, now)
        due = deadlines.of_stages((each.stage for each in seats), row.ad_account, now)
        found = shapes.detail(row, seats, due, claims_on([id], now).get(id, []), lineage(row))
        found["late"] = shapes.late(late_words(row))
        return Response(RequestDetailOut(found).data)

    @extend_schema(responses=ComparisonOut, parameters=[AGAINST])
    @action(detail=True, methods=["get"])
    def diffs(self, request: Request, id: UUID) -> Response:
        """What a request changes, in words: against what was approved last, what you decided on last, or the request before."""
        against = Against(choice(self.request, "against", Against.values, Against.APPROVED))
        row = queries.get_request(self.actor, id)
        found = comparing.compare(comparing.bases(self.actor, row), against)
        contents = found.contents()
        names = comparing.names_of(row, contents, comparing.file_names(row, contents))
        return Response(ComparisonOut(compared.comparison(row, found, names)).data)

    @extend_schema(request=SubmissionIn, responses={202: SubmittedOut}, parameters=[DRY_RUN])
    def create(self, request: Request) -> Response:
        """Put drafts forward for approval."""
        submission = _submission(self.valid(SubmissionIn))
        if flag(self.request, "dry_run"):
            found = shapes.planned(preview(actor=self.actor, submission=submission))
        else:
            found = shapes.submitted(services.submit(actor=self.actor, submission=submission))
        return Response(SubmittedOut(found).data, status=202)

    @extend_schema(request=SubmissionIn, responses=RoutePreviewOut)
    @action(detail=False, methods=["post"], url_path="preview", url_name="preview")
    def preview(self, request: Request) -> Response:
        """What would happen if these drafts were put forward now: whom the stages ask and why, how long such stages take, and what
        would spare one of them. Keeps nothing."""
        submission = _submission(self.valid(SubmissionIn))
        found = shapes.foreseen(preview_route(actor=self.actor, submission=submission))
        return Response(RoutePreviewOut(found).data)

    def is_kept(self) -> bool:
        if self.action == "preview":
            return False
        return self.action != "create" or self.request.query_params.get("dry_run") != "true"

    @extend_schema(request=DecisionIn, responses={201: DecisionOut})
    @action(detail=True, methods=["post"])
    def decisions(self, request: Request, id: UUID) -> Response:
        """Decide a stage. The digest is that of the version which was looked at; a stale one is 409. So is a “no” to a stage that
        was approved already (`late_decision`): it is kept, and `revoke` is where the approval can be revoked, if you may."""
        values = self.valid(DecisionIn)
        try:
            decision = services.decide(actor=self.actor, request=id, **values)
        except LateDecision as late:
            where = reverse("approval-requests-revoke", args=[id]) if late.extra["revocable"] else None
            late.extra = {**late.extra, "revoke": where}
            raise
        return Response(DecisionOut(shapes.decided(decision)).data, status=201)

    @extend_schema(request=SplitIn, responses={201: SplitOut})
    @action(detail=True, methods=["post"])
    def split(self, request: Request, id: UUID) -> Response:
        """Send parts of a request under review back to their authors, and go on with the rest, which is a request of its own. For
        who may decide an open stage; the digest is that of the version which was looked at, a stale one is 409."""
        found = services.split(actor=self.actor, request=id, **self.valid(SplitIn))
        return Response(SplitOut(shapes.divided(found)).data, status=201)

    @extend_schema(request=BulkDecisionIn, responses=BulkDecisionOut)
    @action(detail=False, methods=["post"], url_path="bulk-decisions", url_name="bulk-decisions")
    def bulk_decisions(self, request: Request) -> Response:
        """Approve or reject up to 50 requests. Each succeeds or fails by itself: look at `results`."""
        values = self.valid(BulkDecisionIn)
        choices = [Choice(each["approval_request"], each["digest"], each["stage"]) for each in values.pop("items")]
        found = services.decide_in_bulk(actor=self.actor, choices=choices, **values)
        return Response(BulkDecisionOut(shapes.outcomes(found)).data)

    def made(self, told: Mapping[str, Any]) -> Sequence[Any]:
        """Of many at once those that were seen when they were decided."""
        if "results" in told:
            return [each["approval_request"] for each in told["results"] if each["status"] is not None]
        return super().made(told)

    @extend_schema(request=Empty, responses=ClaimsOut)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, id: UUID) -> Response:
        """Say that you are looking at it, for half an hour. Others may decide all the same."""
        self.valid(Empty)
        services.claim(actor=self.actor, request=id)
        return self._claims(id)

    @extend_schema(request=Empty, responses=ClaimsOut)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, id: UUID) -> Response:
        """Say that you are not looking at it any more."""
        self.valid(Empty)
        services.release(actor=self.actor, request=id)
        return self._claims(id)

    def _claims(self, id: UUID) -> Response:
        return Response(ClaimsOut({"claims": shapes.claims(claims_on([id], clock.now()).get(id, []))}).data)

    @extend_schema(request=Empty, responses=EndedOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: UUID) -> Response:
        """Take a request back, until it is cleared."""
        self.valid(Empty)
        return Response(EndedOut(shapes.ended(services.withdraw(actor=self.actor, request=id))).data)

    @extend_schema(request=RevocationIn, responses=EndedOut)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, id: UUID) -> Response:
        """End the clearances of an approved request."""
        reason = self.valid(RevocationIn)["reason"]
        return Response(EndedOut(shapes.ended(services.revoke(actor=self.actor, request=id, reason=reason))).data)


    @extend_schema(request=RescheduleIn, responses={201: RescheduleOut})
    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, id: UUID) -> Response:
        """Plan an approved request for another time within the window of its clearances."""
        row = reschedule(actor=self.actor, request=id, **self.valid(RescheduleIn))
        shown = {
            "request_id": row.request_id, "publish_at": row.publish_at, "reason": row.reason, "at": row.at,
            "rescheduled_by": shapes.person(row.rescheduled_by),
        }  # fmt: skip
        return Response(RescheduleOut(shown).data, status=201)


def _submission(values: dict[str, Any]) -> Submission:
    items = [(item["type"], item["id"]) for item in values.get("items", ())]
    return Submission(
        campaign=values.get("campaign"), items=items, note=values["note"], publish=values["publish"],
        publish_at=values["publish_at"], late_is_fine=values["late_is_fine"], amend=values["amend"],
    )  # fmt: skip
