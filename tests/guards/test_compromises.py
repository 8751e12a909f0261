"""What the database refuses of compromised accounts, whoever asks (R-32)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from approvals.models import Compromise, Recall
from core import clock
from core.triggers import refusal
from tests import builders


@pytest.fixture
def acme(db):
    return builders.organisation()


def refused(work):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        work()
    found = refusal(error.value)
    return found.guard if found else ""


def fact(world, person="content", by="operator", since=-1, until=0):
    now = clock.now()
    return Compromise(
        person=world.people[person], declared_by=world.people[by], since=now + timedelta(hours=since),
        until=now + timedelta(hours=until), reason="x", declared_at=now,
    )  # fmt: skip


def shut(world, person="content"):
    world.people[person].is_active = False
    world.people[person].save(update_fields=("is_active",))


def test_r32_the_account_is_shut_first(acme):
    assert refused(fact(acme).save) == "approvals_compromise_shut"


@pytest.mark.parametrize(
    ("how", "guard"),
    [
        ({"by": "content"}, "approvals_compromise_people"), ({"since": 1, "until": 2}, "approvals_compromise_since"),
        ({"until": -0.5}, "approvals_compromise_since"),
    ],
)  # fmt: skip
def test_r32_what_a_declaration_says(acme, how, guard):
    shut(acme)
    assert refused(fact(acme, **how).save) == guard


def test_r32_a_declaration_stays(acme):
    shut(acme)
    row = fact(acme)
    row.save(force_insert=True)
    assert refused(lambda: Compromise.objects.update(reason="y")) == "approvals_compromise_no_update"
    assert refused(row.delete) == "approvals_compromise_no_delete"


def test_r32_a_recall_is_of_a_request_with_such_a_vote(acme):
    request = acme.request(at="in_review")
    shut(acme)
    row = fact(acme)
    row.save(force_insert=True)
    found = Recall(compromise=row, request=request, outcome="stands", at=clock.now())
    assert refused(found.save) == "approvals_recall_voted"


def test_r32_a_satisfied_stage_opens_again_only_for_this(acme):
    stage = acme.request(at="content_approved").stages.get(key="content")
    work = type(stage).objects.filter(pk=stage.pk)
    assert refused(lambda: work.update(state="open", closed_at=None)) == "approvals_stage_reopened"
