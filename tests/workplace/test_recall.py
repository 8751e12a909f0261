"""The pages of compromised accounts, and late refusals on a request's page (R-32, R-19)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import services as accounts
from approvals import services
from approvals.errors import LateDecision
from approvals.models import Compromise
from core import clock
from publishing import tasks
from tests import builders


@pytest.fixture
def managed(world):
    accounts.grant_role(actor=builders.ROOT, principal=world.people["access_manager"], role="access_manager", scope=world.organisation)
    return world


def typed(hours=1):
    return {"since": f"{clock.now() - timedelta(hours=hours):%Y-%m-%dT%H:%M}", "reason": "His laptop was stolen."}


def test_r32_an_access_manager_declares_it_and_sees_what_became_of_it(managed, enter):
    request = managed.request(at="approved", publish="manual")
    person = managed.people["content"]
    mine, address = enter("access_manager"), f"/workplace/access/people/{person.pk}/compromised/"
    theirs = enter("content")
    assert "What follows" in mine.get(address).content.decode()
    answer = mine.post(address, typed())
    assert (answer.status_code, answer.url) == (303, "/workplace/compromised/")
    tasks.recall(str(Compromise.objects.get().pk))
    page = mine.get("/workplace/compromised/").content.decode()
    assert "His laptop was stolen." in page
    assert theirs.get("/workplace/").status_code == 302, "the session is ended"
    shown = enter("submitter").get(f"/workplace/requests/{request.pk}/").content.decode()
    assert 'data-testid="void"' in shown
    assert "His laptop" not in enter("submitter").get("/workplace/compromised/").content.decode()


@pytest.mark.parametrize("who", ["operator", "submitter"])
def test_r57_others_change_nothing(managed, enter, who):
    answer = enter(who).post(f"/workplace/access/people/{managed.people['content'].pk}/compromised/", typed())
    assert answer.status_code in (403, 404)
    assert not Compromise.objects.exists()


@pytest.mark.parametrize("changed", [{"since": ""}, {"reason": ""}, {"since": "2100-01-01T00:00"}])
def test_what_makes_no_sense_is_said_beside_the_field(managed, enter, changed):
    address = f"/workplace/access/people/{managed.people['content'].pk}/compromised/"
    assert enter("access_manager").post(address, {**typed(), **changed}).status_code == 422
    assert not Compromise.objects.exists()


def test_r19_a_late_no_stands_on_the_page_with_a_way_to_revoke(managed, enter):
    managed.add_person("dee", "content_approver")
    request = managed.request(at="approved", publish="manual")
    with pytest.raises(LateDecision):
        services.decide(
            actor=managed.actor("dee"), request=request.pk, stage="content", digest=request.digest, verdict="reject",
            comment="The music is not licensed.",
        )  # fmt: skip
    for who, offered in (("operator", True), ("submitter", False)):
        page = enter(who).get(f"/workplace/requests/{request.pk}/").content.decode()
        assert "The music is not licensed." in page
        assert ('href="#revoke-form"' in page) == offered
