"""The page of what would happen to a draft (D-10)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts import services as accounts
from approvals.models import ApprovalRequest
from approvals.paces import Pace
from audit.models import AuditEvent
from campaigns import services as campaigns
from tests.approvals.policies import BUDGET, CONTENT, govern, stage
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter
from workplace.foresight import duration, pace_words


def told(answer: Any, part: str = "") -> str:
    """The words of a page, or of a part of it."""
    html = answer.content.decode()
    if part:
        html = html[html.index(f'data-testid="{part}"') :]
        html = html[: html.index("</section>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def look(enter: Enter, kind: str, identifier: object, who: str = "submitter") -> Any:
    return enter(who).get(reverse("admin:route_preview", args=[kind, identifier]))


def test_who_decides_why_and_what_would_shorten_it(world: World, enter: Enter) -> None:
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.user("submitter"), scope=world.brand)
    govern(world, stage("budget", BUDGET, quorum=2, title="Money"), key="large", condition="request.exposure_minor > 35000")
    tree = world.tree()
    world.request(at="approved", tree=tree)
    actor = world.actor("submitter")
    budget: Any = {"budget": {"mode": "daily", "amount": "40.00"}}
    campaigns.edit_ad_group(actor=actor, ad_group=tree.ad_group.pk, version=None, values=budget)
    campaigns.edit_ad(actor=actor, ad=tree.ad.pk, version=None, values={"text": "New <b>words"})
    requests, events = ApprovalRequest.objects.count(), AuditEvent.objects.count()
    answer = look(enter, "campaign", tree.campaign.pk)
    assert answer.status_code == 200
    assert (ApprovalRequest.objects.count(), AuditEvent.objects.count()) == (requests, events)
    stages = told(answer, "foreseen")
    assert "Content may decide" in stages
    assert "Submitter submitted this request" in stages
    assert "asked by “Two stages” (version 1, Acme): of every request" in stages
    assert "asked by “By the test” (version 1, Acme) request.exposure_minor &gt; 35000" in stages
    assert "the most that its campaign can spend then: $400.00" in stages
    assert "2 approvals needed" in stages
    assert "Fewer people may decide this stage now than it needs" in stages
    shorter = told(answer, "savings")
    assert "If “Budget” stayed as it was approved: fewer approvals in “Money”." in shorter
    assert "If it could spend $350.00 at the most: fewer approvals in “Money”." in shorter


def test_an_ad_alone_and_what_nobody_speaks_of(world: World, enter: Enter) -> None:
    govern(world, stage("legal", ["disclosure"], permission="approve_legal"))
    tree = world.tree()
    request = world.submit(tree).request
    world.check(request)
    answer = look(enter, "campaign", tree.campaign.pk)
    assert answer.status_code == 200
    words = told(answer)
    assert "There is an open request for this already." in words
    assert "Nobody may decide this stage now" in words
    assert "No policy speaks of these sections, so one other person decides." in words
    together = look(enter, "ad", tree.ad.pk)
    assert (together.status_code, tree.campaign.name in told(together)) == (200, True), "with all that is under review with it"
    alone = look(enter, "ad", world.tree().ad.pk)
    assert (alone.status_code, "put it forward in the same request" in told(alone)) == (422, True)
    assert look(enter, "weather", tree.ad.pk).status_code == 404


def test_what_cannot_be_submitted_says_why(world: World, enter: Enter) -> None:
    tree = world.tree()
    world.request(at="approved", tree=tree)
    answer = look(enter, "campaign", tree.campaign.pk)
    assert answer.status_code == 422
    assert "Nothing has changed since it was last approved." in answer.content.decode()
    assert look(enter, "campaign", tree.campaign.pk, "auditor").status_code == 403
    assert look(enter, "campaign", tree.campaign.pk, "other_organisation").status_code == 404


@pytest.mark.parametrize(("who", "offered"), [("submitter", True), ("auditor", False)])
@pytest.mark.parametrize("kind", ["campaign", "adgroup", "ad"])
def test_the_draft_leads_there_whoever_may_submit_it(world: World, enter: Enter, who: str, offered: bool, kind: str) -> None:
    tree = world.tree()
    row = {"campaign": tree.campaign, "adgroup": tree.ad_group, "ad": tree.ad}[kind]
    answer = enter(who).get(reverse(f"admin:campaigns_{kind}_change", args=[row.pk]))
    assert answer.status_code == 200
    to = reverse("admin:route_preview", args=["ad_group" if kind == "adgroup" else kind, row.pk])
    assert (f'href="{to}"' in answer.content.decode()) is offered


def test_stages_that_may_be_added_are_told(world: World, enter: Enter) -> None:
    govern(world, stage("words", CONTENT), key="found", condition='"copy.capitals" in findings.codes')
    assert "&quot;copy.capitals&quot; in findings.codes" in told(look(enter, "campaign", world.tree().campaign.pk), "later")


def test_spans_are_told_in_their_largest_unit() -> None:
    assert [duration(each) for each in (5, 90, 3600, 47 * 3600, int(timedelta(days=3).total_seconds()))] == [
        "1 minute", "2 minutes", "1 hour", "47 hours", "3 days",
    ]  # fmt: skip
    assert pace_words(Pace(4)) == "no experience yet"
    assert pace_words(Pace(5, 7200, 90000)) == "usually 2 hours, nine of ten within 25 hours"
