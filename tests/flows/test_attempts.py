"""Attempts to publish without approval, each by name, through every door; each refused, and nothing happened (R-01).

An attempt gets a world and does its worst through HTTP, the shell or SQL. It returns the refusal it met, and the test
then proves that no publication was admitted for the target and that no step was ever sent to the channel.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import services as accounts
from accounts.models import User
from approvals import services as approvals
from approvals.models import ApprovalRequest, Clearance, Decision
from campaigns import services as campaigns
from campaigns.intake import store
from campaigns.models import MediaAsset, Revision
from core import clock, triggers
from core.actor import Channel, system
from core.errors import ImprimaturError
from core.ids import uuid7
from publishing import gate, services, tasks
from publishing.models import ChannelObject, Publication, PublicationAttempt
from tests.builders import ROOT, STAGES, World, organisation

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Refusal:
    """How an attempt was refused: a status and code (HTTP), an error code (shell), a guard (SQL)."""

    by: str
    code: str


class Http:
    """The API as one principal."""

    def __init__(self, token: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def post(self, path: str, body: dict[str, Any]) -> Refusal:
        answer = self.client.post(f"/api/v1/{path}", body, content_type="application/json")
        assert answer.status_code >= 400, f"{path} let it through: {answer.content!r}"
        assert answer["Content-Type"].startswith("application/problem+json")
        return Refusal(f"HTTP {answer.status_code}", answer.json()["code"])


def publish(world: World, who: str, request: ApprovalRequest) -> Refusal:
    return Http(world.token(who)).post("publications/", {"approval_request": str(request.pk)})


def decide(token: str, request: ApprovalRequest, stage: str, digest: str | None = None) -> Refusal:
    body = {"verdict": "approve", "digest": digest or request.digest, "stage": stage, "comment": ""}
    return Http(token).post(f"approval-requests/{request.pk}/decisions/", body)


def shell(act: Callable[[], Any], *, savepoint: bool = True) -> Refusal:
    """What a person at a Python prompt meets. Services open their own transaction and take no savepoint around them."""
    try:
        with transaction.atomic() if savepoint else nullcontext():
            act()
    except ImprimaturError as error:
        return Refusal("service", error.code)
    except DatabaseError as error:
        guard = triggers.refusal(error)
        return Refusal("guard", guard.guard if guard else type(error).__name__)
    raise AssertionError("the shell let it through")


def sql(statement: str, *parameters: Any) -> Refusal:
    """What a person at a database prompt meets."""

    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)

    return shell(act)


def key(identifier: Any) -> Any:
    """A UUID as this database stores it."""
    return identifier if connection.vendor == "postgresql" else identifier.hex


# --- by API ----------------------------------------------------------------------------------------------------------


def api_publish_before_any_decision(world: World) -> Refusal:
    return publish(world, "publisher", world.request("in_review", publish="manual"))


def api_publish_after_the_first_of_two_stages(world: World) -> Refusal:
    return publish(world, "publisher", world.request("content_approved", publish="manual"))


def api_publish_what_the_checks_blocked(world: World) -> Refusal:
    return publish(world, "publisher", world.request("blocked", publish="manual"))


def api_publish_what_was_rejected(world: World) -> Refusal:
    return publish(world, "publisher", world.request("rejected", publish="manual"))


def api_publish_after_revocation(world: World) -> Refusal:
    return publish(world, "publisher", world.request("revoked", publish="manual"))


def api_publish_after_the_clearance_expired(world: World) -> Refusal:
    with time_machine.travel(clock.now() - timedelta(days=9)):
        tree = world.tree()
        group = {"start": clock.now() + timedelta(days=15), "end": clock.now() + timedelta(days=20)}
        campaigns.edit_ad_group(
            actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values={"schedule": group}  # type: ignore[typeddict-item]
        )
        request = world.request("approved", tree, publish="manual")
    return publish(world, "publisher", request)


def api_publish_what_was_edited_after_approval(world: World) -> Refusal:
    tree = world.tree()
    request = world.request("approved", tree, publish="manual")
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Something else"})
    world.submit(tree)
    return publish(world, "publisher", request)


def api_publish_the_edit_itself(world: World) -> Refusal:
    tree = world.tree()
    world.request("approved", tree, publish="manual")
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Something else"})
    return publish(world, "publisher", world.submit(tree).request)


def api_publish_as_the_submitter(world: World) -> Refusal:
    return publish(world, "submitter", world.request("approved", publish="manual"))


def api_publish_as_an_approver(world: World) -> Refusal:
    return publish(world, "content", world.request("approved", publish="manual"))


def api_publish_from_another_organisation(world: World) -> Refusal:
    stranger = organisation("Rival")
    return publish(stranger, "publisher", world.request("approved", publish="manual"))


def api_decide_a_digest_nobody_saw(world: World) -> Refusal:
    return decide(world.token("content"), world.request("in_review"), "content", "0" * 64)


def api_approve_ones_own_request(world: World) -> Refusal:
    world.add_person("both", "submitter", "content_approver")
    tree = world.tree()
    request = world.submit(tree, actor=world.actor("both")).request
    world.check(request)
    return decide(world.token("both"), request, "content")


def api_approve_as_a_contributor(world: World) -> Refusal:
    world.add_person("both", "submitter", "content_approver")
    tree = world.tree()
    campaigns.edit_ad(actor=world.actor("both"), ad=tree.ad.pk, version=None, values={"text": "A better line"})
    return decide(world.token("both"), world.request("in_review", tree), "content")


def api_approve_under_a_policy_of_ones_own(world: World) -> Refusal:
    world.add_person("both", "policy_manager", "content_approver", scope=world.organisation)
    policy = {"key": "policy-acme", "title": "Loose now", "stages": STAGES[:1], "scope": world.organisation}
    approvals.publish_policy(actor=world.actor("both"), **policy)  # type: ignore[arg-type]
    return decide(world.token("both"), world.request("in_review"), "content")


def api_approve_both_stages_alone(world: World) -> Refusal:
    world.add_person("eager", "content_approver", "budget_approver")
    request = world.request("in_review")
    world.decide(request, "content", by="eager")
    return decide(world.token("eager"), request, "budget")


def api_approve_as_a_machine(world: World) -> Refusal:
    from accounts import services as accounts

    root = system(Channel.COMMAND)
    accounts.grant_role(actor=root, role="content_approver", principal=world.machine, scope=world.brand)
    return decide(world.machine_token(), world.request("in_review"), "content")


def api_approve_for_another_brand(world: World) -> Refusal:
    other = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Other brand")
    world.add_person("next_door", "content_approver", scope=other)
    return decide(world.token("next_door"), world.request("in_review"), "content")


def api_approve_for_another_organisation(world: World) -> Refusal:
    stranger = organisation("Rival")
    return decide(stranger.token("content"), world.request("in_review"), "content")


def api_approve_as_superuser_without_role(world: World) -> Refusal:
    root = User.objects.create_superuser("root@acme.example", "a very long password", name="Root")
    world.people["root"] = root
    return decide(world.token("root"), world.request("in_review"), "content")


def api_approve_after_the_role_was_taken(world: World) -> Refusal:
    from accounts import services as accounts

    token, request = world.token("content"), world.request("in_review")
    grant = world.user("content").role_grants.get()
    accounts.revoke_role(actor=system(Channel.COMMAND), grant=grant.pk)
    return decide(token, request, "content")


def api_approve_after_being_deactivated(world: World) -> Refusal:
    from accounts import services as accounts

    token, request = world.token("content"), world.request("in_review")
    accounts.deactivate_user(actor=system(Channel.COMMAND), user=world.user("content").pk)
    return decide(token, request, "content")


def api_approve_a_stage_that_is_not_open_yet(world: World) -> Refusal:
    return decide(world.token("budget"), world.request("in_review"), "budget")


# --- in the shell ----------------------------------------------------------------------------------------------------


def shell_ask_the_gate_directly(world: World) -> Refusal:
    request = ApprovalRequest.objects.select_related("ad_account__brand").get(pk=world.request("in_review").pk)
    return shell(lambda: gate.admit(request, "shell", clock.now()))


def shell_act_as_the_system(world: World) -> Refusal:
    request = world.request("in_review")
    return shell(lambda: services.publish_cleared(actor=system(Channel.TASK), request=request.pk), savepoint=False)


def shell_replay_the_task_of_an_unapproved_request(world: World) -> Refusal:
    request = world.request("in_review")
    tasks.publish_request(str(request.pk))
    tasks.publish_request(str(request.pk))
    assert not Publication.objects.filter(request=request).exists()
    return shell(lambda: services.publish_cleared(actor=system(Channel.TASK), request=request.pk), savepoint=False)


def shell_construct_a_publication(world: World) -> Refusal:
    clearance = Clearance.objects.get(request=world.request("approved", publish="manual"), entity_type="campaign")
    other = Revision.objects.exclude(pk=clearance.revision_id).first()
    return shell(lambda: publication(clearance, revision=other, digest=other.digest if other else "").save())


def shell_publish_an_older_approval_over_a_newer(world: World) -> Refusal:
    tree = world.tree()
    older = world.request("approved", tree, publish="manual")
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "The newer line"})
    world.request("approved", tree, publish="manual")
    clearance = Clearance.objects.get(request=older, entity_type="ad")
    return shell(lambda: publication(clearance).save())


def shell_clear_without_decisions(world: World) -> Refusal:
    from approvals.services.clearing import clear

    request = world.request("in_review")
    items = list(request.items.select_related("revision"))
    return shell(lambda: clear(request, items, clock.now()))


def shell_set_the_state(world: World) -> Refusal:
    request = world.request("in_review")
    return shell(lambda: ApprovalRequest.objects.filter(pk=request.pk).update(state="approved"))


def publication(clearance: Clearance, **changes: Any) -> Publication:
    """A row as the gate would make it, with something changed."""
    now = clock.now()
    values: dict[str, Any] = {
        "request": clearance.request, "clearance": clearance, "revision": clearance.revision, "digest": clearance.digest,
        "ad_account": clearance.ad_account, "entity_type": clearance.entity_type, "entity_id": clearance.entity_id,
        "operation": "create", "amount_minor": clearance.limit_minor, "position": 0, "requested_by": "shell",
        "queued_at": now, "not_before": now,
    }  # fmt: skip
    return Publication(**{**values, **changes})


# --- by SQL ----------------------------------------------------------------------------------------------------------


def sql_insert_a_publication(world: World) -> Refusal:
    request = world.request("in_review")
    item = request.items.select_related("revision").get(entity_type="campaign")
    now = clock.now()
    return sql(
        "INSERT INTO publishing_publication (id, request_id, clearance_id, revision_id, digest, ad_account_id, entity_type,"
        " entity_id, operation, position, state, reason, requested_by, queued_at, not_before)"
        " VALUES (%s, %s, %s, %s, %s, %s, 'campaign', %s, 'create', 0, 'queued', '', 'sql', %s, %s)",
        key(uuid7()), key(request.pk), key(uuid7()), key(item.revision_id), item.revision.digest, key(request.ad_account_id),
        key(item.entity_id), now, now,
    )  # fmt: skip


def sql_insert_a_clearance(world: World) -> Refusal:
    request = world.request("in_review")
    item = request.items.select_related("revision").get(entity_type="ad")
    now = clock.now()
    return sql(
        "INSERT INTO approvals_clearance (id, request_id, item_id, revision_id, digest, request_digest, ad_account_id,"
        " entity_type, entity_id, currency, valid_from, valid_until, issued_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, 'ad', %s, 'USD', %s, %s, %s)",
        key(uuid7()), key(request.pk), key(item.pk), key(item.revision_id), item.revision.digest, request.digest,
        key(request.ad_account_id), key(item.entity_id), now, now + timedelta(days=7), now,
    )  # fmt: skip


def sql_flip_the_request_to_approved(world: World) -> Refusal:
    request = world.request("in_review")
    return sql("UPDATE approvals_approvalrequest SET state = 'approved' WHERE id = %s", key(request.pk))


def sql_flip_the_stage_to_satisfied(world: World) -> Refusal:
    request = world.request("in_review")
    return sql("UPDATE approvals_stage SET state = 'satisfied' WHERE request_id = %s AND state = 'open'", key(request.pk))


def sql_edit_a_cleared_revision(world: World) -> Refusal:
    request = world.request("approved", publish="manual")
    revision = request.items.get(entity_type="ad").revision_id
    return sql("UPDATE campaigns_revision SET canonical = '{}' WHERE id = %s", key(revision))


def sql_delete_a_rejection(world: World) -> Refusal:
    request = world.request("rejected")
    return sql("DELETE FROM approvals_decision WHERE request_id = %s", key(request.pk))


def sql_forge_a_decision_of_the_submitter(world: World) -> Refusal:
    request = world.request("in_review")
    stage = request.stages.get(key="content")
    return sql(
        "INSERT INTO approvals_decision (id, request_id, stage_id, digest, verdict, comment, decided_by_id, name, eligible_by,"
        " channel, address, checks, decided_at) VALUES (%s, %s, %s, %s, 'approve', '', %s, 'x', 'x', 'api', '', '{}', %s)",
        key(uuid7()), key(request.pk), key(stage.pk), request.digest, key(request.submitted_by_id), clock.now(),
    )  # fmt: skip


def sql_lower_the_quorum(world: World) -> Refusal:
    request = world.request("in_review")
    return sql("UPDATE approvals_stage SET quorum = 0 WHERE request_id = %s", key(request.pk))


def sql_erase_the_contributors(world: World) -> Refusal:
    request = world.request("in_review")
    return sql("UPDATE approvals_approvalrequest SET contributors = '[]' WHERE id = %s", key(request.pk))


def sql_unrevoke(world: World) -> Refusal:
    request = world.request("revoked", publish="manual")
    clearance = Clearance.objects.filter(request=request).first()
    assert clearance is not None
    return sql("DELETE FROM approvals_revocation WHERE clearance_id = %s", key(clearance.pk))


def sql_stretch_the_window(world: World) -> Refusal:
    request = world.request("approved", publish="manual")
    later = clock.now() + timedelta(days=300)
    return sql("UPDATE approvals_clearance SET valid_until = %s WHERE request_id = %s", later, key(request.pk))


# --- on disk ---------------------------------------------------------------------------------------------------------


def disk_swap_the_approved_film(world: World) -> Refusal:
    """The bytes under an approved hash are replaced: the first step is refused before anything reaches the channel."""
    tree = world.tree()
    request = world.request("approved", tree, publish="manual")
    path: Path = store().path_of(MediaAsset.objects.get(ads=tree.ad).sha256)
    original = path.read_bytes()
    path.chmod(0o644)
    try:
        path.write_bytes(b"not what was approved" + original[21:])
        services.request_publication(actor=world.actor("publisher"), request=request.pk)
        tasks.publish_request(str(request.pk))
    finally:
        path.write_bytes(original)
        path.chmod(0o444)
    attempt = PublicationAttempt.objects.get()
    return Refusal(f"worker {attempt.outcome}", attempt.code)


EXPECTED: dict[Callable[[World], Refusal], Refusal] = {
    api_publish_before_any_decision: Refusal("HTTP 412", "not_approved"),
    api_publish_after_the_first_of_two_stages: Refusal("HTTP 412", "not_approved"),
    api_publish_what_the_checks_blocked: Refusal("HTTP 412", "not_approved"),
    api_publish_what_was_rejected: Refusal("HTTP 412", "not_approved"),
    api_publish_after_revocation: Refusal("HTTP 412", "clearance_revoked"),
    api_publish_after_the_clearance_expired: Refusal("HTTP 412", "clearance_expired"),
    api_publish_what_was_edited_after_approval: Refusal("HTTP 412", "clearance_suspended"),
    api_publish_the_edit_itself: Refusal("HTTP 412", "not_approved"),
    api_publish_as_the_submitter: Refusal("HTTP 403", "forbidden"),
    api_publish_as_an_approver: Refusal("HTTP 403", "forbidden"),
    api_publish_from_another_organisation: Refusal("HTTP 404", "not_found"),
    api_decide_a_digest_nobody_saw: Refusal("HTTP 409", "stale_digest"),
    api_approve_ones_own_request: Refusal("HTTP 403", "self_approval"),
    api_approve_as_a_contributor: Refusal("HTTP 403", "self_approval"),
    api_approve_under_a_policy_of_ones_own: Refusal("HTTP 403", "self_approval"),
    api_approve_both_stages_alone: Refusal("HTTP 403", "second_seat"),
    api_approve_as_a_machine: Refusal("HTTP 403", "machine_decision"),
    api_approve_for_another_brand: Refusal("HTTP 404", "not_found"),
    api_approve_for_another_organisation: Refusal("HTTP 404", "not_found"),
    api_approve_as_superuser_without_role: Refusal("HTTP 404", "not_found"),
    api_approve_after_the_role_was_taken: Refusal("HTTP 404", "not_found"),
    api_approve_after_being_deactivated: Refusal("HTTP 401", "user_inactive"),
    api_approve_a_stage_that_is_not_open_yet: Refusal("HTTP 409", "stage_not_open"),
    shell_ask_the_gate_directly: Refusal("service", "not_approved"),
    shell_act_as_the_system: Refusal("service", "not_approved"),
    shell_replay_the_task_of_an_unapproved_request: Refusal("service", "not_approved"),
    shell_construct_a_publication: Refusal("guard", "publishing_publication_clearance"),
    shell_publish_an_older_approval_over_a_newer: Refusal("guard", "publishing_publication_superseded"),
    shell_clear_without_decisions: Refusal("guard", "approvals_clearance_request"),
    shell_set_the_state: Refusal("guard", "approvals_request_decided"),
    sql_insert_a_publication: Refusal("guard", "publishing_publication_clearance"),
    sql_insert_a_clearance: Refusal("guard", "approvals_clearance_request"),
    sql_flip_the_request_to_approved: Refusal("guard", "approvals_request_decided"),
    sql_flip_the_stage_to_satisfied: Refusal("guard", "approvals_stage_decided"),
    sql_edit_a_cleared_revision: Refusal("guard", "campaigns_revision_no_update"),
    sql_delete_a_rejection: Refusal("guard", "approvals_decision_no_delete"),
    sql_forge_a_decision_of_the_submitter: Refusal("guard", "approvals_decision_contributor"),
    sql_lower_the_quorum: Refusal("guard", "approvals_stage_fixed"),
    sql_erase_the_contributors: Refusal("guard", "approvals_request_fixed"),
    sql_unrevoke: Refusal("guard", "approvals_revocation_no_delete"),
    sql_stretch_the_window: Refusal("guard", "approvals_clearance_no_update"),
    disk_swap_the_approved_film: Refusal("worker refused", "media_altered"),
}


@pytest.mark.parametrize("attempt", EXPECTED, ids=lambda attempt: attempt.__name__)
def test_r01_attempt_is_refused(attempt: Callable[[World], Refusal]) -> None:
    refusal = attempt(organisation("Acme"))
    assert refusal == EXPECTED[attempt]
    assert not Publication.objects.exclude(state__in=("cancelled", "refused")).exists()
    assert not PublicationAttempt.objects.exclude(code="media_altered").exists(), "something was sent"
    assert not ChannelObject.objects.exists(), "something is on the channel"


@pytest.mark.parametrize("operation", ["create"])
def test_r01_control_what_is_approved_passes(operation: str) -> None:
    """Were the refusals above refusing everything, this would fail: the same door lets an approved request through."""
    world = organisation("Acme")
    request = world.request("approved", publish="manual")
    answer = Client(headers={"Authorization": f"Bearer {world.token('publisher')}"}).post(
        "/api/v1/publications/", {"approval_request": str(request.pk)}, content_type="application/json"
    )
    assert answer.status_code in (201, 202), answer.content
    assert Publication.objects.filter(request=request, operation=operation).count() == 3
    assert Decision.objects.filter(request=request).count() == 2


