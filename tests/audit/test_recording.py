"""The shape of every service: it writes evidence, refusals are recorded in a transaction of their own, silence is a fault."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Organisation
from accounts.services import create_organisation
from audit import actions
from audit.models import AuditEvent
from audit.recording import AuditMissing, Scope, Subject, concerning, event, record, service
from core import clock
from core.actor import Actor, ActorKind, Channel, system
from core.canonical import NotCanonical, canonical_text, digest_of_text
from core.errors import Conflict, Forbidden, Invalid, NotFound, Overtaken
from core.ids import uuid7
from core.triggers import refusal

pytestmark = pytest.mark.django_db(transaction=True)
ACTION = "accounts.organisation.created"
ROOT = system(Channel.COMMAND)
SUBJECT = Subject("organisation", "17", "Acme", Scope(organisation=uuid7(), brand=uuid7(), ad_account=uuid7()))


def _make(name: str) -> None:
    Organisation.objects.create(name=name, slug=name)


@service(ACTION)
def loud(*, actor: Actor, name: str) -> None:
    _make(name)
    record(event(actor, ACTION, SUBJECT, clock.now(), name=name))


@service(ACTION)
def silent(*, actor: Actor, name: str) -> None:
    _make(name)


@service(ACTION)
def writes_nothing(*, actor: Actor, name: str) -> None:
    _make(name)
    record()


@service(ACTION)
def refusing(*, actor: Actor, error: Exception, asked: UUID | None = None, named: bool = True) -> None:
    _make("half")
    if named:
        concerning(SUBJECT)
    record(event(actor, ACTION, SUBJECT, clock.now()))
    raise error


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.order_by("id"))


def test_work_and_evidence_are_committed_together():
    loud(actor=ROOT, name="acme")
    assert Organisation.objects.filter(name="acme").exists()
    (row,) = events()
    assert (row.action, row.outcome, row.actor_kind, row.channel) == (ACTION, "recorded", "system", "command")
    assert (row.organisation, row.brand, row.ad_account) == (
        SUBJECT.scope.organisation, SUBJECT.scope.brand, SUBJECT.scope.ad_account,
    )  # fmt: skip


@pytest.mark.parametrize("fault", [silent, writes_nothing])
def test_a_silent_service_is_a_fault_and_its_work_is_undone(fault):
    with pytest.raises(AuditMissing):
        fault(actor=ROOT, name="acme")
    assert not Organisation.objects.exists()
    assert events() == []


def test_audit_missing_is_not_a_refusal_that_a_door_would_translate():
    assert issubclass(AuditMissing, AssertionError)


@pytest.mark.parametrize("error", [Forbidden("No."), Conflict("Late.")])
def test_a_refusal_is_recorded_after_the_work_was_undone(error):
    with pytest.raises(type(error)):
        refusing(actor=ROOT, error=error)
    assert not Organisation.objects.exists(), "the work"
    (row,) = events()
    assert (row.action, row.outcome, row.subject_label) == (ACTION, "refused", "Acme")
    assert json.loads(row.canonical)["payload"] == {"code": error.code, "detail": error.detail}


def test_bad_input_by_field_is_no_evidence():
    with pytest.raises(Invalid):
        refusing(actor=ROOT, error=Invalid.field("name", "required", "Give a name."))
    assert events() == []
    assert not Organisation.objects.exists()


def test_other_faults_pass_through_unrecorded():
    with pytest.raises(ZeroDivisionError):
        refusing(actor=ROOT, error=ZeroDivisionError())
    assert events() == []
    assert not Organisation.objects.exists()


def test_a_refusal_before_the_subject_was_found_names_what_was_asked_for():
    asked = uuid7()
    with pytest.raises(Forbidden):
        refusing(actor=ROOT, error=Forbidden("No."), asked=asked, named=False)
    (row,) = events()
    assert (row.subject_type, row.subject_id, row.subject_label) == ("unknown", str(asked), f"asked={asked}")


@pytest.mark.parametrize("own", [None, uuid7()])
def test_r57_what_the_actor_may_not_see_is_refused_in_the_log_of_their_own_organisation(own):
    """The subject was found and named by the service; the event does not tell, and is not the victim's."""
    asked = uuid7()
    actor = Actor(ActorKind.PERSON, "17", "eve@evil.example", Channel.API, organisation=own)
    for named in (True, False):
        with pytest.raises(NotFound):
            refusing(actor=actor, error=NotFound(), asked=asked, named=named)
    rows = events()
    assert {(row.subject_type, row.subject_id, row.subject_label) for row in rows} == {("unknown", str(asked), f"asked={asked}")}
    assert [(row.organisation, row.brand, row.ad_account) for row in rows] == [(own, None, None)] * 2


def test_the_refusals_of_one_service_do_not_name_the_subject_of_the_one_before():
    with pytest.raises(Forbidden):
        refusing(actor=ROOT, error=Forbidden("No."))
    with pytest.raises(Forbidden):
        refusing(actor=ROOT, error=Forbidden("No."), named=False)
    assert [row.subject_type for row in events()] == ["organisation", "unknown"]


def test_a_service_opens_its_own_transaction_and_never_joins_another():
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        loud(actor=ROOT, name="acme")


def test_events_are_only_written_inside_a_transaction():
    with pytest.raises(AuditMissing, match="in the transaction"):
        record(event(ROOT, ACTION, SUBJECT, clock.now()))


def test_an_unregistered_action_cannot_be_written_nor_be_a_service():
    with pytest.raises(actions.UnknownAction, match=r"audit/actions\.py"):
        event(ROOT, "accounts.organisation.painted", SUBJECT, clock.now())
    with pytest.raises(actions.UnknownAction):
        service("accounts.organisation.painted")
    assert actions.text("of.another.version") == "of.another.version"


def test_floats_have_no_place_in_evidence():
    with pytest.raises(NotCanonical):
        event(ROOT, ACTION, SUBJECT, clock.now(), amount=1.5)


def test_the_digest_is_of_the_stored_canonical_text_and_that_of_the_whole_entry():
    actor = Actor(ActorKind.PERSON, "17", "ann@acme.example", Channel.API, "r-1", None, "192.0.2.1")
    now = clock.now()
    with transaction.atomic():
        record(event(actor, ACTION, SUBJECT, now, name="Größe \N{GRINNING FACE}"))
    row = AuditEvent.objects.get()
    assert row.digest == digest_of_text(row.canonical)
    entry = json.loads(row.canonical)
    assert canonical_text(entry) == row.canonical
    assert entry == {
        "id": str(row.pk), "action": ACTION, "actor": {"kind": "person", "id": "17", "label": "ann@acme.example"},
        "address": "192.0.2.1", "at": clock.rfc3339(now), "channel": "api", "outcome": "recorded",
        "payload": {"name": "Größe \N{GRINNING FACE}"}, "request_id": "r-1",
        "subject": {"type": "organisation", "id": "17", "label": "Acme"},
    }  # fmt: skip


def test_long_labels_are_cut_in_the_columns_and_whole_in_the_evidence():
    label = "\N{GRINNING FACE}" * 300
    actor = Actor(ActorKind.PERSON, "17", label, Channel.API, "r" * 100)
    with transaction.atomic():
        record(event(actor, ACTION, Subject("organisation", "17", label), clock.now()))
    row = AuditEvent.objects.get()
    assert (row.actor_label, row.subject_label) == (label[:254], label[:254])
    assert row.request_id == "r" * 64
    entry = json.loads(row.canonical)
    assert (entry["actor"]["label"], entry["subject"]["label"], entry["request_id"]) == (label, label, "r" * 100)


@pytest.mark.parametrize("column", ["outcome = 'recorded'", "canonical = ''", "digest = ''", "actor_label = 'nobody'"])
def test_r59_events_are_not_changed(column):
    with pytest.raises(Forbidden):
        refusing(actor=ROOT, error=Forbidden("No."))
    before = list(AuditEvent.objects.values())
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_auditevent SET {column}")
    refused = refusal(caught.value)
    assert refused is not None
    assert refused.guard == "audit_event_no_update"
    assert list(AuditEvent.objects.values()) == before


def test_r59_events_are_not_removed_not_even_by_the_orm():
    loud(actor=ROOT, name="acme")
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        AuditEvent.objects.all().delete()
    refused = refusal(caught.value)
    assert refused is not None
    assert refused.guard == "audit_event_no_delete"
    assert AuditEvent.objects.count() == 1


@service(ACTION)
def meddling(*, actor: Actor, statement: str) -> None:
    concerning(SUBJECT)
    record(event(actor, ACTION, SUBJECT, clock.now()))
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_a_guard_refuses_is_a_conflict_in_words_and_in_the_log(caplog):
    """A right that ends between a service's judgement and its write: nobody is told of an error of ours."""
    with pytest.raises(Overtaken, match="just changed") as caught:
        meddling(actor=ROOT, statement="DELETE FROM audit_auditevent")
    assert caught.value.extra == {"guard": "audit_event_no_delete"}
    assert not isinstance(caught.value, Conflict), "whoever expects that somebody else was first must not take it for that"
    (row,) = AuditEvent.objects.all()
    payload = json.loads(row.canonical)["payload"]
    assert (row.outcome, row.subject_label) == ("refused", "Acme")
    assert (payload["code"], payload["guard"]) == ("overtaken", "audit_event_no_delete")
    assert "guard audit_event_no_delete refused" in caplog.text


def test_another_error_of_the_database_is_an_error_of_ours():
    loud(actor=ROOT, name="acme")
    with pytest.raises(IntegrityError):
        loud(actor=ROOT, name="acme")
    assert [each.outcome for each in events()] == ["recorded"]


def test_a_real_refusal_of_a_real_service():
    person = Actor(ActorKind.PERSON, "17", "eve@acme.example", Channel.API)
    with pytest.raises(Forbidden):
        create_organisation(actor=person, name="Evil", slug="evil")
    (row,) = events()
    assert (row.action, row.outcome, row.actor_label) == (ACTION, "refused", "eve@acme.example")
