"""Freezes (R-21): nothing goes out but what is let through; pausing and revoking never wait (R-04)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts import services as accounts
from approvals import services as approvals
from approvals.errors import MachineDecision, SelfApproval
from approvals.models import ApprovalRequest, Freeze, FreezeEnd, FreezePass
from audit.models import AuditEvent
from core import clock
from core.errors import Conflict, Forbidden, ImprimaturError, Invalid, NotFound
from core.triggers import refusal
from publishing import gate, services, tasks
from publishing.errors import Frozen
from publishing.models import Publication
from tests.builders import ROOT
from tests.publishing.studio import CREATES, Studio

HOUR = timedelta(hours=1)
PLACES = ("organisation", "brand", "ad_account")


@pytest.fixture
def studio(studio: Studio) -> Studio:
    """With somebody who lets exceptions pass."""
    studio.world.add_person("exceptions", "exception_approver")
    return studio


def freeze(studio: Studio, place: str = "brand", hours: float = 24, **more: Any) -> Freeze:
    world = studio.world
    scopes = {"organisation": world.organisation, "brand": world.brand, "ad_account": world.account, "other": world.second_account}
    scope: Any = scopes[place]
    return approvals.set_freeze(actor=ROOT, scope=scope, ends_at=clock.now() + hours * HOUR, reason="Mourning", **more)


def end(studio: Studio, row: Freeze) -> None:
    approvals.end_freeze(actor=ROOT, freeze=row.pk, reason="Over")


def let_through(studio: Studio, row: Freeze, request: ApprovalRequest, by: str = "exceptions", reason: str = "Agreed") -> FreezePass:
    return approvals.let_through(actor=studio.world.actor(by), freeze=row.pk, request=request.pk, reason=reason)


def told(action: str) -> int:
    return AuditEvent.objects.filter(action=action, outcome="recorded").count()


@pytest.mark.parametrize("place", PLACES)
def test_r21_a_freeze_holds_what_is_approved_until_its_end(studio: Studio, place: str) -> None:
    row, request = freeze(studio, place), studio.approved()
    tasks.sweep()
    studio.publish(request)
    with pytest.raises(Frozen):
        services.request_publication(actor=studio.world.actor("publisher"), request=request.pk)
    assert studio.rows(request) == []
    studio.assert_nothing_sent()
    end(studio, row)
    tasks.sweep()
    assert studio.ended(request) == {"published"}


def test_r21_a_freeze_ends_by_itself(studio: Studio) -> None:
    row = freeze(studio, hours=1)
    assert gate.obstacle(ready(studio), clock.now()) is not None
    assert gate.obstacle(ready(studio), row.ends_at) is None


def ready(studio: Studio) -> ApprovalRequest:
    request = ApprovalRequest.objects.filter(state="approved").first() or studio.approved(publish="manual")
    return ApprovalRequest.objects.select_related("ad_account__brand").get(pk=request.pk)


def test_r21_a_freeze_of_another_account_or_time_holds_nothing(studio: Studio) -> None:
    freeze(studio, "other")
    freeze(studio, begins_at=clock.now() + HOUR)
    assert studio.ended(studio.published()) == {"published"}


def test_r21_what_is_queued_waits_and_goes_out_after_all(studio: Studio) -> None:
    request = studio.admitted()
    row = freeze(studio)
    assert not studio.step(request)
    assert studio.ended(request) == {"queued"}
    studio.assert_nothing_sent()
    assert told("publishing.publication.held") == 1
    tasks.sweep()
    assert told("publishing.publication.held") == 1, "it is looked at again in a while, not at once"
    assert timedelta(0) < studio.first(request).not_before - clock.now() <= timedelta(minutes=15)
    end(studio, row)
    Publication.objects.filter(request=request).update(not_before=clock.now())
    tasks.sweep()
    assert studio.ended(request) == {"published"}


def test_r21_what_is_half_out_stays_switched_off(studio: Studio) -> None:
    request = studio.admitted()
    for _step in CREATES:
        assert studio.step(request)
    freeze(studio)
    assert not studio.step(request)
    assert studio.states(request) == ["published"] * 3 + ["queued"] * 3


def test_r21_no_sql_queues_or_sends_under_a_freeze(studio: Studio) -> None:
    request = studio.admitted()
    first = studio.first(request)
    freeze(studio)
    with pytest.raises(IntegrityError) as sent, transaction.atomic():
        Publication.objects.filter(pk=first.pk).update(state="dispatching")
    found = refusal(sent.value)
    assert found is not None
    assert found.guard == "publishing_publication_frozen"
    assert studio.ended(request) == {"queued"}
    other = studio.approved(publish="manual")
    read = gate.read(ApprovalRequest.objects.select_related("ad_account__brand").get(pk=other.pk), clock.now())
    rows = [gate._row(read, clearance, operation, "sql") for operation, clearance in gate._steps(read)]
    with pytest.raises(IntegrityError) as queued, transaction.atomic():
        Publication.objects.bulk_create(rows)
    found = refusal(queued.value)
    assert found is not None
    assert found.guard == "publishing_publication_frozen"
    assert studio.rows(other) == []


def test_r04_r21_pausing_and_revoking_never_wait_on_a_freeze(studio: Studio) -> None:
    request = studio.published()
    freeze(studio, "organisation")
    like = studio.first(request)
    pause = Publication(
        request=request, clearance=like.clearance, revision=like.revision, digest=like.digest, ad_account=like.ad_account,
        entity_type=like.entity_type, entity_id=like.entity_id, operation="pause", position=9, requested_by="x", queued_at=clock.now(),
        not_before=clock.now(),
    )  # fmt: skip
    pause.save(force_insert=True)
    assert gate.confirm(pause, request, clock.now()) is None
    assert studio.step(request), "the pause went out"
    revoked = approvals.revoke(actor=studio.world.actor("operator"), request=request.pk, reason="The price is wrong.")
    assert revoked.state == "revoked"


# --- what is let through -----------------------------------------------------------------------------------------------------


def test_r21_one_request_is_let_through_and_no_other(studio: Studio) -> None:
    row, request, other = freeze(studio), studio.approved(), studio.approved()
    let_through(studio, row, request)
    tasks.sweep()
    assert (studio.ended(request), studio.rows(other)) == ({"published"}, [])
    assert told("approvals.freeze.passed") == 1


def test_r21_whoever_is_let_through_one_freeze_waits_for_another(studio: Studio) -> None:
    row, request = freeze(studio), studio.approved()
    freeze(studio, "organisation")
    let_through(studio, row, request)
    tasks.sweep()
    assert studio.rows(request) == []


def test_r57_r21_who_may_let_nothing_through(studio: Studio) -> None:
    row, request, world = freeze(studio), studio.approved(), studio.world
    accounts.grant_role(actor=ROOT, role="exception_approver", principal=world.user("submitter"), scope=world.brand)
    accounts.grant_role(actor=ROOT, role="exception_approver", principal=world.machine, scope=world.brand)
    world.people["machine"] = world.machine
    for name, refused in (("submitter", SelfApproval), ("machine", MachineDecision), ("policy_manager", Forbidden), ("publisher", Forbidden)):
        with pytest.raises(refused):
            let_through(studio, row, request, by=name)
    assert not FreezePass.objects.exists()
    tasks.sweep()
    assert studio.rows(request) == []


def test_r21_what_is_not_let_through(studio: Studio) -> None:
    row, request = freeze(studio), studio.approved()
    elsewhere = freeze(studio, "other")
    cases: list[tuple[type[ImprimaturError], Freeze, ApprovalRequest, str]] = [
        (Conflict, row, studio.world.request("in_review"), "Agreed"),
        (Invalid, row, request, "  "),
        (NotFound, elsewhere, request, "Agreed"),
        (NotFound, Freeze(pk=uuid4()), request, "Agreed"),
    ]
    for refused, which, what, reason in cases:
        with pytest.raises(refused):
            let_through(studio, which, what, reason=reason)
    assert not FreezePass.objects.exists()
    let_through(studio, row, request)
    with pytest.raises(Conflict):
        let_through(studio, row, request)
    end(studio, elsewhere)
    with pytest.raises(Conflict):
        end(studio, elsewhere)
    assert (FreezePass.objects.count(), FreezeEnd.objects.count()) == (1, 1)


@pytest.mark.parametrize(("who", "guard"), [
    ("submitter", "approvals_freeze_pass_contributor"), ("machine", "approvals_freeze_pass_person"),
])  # fmt: skip
def test_r16_r21_no_sql_lets_through_what_one_worked_on(studio: Studio, who: str, guard: str) -> None:
    row, request = freeze(studio), studio.approved()
    person = studio.world.machine if who == "machine" else studio.world.user(who)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        FreezePass(freeze=row, request=request, reason="x", allowed_by=person, at=clock.now()).save(force_insert=True)
    found = refusal(error.value)
    assert found is not None
    assert found.guard == guard
    assert not FreezePass.objects.exists()


# --- who freezes -------------------------------------------------------------------------------------------------------------


def test_r57_policy_managers_freeze_and_end_it(studio: Studio) -> None:
    world, until = studio.world, clock.now() + HOUR
    row = approvals.set_freeze(actor=world.actor("policy_manager"), scope=world.brand, ends_at=until, reason="Mourning")
    for name in ("operator", "publisher", "exceptions"):
        with pytest.raises(Forbidden):
            approvals.set_freeze(actor=world.actor(name), scope=world.brand, ends_at=until, reason="Mourning")
        with pytest.raises(Forbidden):
            approvals.end_freeze(actor=world.actor(name), freeze=row.pk, reason="Over")
    assert (Freeze.objects.count(), FreezeEnd.objects.count()) == (1, 0)
    approvals.end_freeze(actor=world.actor("policy_manager"), freeze=row.pk, reason="Over")
    assert (told("approvals.freeze.set"), told("approvals.freeze.ended")) == (1, 1)


@pytest.mark.parametrize(("more", "field"), [
    ({"hours": -1}, "ends_at"), ({"hours": 24 * 400}, "ends_at"), ({"begins_at": clock.now() + timedelta(days=3)}, "ends_at"),
])  # fmt: skip
def test_r21_a_freeze_has_a_sensible_time(studio: Studio, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        freeze(studio, **more)
    assert [each.field for each in refused.value.errors] == [field]
    assert not Freeze.objects.exists()


def test_r21_freezes_are_evidence(studio: Studio) -> None:
    freeze(studio)
    for change in (lambda: Freeze.objects.update(ends_at=clock.now()), lambda: Freeze.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert Freeze.objects.count() == 1
