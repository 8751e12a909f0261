"""Letting a soft finding pass on the page of a request (R-53): to whom it is offered, and that nothing happens for others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import services as accounts
from approvals.models import ApprovalRequest
from audit.models import AuditEvent
from core import clock
from core.ids import uuid7
from governance.models import Finding, Override
from governance.services import confirm_waiver, override_finding, propose_waiver, publish_rule_set
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter

RULE = "text.forbidden_words"


@pytest.fixture
def lenient(world: World) -> World:
    """Two exception approvers, and a soft rule that ads of this world break."""
    for name in ("ex", "wy"):
        world.add_person(name, "exception_approver")
    demand(world, "soft")
    return world


def demand(world: World, mode: str, key: str = "tone", **more: Any) -> None:
    lines = [{"rule": RULE, "mode": mode, "params": {"words": ["jackets"]}}]
    publish_rule_set(actor=ROOT, key=key, title="Tone", rules=lines, scope=world.brand, **more)


def blocked(world: World) -> ApprovalRequest:
    request = world.submit().request
    world.check(request)
    request.refresh_from_db()
    assert request.state == "blocked"
    return request


def finding(request: ApprovalRequest) -> Finding:
    return Finding.objects.get(check_run__request_items__request=request, rule=RULE, result="fail", intended="")


def path(request: ApprovalRequest, of: Finding | None = None) -> str:
    return reverse("admin:override", args=[request.pk, (of or finding(request)).pk])


def page(client: Client, request: ApprovalRequest) -> Any:
    return client.get(reverse("admin:request", args=[request.pk]))


def shown(answer: Any) -> Any:
    """The finding as the page has it."""
    (found,) = [each for each in answer.context["detail"].findings if each.code.startswith("text.") and not each.intended]
    return found


def offered(client: Client, request: ApprovalRequest) -> bool:
    answer = page(client, request)
    is_there = 'data-testid="override-form"' in answer.content.decode()
    assert is_there == any(each.may_override for each in answer.context["detail"].findings)
    return is_there


def test_r53_an_exception_approver_lets_it_pass_with_a_reason(lenient: World, enter: Enter):
    request, client = blocked(lenient), enter("ex")
    assert offered(client, request)
    answer = client.post(path(request), {"why": "The name of the <b>shop</b>."})
    assert (answer.status_code, answer["Location"]) == (303, reverse("admin:request", args=[request.pk]))
    row = Override.objects.get()
    assert (row.rule, row.reason, row.name) == (RULE, "The name of the <b>shop</b>.", "Ex")
    assert AuditEvent.objects.get(action="governance.finding.overridden").channel == "admin"
    after = page(client, request)
    found, text = shown(after), after.content.decode()
    assert (found.weight, found.may_override, len(found.excuses)) == ("warning", False, 1)
    assert "Overridden by Ex, " in text
    assert "The name of the &lt;b&gt;shop&lt;/b&gt;." in text
    again = lenient.submit(lenient.tree_of[request.pk]).request
    lenient.check(again)
    again.refresh_from_db()
    assert again.state == "in_review"
    assert shown(page(enter("content"), again)).excuses[0].reason == row.reason, "reviewers read it too"


@pytest.mark.parametrize("why", ["", "  \n ", "\x00"])
def test_an_override_without_a_reason_is_refused(why: str, lenient: World, enter: Enter):
    request, client = blocked(lenient), enter("ex")
    answer = client.post(path(request), {"why": why})
    assert (answer.status_code, answer.context["problem"]) == (422, "Say why; auditors read it.")
    assert '<details class="wp-override" open>' in answer.content.decode()
    assert not Override.objects.exists()


def test_it_is_said_once(lenient: World, enter: Enter):
    request, client = blocked(lenient), enter("ex")
    override_finding(actor=lenient.actor("wy"), finding=finding(request).pk, reason="Mine first.")
    answer = client.post(path(request), {"why": "Mine too."})
    assert (answer.status_code, Override.objects.get().reason) == (409, "Mine first.")
    assert "overridden for this revision already" in answer.context["problem"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("content", 403), ("auditor", 403), ("submitter", 403), ("policy_manager", 403), ("nobody", 404), ("superuser", 404),
        ("other_organisation", 404), ("other_brand", 404), ("anonymous", 302), ("machine", 302),
    ],
)  # fmt: skip
def test_r57_who_holds_no_such_right_is_offered_nothing_and_does_nothing(who: str, status: int, lenient: World, enter: Enter):
    request, client = blocked(lenient), enter(who)
    if status == 403:
        assert not offered(client, request)
    assert client.post(path(request), {"why": "Looks fine."}).status_code == status
    assert not Override.objects.exists()


def test_r16_nobody_lets_pass_what_they_worked_on(lenient: World, enter: Enter):
    accounts.grant_role(actor=ROOT, role="exception_approver", principal=lenient.people["submitter"], scope=lenient.brand)
    request, client = blocked(lenient), enter("submitter")
    assert not offered(client, request)
    answer = client.post(path(request), {"why": "Looks fine."})
    assert (answer.status_code, answer.context["problem"]) == (403, "Nobody overrides a finding about what they worked on.")
    assert not Override.objects.exists()


def test_r53_a_hard_finding_is_not_offered_and_not_overridden(lenient: World, enter: Enter):
    demand(lenient, "hard")
    request, client = blocked(lenient), enter("ex")
    assert not offered(client, request)
    assert client.post(path(request), {"why": "Please."}).status_code == 409
    assert not Override.objects.exists()


def test_a_finding_is_overridden_on_the_page_of_its_own_request(lenient: World, enter: Enter):
    one, other, client = blocked(lenient), blocked(lenient), enter("ex")
    for address in (path(one, finding(other)), reverse("admin:override", args=[one.pk, uuid7()]), reverse("admin:override", args=[uuid7(), finding(one).pk])):
        assert client.post(address, {"why": "Wrong place."}).status_code == 404
    assert not Override.objects.exists()


def test_a_waiver_in_force_is_shown_and_there_is_nothing_to_override(lenient: World, enter: Enter):
    request = blocked(lenient)
    ends = clock.now() + timedelta(days=7)
    row = propose_waiver(actor=lenient.actor("ex"), rule=RULE, scope=lenient.brand, reason="We sell them.", expires_at=ends)
    assert offered(enter("ex"), request), "a waiver that awaits its second does not count"
    confirm_waiver(actor=lenient.actor("wy"), waiver=row.pk)
    answer = page(enter("ex"), request)
    assert not shown(answer).may_override
    assert "Waived on Acme Brand until " in answer.content.decode()
    assert "We sell them." in answer.content.decode()


def test_what_is_on_trial_says_what_it_would_do(lenient: World, enter: Enter):
    demand(lenient, "hard", key="trial", propose=True)
    text = page(enter("ex"), blocked(lenient)).content.decode()
    assert "on trial; in force: blocks" in text


def test_nothing_is_offered_where_the_request_has_ended(lenient: World, enter: Enter):
    request = blocked(lenient)
    override_finding(actor=lenient.actor("wy"), finding=finding(request).pk, reason="Fine.")
    again = lenient.submit(lenient.tree_of[request.pk]).request
    lenient.check(again)
    lenient.decide(again, "content", "reject")
    assert not offered(enter("ex"), again)


def test_overriding_is_a_post_with_a_token(lenient: World, enter: Enter):
    request = blocked(lenient)
    assert enter("ex").get(path(request)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lenient.user("ex"))
    assert strict.post(path(request), {"why": "No token."}).status_code == 403
    assert not Override.objects.exists()


def test_the_page_asks_no_more_for_many_soft_findings(lenient: World, enter: Enter):
    def cost(request: ApprovalRequest) -> int:
        client = enter("ex")
        with CaptureQueriesContext(connection) as captured:
            assert page(client, request).status_code == 200
        return len(captured)

    small = blocked(lenient)
    tree = lenient.tree()
    for number in range(3):
        lenient.ad(tree.ad_group, lenient.upload(), name=f"Ad {number}")
    large = lenient.submit(tree).request
    lenient.check(large)
    cost(small)
    assert cost(large) == cost(small) <= 29
