"""Comments and checklists on the page of a request, without any script (R-51)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals import services
from approvals.anchors import Anchor
from approvals.models import ApprovalRequest, Comment, Decision
from approvals.services.submitting import Submission
from campaigns import services as campaigns
from tests.approvals.policies import BUDGET, govern, stage
from tests.builders import World
from tests.workplace.conftest import Enter

LOOK = {"key": "logo", "text": "The logo is the one of this season.", "required": True}
NASTY = '"><script>window.hacked=1</script>'


def path(name: str, request: ApprovalRequest, *more: Any) -> str:
    return reverse(f"admin:{name}", args=[request.pk, *more])


def form(request: ApprovalRequest, **more: str) -> dict[str, str]:
    return {"revision": str(request.items.get(entity_type="ad").revision_id), "path": "/copy/text", "text": "Too loud.", **more}


def shown(client: Client, request: ApprovalRequest) -> Any:
    return client.get(path("request", request))


def said(world: World, request: ApprovalRequest, by: str = "content", text: str = "The price is wrong.", **more: Any) -> Comment:
    revision = request.items.get(entity_type="ad").revision_id
    how: dict[str, Any] = {"revision": revision, "anchor": Anchor("/copy/text"), "blocking": True} | more
    return services.comment(actor=world.actor(by), request=request.pk, text=text, **how)


def test_r51_a_comment_is_written_replied_to_and_resolved(world: World, enter: Enter) -> None:
    request, content = world.request(), enter("content")
    assert 'data-testid="comment-form"' in shown(content, request).content.decode()
    answer = content.post(path("comment", request), form(request, text=NASTY, blocking="yes"))
    comment = Comment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{path('request', request)}#comment-{comment.pk}")
    assert (comment.text, comment.is_blocking, comment.path) == (NASTY, True, "/copy/text")
    page = shown(content, request).content.decode()
    assert NASTY not in page
    assert "1 comment holds up the approval." in page
    assert "Text: Caption" in page
    submitter = enter("submitter")
    page = shown(submitter, request).content.decode()
    assert 'data-testid="reply-form"' in page
    assert 'data-testid="resolve-form"' not in page
    reply = submitter.post(path("comment", request), {"reply_to": str(comment.pk), "text": "It was agreed."})
    assert reply["Location"] == f"{path('request', request)}#comment-{comment.pk}"
    assert "It was agreed." in shown(content, request).content.decode()
    assert submitter.post(path("resolve_comment", request, comment.pk)).status_code == 403
    assert content.post(path("resolve_comment", request, comment.pk)).status_code == 303
    page = shown(content, request).content.decode()
    assert "holds up the approval" not in page
    assert 'data-testid="reopen-form"' in page
    assert content.post(path("resolve_comment", request, comment.pk)).status_code == 409
    assert content.post(path("reopen_comment", request, comment.pk)).status_code == 303
    assert "1 comment holds up the approval." in shown(content, request).content.decode()


def test_r51_an_approval_that_is_held_up_is_told_so(world: World, enter: Enter) -> None:
    request = world.request()
    said(world, request, "budget")
    answer = enter("content").post(path("decide", request), {"stage": "content", "digest": request.digest, "verdict": "approve"})
    assert (answer.status_code, Decision.objects.count()) == (412, 0)
    assert "a comment holds this up" in answer.context["problem"]


def test_r51_a_part_of_the_film_at_a_moment(world: World, enter: Enter) -> None:
    request, content = world.request(), enter("content")
    where = {"path": "/creative/media/0", "second": "1.5", "x": "10", "y": "0", "width": "12,5", "height": "100"}
    assert content.post(path("comment", request), form(request, **where)).status_code == 303
    comment = Comment.objects.get()
    assert (comment.at_ms, comment.region) == (1500, [100, 0, 125, 1000])
    page = shown(content, request).content.decode()
    assert "Picture or film 1, at 1.5 s, 10 % from the left, 0 % from the top, 12.5 × 100 %" in page


@pytest.mark.parametrize(
    "more", [{"text": " "}, {"path": "/weather"}, {"path": ""}, {"revision": "x"}, {"x": "1"}, {"second": "soon"}, {"second": "NaN"}, {"second": "9" * 30},
             {"text": "x" * 4001}, {"path": "/creative/media/0", "x": "50", "y": "0", "width": "51", "height": "1"}]
)  # fmt: skip
def test_a_comment_that_is_not_taken_keeps_what_was_typed(world: World, enter: Enter, more: dict[str, str]) -> None:
    request = world.request()
    answer = enter("content").post(path("comment", request), form(request, **more))
    assert (answer.status_code, Comment.objects.count()) == (422, 0)
    assert answer.context["problem"]
    if "text" not in more and "revision" not in more:
        assert "Too loud.</textarea>" in answer.content.decode()


@pytest.mark.parametrize(("who", "offered"), [("submitter", True), ("budget", True), ("publisher", False), ("auditor", False)])
def test_r57_who_is_offered_to_comment(world: World, enter: Enter, who: str, offered: bool) -> None:
    request, client = world.request(), enter(who)
    assert ('data-testid="comment-form"' in shown(client, request).content.decode()) is offered
    assert client.post(path("comment", request), form(request)).status_code == (303 if offered else 403)
    assert Comment.objects.count() == offered


@pytest.mark.parametrize(("who", "offered"), [("submitter", False), ("content", True)])
def test_r16_who_is_offered_to_hold_it_up(world: World, enter: Enter, who: str, offered: bool) -> None:
    request, client = world.request(), enter(who)
    assert ('name="blocking"' in shown(client, request).content.decode()) is offered
    assert client.post(path("comment", request), form(request, blocking="yes")).status_code == (303 if offered else 403)


def test_r51_a_closed_request_shows_what_was_said_and_takes_no_more(world: World, enter: Enter) -> None:
    request = world.request()
    comment = said(world, request, blocking=False)
    world.decide_if_asked(request, "content", "budget")
    client = enter("content")
    page = shown(client, request).content.decode()
    assert "The price is wrong." in page
    assert 'data-testid="comment-form"' not in page
    assert 'data-testid="reply-form"' not in page
    answer = client.post(path("comment", request), form(request))
    assert (answer.status_code, answer.context["problem"]) == (409, "Nothing was recorded: this request is closed, and what was said about it stays as it was.")
    assert client.post(path("resolve_comment", request, comment.pk)).status_code == 409


def test_r51_the_new_version_shows_what_was_said_on_the_one_before(world: World, enter: Enter) -> None:
    request = world.request()
    said(world, request, text="The price is wrong.")
    said(world, request, text="The landing page is dead.", anchor=Anchor("/destination"))
    campaigns.edit_ad(actor=world.actor("submitter"), ad=world.tree_of[request.pk].ad.pk, version=None, values={"text": "Another price"})
    later = world.submit(world.tree_of[request.pk], amend=True).request
    world.check(later)
    client = enter("submitter")
    page = shown(client, later).content.decode()
    assert page.count("The landing page is dead.") == 1, "carried over, and shown once"
    assert "carried over" in page
    assert "1 comment holds up the approval." in page
    assert "1 comment that held up the version before was not resolved." in page
    assert "on the version before" in page
    old = shown(client, request).content.decode()
    assert "The price is wrong." in old
    assert 'data-testid="reply-form"' not in old


def test_r51_what_is_said_of_what_is_gone_is_shown_still(world: World, enter: Enter) -> None:
    request = world.request()
    said(world, request, text="Not this one.")
    tree = world.tree_of[request.pk]
    later = services.submit(
        actor=world.actor("submitter"),
        submission=Submission(items=[("campaign", tree.campaign.pk), ("ad_group", tree.ad_group.pk)], amend=True),
    ).request
    page = shown(enter("submitter"), later).content.decode()
    assert "On what is not in this version any more" in page
    assert "Not this one." in page


def test_r51_a_checklist_is_ticked_in_the_form(world: World, enter: Enter) -> None:
    govern(world, stage(checklist=[LOOK, {**LOOK, "key": "tone", "required": False}]), stage("budget", BUDGET))
    request, content = world.request(), enter("content")
    page = shown(content, request).content.decode()
    assert page.count('name="checked"') == 2
    decision = {"stage": "content", "digest": request.digest, "verdict": "approve", "comment": "Good", "checked": ["tone"]}
    refused = content.post(path("decide", request), decision)
    assert (refused.status_code, Decision.objects.count()) == (412, 0)
    assert "The logo is the one of this season." in refused.context["problem"]
    assert 'value="tone" checked' in refused.content.decode()
    assert content.post(path("decide", request), decision | {"checked": ["logo"]}).status_code == 303
    assert Decision.objects.get().checked == ["logo"]
    assert "1 line ticked" in shown(content, request).content.decode()


@pytest.mark.parametrize("name", ["comment", "resolve_comment", "reopen_comment"])
def test_acts_are_posts_with_a_token(world: World, enter: Enter, name: str) -> None:
    request = world.request()
    comment = said(world, request)
    where = path(name, request, *([] if name == "comment" else [comment.pk]))
    assert enter("content").get(where).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.user("content"))
    assert strict.post(where, form(request)).status_code == 403
    assert (Comment.objects.count(), comment.words.count()) == (1, 0)
