"""Ticking several requests of the queue and deciding them at once (R-31)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from approvals.models import ApprovalRequest, Decision
from tests import builders
from tests.builders import World, green
from tests.workplace.conftest import Enter

ASK, DONE = "admin:bulk", "admin:bulk_done"


def ask(client: Any, *requests: ApprovalRequest, verdict: str = "approve") -> Any:
    return client.get(reverse(ASK), {"verdict": verdict, "request": [str(each.pk) for each in requests]})


def send(client: Any, page: Any, verdict: str = "approve", comment: str = "") -> Any:
    """The form of the page that asks, as a browser sends it."""
    chosen = [line.value for line in page.context["lines"]]
    return client.post(reverse(ASK), {"verdict": verdict, "comment": comment, "choice": chosen})


def test_the_queue_offers_ticks_where_somebody_decides(world: World, enter: Enter):
    request = green(world)
    client = enter("content")
    page = client.get(reverse("admin:index")).content.decode()
    assert f'name="request" value="{request.pk}" form="bulk-form"' in page
    assert 'form="bulk-form"' not in client.get(reverse("admin:index"), {"tab": "all"}).content.decode()


def test_r31_r08_the_page_asks_with_each_digest_and_then_tells_of_each(world: World, enter: Enter):
    first, second, warned = green(world, name="First"), green(world, name="Second"), world.request()
    client = enter("content")
    page = ask(client, first, second, warned)
    shown = page.content.decode()
    assert [line.value for line in page.context["lines"]] == [f"{each.pk}:{each.digest}:content" for each in (first, second)]
    assert [line.row.request for line in page.context["others"]] == [warned]
    assert "Its checks found something" in shown
    answer = send(client, page)
    assert (answer.status_code, answer.url) == (303, reverse(DONE))
    told = client.get(answer.url)
    assert [row for row, _problem in told.context["recorded"]] == [first, second]
    assert "2 approvals recorded" in told.content.decode()
    assert list(Decision.objects.values_list("request", "channel").order_by("pk")) == [(first.pk, "admin"), (second.pk, "admin")]
    assert client.get(answer.url).context["recorded"] == told.context["recorded"], "a reload repeats nothing"
    assert Decision.objects.count() == 2


def test_r31_what_was_decided_meanwhile_is_told_and_the_rest_is_done(world: World, enter: Enter):
    world.add_person("second", "content_approver")
    taken, free = green(world, name="Taken"), green(world, name="Free")
    client = enter("content")
    page = ask(client, taken, free)
    world.decide(taken, "content", by="second")
    send(client, page)
    told = client.get(reverse(DONE))
    assert [(row.title, problem) for row, problem in told.context["refused"]] == [
        ("Taken", "Nothing was recorded: this stage is not open for decisions any more.")
    ]
    assert [row.title for row, _problem in told.context["recorded"]] == ["Free"]
    assert taken.decisions.count() == 1


def test_a_second_click_counts_once_and_is_told_as_done(world: World, enter: Enter):
    request = green(world)
    client = enter("content")
    page = ask(client, request)
    send(client, page)
    send(client, page)
    assert [row for row, _problem in client.get(reverse(DONE)).context["recorded"]] == [request]
    assert Decision.objects.count() == 1


def test_r31_rejecting_needs_a_reason_and_shows_what_was_typed(world: World, enter: Enter):
    warned = world.request()
    client = enter("content")
    page = ask(client, warned, verdict="reject")
    assert [line.row.request for line in page.context["lines"]] == [warned], "a rejection has no limit"
    again = send(client, page, "reject")
    assert again.status_code == 422
    assert [line.value for line in again.context["lines"]] == [line.value for line in page.context["lines"]]
    assert not Decision.objects.exists()
    assert send(client, page, "reject", "Wrong season.").status_code == 303
    assert ApprovalRequest.objects.get(pk=warned.pk).state == "rejected"
    assert "1 rejected" in client.get(reverse(DONE)).content.decode()


@pytest.mark.parametrize("who", ["submitter", "publisher", "other_brand", "other_organisation", "nobody"])
def test_r57_whoever_may_not_decide_decides_none(world: World, enter: Enter, who: str):
    request = green(world)
    client = enter(who)
    assert ask(client, request).context["lines"] == []
    sent = client.post(reverse(ASK), {"verdict": "approve", "choice": f"{request.pk}:{request.digest}:content"})
    assert sent.status_code == 303
    told = client.get(reverse(DONE))
    assert told.context["recorded"] == []
    assert ("Autumn campaign" in told.content.decode()) == (who in ("submitter", "publisher"))
    assert not Decision.objects.exists()


def test_nonsense_is_answered_in_words(world: World, enter: Enter):
    other = green(builders.organisation("Umbra"))
    client = enter("content")
    page = client.get(reverse(ASK), {"verdict": "what", "request": ["x", str(other.pk)]})
    assert "Nothing to decide" in page.content.decode()
    for choice in ([], ["x"], [f"{other.pk}::"]):
        assert client.post(reverse(ASK), {"verdict": "approve", "choice": choice}).status_code == 422
    assert "Nothing was decided" in client.get(reverse(DONE)).content.decode()
    assert client.put(reverse(ASK)).status_code == 405
