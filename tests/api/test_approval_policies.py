"""Approval policies through the API: versions, two persons (R-55), what is wrong with one, and what it means for requests (R-12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from approvals.models import ApprovalPolicy, PolicyWord, Stage
from approvals.services import publish_policy
from audit.models import AuditEvent
from core import clock
from governance.models.rule_sets import LAPSES_AFTER
from tests.api.conftest import Api, door
from tests.approvals.policies import BUDGET, CONTENT, EVERYTHING, again, group, stage, states
from tests.builders import BUDGET_SECTIONS, CONTENT_SECTIONS, ROOT, STAGES, World

HOUR = timedelta(hours=1)
KEY = "policy-acme"


@pytest.fixture
def world(world: World) -> World:
    """With two policy managers of the organisation, both of whom may also approve content; and two managers asked for."""
    with time_machine.travel(clock.now() - 24 * HOUR):
        for name in ("ada", "bo"):
            world.add_person(name, "policy_manager", scope=world.organisation)
            accounts.grant_role(actor=ROOT, role="content_approver", principal=world.user(name), scope=world.brand)
        accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    return world


@pytest.fixture
def ada(world: World) -> Api:
    return door(world, "ada")


@pytest.fixture
def bo(world: World) -> Api:
    return door(world, "bo")


def policy(world: World, *stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    scope = {"type": "organisation", "id": str(world.organisation.pk)}
    return {"key": KEY, "title": "Two stages", "scope": scope, "stages": [*(stages or STAGES)], **more}


def looser(world: World, **more: Any) -> dict[str, Any]:
    return policy(world, stage(sections=EVERYTHING), **more)


def stricter(world: World, **more: Any) -> dict[str, Any]:
    """Two people for content instead of one."""
    return policy(world, {**STAGES[0], "quorum": 2}, STAGES[1], **more)


def current() -> list[int]:
    return list(ApprovalPolicy.current().filter(key=KEY).values_list("version", flat=True))


def refused_nothing_written(count: int = 1) -> None:
    assert (ApprovalPolicy.objects.filter(key=KEY).count(), PolicyWord.objects.filter(policy__key=KEY).count()) == (count, count)


# --- two persons -------------------------------------------------------------------------------------------------------------


def test_r55_what_is_looser_waits_for_another_policy_manager(world: World, ada: Api, bo: Api) -> None:
    made = ada.post("approval-policies/", looser(world))
    assert (made.status, made.body["status"], made.body["needs_second"], made.body["version"]) == (201, "proposed", True, 2)
    assert current() == [1]
    own = ada.post(f"approval-policies/{made.body['id']}/confirm/")
    assert (own.status, current()) == (403, [1])
    assert PolicyWord.objects.filter(policy=made.body["id"]).count() == 0
    confirmed = bo.post(f"approval-policies/{made.body['id']}/confirm/")
    assert (confirmed.status, confirmed.body["status"]) == (200, "in_force")
    assert confirmed.body["said_by"] == world.actor("bo").label
    assert current() == [2]
    assert bo.post(f"approval-policies/{made.body['id']}/confirm/").status == 409
    actions = AuditEvent.objects.filter(subject_id=made.body["id"]).order_by("pk").values_list("action", flat=True)
    assert actions[0] == "approvals.policy.published"
    assert "approvals.policy.confirmed" in actions


def test_r55_what_is_stricter_takes_one(world: World, ada: Api) -> None:
    made = ada.post("approval-policies/", stricter(world))
    assert (made.status, made.body["status"], made.body["needs_second"]) == (201, "in_force", False)
    assert current() == [2]
    only = ada.post("approval-policies/", stricter(world, propose=True))
    assert (only.status, only.body["status"], only.body["needs_second"]) == (201, "proposed", False)
    assert current() == [2]


def test_r55_where_one_manager_is_enough_one_is(world: World, ada: Api) -> None:
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=False)
    assert ada.post("approval-policies/", looser(world)).body["status"] == "in_force"


def test_r55_a_new_key_waits_too_and_governs_nothing_until_then(world: World, ada: Api, bo: Api, api: Api) -> None:
    own = looser(world, key="own", title="Own")
    made = ada.post("approval-policies/", own)
    assert made.body["status"] == "proposed"
    tree = str(world.tree().campaign.pk)
    dry = api.post("approval-requests/?dry_run=true", {"campaign": tree}).body["stages"]
    assert set(dry[0]["sections"]) == set(CONTENT_SECTIONS)
    bo.post(f"approval-policies/{made.body['id']}/confirm/")
    dry = api.post("approval-requests/?dry_run=true", {"campaign": tree}).body["stages"]
    assert set(dry[0]["sections"]) == {*CONTENT_SECTIONS, *BUDGET_SECTIONS}


def test_r55_a_machine_confirms_nothing(world: World, ada: Api) -> None:
    accounts.grant_role(actor=ROOT, role="policy_manager", principal=world.machine, scope=world.organisation)
    made = ada.post("approval-policies/", looser(world)).body
    answer = Api(world.machine_token()).post(f"approval-policies/{made['id']}/confirm/")
    assert (answer.status, current()) == (403, [1])


def test_declining_ends_a_proposal_and_its_author_may(world: World, ada: Api, bo: Api) -> None:
    first = ada.post("approval-policies/", looser(world)).body
    assert bo.post(f"approval-policies/{first['id']}/decline/").body["status"] == "declined"
    assert bo.post(f"approval-policies/{first['id']}/confirm/").status == 409
    second = ada.post("approval-policies/", looser(world)).body
    assert ada.post(f"approval-policies/{second['id']}/decline/").body["status"] == "declined"
    assert current() == [1]


def test_only_the_latest_proposal_is_confirmed_and_not_for_ever(world: World, ada: Api, bo: Api) -> None:
    first = ada.post("approval-policies/", looser(world)).body
    second = ada.post("approval-policies/", looser(world, title="Another")).body
    assert ada.get(f"approval-policies/{first['id']}/").body["status"] == "replaced"
    assert bo.post(f"approval-policies/{first['id']}/confirm/").status == 409
    assert [each["id"] for each in ada.get("approval-policies/?status=proposed").body["results"]] == [second["id"]]
    with time_machine.travel(clock.now() - LAPSES_AFTER - HOUR):
        publish_policy(actor=ROOT, key="early", title="Early", stages=[stage()], scope=world.organisation)
        old = publish_policy(actor=ROOT, key="early", title="Old", stages=[stage()], scope=world.organisation, propose=True)
    answer = bo.post(f"approval-policies/{old.pk}/confirm/")
    assert (answer.status, ada.get(f"approval-policies/{old.pk}/").body["status"]) == (409, "lapsed")


def test_whoever_does_not_manage_policy_changes_nothing(world: World, ada: Api, api: Api) -> None:
    made = ada.post("approval-policies/", looser(world)).body
    assert api.post("approval-policies/", looser(world)).status in (403, 404)
    for act in ("confirm", "decline", "retire"):
        assert api.post(f"approval-policies/{made['id']}/{act}/").status == 403
    world.add_person("brand_manager", "policy_manager")
    assert door(world, "brand_manager").post(f"approval-policies/{made['id']}/confirm/").status == 403
    assert (current(), PolicyWord.objects.filter(policy=made["id"]).count()) == ([1], 0)


# --- who changed it decides nothing under it ---------------------------------------------------------------------------


def test_r16_neither_who_wrote_the_version_in_force_nor_who_confirmed_it_decides(world: World, ada: Api, bo: Api) -> None:
    made = ada.post("approval-policies/", policy(world, {**STAGES[0], "title": "Words"}, {**STAGES[1], "step": 1})).body
    bo.post(f"approval-policies/{made['id']}/confirm/")
    request = world.request()
    for who, name in ((ada, "Ada"), (bo, "Bo")):
        body = {"verdict": "approve", "digest": request.digest, "stage": "content"}
        answer = who.post(f"approval-requests/{request.pk}/decisions/", body)
        assert (answer.status, answer.body["code"], name) == (403, "self_approval", name)
    excluded = door(world, "auditor").get(f"approval-requests/{request.pk}/").body["stages"][0]["excluded"]
    assert {(each["person"]["name"], each["reason"]) for each in excluded} == {("Ada", "policy_author"), ("Bo", "policy_author")}
    assert states(request)["content"] == "open"


# --- retiring ----------------------------------------------------------------------------------------------------------------


def test_r03_a_retired_policy_leaves_the_decision_to_one_other_person(world: World, ada: Api, bo: Api, api: Api) -> None:
    first = str(ApprovalPolicy.objects.get(key=KEY).pk)
    made = ada.post(f"approval-policies/{first}/retire/")
    assert (made.status, made.body["status"], made.body["stages"], current()) == (201, "proposed", [], [1])
    assert bo.post(f"approval-policies/{made.body['id']}/confirm/").body["status"] == "retired"
    assert ada.post(f"approval-policies/{made.body['id']}/retire/").status == 409
    tree = world.tree()
    found = api.post("approval-requests/preview/", {"campaign": str(tree.campaign.pk)}).body["stages"]
    assert [(each["key"], each["quorum"], each["because"]) for each in found] == [("review", 1, [])]
    reasons = {each["person"]["name"]: each["reason"] for each in found[0]["excluded"]}
    assert reasons == {"Ada": "policy_author", "Bo": "policy_author"}, "for a day who retired it decides nothing (R-55)"
    assert [each["name"] for each in found[0]["eligible"]] == ["Content"]
    back = ada.post("approval-policies/", policy(world))
    assert back.body["status"] == "proposed", "a policy that comes back waits as a new one does"


# --- what is open ------------------------------------------------------------------------------------------------------


def test_r12_a_stricter_version_adds_stages_before_the_request_is_cleared(world: World, ada: Api) -> None:
    request = world.request()
    world.decide(request, "content")
    made = ada.post("approval-policies/", stricter(world)).body
    assert made["status"] == "in_force"
    world.decide(request, "budget")
    assert again(request).state == "in_review", "one more person is asked for"
    assert states(request) == {"content": "satisfied", "budget": "satisfied", "content_2": "open"}
    extra = Stage.objects.get(request=request, key="content_2")
    assert (extra.quorum, extra.permission) == (1, "approve_content"), "two people in all, not three"
    assert AuditEvent.objects.filter(action="approvals.request.tightened", subject_id=str(request.pk)).count() == 1
    world.decide(request, "content_2", by="bo")
    assert again(request).state == "approved"
    assert AuditEvent.objects.filter(action="approvals.request.tightened", subject_id=str(request.pk)).count() == 1


def test_r12_stages_of_a_new_policy_are_there_when_the_checks_end(world: World) -> None:
    request = world.submit().request
    world.add_person("law", "legal_approver")
    publish_policy(
        actor=ROOT, key="law", title="Law", scope=world.brand, stages=[stage("legal", ["disclosure"], permission="approve_legal")],
        condition="request.exposure_minor > 100 && request.account_raised_day_minor > 100",
    )  # fmt: skip
    world.check(request)
    assert states(request) == {"content": "open", "budget": "pending", "legal": "open"}


def test_r12_what_was_no_matter_when_it_was_submitted_stays_none(world: World) -> None:
    """A version that was there and did not match is not asked again, by what is known of the request later."""
    with time_machine.travel(clock.now() - HOUR):
        publish_policy(
            actor=ROOT, key="raised", title="Raised", scope=world.brand, stages=[stage("more", BUDGET, permission="approve_budget")],
            condition="request.account_raised_day_minor > 99999999",
        )  # fmt: skip
    request = world.request()
    publish_policy(
        actor=ROOT, key="other", title="Other", scope=world.brand, stages=[stage("x", CONTENT)],
        condition="request.exposure_minor > 99999999",
    )  # fmt: skip
    world.decide(request, "content")
    world.decide(request, "budget")
    assert (again(request).state, states(request)) == ("approved", {"content": "satisfied", "budget": "satisfied"})


def test_r12_a_looser_version_changes_nothing_of_what_is_open(world: World, ada: Api, bo: Api) -> None:
    request = world.request()
    made = ada.post("approval-policies/", policy(world, STAGES[0])).body
    assert bo.post(f"approval-policies/{made['id']}/confirm/").body["status"] == "in_force"
    assert states(request) == {"content": "open", "budget": "pending"}
    world.decide(request, "content")
    world.decide(request, "budget")
    assert again(request).state == "approved"
    assert states(request) == {"content": "satisfied", "budget": "satisfied"}


def test_r12_what_is_only_proposed_adds_nothing(world: World) -> None:
    request = world.request()
    publish_policy(
        actor=ROOT, key=KEY, title="Two", scope=world.organisation, stages=[{**STAGES[0], "quorum": 2}, STAGES[1]], propose=True
    )
    world.decide(request, "content")
    world.decide(request, "budget")
    assert again(request).state == "approved"


# --- what is wrong with one --------------------------------------------------------------------------------------------------


def codes(remarks: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(each["field"], each["code"]) for each in remarks]


def test_lint_tells_errors_that_refuse_and_warnings_that_do_not(world: World, ada: Api) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        full, empty = group(world, "Full", "content"), group(world, "Empty")
        world.add_person("gone", "content_approver")
    accounts.deactivate_user(actor=ROOT, user=world.people["gone"].pk)
    both = [str(full.public_id), str(empty.public_id)]
    body = policy(
        world, stage(groups=both, each_group=True), stage("many", CONTENT, quorum=9), stage("law", CONTENT, permission="approve_legal"),
        stage("named", CONTENT, people=[str(world.people["gone"].pk), str(world.people["budget"].pk)]),
        condition="request.exposure_minor > 5 && request.exposure_minor < 5",
    )  # fmt: skip
    before = AuditEvent.objects.count()
    found = ada.post("approval-policies/lint/", body)
    assert found.status == 200, found.body
    assert set(codes(found.body["errors"])) == {
        ("condition", "never"), ("stages.0.groups", "empty_group"), ("stages.0.quorum", "too_few"), ("stages.1.quorum", "too_few"),
        ("stages.2.permission", "nobody"), ("stages.3.people", "inactive"), ("stages.3.permission", "nobody"),
    }  # fmt: skip
    assert ("stages.3.people", "not_permitted") in codes(found.body["warnings"])
    assert found.body["needs_second"] is None
    assert all(each["detail"] for each in (*found.body["errors"], *found.body["warnings"]))
    assert AuditEvent.objects.count() == before
    refused = ada.post("approval-policies/", body)
    assert refused.status == 400
    assert refused.fields["condition"] == "never"
    refused_nothing_written()


def test_lint_of_a_sound_policy_says_how_long_its_stages_take(world: World, ada: Api) -> None:
    for turn in range(5):
        with time_machine.travel(clock.now() - (turn + 2) * HOUR):
            request = world.request()
        world.decide(request, "content")
    found = ada.post("approval-policies/lint/", stricter(world)).body
    assert (found["errors"], found["needs_second"]) == ([], False)
    took = {each["key"]: each["pace"] for each in found["stages"]}
    assert took["content"]["stages"] == 5
    assert took["content"]["median_seconds"] == pytest.approx(4 * 3600, abs=120)
    assert took["budget"]["median_seconds"] is None
    assert ("stages.1.quorum", "no_spare") in codes(found["warnings"])
    assert ada.post("approval-policies/lint/", looser(world)).body["needs_second"] is True


def test_lint_tells_what_is_malformed_in_the_same_shape(world: World, ada: Api) -> None:
    body = policy(world, {**STAGES[0], "quorum": 0}, {**STAGES[1], "weather": 1})
    assert codes(ada.post("approval-policies/lint/", body).body["errors"]) == [("stages.0.quorum", "invalid")]
    found = ada.post("approval-policies/lint/", policy(world, condition="request.weather > 5")).body["errors"]
    assert codes(found) == [("condition", "invalid")]
    assert "Line 1, column 1" in found[0]["detail"]


def test_lint_warns_where_only_some_ad_accounts_lack_people_and_of_shared_people(world: World, ada: Api) -> None:
    accounts.grant_role(actor=ROOT, role="legal_approver", principal=world.user("publisher"), scope=world.account)
    found = ada.post(
        "approval-policies/lint/",
        policy(world, stage("law", CONTENT, permission="approve_legal"), stage("money", BUDGET, permission="approve_budget"),
               stage("again", BUDGET, permission="approve_budget")),
    ).body  # fmt: skip
    assert found["errors"] == []
    assert ("stages.0.permission", "nobody") in codes(found["warnings"])
    assert "Acme DE" in next(each["detail"] for each in found["warnings"] if each["code"] == "nobody")
    assert ("stages", "shared") in codes(found["warnings"])


def test_lint_needs_the_right_to_manage_policy(world: World, api: Api) -> None:
    account = {"type": "ad_account", "id": str(world.account.pk)}
    assert api.post("approval-policies/lint/", policy(world, scope=account)).status == 403


# --- reading -----------------------------------------------------------------------------------------------------------------


def test_versions_and_what_changes_between_them_in_words(world: World, ada: Api, api: Api) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        red = group(world, "Red", "content", "ada")
    first = ApprovalPolicy.objects.get(key=KEY)
    made = ada.post(
        "approval-policies/",
        policy(world, {**STAGES[0], "quorum": 2, "groups": [str(red.public_id)], "sections": CONTENT_SECTIONS[1:], "carries": True},
               stage("more", BUDGET, permission="approve_budget"), condition="request.exposure_minor > 5"),
    )  # fmt: skip
    assert made.status == 201, made.body
    found = api.get(f"approval-policies/{made.body['id']}/diff/").body
    assert (found["before"], found["after"]) == (str(first.pk), made.body["id"])
    assert [(each["kind"], each["key"]) for each in found["stages"]] == [("changed", "content"), ("added", "more"), ("removed", "budget")]
    assert found["words"] == [
        "It asks only where request.exposure_minor > 5.",
        "“Content” does not read any more: structure.",
        "Approvals that “Content” needs: 2, instead of 1.",
        "“Content” asks members of Red.",
        "Decisions of “Content” are carried over to the next version where nothing changed of what it reads.",
        "The stage “More” is asked besides.",
        "The stage “Budget” is not asked any more.",
    ]
    backwards = api.get(f"approval-policies/{first.pk}/diff/?against={made.body['id']}").body["words"]
    assert "“Content” does not ask members of Red any more." in backwards
    listed = api.get(f"approval-policies/?key={KEY}").body["results"]
    assert [(each["version"], each["status"]) for each in listed] == [(2, "proposed"), (1, "in_force")]
    assert len(api.get("approval-policies/?status=in_force").body["results"]) == 1
    assert api.get(f"approval-policies/?scope=organisation:{world.organisation.pk}").body["results"]


def test_r57_strangers_see_no_policies(world: World) -> None:
    from tests import builders

    other = door(builders.organisation("Elsewhere"), "auditor")
    first = ApprovalPolicy.objects.get(key=KEY)
    assert other.get(f"approval-policies/?key={KEY}").body["results"] == []
    assert other.get(f"approval-policies/{first.pk}/").status == 404
