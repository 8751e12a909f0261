"""Every act of every kind of person on a request in every state, through the API: the answer, and that a refusal changes nothing.

Who is asked before when: a person who may not is told so in whatever state the request is (R-16, R-33, R-57). What may be done in
which state is docs/states.md, which is generated from the transition tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest
import time_machine
from django.db import transaction

from accounts import services as accounts
from accounts.models import User
from approvals import tasks
from approvals.models import ApprovalRequest
from approvals.states import RequestState, Verdict
from approvals.transitions import REQUEST
from campaigns import services as campaigns
from core import clock
from tests import builders
from tests.api.conftest import Answer, Api, door
from tests.approvals import observing
from tests.builders import ROOT, Tree, World

# --- who -----------------------------------------------------------------------------------------------------------------------

UNSEEING: Final = ("superuser", "stranger")
"""For them there is nothing."""
DECIDING: Final[dict[str, str]] = {
    "submitter": "self_approval", "contributor": "self_approval", "machine": "machine_decision", "operator": "forbidden",
    "auditor": "forbidden", "publisher": "forbidden",
}  # fmt: skip
"""Why they decide nothing, whatever and whenever."""
PEOPLE: Final = (*DECIDING, "content", "colleague", "budget", *UNSEEING)
"""`content` decided what was decided on the content, `colleague` might have; `budget` is asked at the other stage."""

# --- when ----------------------------------------------------------------------------------------------------------------------

STATES: Final = (*builders.STATES, "superseded", "expired")
UNDER_WAY: Final = ("awaiting_checks", "in_review", "content_approved")
OPEN: Final = (*UNDER_WAY, "changes_requested")

# --- what ----------------------------------------------------------------------------------------------------------------------


def _deciding(stage: str, verdict: str) -> Callable[[Api, ApprovalRequest, Any], Answer]:
    def act(api: Api, request: ApprovalRequest, campaign: Any) -> Answer:
        body = {"verdict": verdict, "digest": request.digest, "stage": stage, "comment": "Because."}
        return api.post(f"approval-requests/{request.pk}/decisions/", body)

    return act


ACTS: Final[dict[str, Callable[[Api, ApprovalRequest, Any], Answer]]] = {
    "approve": _deciding("content", "approve"),
    "request_changes": _deciding("content", "request_changes"),
    "reject": _deciding("content", "reject"),
    "abstain": _deciding("content", "abstain"),
    "approve the budget": _deciding("budget", "approve"),
    "amend": lambda api, request, campaign: api.post("approval-requests/", {"campaign": str(campaign), "amend": True}),
    "withdraw": lambda api, request, campaign: api.post(f"approval-requests/{request.pk}/withdraw/"),
    "revoke": lambda api, request, campaign: api.post(f"approval-requests/{request.pk}/revoke/", {"reason": "Wrong price."}),
    "publish": lambda api, request, campaign: api.post("publications/", {"approval_request": str(request.pk)}),
}


@dataclass(frozen=True)
class Cell:
    """A status with its code; of what is taken the state of the request afterwards."""

    status: int
    word: str


def _decided(who: str, act: str, at: str) -> Cell:
    stage = "budget" if act == "approve the budget" else "content"
    if who in DECIDING:
        return Cell(403, DECIDING[who])
    if (who == "budget") != (stage == "budget"):
        return Cell(403, "forbidden")
    if at == "changes_requested" and who == "content" and act != "request_changes":
        return Cell(201, "rejected" if act == "reject" else "in_review")
    if act in ("reject", "request_changes") and at in ("content_approved", "approved"):
        return Cell(409, "late_decision")
    if at not in ("in_review", "content_approved"):
        return Cell(409, "illegal_transition")
    if (at == "in_review") != (stage == "content"):
        return Cell(409, "stage_not_open")
    after = {"request_changes": "changes_requested", "reject": "rejected", "approve the budget": "approved"}
    return Cell(201, after.get(act, "in_review"))


def _amended(who: str, at: str) -> Cell:
    if who not in ("submitter", "contributor", "machine"):
        return Cell(403, "forbidden")
    under_way = at in UNDER_WAY or at == "superseded"  # what took its place is
    if under_way and who != "submitter":
        return Cell(403, "forbidden")
    return Cell(202, "superseded" if at in OPEN else at)


def _withdrawn(who: str, at: str) -> Cell:
    if who not in ("submitter", "operator"):
        return Cell(403, "forbidden")
    return Cell(200, "withdrawn") if at in OPEN else Cell(409, "illegal_transition")


def _revoked(who: str, at: str) -> Cell:
    if who != "operator":
        return Cell(403, "forbidden")
    return Cell(200, "revoked") if at == "approved" else Cell(409, "illegal_transition")


def _published(who: str, at: str) -> Cell:
    if who != "publisher":
        return Cell(403, "forbidden")
    if at == "approved":
        return Cell(202, "approved")
    return Cell(412, "clearance_revoked" if at == "revoked" else "not_approved")


def expected(who: str, act: str, at: str) -> Cell:
    """The answer, from what the rules say."""
    if who in UNSEEING:
        return Cell(404, "not_found")
    others = {"amend": _amended, "withdraw": _withdrawn, "revoke": _revoked, "publish": _published}
    return others[act](who, at) if act in others else _decided(who, act, at)


# --- asking --------------------------------------------------------------------------------------------------------------------


def _edit(world: World, tree: Tree, who: str, text: str) -> None:
    campaigns.edit_ad(actor=world.actor(who), ad=tree.ad.pk, version=None, values={"text": text})


@pytest.fixture
def peopled(world: World) -> World:
    """With the other kinds of people."""
    with time_machine.travel(clock.now() - timedelta(days=20)):
        world.add_person("contributor", "submitter")
        world.add_person("colleague", "content_approver")
    root = User.objects.create_superuser("root@acme.example", builders.PASSWORD, name="Root", organisation=world.organisation)
    world.people |= {"superuser": root, "machine": world.machine}
    other = builders.organisation("Evil")
    for role in ("content_approver", "operator", "publisher"):
        accounts.grant_role(actor=ROOT, role=role, principal=other.people["content"], scope=other.brand)
    world.people["stranger"] = other.people["content"]
    return world


def _brought(world: World, at: str) -> ApprovalRequest:
    """A request in that state to which `contributor` contributed; its drafts have changed since."""
    tree = world.tree(landing_page_url="http://elsewhere.example/") if at == "blocked" else world.tree()
    _edit(world, tree, "contributor", "By the contributor")
    request = _made(world, at, tree)
    _edit(world, tree, "submitter", "Later words")
    return ApprovalRequest.objects.get(pk=request.pk)


def _made(world: World, at: str, tree: Tree) -> ApprovalRequest:
    if at == "expired":
        with time_machine.travel(clock.now() - timedelta(days=15)):
            request = world.submit(tree, publish="manual").request
        tasks.sweep()
        return request
    if at != "superseded":
        return world.request(at=at, tree=tree, publish="manual")
    request = world.request(at="changes_requested", tree=tree)
    _edit(world, tree, "submitter", "What was asked for")
    world.submit(tree)
    return request


def _everything() -> dict[str, Any]:
    """All rows but those of access, where it is noted when a token was used."""
    return {table: rows for table, rows in observing.everything().items() if not table.startswith("accounts_")}


@pytest.mark.parametrize("at", STATES)
def test_every_act_of_everybody(peopled: World, at: str) -> None:
    request = _brought(peopled, at)
    campaign = peopled.tree_of[request.pk].campaign.pk
    doors = {who: door(peopled, who) for who in PEOPLE}
    before, wrong = _everything(), []
    for who in PEOPLE:
        for act, ask in ACTS.items():
            point = transaction.savepoint()
            answer, wanted = ask(doors[who], request, campaign), expected(who, act, at)
            state = ApprovalRequest.objects.values_list("state", flat=True).get(pk=request.pk)
            found = Cell(answer.status, state if answer.status < 400 else answer.body["code"])
            if found != wanted:
                wrong.append(f"{who}, {act}: {found}, and should be {wanted}")
            if answer.status >= 400 and _everything() != before:
                wrong.append(f"{who}, {act}: refused, and changed something")
            transaction.savepoint_rollback(point)
    assert wrong == []


def test_the_table_has_every_state_and_every_step() -> None:
    """So that a state or a step that comes later is asked here, too."""
    assert set(STATES) - {"content_approved"} == set(RequestState.values)
    assert set(Verdict.values) <= set(ACTS)
    by_people = {name for name, step in REQUEST.items() if step.by not in ("checks", "clock")}
    assert by_people == {"approve", "request_changes", "resume_review", "reject", "withdraw", "supersede", "split", "revoke"}
