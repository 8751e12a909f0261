"""The demo: there is something to show and to do on every page that it leads to, and it is made once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.transaction import atomic

from accounts.access_policy import current_policy
from accounts.models import Organisation
from approvals import books
from approvals.amounts import state_of
from approvals.models import ApprovalRequest, Envelope, EnvelopeAmount
from approvals.services import confirm_envelope
from audit.models import AuditEvent
from config.demo.cast import POLICY_MANAGER
from config.demo.seed import Demo
from core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Demo:
    """Made at a first start, and asked for at a second."""
    settings.OWN_MACHINE, settings.VAR_DIR = True, tmp_path
    call_command("seed_demo")
    made = events()
    call_command("seed_demo")
    assert "The demo is there already." in capsys.readouterr().out
    assert events() == made > 0, "nothing is made twice"
    return Demo(Organisation.objects.get())


def events() -> int:
    return AuditEvent.objects.count()


def standing() -> dict[str, list[tuple[str, str]]]:
    """By title of the envelope: its amounts and how they stand, the latest first."""
    return {
        each.title: [(str(row.amount_minor // 100), str(state_of(row, rows, clock.now()))) for row in rows]
        for each in Envelope.objects.order_by("title")
        for rows in [list(each.amounts.select_related("consent", "decline"))]
    }


def test_r24_envelopes_of_a_brand_and_an_ad_account_with_a_raise_to_confirm(demo: Demo) -> None:
    assert standing() == {
        "Fjordlight Germany": [("6000", "in_force")],
        "Fjordlight, autumn and winter": [("12000", "awaited"), ("9000", "in_force")],
    }
    assert {(each.brand is None, each.ad_account is None) for each in Envelope.objects.all()} == {(True, False), (False, True)}
    assert {each.author and each.author.email for each in EnvelopeAmount.objects.all()} == {POLICY_MANAGER}
    assert not current_policy(demo.organisation.pk, clock.now()).two_managers, "switching it on is among what there is to try"
    awaited = EnvelopeAmount.objects.get(consent__isnull=True)
    confirm_envelope(actor=demo.actor("access2@demo.example"), amount=awaited.pk)
    assert standing()["Fjordlight, autumn and winter"] == [("12000", "in_force"), ("9000", "replaced")]


def test_r24_what_is_approved_holds_some_of_both_and_is_committed_once_published(demo: Demo) -> None:
    request = ApprovalRequest.objects.get(state="approved")
    held = {row["envelope"] for row in request.envelope_entries.values("envelope")}
    assert held == set(Envelope.objects.values_list("pk", flat=True))
    campaign = books.campaign_in(request.items.select_related("revision"))
    assert campaign is not None
    with atomic():
        books.note_published(request, campaign, clock.now())
    for envelope in Envelope.objects.all():
        months = books.months_of(envelope)
        assert (sum(each.reserved_minor for each in months), sum(each.committed_minor for each in months) > 0) == (0, True)
        left = [each.left_minor for each in months if each.left_minor is not None]
        assert all(each > 4_000_00 for each in left), "there is room for whoever tries it out"
