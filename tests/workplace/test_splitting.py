"""Sending parts of a bundle back in the workplace (R-27): asked first, with the names of what goes and what stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from approvals.models import ApprovalRequest
from tests.builders import World
from tests.workplace.conftest import Enter

COMMENT = "The second film shows the old price."


@pytest.fixture
def bundle(world: World) -> ApprovalRequest:
    tree = world.tree()
    world.ad(tree.ad_group, name="Second film")
    return world.request(tree=tree)


def path(name: str, identifier: UUID) -> str:
    return reverse(f"admin:{name}", args=[identifier])


def ticked(request: ApprovalRequest, *names: str, **more: str) -> dict[str, Any]:
    ids = [str(each) for each in request.items.filter(revision__name__in=names).values_list("entity_id", flat=True)]
    return {"digest": request.digest, "back": COMMENT, "returned": ids, **more}


def kept(request: ApprovalRequest) -> bool:
    return list(ApprovalRequest.objects.values_list("pk", "state")) == [(request.pk, "in_review")]


def test_r27_who_may_decide_is_offered_it_and_nobody_else(world: World, enter: Enter, bundle: ApprovalRequest) -> None:
    shown = enter("content").get(path("request", bundle.pk)).content.decode()
    assert 'id="split-form"' in shown
    assert shown.count('name="returned"') == 4
    for who in ("submitter", "budget", "operator"):
        assert 'id="split-form"' not in enter(who).get(path("request", bundle.pk)).content.decode()


def test_r27_it_is_asked_first_naming_what_goes_and_what_stays(world: World, enter: Enter, bundle: ApprovalRequest) -> None:
    page = enter("content").post(path("split", bundle.pk), ticked(bundle, "Second film"))
    assert page.status_code == 200
    assert [item.revision.name for item, _kind in page.context["returned"]] == ["Second film"]
    assert [item.revision.name for item, _kind in page.context["kept"]] == ["Autumn campaign", "Germany 18-34", "Autumn film"]
    assert COMMENT in page.content.decode()
    assert kept(bundle)


def test_r27_what_hangs_below_goes_along_and_is_named(world: World, enter: Enter, bundle: ApprovalRequest) -> None:
    page = enter("content").post(path("split", bundle.pk), ticked(bundle, "Germany 18-34"))
    assert [item.revision.name for item, _kind in page.context["returned"]] == ["Germany 18-34", "Autumn film", "Second film"]
    assert kept(bundle)


def test_r27_sent_back_once_however_often_it_is_clicked_and_both_pages_lead_to_each_other(
    world: World, enter: Enter, bundle: ApprovalRequest
) -> None:
    client = enter("content")
    answers = [client.post(path("split", bundle.pk), ticked(bundle, "Second film", sure="1")) for _ in range(2)]
    rest = ApprovalRequest.objects.get(previous=bundle)
    assert [(each.status_code, each["Location"]) for each in answers] == [(303, path("request", rest.pk))] * 2
    old, new = (client.get(path("request", each)).content.decode() for each in (bundle.pk, rest.pk))
    assert path("request", rest.pk) in old
    assert path("request", bundle.pk) in new
    for page in (old, new):
        assert "“Second film”" in page
        assert COMMENT in page
        assert world.people["content"].name in page


@pytest.mark.parametrize(
    ("names", "more", "status", "words"),
    [
        ((), {}, 422, "Say what is sent back"),
        (("Autumn campaign",), {}, 422, "nothing would stay"),
        (("Second film",), {"back": " "}, 422, "what should change"),
        (("Second film",), {"digest": "0" * 64}, 409, "not the one under review"),
        (("Second film",), {"digest": "0" * 64, "sure": "1"}, 409, "not the one under review"),
    ],
)
def test_r27_what_is_refused_is_said_on_the_page(
    world: World, enter: Enter, bundle: ApprovalRequest, names: tuple[str, ...], more: dict[str, str], status: int, words: str
) -> None:
    page = enter("content").post(path("split", bundle.pk), ticked(bundle, *names, **more))
    assert page.status_code == status
    assert words in page.context["problem"]
    assert kept(bundle)


def test_r16_who_submitted_it_is_refused(world: World, enter: Enter, bundle: ApprovalRequest) -> None:
    page = enter("submitter").post(path("split", bundle.pk), ticked(bundle, "Second film", sure="1"))
    assert page.status_code == 403
    assert kept(bundle)
