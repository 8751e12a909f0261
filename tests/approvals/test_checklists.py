"""Checklists of stages (R-51): what a policy may say, how several are merged (R-11), and what an approval needs of them."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import checklists
from approvals.checklists import ChecklistItem
from approvals.errors import ChecklistIncomplete
from approvals.models import ApprovalRequest, Decision, Stage
from approvals.services import decide
from approvals.stage_specs import parse_stage
from audit.models import AuditEvent
from core.errors import Invalid
from tests.approvals.observing import assert_refused
from tests.approvals.policies import BUDGET, again, govern, said, stage, states
from tests.builders import World

LOOK = {"key": "logo", "text": "The logo is the one of this season.", "required": True}
MAYBE = {"key": "tone", "text": "The tone fits the brand.", "required": False}


def tick(world: World, request: ApprovalRequest, *checked: str, by: str = "content", verdict: str = "approve", stage: str = "content") -> Decision:
    return decide(
        actor=world.actor(by), request=request.pk, stage=stage, digest=request.digest, verdict=verdict, comment="Because.", checked=checked
    )


# --- saying it ---------------------------------------------------------------------------------------------------------------


def test_a_line_is_required_unless_it_says_otherwise() -> None:
    found = parse_stage(stage(checklist=[{"key": "logo", "text": " The logo "}, MAYBE]), "stages.0")
    assert found.checklist == (ChecklistItem("logo", "The logo", True), ChecklistItem("tone", "The tone fits the brand.", False))
    assert parse_stage(found.as_json(), "stages.0") == found
    assert parse_stage(stage(), "stages.0").checklist == ()


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ("logo", "checklist"), ([LOOK, LOOK], "checklist"), ([{**LOOK, "key": f"k{n}"} for n in range(21)], "checklist"), (["logo"], "checklist.0"),
        ([LOOK, {"key": "x"}], "checklist.1.text"), ([{**LOOK, "more": 1}], "checklist.0"), ([{**LOOK, "key": ""}], "checklist.0.key"),
        ([{**LOOK, "key": "a b"}], "checklist.0.key"), ([{**LOOK, "key": "k" * 31}], "checklist.0.key"), ([{**LOOK, "text": " "}], "checklist.0.text"),
        ([{**LOOK, "text": "\u200b"}], "checklist.0.text"), ([{**LOOK, "text": "x" * 301}], "checklist.0.text"), ([{**LOOK, "required": 1}], "checklist.0.required"),
    ],
)  # fmt: skip
def test_a_malformed_checklist_is_refused_by_field(lines: Any, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_stage(stage(checklist=lines), "stages.3")
    assert [error.field for error in caught.value.errors] == [f"stages.3.{field}"]


# --- several policies --------------------------------------------------------------------------------------------------------

lists = st.lists(st.builds(ChecklistItem, st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), unique_by=lambda item: item.key).map(tuple)


@given(lists, lists)
def test_r11_the_union_asks_for_all_that_either_does(one: Any, other: Any) -> None:
    both = checklists.union(one, other)
    assert {item.key for item in both} == {item.key for item in (*one, *other)}
    assert {item.key for item in both if item.required} == {item.key for item in (*one, *other) if item.required}
    assert checklists.covers(both, one)
    assert checklists.covers(both, other)
    assert checklists.union(both, one) == both


def test_r11_stages_of_one_key_are_merged_with_their_checklists(world: World) -> None:
    govern(world, stage(checklist=[MAYBE]), stage("budget", BUDGET))
    govern(world, stage(checklist=[{**MAYBE, "required": True}, LOOK]), key="more")
    request = world.request()
    assert Stage.objects.get(request=request, key="content").checklist == [{**MAYBE, "required": True}, LOOK]


def test_r12_a_checklist_more_is_a_stage_more(world: World) -> None:
    """What is asked for once the checks have ended is added as a stage of its own, with its checklist."""
    govern(world, stage(), stage("budget", BUDGET))
    govern(world, stage(checklist=[LOOK]), key="found", condition='!("text.forbidden_word" in findings.codes)')
    request = world.request()
    assert dict(Stage.objects.filter(request=request).values_list("key", "checklist")) == {"content": [], "budget": [], "content_2": [LOOK]}


# --- approving ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def request_(world: World) -> ApprovalRequest:
    world.add_person("ann", "content_approver")
    govern(world, stage(checklist=[LOOK, MAYBE], carries=True), stage("budget", BUDGET))
    return world.request()


def test_r51_what_is_required_has_to_be_ticked(world: World, request_: ApprovalRequest) -> None:
    for checked in ((), ("tone",)):
        refused = assert_refused(ChecklistIncomplete, partial(tick, world, request_, *checked), missing=["logo"])
        assert "The logo is the one of this season." in str(refused)
    made = tick(world, request_, "tone", "logo", "logo")
    assert Decision.objects.get(pk=made.pk).checked == ["logo", "tone"]
    assert '"checked":["logo","tone"]' in AuditEvent.objects.get(action="approvals.decision.recorded", outcome="recorded").canonical
    assert states(request_)["content"] == "satisfied"


def test_r51_what_is_not_required_need_not_be(world: World, request_: ApprovalRequest) -> None:
    assert tick(world, request_, "logo").checked == ["logo"]


@pytest.mark.parametrize("verdict", ["reject", "request_changes", "abstain"])
def test_r51_an_unticked_line_prevents_no_other_verdict(world: World, request_: ApprovalRequest, verdict: str) -> None:
    assert tick(world, request_, verdict=verdict).checked == []


def test_r51_what_is_not_on_the_list_is_refused(world: World, request_: ApprovalRequest) -> None:
    refused = assert_refused(Invalid, partial(tick, world, request_, "logo", "colour"))
    assert isinstance(refused, Invalid)
    assert [(error.field, error.code) for error in refused.errors] == [("checked", "unknown")]


# --- the version before ------------------------------------------------------------------------------------------------------


def amended(world: World, request: ApprovalRequest) -> ApprovalRequest:
    from campaigns import services as campaigns
    from campaigns.inputs import AdGroupInput

    tree = world.tree_of[request.pk]
    values: AdGroupInput = {"budget": {"mode": "daily", "amount": "35.00"}}
    campaigns.edit_ad_group(actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values=values)
    later = world.submit(tree, amend=True).request
    world.check(later)
    return again(later)


def test_r07_what_was_ticked_is_carried_over_with_the_decision(world: World, request_: ApprovalRequest) -> None:
    tick(world, request_, "logo", "tone", by="ann")
    later = amended(world, request_)
    assert said(later) == [("content", "Ann", "approve", True)]
    assert later.decisions.get().checked == ["logo", "tone"]


@pytest.mark.parametrize("now", [[], [LOOK], [LOOK, {**MAYBE, "required": True}], [{**LOOK, "text": "The logo is of next season."}, MAYBE]])
def test_r07_another_checklist_is_another_question(world: World, request_: ApprovalRequest, now: list[Any]) -> None:
    tick(world, request_, "logo", "tone", by="ann")
    govern(world, stage(checklist=now, carries=True), stage("budget", BUDGET))
    later = amended(world, request_)
    assert (said(later), states(later)["content"]) == ([], "open")
