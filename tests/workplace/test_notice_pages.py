"""The bell, the notices of a person, and what they choose."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from notices import queries, reading
from notices.models import Notice, Preference
from tests.api.statements import statements
from tests.builders import World
from tests.workplace.conftest import Enter
from workplace import theme

LIST, READ_ALL, CHOICES = (reverse(f"admin:{name}") for name in ("notices", "notices_read", "notice_preferences"))


@pytest.fixture
def world(world: World) -> World:
    """Whose content approver is told that a review waits, and whose submitter that another request was blocked."""
    world.request("in_review")
    world.request("blocked")
    reading.read_on()
    return world


def body(client: Client, address: str = LIST, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def bell(client: Client, address: str = LIST) -> str:
    """What the bell says."""
    (found,) = re.findall(r'<a class="wp-bell"[^>]*aria-label="([^"]*)"', body(client, address))
    return str(found)


def read(row: Notice) -> str:
    return reverse("admin:notice_read", args=[row.pk])


def mine(world: World, name: str) -> Notice:
    return Notice.objects.get(person=world.people[name])


def test_the_page_says_what_happened_and_why_one_is_told(world: World, enter: Enter):
    text = body(enter("content"))
    for words in ("A review waits for you", "Your stage waits for you.", "Autumn campaign", "Acme Brand", "Content"):
        assert words in text, words
    assert reverse("admin:request", args=[mine(world, "content").request_id]) in text
    assert "You submitted this." not in text
    assert "You submitted this." in body(enter("submitter"))


def test_the_bell_counts_on_every_page_and_marking_takes_it_down(world: World, enter: Enter):
    client = enter("content")
    pages = [LIST, reverse("admin:index"), reverse("admin:envelopes"), reverse("admin:approvals_clearance_changelist")]
    if not theme.IS_THEMED:
        pages.pop()
    assert {bell(client, page) for page in pages} == {"1 unread notice"}
    assert client.post(read(mine(world, "content"))).status_code == 303
    assert {bell(client, page) for page in pages} == {"0 unread notices"}
    assert queries.unread(world.actor("submitter")).count() == 1


def test_all_are_marked_as_the_page_showed_them(world: World, enter: Enter):
    client = enter("submitter")
    first = client.get(LIST).context["listing"].rows[0]
    world.request("blocked", world.tree(landing_page_url="http://elsewhere.example/"))
    reading.read_on()
    assert client.post(READ_ALL, {"until": str(first.pk)}).status_code == 303
    assert bell(client) == "1 unread notice"
    assert client.post(READ_ALL, {"until": "nonsense"}).status_code == 303
    assert bell(client) == "0 unread notices"
    assert "Mark all as read" not in body(client)


def test_unread_alone_and_page_by_page(world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workplace.notice_pages.PAGE_SIZE", 1)
    world.request("blocked", world.tree(landing_page_url="http://elsewhere.example/"))
    reading.read_on()
    client = enter("submitter")
    first = client.get(LIST).context["listing"]
    second = client.get(LIST, {"after": first.after}).context["listing"]
    assert first.rows[0].pk > second.rows[0].pk
    assert second.after == ""
    client.post(read(first.rows[0]))
    assert [row.pk for row in client.get(LIST, {"show": "unread"}).context["listing"].rows] == [second.rows[0].pk]


def test_whoever_is_told_nothing_is_told_so(world: World, enter: Enter):
    assert "No notices" in body(enter("auditor"))


def test_nobody_reads_or_marks_another_s(world: World, enter: Enter):
    foreign = mine(world, "content")
    client = enter("submitter")
    assert str(foreign.pk) not in body(client)
    assert client.post(read(foreign)).status_code == 404
    assert client.post(READ_ALL).status_code == 303
    assert Notice.objects.get(pk=foreign.pk).read_at is None


def test_looking_marks_nothing_and_marking_wants_a_form(world: World, enter: Enter):
    client = enter("content")
    body(client)
    assert client.get(read(mine(world, "content"))).status_code == 405
    assert client.get(READ_ALL).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.user("content"))
    for address in (read(mine(world, "content")), READ_ALL, CHOICES):
        assert strict.post(address, {"approved": "off"}).status_code == 403
    assert mine(world, "content").read_at is None
    assert not Preference.objects.exists()


def test_a_title_is_text(world: World, enter: Enter):
    row = mine(world, "content")
    text = body(enter("content"))
    assert f'data-notice="{row.pk}"' in text
    assert "<script>alert" not in text


# --- choosing ----------------------------------------------------------------------------------------------------------------


def chosen(world: World, **changed: str) -> dict[str, str]:
    return {**queries.preferences(world.actor("content")), **changed}


def test_one_chooses_and_only_what_changed_is_written(world: World, enter: Enter):
    client = enter("content")
    assert "08:00 (UTC)" in body(client, CHOICES)
    assert client.post(CHOICES, chosen(world, review_asked="daily", approved="off")).status_code == 303
    assert dict(Preference.objects.values_list("kind", "delivery")) == {"review_asked": "daily", "approved": "off"}
    assert AuditEvent.objects.filter(action="notices.preference.set").count() == 2
    form = client.get(CHOICES).context["form"]
    assert (form.initial["review_asked"], form.initial["approved"], form.initial["rejected"]) == ("daily", "off", "immediate")
    assert client.post(CHOICES, chosen(world)).status_code == 303
    assert AuditEvent.objects.filter(action="notices.preference.set").count() == 2


@pytest.mark.parametrize("changed", [{"approved": "weekly"}, {"approved": ""}])
def test_what_there_is_not_is_refused(world: World, enter: Enter, changed: Any):
    assert enter("content").post(CHOICES, chosen(world, **changed)).status_code == 422
    assert not Preference.objects.exists()


# --- statements --------------------------------------------------------------------------------------------------------------


def test_the_bell_costs_one_statement_and_the_list_does_not_grow(world: World, enter: Enter):
    client = enter("submitter")

    def cost(address: str) -> list[str]:
        with statements() as seen:
            assert client.get(address).status_code == 200
        return [sql for sql in seen.sql if "notices_" in sql]

    assert len(cost(reverse("admin:index"))) == len(cost(reverse("admin:envelopes"))) == 1
    few = len(cost(LIST))
    for _turn in range(3):
        world.request("blocked", world.tree(landing_page_url="http://elsewhere.example/"))
    reading.read_on()
    assert len(cost(LIST)) == few == 2
