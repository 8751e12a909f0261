"""Stages that ask people to show again who they are before they decide (R-56)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from accounts.actors import actor_for
from approvals.errors import ReauthenticationRequired
from approvals.models import ApprovalRequest, Decision, Stage
from approvals.services import decide
from core import clock
from core.actor import Authentication, Channel
from core.ids import uuid7
from tests.api.conftest import Api, door
from tests.approvals.observing import assert_refused
from tests.approvals.policies import BUDGET, again, govern, said, stage, states
from tests.builders import World
from tests.workplace.test_comments import path


@pytest.fixture
def request_(world: World) -> ApprovalRequest:
    govern(world, stage(reauthenticate=True, carries=True), stage("budget", BUDGET))
    return world.request()


def vote(world: World, request: ApprovalRequest, shown: datetime | None, verdict: str = "approve") -> Decision:
    how = None if shown is None else Authentication("password+totp", shown)
    actor = actor_for(world.user("content"), Channel.ADMIN, authentication=how)
    return decide(actor=actor, request=request.pk, stage="content", digest=request.digest, verdict=verdict, comment="Because.")


@pytest.mark.parametrize("minutes", [None, 10, 600, -5])
@pytest.mark.parametrize("verdict", ["approve", "reject", "abstain"])
def test_r56_who_showed_it_too_long_ago_does_not_decide(world: World, request_: ApprovalRequest, minutes: int | None, verdict: str) -> None:
    shown = None if minutes is None else clock.now() - timedelta(minutes=minutes)
    refused = assert_refused(ReauthenticationRequired, partial(vote, world, request_, shown, verdict), minutes=10)
    assert "less than 10 minutes" in str(refused)


def test_r56_how_and_when_is_kept_with_the_decision(world: World, request_: ApprovalRequest) -> None:
    shown = clock.now() - timedelta(minutes=9)
    made = vote(world, request_, shown)
    assert (made.authentication, made.authenticated_at) == ("password+totp", shown)
    assert states(request_)["content"] == "satisfied"
    assert world.decide(request_, "budget").authentication == "", "where nobody asks, nothing is needed"


def test_r56_a_token_counts_from_when_it_was_made(world: World, request_: ApprovalRequest) -> None:
    body = {"verdict": "approve", "digest": request_.digest, "stage": "content"}
    api = door(world, "content")
    from accounts.models import ApiToken

    token = ApiToken.objects.latest("created")
    where = f"approval-requests/{request_.pk}/"
    assert api.get(where).body["stages"][0]["reauthenticate"] is True
    assert decided_with(api, token.created + timedelta(minutes=11), where, body) == (403, "reauthentication_required")
    assert api.post(f"{where}decisions/", body).status == 201


def decided_with(api: Api, now: datetime, where: str, body: dict[str, str]) -> tuple[int, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: now)
        answer = api.post(f"{where}decisions/", body)
    return answer.status, answer.body.get("code", "")


def test_r56_the_database_asks_the_same(world: World, request_: ApprovalRequest) -> None:
    row = Decision(
        id=uuid7(), request=request_, stage=Stage.objects.get(request=request_, key="content"), digest=request_.digest, verdict="approve",
        decided_by=world.people["content"], name="x", eligible_by="x", channel="sql", checks={}, decided_at=clock.now(),
    )  # fmt: skip
    for shown in (None, clock.now() - timedelta(minutes=16)):
        row.authenticated_at = shown
        with pytest.raises(DatabaseError, match="approvals_decision_reauthenticated"), transaction.atomic():
            row.save(force_insert=True)
    row.authenticated_at = clock.now() - timedelta(minutes=1)
    row.save(force_insert=True)


@pytest.mark.parametrize(("before", "after", "carried"), [(True, True, True), (True, False, True), (False, True, False)])
def test_r07_a_decision_is_carried_over_to_a_stage_that_asks_no_more(world: World, before: bool, after: bool, carried: bool) -> None:
    from tests.approvals.test_checklists import amended

    govern(world, stage(reauthenticate=before, carries=True), stage("budget", BUDGET))
    request = world.request()
    vote(world, request, clock.now())
    govern(world, stage(reauthenticate=after, carries=True), stage("budget", BUDGET))
    later = amended(world, request)
    assert len(said(later)) == carried


def test_r11_the_strictest_of_several_policies_wins(world: World) -> None:
    govern(world, stage(), stage("budget", BUDGET))
    govern(world, stage(reauthenticate=True, blind=True), key="more")
    request = world.request()
    held = Stage.objects.get(request=request, key="content")
    assert (held.reauthenticate, held.blind) == (True, True)


def test_r56_the_page_leads_to_showing_it_and_back(world: World, request_: ApprovalRequest) -> None:
    from django.test import Client
    from django.urls import reverse

    from tests.builders import PASSWORD
    from tests.workplace.conftest import note_log_in

    client = Client()
    client.force_login(world.user("content"))
    note_log_in(client, world.user("content"))
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": clock.now().timestamp() - 3600}]
    session.save()
    page = client.get(path("request", request_)).content.decode()
    assert 'data-testid="show-again"' in page
    assert 'id="decision-form"' not in page
    form = {"stage": "content", "digest": request_.digest, "verdict": "approve", "comment": "Good"}
    for answer in (client.post(path("decide", request_), form), client.post(path("show_again", request_))):
        assert answer.status_code == 303
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not Decision.objects.exists()
    back = client.post(answer["Location"], {"password": PASSWORD})
    assert back["Location"] == path("request", request_)
    assert 'id="decision-form"' in client.get(path("request", request_)).content.decode()
    assert client.post(path("decide", request_), form).status_code == 303
    assert Decision.objects.get().authentication == "password"
    assert again(request_).state == "in_review"
