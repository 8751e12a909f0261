"""Deadlines on the pages (R-20): how long there is, what is overdue, and that it says so in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from approvals import services, tasks
from approvals.models import ApprovalRequest
from core import clock
from tests.approvals.policies import BUDGET, CONTENT, govern, stage
from tests.builders import ROOT, Tree, World
from tests.workplace.conftest import Enter

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.fixture
def world(world: World) -> World:
    """Where people work day and night."""
    services.set_calendar(actor=ROOT, scope=world.organisation, timezone="UTC", hours={day: ["00:00", "24:00"] for day in DAYS})
    return world


def put_forward(world: World, hours_ago: float, name: str = "Autumn campaign", **more: Any) -> ApprovalRequest:
    with time_machine.travel(clock.now() - timedelta(hours=hours_ago), tick=True):
        govern(world, stage(sections=[*CONTENT, *BUDGET], **more))
        campaign = world.campaign(name=name)
        group = world.ad_group(campaign)
        return world.request("in_review", Tree(campaign, group, world.ad(group)))


def page(client: Any, request: ApprovalRequest) -> str:
    text: str = client.get(reverse("admin:request", args=[request.pk])).content.decode()
    return text


def rows(client: Any, **asked: str) -> list[tuple[str, str, bool]]:
    found = client.get(reverse("admin:index"), asked).context["listing"].rows
    return [(row.request.title, row.due, row.late) for row in found]


def test_r20_the_page_says_how_many_working_hours_are_left(world: World, enter: Enter) -> None:
    shown = page(enter("content"), put_forward(world, 5.5, deadline_hours=8))
    assert "(UTC), 2 working hours left" in shown


def test_r20_the_page_says_that_it_is_overdue_and_more_are_asked(world: World, enter: Enter) -> None:
    request = put_forward(world, 10.5, deadline_hours=8)
    tasks.keep_time()
    shown = page(enter("content"), request)
    assert "(UTC), 2 working hours ago" in shown
    assert "More people are asked since:" in shown


def test_r20_the_page_says_what_a_later_stage_has(world: World, enter: Enter) -> None:
    govern(world, stage(), stage("budget", BUDGET, deadline_hours=16))
    assert "due 16 working hours after it opens" in page(enter("content"), world.request())


def test_r20_the_queue_marks_what_is_overdue_and_finds_it(world: World, enter: Enter) -> None:
    put_forward(world, 10.5, "Late", deadline_hours=8)
    put_forward(world, 5.5, "In time", deadline_hours=8)
    put_forward(world, 4, "Whenever")
    client = enter("content")
    late, in_time = ("Late", "overdue by 2\xa0hours", True), ("In time", "due in 2\xa0hours", False)
    assert rows(client) == [late, in_time, ("Whenever", "", False)]
    assert rows(client, late="1") == [late]
    assert rows(client, tab="open", late="1") == [late]
    assert client.get(reverse("admin:index")).content.decode().count('data-testid="overdue"') == 1


def test_r20_what_was_sent_back_is_not_overdue(world: World, enter: Enter) -> None:
    request = put_forward(world, 10, deadline_hours=8)
    world.decide(request, "content", "request_changes")
    assert rows(enter("content"), tab="open") == [("Autumn campaign", "", False)]
    assert rows(enter("content"), tab="open", late="1") == []
