"""The flush between transactional tests empties evidence, and the guards are there afterwards."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import TransactionTestCase

from audit.models import AuditEvent
from audit.recording import Subject, event, record
from core import clock
from core.actor import Channel, system
from core.triggers import missing
from tests.architecture.sources import all_guards
from tests.flushing import without_guards

pytestmark = pytest.mark.django_db(transaction=True)


def _write_event() -> None:
    with transaction.atomic():
        record(
            event(system(Channel.TASK), "accounts.organisation.created", Subject("organisation", "1", "A"), clock.now())
        )


def test_flush_empties_evidence_and_leaves_every_guard_in_place():
    _write_event()
    with pytest.raises(IntegrityError, match="imprimatur:audit_event_no_delete"):
        AuditEvent.objects.all().delete()

    TransactionTestCase()._fixture_teardown()  # type: ignore[attr-defined]

    assert not AuditEvent.objects.exists()
    assert missing(all_guards(), connection) == []
    _write_event()
    with pytest.raises(IntegrityError, match="imprimatur:audit_event_no_update"):
        AuditEvent.objects.update(action="x")


def test_guards_return_when_the_flush_fails():
    class Broken(Exception):
        pass

    with pytest.raises(Broken), without_guards(connection):
        raise Broken
    assert missing(all_guards(), connection) == []
    _write_event()
    with pytest.raises(IntegrityError, match="imprimatur:audit_event_no_delete"):
        AuditEvent.objects.all().delete()
