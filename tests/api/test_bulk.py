"""Many decisions in one call (R-31): what the door takes and answers, and how many statements it takes."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import services as accounts
from approvals.models import ApprovalRequest, Decision
from core.statements import FEW
from tests import builders
from tests.api.conftest import Answer, Api, door
from tests.api.statements import statements
from tests.builders import ROOT, World, green

PATH = "approval-requests/bulk-decisions/"


def body(*requests: ApprovalRequest, verdict: str = "approve", **more: Any) -> dict[str, Any]:
    items = [{"approval_request": str(each.pk), "digest": each.digest} for each in requests]
    return {"verdict": verdict, "items": items, **more}


@pytest.fixture
def approver(world: World) -> Api:
    return door(world, "content")


def test_r31_each_is_answered_by_itself(world: World, approver: Api) -> None:
    good, warned, other = green(world), world.request(), green(builders.organisation("Other"))
    answer = approver.post(PATH, body(good, warned, other))
    assert (answer.status, answer.body["recorded"], answer.body["refused"]) == (200, 1, 2)
    first, second, third = answer.body["results"]
    decision = good.decisions.get()
    assert first == {
        "approval_request": str(good.pk), "recorded": True, "status": "in_review", "digest": good.digest, "decision": str(decision.pk),
        "stage": "content", "problem": None,
    }  # fmt: skip
    assert (second["recorded"], second["status"], second["problem"]["code"]) == (False, "in_review", "must_be_opened")
    assert third == {
        "approval_request": str(other.pk), "recorded": False, "status": None, "digest": None, "decision": None, "stage": None,
        "problem": {"code": "not_found", "detail": third["problem"]["detail"]},
    }  # fmt: skip
    assert list(Decision.objects.values_list("channel", "address")) == [("api", "127.0.0.1")]


def test_r08_a_stale_digest_is_told_the_current_one(world: World, approver: Api) -> None:
    request = green(world)
    answer = approver.post(PATH, {"verdict": "approve", "items": [{"approval_request": str(request.pk), "digest": "0" * 64}]})
    (result,) = answer.body["results"]
    assert (result["problem"]["code"], result["digest"]) == ("stale_digest", request.digest)
    assert not request.decisions.exists()


@pytest.mark.parametrize(
    ("change", "fields"),
    [({"items": []}, {"items": "empty"}), ({"verdict": "abstain"}, {"verdict": "invalid_choice"}),
     ({"verdict": "reject"}, {"comment": "required"}), ({"items": [{"approval_request": "x"}]}, {"items.0.approval_request": "invalid", "items.0.digest": "required"})],
)  # fmt: skip
def test_r31_what_is_not_a_bulk_decision_is_refused_whole(world: World, approver: Api, change: dict[str, Any], fields: dict[str, str]) -> None:
    request = green(world)
    answer = approver.post(PATH, body(request) | change)
    assert (answer.status, answer.fields) == (400, fields)
    assert not Decision.objects.exists()


def test_r31_more_than_fifty_are_refused(world: World, approver: Api) -> None:
    request = green(world)
    answer = approver.post(PATH, {"verdict": "approve", "items": body(request)["items"] * 51})
    assert (answer.status, answer.fields) == (400, {"items": "too_many"})
    assert not Decision.objects.exists()


def test_r31_sent_twice_under_one_key_it_is_done_once(world: World, approver: Api) -> None:
    request, other = green(world), green(builders.organisation("Other"))
    sent = [approver.post(PATH, body(request, other), Idempotency_Key="once") for _turn in range(2)]
    assert sent[0].body == sent[1].body
    assert (sent[0].headers.get("Idempotency-Replayed"), sent[1].headers["Idempotency-Replayed"]) == (None, "true")
    assert request.decisions.count() == 1


def test_r57_a_kept_answer_is_not_for_whoever_sees_it_no_more(world: World, approver: Api) -> None:
    request = green(world)
    assert approver.post(PATH, body(request), Idempotency_Key="once").status == 200
    accounts.revoke_role(actor=ROOT, grant=world.user("content").role_grants.get().pk)
    assert approver.post(PATH, body(request), Idempotency_Key="once").status == 404


def test_r33_a_machine_decides_none_of_them(world: World) -> None:
    request = green(world)
    answer = Api(world.machine_token()).post(PATH, body(request))
    assert [each["problem"]["code"] for each in answer.body["results"]] == ["machine_decision"]
    assert not Decision.objects.exists()


# --- how many statements ------------------------------------------------------------------------------------------------------

BUDGET = {
    ("in_review", "content", "approve"): 14, ("content_approved", "budget", "approve"): 22, ("in_review", "content", "reject"): 16,
}  # fmt: skip
"""Of one and of ten; a single approval takes 11 of its own, the last of a request 19."""
MANY = 3
"""So many more for fifty: long lists are written in a savepoint, or in parts."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("at", "who", "verdict"), BUDGET)
def test_p9_the_statements_of_many_are_those_of_one(at: str, who: str, verdict: str) -> None:
    place = builders.organisation()
    api = door(place, who)
    assert api.get("brands/").status == 200

    def measured(number: int) -> int:
        requests = [green(place, at) for _turn in range(number)]
        with statements() as counted:
            answer: Answer = api.post(PATH, body(*requests, verdict=verdict, comment="Because."))
        assert answer.body["recorded"] == number, answer.body
        assert len(counted) <= BUDGET[at, who, verdict] + (MANY if number > FEW else 0), str(counted)
        return len(counted)

    assert measured(1) == measured(10) <= measured(50)
