"""The pages of approval policies: what they say, writing a version, and the second policy manager's word (R-55)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts import services as accounts
from approvals.models import ApprovalPolicy, PolicyWord
from approvals.services import publish_policy
from core import clock
from tests.approvals.policies import EVERYTHING, group, stage
from tests.builders import ROOT, STAGES, World
from tests.workplace.conftest import Enter, active

KEY = "policy-acme"
STRICTER = """
stages:
- {key: content, title: Content, permission: approve_content, quorum: 2, sections: [structure, creative, copy, destination, identity, targeting, tracking, disclosure]}
- {key: budget, title: Budget, permission: approve_budget, quorum: 1, sections: [budget, bid, schedule]}
"""
LOOSER = """
condition: request.exposure_minor > 100
stages:
- key: content
  title: Content
  permission: approve_content
  quorum: 1
  groups: [Red]
  people: [content@acme.example]
  sections: [copy]
"""


@pytest.fixture
def world(world: World) -> World:
    with time_machine.travel(clock.now() - timedelta(hours=24)):
        for name in ("ada", "bo"):
            world.add_person(name, "policy_manager", scope=world.organisation)
        world.add_person("extra", "content_approver")
        group(world, "Red", "content")
        accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    return world


def path(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def told(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def first() -> ApprovalPolicy:
    return ApprovalPolicy.objects.get(key=KEY, version=1)


def typed(document: str, **more: Any) -> dict[str, Any]:
    return {"title": "Two stages", "document": document, "after": "1", **more}


def current() -> list[int]:
    return list(ApprovalPolicy.current().filter(key=KEY).values_list("version", flat=True))


def test_the_list_and_one_policy_say_whom_it_asks(world: World, enter: Enter) -> None:
    client = enter("submitter")
    listed = told(client.get(path("policies")))
    assert "Two stages" in listed
    assert "New approval policy" not in listed
    assert active(client, path("policies")) == ["Approval policies"]
    page = told(client.get(path("policy", first().pk)))
    assert "1 of the people who may “decide on content stages”" in page
    assert "Of every request in its place." in page
    assert "Write the next version" not in page
    assert enter("other_organisation").get(path("policy", first().pk)).status_code == 404


def test_nothing_is_written_before_it_was_looked_at(world: World, enter: Enter) -> None:
    client = enter("ada")
    page = client.get(path("policy_edit", first().pk))
    assert page.status_code == 200
    assert "permission: approve_content" in page.content.decode()
    looked = client.post(path("policy_edit", first().pk), typed(LOOSER))
    assert looked.status_code == 200, told(looked)
    words = told(looked)
    assert "It is not plainly stricter, so a second policy manager has to confirm it." in words
    assert "“Content” asks members of Red." in words
    assert "“Content” asks by name Content." in words
    assert "It asks only where request.exposure_minor &gt; 100." in words
    assert "The stage “Budget” is not asked any more." in words
    assert "No more people than this stage needs could decide it" in words
    assert ApprovalPolicy.objects.filter(key=KEY).count() == 1


def test_r55_a_looser_version_is_confirmed_by_another_policy_manager(world: World, enter: Enter) -> None:
    saved = enter("ada").post(path("policy_edit", first().pk), typed(LOOSER, save="1"))
    assert saved.status_code == 303, told(saved)
    made = ApprovalPolicy.objects.get(key=KEY, version=2)
    assert (current(), made.condition, made.stages[0]["people"]) == ([1], "request.exposure_minor > 100", [str(world.people["content"].pk)])
    own = told(enter("ada").get(path("policy", made.pk)))
    assert "Another person has to confirm what you proposed." in own
    assert "Take back" in own
    assert enter("ada").post(path("policy_confirm", made.pk)).status_code == 403
    assert (current(), PolicyWord.objects.filter(policy=made).count()) == ([1], 0)
    assert enter("submitter").post(path("policy_confirm", made.pk)).status_code == 403
    assert "This version is proposed" in told(enter("bo").get(path("policy", made.pk)))
    assert enter("bo").post(path("policy_confirm", made.pk)).status_code == 303
    assert current() == [2]
    shown = told(enter("bo").get(path("policy", made.pk)))
    assert "request.exposure_minor : the most that its campaign can spend then" in shown
    assert "Compare" in told(enter("bo").get(path("policy_diff", made.pk)))


def test_r55_a_stricter_version_is_in_force_at_once(world: World, enter: Enter) -> None:
    looked = told(enter("ada").post(path("policy_edit", first().pk), typed(STRICTER)))
    assert "It will be in force at once." in looked
    assert "Approvals that “Content” needs: 2, instead of 1." in looked
    assert enter("ada").post(path("policy_edit", first().pk), typed(STRICTER, save="1")).status_code == 303
    assert current() == [2]
    late = enter("ada").post(path("policy_edit", first().pk), typed(STRICTER, save="1"))
    assert (late.status_code, "Another version came in between" in told(late), current()) == (409, True, [2])


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("stages: [", "Line 1"), ("weather: 1\nstages: []", "There is no such field"), ("stages: 5", "The stages are a list"),
        (LOOSER.replace("quorum: 1", "quorum: 0"), "Line 7: A stage needs at least one approval"),
        (LOOSER.replace("[Red]", "[Blue]"), "Line 8: “Blue” is not known here."),
        (LOOSER.replace("exposure_minor", "weather"), "Line 2: Line 1, column 1"),
        (LOOSER.replace("request.exposure_minor > 100", "1 > 2"), "Line 2: This condition can never hold here"),
        (LOOSER.replace("approve_content", "approve_legal"), "Line 6: Nobody could decide this stage now"),
        ("stages: []", "A policy has at least one stage."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line_and_nothing_is_lost(world: World, enter: Enter, document: str, words: str) -> None:
    answer = enter("ada").post(path("policy_edit", first().pk), typed(document, save="1"))
    assert answer.status_code == 422
    assert words in told(answer)
    assert (ApprovalPolicy.objects.filter(key=KEY).count(), current()) == (1, [1])


def test_a_policy_that_begins(world: World, enter: Enter) -> None:
    client = enter("ada")
    assert client.get(path("policy_new")).status_code == 200
    assert enter("submitter").get(path("policy_new")).status_code == 403
    body = typed(LOOSER, key="large", scope=f"brand:{world.brand.pk}", after="0", save="1")
    assert client.post(path("policy_new"), {**body, "key": "Not a key"}).status_code == 422
    assert client.post(path("policy_new"), body).status_code == 303
    assert ApprovalPolicy.proposed().filter(key="large", brand=world.brand).count() == 1
    assert client.post(path("policy_new"), body).status_code == 409


def test_what_the_form_begins_with_says_the_same(world: World, enter: Enter) -> None:
    """Saved as it is shown, nothing changes."""
    red = group(world, "Blue", "extra")
    publish_policy(
        actor=ROOT, key=KEY, title="Named", scope=world.organisation, condition="request.new",
        stages=[stage(sections=EVERYTHING, groups=[str(red.public_id)], people=[str(world.people["content"].pk)], everyone=True, carries=True), STAGES[1]],
    )  # fmt: skip
    held = ApprovalPolicy.objects.get(key=KEY, version=2)
    page = enter("ada").get(path("policy_edit", held.pk))
    document = page.context["form"].initial["document"]
    assert "Blue" in document
    assert "content@acme.example" in document
    looked = enter("ada").post(path("policy_edit", held.pk), typed(document, title="Named", after="2"))
    assert "Both say the same." in told(looked)


def test_r03_retiring_by_two(world: World, enter: Enter) -> None:
    assert "Retire" not in told(enter("submitter").get(path("policy", first().pk)))
    assert enter("submitter").post(path("policy_retire", first().pk)).status_code == 403
    assert enter("ada").post(path("policy_retire", first().pk)).status_code == 303
    made = ApprovalPolicy.objects.get(key=KEY, version=2)
    assert (made.stages, current()) == ([], [1])
    assert "with this version the policy is retired" in told(enter("bo").get(path("policy", made.pk)))
    assert enter("bo").post(path("policy_confirm", made.pk)).status_code == 303
    assert current() == [2]
    assert "No approval policies" in told(enter("bo").get(path("policies")))
    assert "retired" in told(enter("bo").get(path("policies") + "?show=all"))
    assert enter("ada").get(path("policy_edit", made.pk)).status_code == 200


def test_declining_from_the_page(world: World, enter: Enter) -> None:
    made = publish_policy(actor=ROOT, key=KEY, title="X", stages=STAGES, scope=world.organisation, propose=True)
    assert enter("bo").post(path("policy_decline", made.pk)).status_code == 303
    assert current() == [1]
    assert "declined" in told(enter("bo").get(path("policy", made.pk)))
