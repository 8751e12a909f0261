"""What went wrong in other approval systems, tried here through the doors. The line under each name says where it was found.

What concerns features that are not here (delegates, bulk decisions, deadlines with an outcome of their own) is left out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from approvals import services, tasks
from approvals.models import ApprovalPolicy, ApprovalRequest, Clearance, Decision, Stage
from campaigns.models import Revision
from core import clock, triggers
from core.errors import Invalid
from publishing import tasks as publishing
from publishing.models import Publication, PublicationAttempt
from tests import builders
from tests.api.conftest import Answer, Api, door
from tests.approvals.policies import BUDGET, again, govern, group, stage, states
from tests.builders import ROOT, World
from tests.workplace.conftest import note_log_in


def approve(api: Api, request: ApprovalRequest, stage: str = "content", **changed: str) -> Answer:
    body = {"verdict": "approve", "digest": request.digest, "stage": stage, **changed}
    return api.post(f"approval-requests/{request.pk}/decisions/", body)


def publish(world: World, request: ApprovalRequest, who: str = "publisher") -> Answer:
    return door(world, who).post("publications/", {"approval_request": str(request.pk)})


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def nothing_went_out(request: ApprovalRequest) -> None:
    assert not Clearance.objects.filter(request=request).exists()
    assert not Publication.objects.exists()
    assert not PublicationAttempt.objects.exists()


def guarded(act: Any) -> str:
    """The guard, or the constraint, of the database that refuses what is typed at a prompt."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        act()
    found = triggers.refusal(caught.value)
    return found.guard if found else type(caught.value).__name__


# --- how many ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quorum", [0, -1])
def test_r03_a_quorum_of_nobody_is_not_kept(world: World, quorum: int) -> None:
    """PostHog 49667: quorum 0 is accepted, and a request applies itself."""
    before = ApprovalPolicy.objects.count()
    with pytest.raises(Invalid):
        govern(world, stage(quorum=quorum))
    assert ApprovalPolicy.objects.count() == before
    request = world.request(at="in_review")
    assert guarded(lambda: Stage.objects.filter(request=request).update(quorum=quorum))
    assert set(Stage.objects.filter(request=request).values_list("quorum", flat=True)) == {1}
    nothing_went_out(request)


def test_r14_a_group_that_was_emptied_approves_nothing(world: World) -> None:
    """dfinity/orbit 644: an empty approver group lowers the threshold to 0; Wagtail: a deleted group completes the task."""
    lawyers = group(world, "Lawyers", "content")
    with time_machine.travel(clock.now() - timedelta(hours=2)):
        world.add_person("ann", "content_approver")
    govern(world, stage(groups=[str(lawyers.public_id)]), stage("budget", BUDGET))
    request = world.request(at="in_review")
    accounts.remove_member(actor=ROOT, group=lawyers, user=world.user("content"))
    tasks.sweep()
    assert refused(approve(door(world, "ann"), request)) == (403, "not_asked")
    assert refused(approve(door(world, "content"), request)) == (403, "not_asked")
    assert states(request) == {"content": "open", "budget": "pending"}
    nothing_went_out(request)


def test_r14_a_group_that_a_stage_asks_is_not_deleted_from_under_it(world: World) -> None:
    """Wagtail: deleting or disabling a task in the middle skips it, and without any left the workflow is approved and published."""
    lawyers = group(world, "Lawyers", "content")
    govern(world, stage(groups=[str(lawyers.public_id)]), stage("budget", BUDGET))
    request = world.request(at="in_review")
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        lawyers.delete()
    for act in (
        lambda: ApprovalPolicy.objects.all().delete(),
        lambda: ApprovalPolicy.objects.update(stages=[]),
        lambda: Stage.objects.filter(request=request).delete(),
        lambda: Stage.objects.filter(request=request).update(state="skipped"),
    ):
        assert guarded(act)
    tasks.sweep()
    assert (again(request).state, states(request)) == ("in_review", {"content": "open", "budget": "pending"})
    nothing_went_out(request)


def test_r12_a_policy_that_asks_for_less_completes_nothing(world: World) -> None:
    """GitLab: changing the rules hits all open requests; Wagtail: an admin disables the only task and the page goes live."""
    govern(world, stage(quorum=2), stage("budget", BUDGET))
    request = world.request(at="in_review")
    assert approve(door(world, "content"), request).status == 201
    govern(world, stage(sections=["tracking"]))
    tasks.sweep()
    assert states(request) == {"content": "open", "budget": "pending"}
    assert Stage.objects.get(request=request, key="content").quorum == 2
    nothing_went_out(request)


def submissions(world: World) -> dict[str, Any]:
    """Every way to put a campaign forward; all answer alike."""
    machine = Api(world.machine_token())
    return {
        "whole": lambda tree: door(world, "submitter").post("approval-requests/", {"campaign": str(tree.campaign.pk)}),
        "items": lambda tree: door(world, "submitter").post("approval-requests/", {"items": [
            {"type": "campaign", "id": str(tree.campaign.pk)}, {"type": "ad_group", "id": str(tree.ad_group.pk)},
            {"type": "ad", "id": str(tree.ad.pk)},
        ]}),
        "dry": lambda tree: door(world, "submitter").post("approval-requests/?dry_run=true", {"campaign": str(tree.campaign.pk)}),
        "machine": lambda tree: machine.post("approval-requests/", {"campaign": str(tree.campaign.pk)}),
        "planned": lambda tree: door(world, "submitter").post("approval-requests/", {
            "campaign": str(tree.campaign.pk), "publish_at": clock.rfc3339(clock.now() + timedelta(days=2)),
        }),
        "by hand": lambda tree: door(world, "submitter").post("approval-requests/", {
            "campaign": str(tree.campaign.pk), "publish": "manual", "amend": True,
        }),
    }  # fmt: skip


@pytest.mark.parametrize("way", ["whole", "items", "dry", "machine", "planned", "by hand"])
def test_r11_the_quorum_is_the_same_whichever_way_it_came(world: World, way: str) -> None:
    """microsoft/agent-governance-toolkit 3255: the quorum is lost when the request came through another code path."""
    govern(world, stage(quorum=3), stage("budget", BUDGET, quorum=2))
    answer = submissions(world)[way](world.tree())
    assert answer.status == 202, answer.body
    assert [(each["key"], each["quorum"]) for each in answer.body["stages"]] == [("content", 3), ("budget", 2)]


def test_r18_one_person_is_one_vote_however_often(world: World) -> None:
    """Quorum counted by rows, not by people: codebases.md, principle 10 (one decision per stage and person); a double click on
    Approve reverts or answers 500 (Wagtail 14460)."""
    govern(world, stage(quorum=2), stage("budget", BUDGET))
    request = world.request(at="in_review")
    for _ in range(3):
        assert approve(door(world, "content"), request).status in (201, 409)
    assert states(request)["content"] == "open"
    nothing_went_out(request)


def test_a_second_click_on_the_last_approval_changes_nothing(world: World) -> None:
    """Wagtail 14460: a double click on Approve reverts a page that was just published, or answers 500; 14586."""
    request = world.request(at="content_approved", publish="manual")
    budget, browser = door(world, "budget"), entered(world.user("budget"))
    assert approve(budget, request, "budget").status == 201
    assert refused(approve(budget, request, "budget")) == (409, "illegal_transition")
    form = {"stage": "budget", "digest": request.digest, "verdict": "approve", "comment": ""}
    assert browser.post(reverse("admin:decide", args=[request.pk]), form).status_code in (303, 409)
    assert again(request).state == "approved"
    assert Decision.objects.filter(request=request, stage__key="budget").count() == 1
    assert Clearance.objects.filter(request=request, revocation=None).count() == 3


def test_r14_a_stage_that_is_cancelled_at_the_prompt_completes_nothing(world: World) -> None:
    """Wagtail 8.0.1: the only task is cancelled, its state says so, and the page that nobody approved is live."""
    request = world.request(at="in_review", publish="manual")
    Stage.objects.filter(request=request, key="content").update(state="cancelled", closed_at=clock.now())
    tasks.sweep()
    assert refused(approve(door(world, "budget"), request, "budget")) == (409, "stage_not_open")
    assert guarded(lambda: ApprovalRequest.objects.filter(pk=request.pk).update(state="approved", closed_at=clock.now()))
    assert publish(world, request).status in (409, 412)
    assert again(request).state == "in_review"
    nothing_went_out(request)


# --- who -----------------------------------------------------------------------------------------------------------------------


def entered(user: User) -> Client:
    client = Client()
    client.force_login(user)
    note_log_in(client, user)
    return client


def superuser(world: World, *roles: str) -> User:
    user = User.objects.create_superuser("root@acme.example", builders.PASSWORD, name="Root", organisation=world.organisation)
    for role in roles:
        accounts.grant_role(actor=ROOT, role=role, principal=user, scope=world.brand)
    world.people["root"] = user
    return user


def test_r16_a_superuser_does_not_approve_their_own(world: World) -> None:
    """ansible/awx 10610, 10847: a bar on self-approval lets a superuser through; Wagtail 6995: it offers them the button."""
    user = superuser(world, "submitter", "content_approver", "budget_approver")
    tree = world.tree()
    request = world.submit(tree, actor=world.actor("root")).request
    world.check(request)
    assert refused(approve(door(world, "root"), request)) == (403, "self_approval")
    page = entered(user)
    form = {"stage": "content", "digest": request.digest, "verdict": "approve", "comment": ""}
    assert page.post(reverse("admin:decide", args=[request.pk]), form).status_code == 403
    assert b'value="approve"' not in page.get(reverse("admin:request", args=[request.pk])).content
    assert not Decision.objects.exists()
    nothing_went_out(request)


def test_r57_a_superuser_without_a_role_bypasses_nothing(world: World) -> None:
    """GitHub's bypass actors, LaunchDarkly's roles, Wagtail's direct publish that cancels the workflow: admins go round."""
    user = superuser(world)
    request = world.request(at="in_review", publish="manual")
    assert approve(door(world, "root"), request).status == 404
    assert publish(world, request, "root").status == 404
    form = {"stage": "content", "digest": request.digest, "verdict": "approve", "comment": ""}
    assert entered(user).post(reverse("admin:decide", args=[request.pk]), form).status_code in (403, 404)
    assert again(request).state == "in_review"
    nothing_went_out(request)


def test_r16_who_edited_stays_a_contributor_whoever_puts_it_forward(world: World) -> None:
    """GitLab documents it: a rebase by a third person launders authorship, so that a committer may approve."""
    world.add_person("writer", "submitter", "content_approver")
    world.add_person("other", "submitter")
    tree = world.tree()
    assert door(world, "writer").patch(f"ads/{tree.ad.pk}/", {"text": "My own words"}).status == 200
    world.submit(tree)
    sent = door(world, "submitter").post("approval-requests/", {"campaign": str(tree.campaign.pk), "amend": True, "note": "again"})
    request = ApprovalRequest.objects.get(pk=sent.body["id"])
    world.check(request)
    assert refused(approve(door(world, "writer"), request)) == (403, "self_approval")
    nothing_went_out(request)


def test_r57_belonging_to_the_group_is_not_enough(world: World) -> None:
    """Hootsuite: every member of an approver team can approve, whatever their permission on the account."""
    world.add_person("guest", "publisher")
    team = group(world, "Team", "content", "guest")
    govern(world, stage(groups=[str(team.public_id)]), stage("budget", BUDGET))
    request = world.request(at="in_review")
    assert refused(approve(door(world, "guest"), request)) == (403, "forbidden")
    assert states(request)["content"] == "open"


def test_r57_a_role_on_the_account_replaces_none_on_the_brand(world: World) -> None:
    """Sprinklr: a workspace role silently replaces the global ones."""
    accounts.grant_role(actor=ROOT, role="publisher", principal=world.user("content"), scope=world.account)
    request = world.request(at="in_review")
    assert approve(door(world, "content"), request).status == 201


@pytest.mark.parametrize("who", ["auditor", "submitter", "publisher", "operator", "policy_manager", "access_manager"])
def test_r57_the_api_asks_for_the_same_rights_as_the_pages(world: World, who: str) -> None:
    """Smartly: analyst and designer are limited in the user interface alone; DefectDojo 3681."""
    request = world.request(at="in_review")
    assert approve(door(world, who), request).status == 403
    assert not Decision.objects.exists()


def test_r33_a_machine_with_an_approving_role_decides_nothing(world: World) -> None:
    """Sprinklr's rules, TikTok's agents: what proposes also approves."""
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.machine, scope=world.brand)
    request = world.request(at="in_review")
    assert refused(approve(Api(world.machine_token()), request)) == (403, "machine_decision")
    assert not Decision.objects.exists()


# --- of what -------------------------------------------------------------------------------------------------------------------


def test_r10_what_was_approved_once_is_not_editable_for_ever(world: World) -> None:
    """Flagsmith 7056, 4465: editing an approved request keeps the approval; SmartDreamers: after the first launch they change and
    publish without asking."""
    request = world.request(at="approved", publish="manual")
    tree = world.tree_of[request.pk]
    cleared = set(Clearance.objects.filter(request=request).values_list("digest", flat=True))
    edited = door(world, "submitter").patch(f"ads/{tree.ad.pk}/", {"text": "Not approved by anybody"})
    assert edited.status == 200
    assert publish(world, request).status in (201, 202)
    assert set(Publication.objects.values_list("digest", flat=True)) <= cleared
    texts = [each.revision.content["sections"].get("copy", {}).get("text") for each in Publication.objects.select_related("revision")]
    assert "Not approved by anybody" not in texts
    again_put = door(world, "submitter").post("approval-requests/", {"campaign": str(tree.campaign.pk)})
    assert (again_put.status, again_put.body["status"]) == (202, "awaiting_checks")


def test_r02_an_edit_between_two_stages_is_not_what_the_second_approves(world: World) -> None:
    """Wagtail 8.0.1, defaults: stage 1 approved, content edited, stage 2 approved, and the edited content goes live."""
    request = world.request(at="content_approved", publish="manual")
    tree = world.tree_of[request.pk]
    door(world, "submitter").patch(f"ads/{tree.ad.pk}/", {"text": "Slipped in"})
    assert approve(door(world, "budget"), request, "budget").status == 201
    (cleared,) = Clearance.objects.filter(request=request, entity_type="ad").select_related("revision")
    assert cleared.revision.content["sections"]["copy"]["text"] != "Slipped in"
    assert cleared.digest == cleared.revision.digest
    publish(world, request)
    assert not Revision.objects.filter(canonical__contains="Slipped in").exists()


def test_r07_approvals_do_not_survive_new_commits(world: World) -> None:
    """Stale approvals survive new commits unless a setting says otherwise (GitHub, GitLab; Wagtail's default)."""
    govern(world, stage(carries=True), stage("budget", BUDGET))
    request = world.request(at="in_review")
    tree = world.tree_of[request.pk]
    assert approve(door(world, "content"), request).status == 201
    door(world, "submitter").patch(f"ads/{tree.ad.pk}/", {"text": "Other words altogether"})
    sent = door(world, "submitter").post("approval-requests/", {"campaign": str(tree.campaign.pk), "amend": True})
    amended = ApprovalRequest.objects.get(pk=sent.body["id"])
    world.check(amended)
    assert states(amended) == {"content": "open", "budget": "pending"}
    assert not Decision.objects.filter(request=amended).exists()
    assert refused(approve(door(world, "content"), amended, digest=request.digest)) == (409, "stale_digest")
    assert refused(approve(door(world, "budget"), request, "budget")) == (409, "illegal_transition")
    nothing_went_out(amended)


def test_r22_what_is_new_is_an_increase_too(world: World) -> None:
    """PostHog: `change_amount` does not fire for objects that had no value before."""
    rise = "request.exposure_increase_minor > 1000"
    govern(world, stage("director", BUDGET, permission="approve_budget"), condition=rise, key="rises")
    request = world.request(at="in_review")
    assert "director" in states(request)


def test_r03_what_no_policy_matches_is_read_by_somebody(world: World) -> None:
    """PostHog and others: what matches no policy needs no approval."""
    govern(world, stage(), condition="campaign.objective == 'reach'")
    request = world.request(at="in_review")
    assert states(request) == {"review": "open"}
    assert refused(approve(door(world, "submitter"), request, "review")) == (403, "self_approval")


# --- when ----------------------------------------------------------------------------------------------------------------------


def test_r20_r21_silence_is_no_consent(world: World) -> None:
    """Leadbird: no answer after 72 hours is an approval; Azure DevOps: a timeout means skipped."""
    with time_machine.travel(clock.now() - timedelta(days=15)):
        request = world.request(at="content_approved")
    tasks.sweep()
    assert (again(request).state, states(request)) == ("expired", {"content": "satisfied", "budget": "cancelled"})
    nothing_went_out(request)


def test_r01_what_is_scheduled_goes_the_same_way(world: World) -> None:
    """PostHog 67329: scheduled changes bypass the policy."""
    request = world.request(at="in_review", publish_at=clock.now() + timedelta(seconds=1))
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        publishing.sweep()
        assert publish(world, request).status in (409, 412)
    assert again(request).state == "in_review"
    nothing_went_out(request)


def test_r32_what_was_revoked_is_not_published(world: World) -> None:
    """An approval that was taken back keeps its effect where the worker looks at a copy (codebases.md, wagtail: status of an
    instance in memory)."""
    request = world.request(at="approved", publish="manual")
    answer = door(world, "operator").post(f"approval-requests/{request.pk}/revoke/", {"reason": "The price is wrong."})
    assert answer.status == 200
    assert publish(world, request).status in (409, 412)
    publishing.sweep()
    assert not Publication.objects.exists()


# --- what remains --------------------------------------------------------------------------------------------------------------


def test_r17_who_decided_is_not_deleted_with_what_they_decided(world: World) -> None:
    """viewflow: `Task.owner` cascades, deleting a user deletes the history; Wagtail: so does deleting a revision or a task."""
    request = world.request(at="approved", publish="manual")
    before = Decision.objects.count()
    for act in (
        lambda: world.people["content"].delete(),
        lambda: Revision.objects.filter(request_items__request=request).delete(),
        lambda: ApprovalRequest.objects.filter(pk=request.pk).delete(),
        lambda: Decision.objects.all().delete(),
    ):
        with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
            act()
    accounts.deactivate_user(actor=ROOT, user=world.people["content"].pk)
    assert Decision.objects.count() == before
    assert Decision.objects.get(stage__key="content").name == "Content"


@pytest.mark.parametrize(
    "change", [{"state": "approved"}, {"digest": "0" * 64}, {"contributors": []}, {"expires_at": None}], ids=lambda each: next(iter(each))
)
def test_r01_a_request_is_not_approved_or_rewritten_at_the_prompt(world: World, change: dict[str, Any]) -> None:
    """Bypass by whoever administers: one UPDATE, and the approval is there."""
    request = world.request(at="in_review")
    assert guarded(lambda: ApprovalRequest.objects.filter(pk=request.pk).update(**change))
    assert again(request).state == "in_review"
    nothing_went_out(request)


def test_r55_a_policy_is_not_rewritten(world: World) -> None:
    """Salesforce: after activation steps are never added, deleted or reordered; elsewhere they are, under requests that are open."""
    request = world.request(at="in_review")
    changes: list[dict[str, Any]] = [{"stages": []}, {"condition": "false"}, {"version": 9}]
    for change in changes:
        assert guarded(lambda change=change: ApprovalPolicy.objects.update(**change))
    assert services.publish_policy(
        actor=ROOT, key="policy-acme", title="Next", stages=[stage()], scope=world.organisation
    ).version == 2  # fmt: skip
    assert states(request) == {"content": "open", "budget": "pending"}
