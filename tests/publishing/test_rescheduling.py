"""What is approved after its planned time, and what is planned anew (R-21): at both doors, and in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from approvals import services as approvals
from approvals.models import ApprovalRequest
from audit.models import AuditEvent
from core import clock
from notices.sources import told_of
from publishing import queries, tasks
from publishing.models import Publication, Reschedule
from tests import builders
from tests.api.conftest import Answer, Api, door
from tests.builders import ROOT
from tests.guards.attack import assert_insert_refused
from tests.publishing.studio import Studio

AGO, PLANNED = timedelta(hours=3), timedelta(hours=1)


def late(studio: Studio, **how: Any) -> ApprovalRequest:
    """Planned for two hours ago, and approved now."""
    with time_machine.travel(clock.now() - AGO):
        request = studio.world.request("in_review", publish_at=clock.now() + PLANNED, **how)
    studio.world.decide_if_asked(request, "content", "budget")
    request.refresh_from_db()
    assert request.state == "approved"
    return request


def plan_anew(studio: Studio, request: ApprovalRequest, at: datetime, who: str = "submitter") -> Answer:
    body = {"publish_at": clock.rfc3339(at), "reason": "The campaign begins later."}
    return door(studio.world, who).post(f"approval-requests/{request.pk}/reschedule/", body)


def test_r21_what_is_approved_late_does_not_go_out_by_itself(studio: Studio) -> None:
    request = late(studio)
    studio.publish(request)
    tasks.sweep()
    assert studio.rows(request) == []
    studio.assert_nothing_sent()
    assert queries.obstacle(request.pk, clock.now()).code == "needs_reschedule"  # type: ignore[union-attr]


def test_r21_late_is_fine_where_the_submitter_said_so(studio: Studio) -> None:
    request = late(studio, late_is_fine=True)
    studio.publish(request)
    assert studio.ended(request) == {"published"}


def test_r21_that_late_is_fine_is_in_what_people_decide_on(studio: Studio) -> None:
    """It is part of the digest, and said where they look."""
    tree = studio.world.tree()
    at = clock.now() + PLANNED
    plain = studio.world.request("in_review", tree, publish_at=at)
    approvals.withdraw(actor=studio.world.actor("submitter"), request=plain.pk)
    other = studio.world.request("in_review", tree, publish_at=at, late_is_fine=True)
    assert plain.digest != other.digest
    assert door(studio.world, "content").get(f"approval-requests/{other.pk}/").body["late_is_fine"] is True
    client = Client()
    client.force_login(studio.world.people["content"])
    assert "late is fine" in client.get(reverse("admin:request", args=[other.pk])).content.decode()


def test_r21_only_what_is_planned_can_be_late(studio: Studio) -> None:
    tree = studio.world.tree()
    body = {"campaign": str(tree.campaign.pk), "late_is_fine": True}
    answer = door(studio.world, "submitter").post("approval-requests/", body)
    assert (answer.status, answer.fields) == (400, {"late_is_fine": "invalid"})
    assert not ApprovalRequest.objects.exists()


def test_r21_somebody_publishes_it_by_hand(studio: Studio) -> None:
    request = late(studio)
    assert door(studio.world, "publisher").post("publications/", {"approval_request": str(request.pk)}).status in (201, 202)
    studio.publish(request)
    assert studio.ended(request) == {"published"}


@pytest.mark.parametrize("who", ["submitter", "publisher"])
def test_r21_a_new_time_is_set_and_kept_to(studio: Studio, who: str) -> None:
    request = late(studio)
    soon = clock.now() + timedelta(seconds=3)
    answer = plan_anew(studio, request, soon, who)
    assert (answer.status, answer.body["publish_at"]) == (201, clock.rfc3339(soon))
    studio.publish(request)
    assert studio.rows(request) == []
    with time_machine.travel(soon + timedelta(seconds=1)):
        tasks.sweep()
        assert studio.ended(request) == {"published"}


def test_r21_the_newest_time_counts(studio: Studio) -> None:
    request = late(studio)
    for days in (1, 2):
        assert plan_anew(studio, request, clock.now() + timedelta(days=days)).status == 201
    assert queries.requests_to_publish(clock.now() + timedelta(days=1, hours=1)) == []
    assert queries.requests_to_publish(clock.now() + timedelta(days=2, hours=1)) == [request.pk]
    assert [row.rescheduled_by for row in queries.reschedules(request)] == [studio.world.people["submitter"]] * 2


def test_r21_what_was_approved_in_time_is_moved_as_well(studio: Studio) -> None:
    request = studio.approved(publish_at=clock.now() + timedelta(days=1))
    assert plan_anew(studio, request, clock.now() + timedelta(days=3)).status == 201
    assert queries.requests_to_publish(clock.now() + timedelta(days=2)) == []
    assert queries.requests_to_publish(clock.now() + timedelta(days=3, hours=1)) == [request.pk]


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(days=8)])
def test_r21_never_outside_the_window_that_was_cleared(studio: Studio, by: timedelta) -> None:
    request = late(studio)
    answer = plan_anew(studio, request, clock.now() + by)
    assert (answer.status, answer.fields) == (400, {"publish_at": "out_of_range"})
    assert not Reschedule.objects.exists()


def test_r21_r57_nobody_else_plans(studio: Studio) -> None:
    request = late(studio)
    builders.organisation("Umbra")
    for who in ("content", "budget", "auditor", "operator"):
        assert plan_anew(studio, request, clock.now() + timedelta(days=1), who).status in (403, 404), who
    stranger = Api(accounts.create_api_token(actor=ROOT, user=User.objects.get(email="publisher@umbra.example"), name="t")[1])
    body = {"publish_at": clock.rfc3339(clock.now() + timedelta(days=1))}
    assert stranger.post(f"approval-requests/{request.pk}/reschedule/", body).status == 404
    assert not Reschedule.objects.exists()
    assert not AuditEvent.objects.filter(action="publishing.request.rescheduled", outcome="recorded").exists()


def test_r21_only_what_waits_is_planned_anew(studio: Studio) -> None:
    open_one, revoked, done = studio.world.request("in_review"), late(studio), studio.published()
    approvals.revoke(actor=studio.world.actor("operator"), request=revoked.pk, reason="The price is wrong.")
    manual = studio.approved(publish="manual")
    tomorrow = clock.now() + timedelta(days=1)
    codes = [plan_anew(studio, each, tomorrow).body["code"] for each in (open_one, revoked, done, manual)]
    assert codes == ["not_approved", "clearance_revoked", "already_published", "conflict"]
    assert not Reschedule.objects.exists()


def test_r21_the_database_refuses_a_time_outside_the_window(studio: Studio) -> None:
    request = late(studio)
    row = {"request": request, "rescheduled_by": studio.world.people["publisher"], "at": clock.now()}
    for outside in (clock.now() - AGO, clock.now() + timedelta(days=8)):
        assert_insert_refused("publishing_reschedule_window", Reschedule(publish_at=outside, **row))


def test_r21_who_submitted_and_who_publishes_are_told(studio: Studio) -> None:
    request = late(studio)
    event = AuditEvent.objects.get(action="approvals.request.approved", subject_id=str(request.pk))
    told = {(each.person, str(each.kind)) for each in told_of(event, request, clock.now())}
    for who in ("submitter", "publisher"):
        assert (studio.world.people[who].pk, "approved_late") in told


def test_r21_the_page_says_so_and_takes_a_new_time(studio: Studio) -> None:
    request = late(studio)
    client, address = Client(), reverse("admin:request", args=[request.pk])
    client.force_login(studio.world.people["publisher"])
    page = client.get(address).content.decode()
    assert "Set a new time" in page
    assert 'id="publish-form"' in page
    tomorrow = clock.now() + timedelta(days=1)
    path = reverse("admin:reschedule", args=[request.pk])
    assert client.post(path, {"publish_at": "soon"}).status_code == 422
    assert client.post(path, {"publish_at": f"{tomorrow:%Y-%m-%dT%H:%M}", "reason": "Later"}).status_code == 303
    assert "Planned for" in client.get(address).content.decode()
    assert not Publication.objects.exists()
