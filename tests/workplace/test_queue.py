"""The queue: what is in it, in which order, at which cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditEvent
from tests.builders import Tree, World
from tests.workplace.conftest import Enter
from workplace import paging, queue

QUEUE_STATEMENTS = 21
"""Session, user, grants, groups, badge, accounts, page and its details; a change is to be seen here."""


def titles(client, **asked: str) -> list[str]:
    return [row.request.title for row in rows(client, **asked)]


def rows(client, **asked: str) -> list[Any]:
    found: list[Any] = client.get(reverse("admin:index"), asked).context["listing"].rows
    return found


def named(world: World, name: str, **how) -> Tree:
    campaign = world.campaign(name=name, **how)
    group = world.ad_group(campaign)
    return Tree(campaign, group, world.ad(group))


def test_what_waits_is_oldest_first_and_leaves_when_decided(world: World, enter: Enter):
    first = world.request("in_review", named(world, "First"))
    world.request("in_review", named(world, "Second"))
    world.request("awaiting_checks", named(world, "Third"))
    content, budget = enter("content"), enter("budget")
    assert (titles(content), titles(budget)) == (["First", "Second"], [])
    world.decide(first, "content")
    assert (titles(content), titles(budget)) == (["Second"], ["First"])


def test_other_lists_are_newest_first(world: World, enter: Enter):
    world.request("in_review", named(world, "First"))
    world.request("rejected", named(world, "Second"))
    submitter, content = enter("submitter"), enter("content")
    assert titles(submitter) == []
    assert titles(submitter, tab="mine") == ["Second", "First"]
    assert titles(content, tab="mine") == []
    assert titles(content, tab="open") == ["First"]
    assert titles(content, tab="all") == ["Second", "First"]
    assert titles(content, tab="all", state="rejected") == ["Second"]


def test_filters_narrow_and_nonsense_is_ignored(world: World, enter: Enter):
    world.request("in_review", named(world, "Jackets"))
    campaign = world.campaign(world.second_account, name="Boots")
    group = world.ad_group(campaign)
    world.request("in_review", Tree(campaign, group, world.ad(group)))
    client = enter("content")
    assert titles(client, q="jack") == ["Jackets"]
    assert titles(client, account=str(world.second_account.pk)) == ["Boots"]
    assert titles(client, account="x' OR 1=1", state="nope", after="nope", tab="nope", q="\x00") == ["Jackets", "Boots"]


def test_a_row_says_what_changed_what_it_costs_and_what_the_checks_remark(world: World, enter: Enter):
    from campaigns import services

    tree = named(world, "Autumn")
    world.request("approved", tree)
    values: Any = {"budget": {"mode": "daily", "amount": "240.00"}}
    services.edit_campaign(actor=world.actor("submitter"), campaign=tree.campaign.pk, version=None, values=values)
    world.request("in_review", tree)
    latest = world.request("in_review", named(world, "Winter"))
    with time_machine.travel(latest.submitted_at + timedelta(seconds=30)):
        assert [row.request.title for row in rows(enter("content"))] == ["Winter"]  # who reads texts is not asked of a budget
        new, changed = rows(enter("content"), tab="open")
    assert (changed.new, changed.changed) == ([], ["1 campaign (Budget)"])
    assert (new.new, new.changed) == (["1 campaign", "1 ad group", "1 ad"], [])
    assert (new.exposure, new.failing) == ("$300.00", 0)
    assert new.thumbnail == tree.ad.media.get()
    assert (new.stage.title, new.stage_number, new.stages, new.age) == ("Content", 1, 2, "just now")


def test_pages_by_key_show_every_request_once(world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queue, "PAGE_SIZE", 2)
    names = [f"Request {number}" for number in range(5)]
    for name in names:
        world.request("awaiting_checks", named(world, name))
    client = enter("content")
    seen, after = [], ""
    for _page in range(3):
        listing = client.get(reverse("admin:index"), {"tab": "all", "after": after}).context["listing"]
        seen += [row.request.title for row in listing.rows]
        after = listing.after
    assert (seen, after) == (names[::-1], "")


def test_the_queue_costs_the_same_for_one_request_and_for_many(world: World, enter: Enter):
    def cost() -> int:
        client = enter("content")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("admin:index")).status_code == 200
        touched = "usersessions_usersession"  # once a minute, whatever the page
        return sum(touched not in each["sql"] for each in captured)

    world.request("in_review", named(world, "One"))
    cost()  # content types and the like are kept from here on
    one = cost()
    for number in range(5):
        world.request("in_review", named(world, f"More {number}"))
    assert cost() == one
    assert one <= QUEUE_STATEMENTS, one


def test_an_empty_queue_explains_itself(world: World, enter: Enter):
    assert "Nothing waits for you" in enter("content").get(reverse("admin:index")).content.decode()
    assert "You have no role yet" in enter("nobody").get(reverse("admin:index")).content.decode()
    assert "Nothing matches" in enter("content").get(reverse("admin:index"), {"q": "zzz"}).content.decode()


def test_counting_stops_at_the_cap(world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(paging, "CAP", 5)
    assert AuditEvent.objects.count() > 5
    client = enter("auditor")
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse("admin:audit_auditevent_changelist"))
    assert page.context["cl"].result_count == 5
    counts = [query["sql"] for query in captured if "COUNT(" in query["sql"] and "audit_auditevent" in query["sql"]]
    assert counts
    assert all("LIMIT 5" in sql for sql in counts), counts


def test_the_log_is_searched_and_filtered(world: World, enter: Enter):
    request = world.request("content_approved")
    client, path = enter("auditor"), reverse("admin:audit_auditevent_changelist")

    def found(**asked: str) -> list[str]:
        return [row.action for row in client.get(path, asked).context["cl"].result_list]

    assert set(found(subject_id=str(request.pk))) >= {"approvals.request.submitted", "approvals.stage.satisfied"}
    assert found(action="approvals.decision.recorded") == ["approvals.decision.recorded"]
    assert found(outcome="refused") == []
    assert "approvals.request.submitted" in found(q=str(request.pk))
    assert found(q="no such thing") == []


def test_a_model_list_costs_the_same_for_few_rows_and_many(world: World, enter: Enter):
    def cost(name: str) -> int:
        client = enter("auditor")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
        return len(captured)

    lists = [
        "campaigns_campaign", "campaigns_adgroup", "campaigns_ad", "campaigns_mediaasset", "campaigns_revision",
        "approvals_approvalrequest", "approvals_clearance", "governance_checkrun", "governance_finding",
        "accounts_user", "accounts_rolegrant", "accounts_adaccount", "audit_auditevent",
    ]  # fmt: skip
    world.request("approved", named(world, "One"))
    for name in lists:
        cost(name)
    few = {name: cost(name) for name in lists}
    for number in range(3):
        world.request("approved", named(world, f"More {number}"))
    assert {name: cost(name) for name in lists} == few


