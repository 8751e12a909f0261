"""What people do at this door: only through the services, on the digest they saw, once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from approvals.models import ApprovalRequest, Decision
from audit.models import AuditEvent
from publishing.models import Publication
from tests.builders import World
from tests.workplace.conftest import Enter


def form(request: ApprovalRequest, verdict: str = "approve", **more: str) -> dict[str, str]:
    return {"stage": "content", "digest": request.digest, "verdict": verdict, "comment": "", **more}


def path(name: str, request: ApprovalRequest) -> str:
    return reverse(f"admin:{name}", args=[request.pk])


def state(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.values_list("state", flat=True).get(pk=request.pk)


def test_an_approval_is_recorded_with_who_where_and_which_digest(world: World, enter: Enter):
    request = world.request("in_review")
    answer = enter("content").post(path("decide", request), form(request, comment="Looks good"))
    assert (answer.status_code, answer["Location"]) == (303, path("request", request))
    decision = Decision.objects.get()
    assert (decision.verdict, decision.digest, decision.comment) == ("approve", request.digest, "Looks good")
    assert (decision.decided_by, decision.channel, decision.address) == (world.people["content"], "admin", "192.0.2.7")
    assert AuditEvent.objects.get(action="approvals.decision.recorded").channel == "admin"
    assert request.stages.get(key="budget").state == "open"


def test_the_page_moves_on_after_each_approval_and_ends_cleared(world: World, enter: Enter):
    request = world.request("in_review")
    enter("content").post(path("decide", request), form(request))
    budget = enter("budget")
    page = budget.get(path("request", request))
    assert page.context["detail"].acts.stage.key == "budget"
    budget.post(path("decide", request), form(request, stage="budget"))
    page = budget.get(path("request", request))
    assert [step.state for step in page.context["detail"].steps] == ["done", "done", "done", "done", "now"]
    assert request.clearances.count() == 3


@pytest.mark.parametrize(("verdict", "after"), [("request_changes", "changes_requested"), ("reject", "rejected")])
def test_a_refusal_needs_a_comment_and_keeps_what_was_typed(verdict: str, after: str, world: World, enter: Enter):
    request = world.request("in_review")
    client = enter("content")
    bare = client.post(path("decide", request), form(request, verdict))
    assert (bare.status_code, Decision.objects.count()) == (422, 0)
    assert "what should change" in bare.context["problem"]
    assert client.post(path("decide", request), form(request, verdict, comment="Wrong price")).status_code == 303
    assert state(request) == after
    assert "Wrong price" in client.get(path("request", request)).content.decode()


def test_r08_a_stale_digest_is_refused_and_the_current_version_is_shown(world: World, enter: Enter):
    request = world.request("in_review")
    answer = enter("content").post(path("decide", request), form(request, digest="0" * 64, comment="my words"))
    body = answer.content.decode()
    assert (answer.status_code, Decision.objects.count(), state(request)) == (409, 0, "in_review")
    assert "not the one under review" in answer.context["problem"]
    assert f'name="digest" value="{request.digest}"' in body
    assert "my words" in body
    assert AuditEvent.objects.filter(outcome="refused", action="approvals.decision.recorded").count() == 1


def test_r19_a_second_click_counts_once_and_is_no_error(world: World, enter: Enter):
    request = world.request("in_review")
    client = enter("content")
    answers = [client.post(path("decide", request), form(request)).status_code for _ in range(3)]
    assert (answers, Decision.objects.count()) == ([303, 303, 303], 1)
    assert not AuditEvent.objects.filter(outcome="refused").exists()


def test_another_verdict_after_the_stage_closed_is_told(world: World, enter: Enter):
    request = world.request("in_review")
    client = enter("content")
    client.post(path("decide", request), form(request))
    late = client.post(path("decide", request), form(request, "reject", comment="No"))
    assert (late.status_code, Decision.objects.count()) == (409, 1)
    assert "not open" in late.context["problem"]


DECIDING = {
    "anonymous": 302, "machine": 302, "nobody": 404, "other_brand": 404, "other_organisation": 404, "superuser": 404,
    "submitter": 403, "budget": 403, "publisher": 403, "operator": 403, "auditor": 403,
}  # fmt: skip


@pytest.mark.parametrize(("who", "expected"), DECIDING.items())
def test_r57_nobody_else_decides(who: str, expected: int, world: World, enter: Enter):
    request = world.request("in_review")
    answer = enter(who).post(path("decide", request), form(request))
    assert (answer.status_code, Decision.objects.count(), state(request)) == (expected, 0, "in_review")
    assert request.stages.get(key="content").state == "open"


def test_r16_a_submitter_with_the_right_role_is_told_why_not(world: World, enter: Enter):
    from accounts import services
    from tests.builders import ROOT

    services.grant_role(actor=ROOT, role="content_approver", principal=world.people["submitter"], scope=world.brand)
    request = world.request("in_review")
    client = enter("submitter")
    page = client.get(path("request", request))
    assert page.context["detail"].acts.stage is None
    assert "submitted this request yourself" in page.context["detail"].acts.why_not
    assert client.post(path("decide", request), form(request)).status_code == 403
    assert request not in [row.request for row in client.get(reverse("admin:index")).context["listing"].rows]


@pytest.mark.parametrize("at", ["awaiting_checks", "blocked", "changes_requested", "rejected", "withdrawn", "revoked", "approved"])
def test_a_request_that_is_not_in_review_takes_no_decision(at: str, world: World, enter: Enter):
    second = world.add_person("second", "content_approver")  # before the request, so that the role counts for it
    request = world.request(at)
    before = Decision.objects.count()
    if at in ("approved", "revoked", "changes_requested"):  # whoever asked for changes may take that back
        client = Client()
        client.force_login(User.objects.get(pk=second.pk))
    else:
        client = enter("content")
    page = client.get(path("request", request))
    assert page.context["detail"].acts.stage is None
    words = {"comment": "Another word"}
    assert client.post(path("decide", request), form(request, "reject", **words)).status_code == 409
    assert (Decision.objects.count(), state(request)) == (before, at)


def test_forms_that_are_not_complete_change_nothing(world: World, enter: Enter):
    request = world.request("in_review")
    client = enter("content")
    for bad in (form(request, "sign"), form(request, ""), form(request, digest=""), form(request, stage="nope"), {}):
        assert client.post(path("decide", request), bad).status_code == 422
    assert client.post(path("decide", request), form(request, comment="a\x00b")).status_code == 303
    assert Decision.objects.get().comment == "ab"


@pytest.mark.parametrize("name", ["decide", "withdraw", "revoke", "publish"])
def test_acts_are_posts_with_a_token(name: str, world: World, enter: Enter):
    request = world.request("in_review")
    client = enter("content")
    assert client.get(path(name, request)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.user("content"))
    assert strict.post(path(name, request), form(request)).status_code == 403
    assert (Decision.objects.count(), state(request)) == (0, "in_review")


def test_r30_the_submitter_withdraws_and_others_cannot(world: World, enter: Enter):
    request = world.request("in_review")
    assert enter("content").post(path("withdraw", request)).status_code == 403
    submitter = enter("submitter")
    assert 'id="withdraw-form"' in submitter.get(path("request", request)).content.decode()
    assert submitter.post(path("withdraw", request)).status_code == 303
    assert state(request) == "withdrawn"
    assert submitter.post(path("withdraw", request)).status_code == 409


def test_r32_an_operator_revokes_with_a_reason(world: World, enter: Enter):
    request = world.request("approved")
    assert enter("content").post(path("revoke", request), {"reason": "x"}).status_code == 403
    operator = enter("operator")
    assert operator.post(path("revoke", request), {"reason": " "}).status_code == 422
    assert operator.post(path("revoke", request), {"reason": "Wrong price"}).status_code == 303
    assert state(request) == "revoked"
    assert "Wrong price" in operator.get(path("request", request)).content.decode()


def test_publishing_by_hand_goes_through_the_gate(world: World, enter: Enter):
    request = world.request("approved", publish="manual")
    content, publisher = enter("content"), enter("publisher")
    assert 'id="publish-form"' not in content.get(path("request", request)).content.decode()
    assert content.post(path("publish", request)).status_code == 403
    assert Publication.objects.count() == 0
    assert 'id="publish-form"' in publisher.get(path("request", request)).content.decode()
    assert publisher.post(path("publish", request)).status_code == 303
    assert Publication.objects.filter(request=request).count() > 0
    assert "queued" in publisher.get(path("request", request)).content.decode()


def test_r01_an_unapproved_request_is_not_published_by_hand(world: World, enter: Enter):
    request = world.request("in_review", publish="manual")
    answer = enter("publisher").post(path("publish", request))
    assert (answer.status_code, Publication.objects.count()) == (412, 0)
    assert answer.context["problem"]


def test_a_superseded_request_leads_to_the_one_that_replaced_it(world: World, enter: Enter):
    old = world.request("changes_requested")
    new = world.submit(world.tree_of[old.pk]).request
    page = enter("content").get(path("request", old)).content.decode()
    assert state(old) == "superseded"
    assert path("request", new) in page
