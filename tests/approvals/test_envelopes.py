"""R-24: envelopes of brands and ad accounts, month by month: reserved, committed, released."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from hypothesis import given
from hypothesis import strategies as st

from accounts import services as accounts
from approvals import books, tasks
from approvals.amounts import amount_in, state_of
from approvals.errors import EnvelopeExceeded
from approvals.exposure import by_month, of_campaign
from approvals.models import (
    ApprovalRequest,
    Clearance,
    Envelope,
    EnvelopeAmount,
    EnvelopeConsent,
    EnvelopeDecline,
    EnvelopeEntry,
)
from approvals.services import confirm_envelope, decline_envelope, revoke, set_envelope
from audit.models import AuditEvent
from campaigns import services as campaigns
from core import clock
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.money import Money
from tests import builders
from tests.builders import ROOT, Tree, World

# --- by month ----------------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def budget(mode: str, minor: int | None) -> dict[str, Any]:
    return {"mode": mode, "optimization": False, "amount": None if minor is None else {"minor": minor, "currency": "USD"}}


def group(minor: int, start: datetime, end: datetime | None, mode: str = "daily") -> dict[str, Any]:
    return {"budget": budget(mode, minor), "schedule": {"start": start.isoformat(), "end": end and end.isoformat()}}


def spread(minor: int, first: datetime, last: datetime | None, mode: str = "daily") -> dict[str, int]:
    found = by_month({"budget": budget("unlimited", None)}, [group(minor, first, last, mode)], NOW)
    return {f"{month:%Y-%m}": amount for month, amount in found.items()}


def test_r24_days_of_a_month_are_that_month_s() -> None:
    first, last = datetime(2026, 11, 29, tzinfo=UTC), datetime(2026, 12, 3, tzinfo=UTC)
    assert spread(10_00, first, last) == {"2026-11": 20_00, "2026-12": 20_00}
    assert spread(101, first, last, "lifetime") == {"2026-11": 50, "2026-12": 51}
    assert spread(10_00, datetime(2026, 12, 30, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)) == {"2026-12": 20_00, "2027-01": 10_00}
    assert spread(10_00, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)) == {}, "it is over"
    assert spread(10_00, NOW, None) == {"2026-11": 110_00, "2026-12": 190_00}, "thirty days, where there is no end"


@given(
    minor=st.integers(1, 10**9), start=st.integers(-400, 400), length=st.integers(1, 500) | st.none(),
    mode=st.sampled_from(["daily", "lifetime", "dynamic_daily"]), own=st.integers(1, 10**9) | st.none(),
)  # fmt: skip
def test_r24_the_months_add_up_to_the_exposure(minor: int, start: int, length: int | None, mode: str, own: int | None) -> None:
    first = NOW + timedelta(days=start)
    groups = [group(minor, first, None if length is None else first + timedelta(days=length), mode)]
    campaign = {"budget": budget("unlimited" if own is None else "lifetime", own)}
    assert sum(by_month(campaign, groups, NOW).values()) == of_campaign(campaign, groups, NOW)


def test_a_difference_has_no_month_in_which_nothing_changes() -> None:
    one, two, three = (date(2026, month, 1) for month in (10, 11, 12))
    assert books.difference({one: 5, two: 7}, {two: 7, three: 2}) == {one: -5, three: 2}


# --- approving, publishing, revoking ------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db
MID_MONTH = datetime(2026, 11, 10, 12, tzinfo=UTC)
"""Ten days from the next day lie in one month, so that a test reads easily: 10 × 30.00 a campaign."""


@pytest.fixture
def world(db: None) -> Any:
    with time_machine.travel(MID_MONTH, tick=True):
        yield builders.organisation()


def enveloped(world: World, amount: str = "700.00", scope: Any = None, who: str = "policy_manager", month: date = date(2026, 11, 1)) -> EnvelopeAmount:
    whole = Money(int(amount.replace(".", "")), "USD")
    return set_envelope(actor=world.actor(who), scope=scope or world.account, title="Autumn", amount=whole, first_month=month)


def submitted(world: World, tree: Tree | None = None) -> ApprovalRequest:
    request = world.submit(tree).request
    world.check(request)
    request.refresh_from_db()
    world.decide_if_asked(request, "content")
    request.refresh_from_db()
    return request


def approved(world: World, tree: Tree | None = None) -> ApprovalRequest:
    request = submitted(world, tree)
    world.decide_if_asked(request, "budget")
    request.refresh_from_db()
    return request


def book(envelope: EnvelopeAmount) -> list[tuple[str, int, int]]:
    rows = EnvelopeEntry.objects.filter(envelope=envelope.envelope).order_by("pk")
    return [(str(each.kind), each.reserved_minor, each.committed_minor) for each in rows]


def balance(envelope: EnvelopeAmount) -> tuple[int, int]:
    return books.used([envelope.envelope]).get((envelope.envelope_id, date(2026, 11, 1)), (0, 0))


def with_group_budget(world: World, tree: Tree, amount: str) -> Tree:
    values: Any = {"budget": {"mode": "daily", "amount": amount}}
    campaigns.edit_ad_group(actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values=values)
    return tree


def test_r24_what_is_approved_is_reserved_until_nothing_fits(world: World) -> None:
    envelope = enveloped(world)
    for _turn in range(2):
        approved(world)
    assert balance(envelope) == (600_00, 0)
    last = submitted(world)
    with pytest.raises(EnvelopeExceeded) as told:
        world.decide(last, "budget")
    assert told.value.extra == {"envelope": str(envelope.envelope_id), "month": "2026-11", "missing_minor": 200_00}
    assert "100.00 USD left in 2026-11" in told.value.detail
    last.refresh_from_db()
    assert (last.state, balance(envelope), Clearance.objects.filter(request=last).count()) == ("in_review", (600_00, 0), 0)
    assert not last.decisions.filter(stage__key="budget").exists(), "nothing is half written"


TOLD = "“Autumn” has 100.00 USD left in 2026-11, and this needs 300.00 USD. Lower the budget, or have the envelope raised."
TOLD_NEAR = (
    "An envelope of the brand has too little left in 2026-11 for this, which needs 300.00 USD. Lower the budget, or ask those who look "
    "after the brand's envelopes."
)


@pytest.mark.parametrize(
    ("scope", "who", "told", "named", "logged"),
    [
        ("brand", "budget", TOLD, True, TOLD_NEAR), ("brand", "near", TOLD_NEAR, False, TOLD_NEAR),
        ("account", "budget", TOLD, True, TOLD), ("account", "near", TOLD, True, TOLD),
    ],
)  # fmt: skip
def test_r57_a_refusal_tells_of_a_brand_s_envelope_to_whoever_sees_the_brand(
    world: World, scope: str, who: str, told: str, named: bool, logged: str
) -> None:
    envelope = enveloped(world, "400.00", getattr(world, scope)).envelope
    world.add_person("near", "budget_approver", scope=world.account)
    approved(world)
    request = submitted(world)
    with pytest.raises(EnvelopeExceeded) as refused:
        world.decide(request, "budget", by=who)
    said = {"envelope": str(envelope.pk), "missing_minor": 200_00} if named else {}
    assert (refused.value.detail, refused.value.extra) == (told, {"month": "2026-11", **said})
    entry = AuditEvent.objects.get(action="approvals.decision.recorded", outcome="refused")
    assert json.loads(entry.canonical)["payload"] == {"code": "envelope_exceeded", "detail": logged}


def test_r24_a_brand_s_envelope_holds_for_all_its_accounts_of_its_currency(world: World) -> None:
    of_brand, of_account = enveloped(world, "500.00", world.brand), enveloped(world, "1000.00")
    approved(world)
    assert (balance(of_brand), balance(of_account)) == ((300_00, 0), (300_00, 0))
    with pytest.raises(EnvelopeExceeded):
        approved(world)
    assert world.second_account.currency == "EUR"
    approved(world, world.tree(world.second_account))
    assert balance(of_brand) == (300_00, 0)


def test_r24_a_raise_takes_what_is_more_and_a_cut_gives_back(world: World) -> None:
    envelope, tree = enveloped(world), world.tree()
    approved(world, tree)
    approved(world, with_group_budget(world, tree, "50.00"))
    assert book(envelope) == [("reserve", 300_00, 0), ("reserve", 200_00, 0)]
    approved(world, with_group_budget(world, tree, "20.00"))
    assert book(envelope)[2:] == [("release", -300_00, 0)]
    assert balance(envelope) == (200_00, 0)


def test_r24_what_is_spent_stays_spoken_for(world: World) -> None:
    """Raised in the middle: the days that have passed keep the old price."""
    envelope, tree = enveloped(world, "1000.00"), world.tree()
    approved(world, tree)
    with time_machine.travel(MID_MONTH + timedelta(days=6, hours=1), tick=True):
        approved(world, with_group_budget(world, tree, "50.00"))
    assert balance(envelope) == (300_00 + 5 * 20_00, 0)


def test_r24_revoking_gives_back(world: World) -> None:
    envelope, request = enveloped(world), approved(world)
    revoke(actor=world.actor("operator"), request=request.pk, reason="Too much.")
    assert book(envelope) == [("reserve", 300_00, 0), ("release", -300_00, 0)]


def test_r24_revoking_the_latest_leaves_what_stood_before(world: World) -> None:
    envelope, tree = enveloped(world), world.tree()
    approved(world, tree)
    second = approved(world, with_group_budget(world, tree, "50.00"))
    revoke(actor=world.actor("operator"), request=second.pk, reason="Too much.")
    assert balance(envelope) == (300_00, 0)


def test_r24_what_nobody_published_in_time_is_given_back_once(world: World) -> None:
    envelope, request = enveloped(world), approved(world)
    tasks.sweep()
    assert balance(envelope) == (300_00, 0)
    with time_machine.travel(MID_MONTH + timedelta(days=settings.CLEARANCE_EXPIRES_DAYS + 1), tick=True):
        tasks.sweep()
        tasks.sweep()
    assert book(envelope) == [("reserve", 300_00, 0), ("expire", -300_00, 0)], "nothing was published, so nothing was spent"
    assert request.envelope_entries.count() == 2


def endless(world: World) -> Tree:
    start = clock.now().replace(microsecond=0)
    group = world.ad_group(world.campaign(), schedule={"start": start, "end": None})
    return Tree(group.campaign, group, world.ad(group))


def months(envelope: EnvelopeAmount) -> dict[str, int]:
    return {f"{month:%m}": sum(both) for (_envelope, month), both in books.used([envelope.envelope]).items()}


def test_r24_a_campaign_without_an_end_is_counted_on_day_by_day(world: World) -> None:
    """Whatever is asked in a month, the whole of it is spoken for."""
    envelope = enveloped(world, "5000.00")
    approved(world, endless(world))
    assert months(envelope) == {"11": 21 * 30_00, "12": 9 * 30_00}
    tasks.run_on()
    assert months(envelope) == {"11": 21 * 30_00, "12": 9 * 30_00}, "no day has passed"
    with time_machine.travel(MID_MONTH + timedelta(days=40, hours=1), tick=True):
        tasks.run_on()
        tasks.run_on()
    assert months(envelope) == {"11": 21 * 30_00, "12": 31 * 30_00, "01": 18 * 30_00}
    assert [kind for kind, _, _ in book(envelope)] == ["reserve", "reserve", "continue", "continue"]


def test_r24_it_goes_on_beyond_what_the_envelope_holds_and_nothing_else_fits_then(world: World) -> None:
    envelope = enveloped(world, "700.00")
    approved(world, endless(world))
    with time_machine.travel(MID_MONTH + timedelta(days=40, hours=1), tick=True):
        tasks.run_on()
        assert months(envelope)["12"] == 31 * 30_00
        with pytest.raises(EnvelopeExceeded):
            approved(world)


def test_r24_a_raise_after_days_without_a_worker_loses_none_of_them(world: World) -> None:
    envelope, tree = enveloped(world, "9000.00"), endless(world)
    approved(world, tree)
    with time_machine.travel(MID_MONTH + timedelta(days=25, hours=1), tick=True):
        approved(world, with_group_budget(world, tree, "31.00"))
    dear = 31 - 5 + 1  # December from the fifth on, at a dollar more a day
    assert months(envelope) == {"11": 21 * 30_00, "12": 31 * 30_00 + dear * 1_00, "01": 3 * 31_00}


def test_a_campaign_that_ends_is_not_counted_on(world: World) -> None:
    envelope = enveloped(world)
    approved(world)
    with time_machine.travel(MID_MONTH + timedelta(days=5), tick=True):
        tasks.run_on()
    assert book(envelope) == [("reserve", 300_00, 0)]
    assert not AuditEvent.objects.filter(action="approvals.envelope.continued").exists(), "the log is not filled with nothing"


@pytest.mark.parametrize("how", ["revoked", "run out"])
def test_r24_what_was_taken_is_given_back_there_when_the_ad_account_has_moved(world: World, how: str) -> None:
    envelope, request = enveloped(world, scope=world.brand), approved(world)
    other = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Other")
    accounts.move_ad_account(actor=ROOT, ad_account=world.account, brand=other)
    if how == "revoked":
        world.add_person("mover", "operator", scope=world.organisation)
        revoke(actor=world.actor("mover"), request=request.pk, reason="Moved.")
    else:
        with time_machine.travel(MID_MONTH + timedelta(days=settings.CLEARANCE_EXPIRES_DAYS + 1), tick=True):
            tasks.sweep()
            tasks.sweep()
        assert AuditEvent.objects.filter(action="approvals.envelope.expired").count() == 1
    assert balance(envelope) == (0, 0)


def test_ads_alone_ask_no_envelope(world: World) -> None:
    tree, envelope = world.tree(), enveloped(world, "300.00")
    approved(world, tree)
    world.ad(tree.ad_group, name="Another film")
    approved(world, tree)
    assert len(book(envelope)) == 1


def test_what_stands_when_an_envelope_is_made_is_taken_up_whether_it_fits_or_not(world: World) -> None:
    approved(world)
    envelope = enveloped(world, "100.00")
    assert (book(envelope), balance(envelope)) == ([("reserve", 300_00, 0)], (300_00, 0))
    with pytest.raises(EnvelopeExceeded, match="0.00 USD left"):
        approved(world)


def test_months_before_the_first_amount_have_no_limit(world: World) -> None:
    enveloped(world, "1.00", month=date(2026, 12, 1))
    approved(world)


def test_the_latest_amount_counts(world: World) -> None:
    enveloped(world, "100.00")
    enveloped(world, "300.00")
    approved(world)
    envelope = enveloped(world, "0.00")
    assert Envelope.objects.count() == 1
    assert balance(envelope) == (300_00, 0), "what is approved stays so"
    with pytest.raises(EnvelopeExceeded):
        approved(world)


# --- who, and how many ---------------------------------------------------------------------------------------------------------


def test_r55_a_higher_amount_waits_for_another_manager(world: World) -> None:
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    world.add_person("other", "policy_manager", scope=world.organisation)
    first = enveloped(world, "400.00")
    assert not first.needs_second, "where there was no limit, one limits"
    higher = enveloped(world, "900.00")
    approved(world)
    with pytest.raises(EnvelopeExceeded):
        approved(world)
    with pytest.raises(Forbidden):
        confirm_envelope(actor=world.actor("policy_manager"), amount=higher.pk)
    confirm_envelope(actor=world.actor("other"), amount=higher.pk)
    approved(world)
    with pytest.raises(Conflict):
        confirm_envelope(actor=world.actor("other"), amount=higher.pk)
    assert not enveloped(world, "800.00").needs_second, "lower is free (R-04)"


@pytest.mark.parametrize("overtaken", [True, False])
def test_r55_what_another_amount_took_the_place_of_or_is_old_is_not_confirmed(world: World, overtaken: bool) -> None:
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    world.add_person("other", "policy_manager", scope=world.organisation)
    enveloped(world, "400.00")
    higher = enveloped(world, "900.00")
    if overtaken:
        enveloped(world, "100.00")
    with time_machine.travel(clock.now() + (timedelta(hours=1) if overtaken else timedelta(days=31))), pytest.raises(Conflict):
        confirm_envelope(actor=world.actor("other"), amount=higher.pk)
    assert not EnvelopeConsent.objects.filter(amount=higher).exists()


def amount_row(month: int, at: int, *, consent: bool = True) -> EnvelopeAmount:
    """Unsaved: from a month of 2026, recorded on a day of October."""
    row = EnvelopeAmount(first_month=date(2026, month, 1), recorded_at=datetime(2026, 10, at, tzinfo=UTC), amount_minor=at)
    if consent:
        row.consent = EnvelopeConsent()
    return row


def test_r55_how_amounts_stand_to_each_other() -> None:
    """Pure: the pages show what the services decide by."""
    now = datetime(2026, 11, 5, tzinfo=UTC)
    old, new, next_year = amount_row(10, 1), amount_row(11, 20), amount_row(12, 3)
    waits, late, beaten = amount_row(12, 21, consent=False), amount_row(12, 4, consent=False), amount_row(11, 19, consent=False)
    rows = [old, new, next_year, waits, late, beaten]
    assert [str(state_of(row, rows, now)) for row in rows] == ["replaced", "in_force", "to_come", "awaited", "lapsed", "replaced"]
    in_force = [row for row in rows if row.is_in_force]
    assert [amount_in(in_force, date(2026, month, 1)) for month in (9, 10, 11, 12)] == [None, old, new, next_year]
    declined = amount_row(12, 22, consent=False)
    declined.decline = EnvelopeDecline()
    assert state_of(declined, [*rows, declined], now) == "declined"


@pytest.mark.parametrize("who", ["policy_manager", "other"])
def test_r55_a_declined_amount_never_counts(world: World, who: str) -> None:
    envelope, higher = raised(world)
    assert decline_envelope(actor=world.actor(who), amount=higher.pk) == higher
    assert books.limit_in(books.amounts_in_force([envelope.envelope]), envelope.envelope_id, date(2026, 11, 1)) == 400_00
    for work in (confirm_envelope, decline_envelope):
        with pytest.raises(Conflict):
            work(actor=world.actor("other"), amount=higher.pk)
    assert (EnvelopeConsent.objects.filter(amount=higher).exists(), EnvelopeDecline.objects.count()) == (False, 1)
    assert AuditEvent.objects.get(action="approvals.envelope.declined", outcome="recorded").actor_id == str(world.user(who).pk)


def raised(world: World) -> tuple[EnvelopeAmount, EnvelopeAmount]:
    """An amount that counts, and a higher one of the policy manager's that awaits another."""
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    world.add_person("other", "policy_manager", scope=world.organisation)
    return enveloped(world, "400.00"), enveloped(world, "900.00")


def test_r57_nobody_else_declines(world: World) -> None:
    envelope, higher = raised(world)
    with pytest.raises(Forbidden):
        decline_envelope(actor=world.actor("submitter"), amount=higher.pk)
    with pytest.raises(NotFound):
        decline_envelope(actor=builders.organisation("Rival").actor("policy_manager"), amount=higher.pk)
    with pytest.raises(Conflict):
        decline_envelope(actor=world.actor("other"), amount=envelope.pk)
    assert not EnvelopeDecline.objects.exists()


def test_r55_the_database_keeps_consent_and_decline_apart(world: World) -> None:
    envelope, higher = raised(world)
    said: Any = {"said_by": "x", "said_by_id": world.user("other").pk, "at": clock.now()}
    with pytest.raises(IntegrityError, match="approvals_envelope_counts"), atomic():
        EnvelopeDecline.objects.create(amount=envelope, **said)
    decline_envelope(actor=world.actor("other"), amount=higher.pk)
    with pytest.raises(IntegrityError, match="approvals_envelope_was_declined"), atomic():
        EnvelopeConsent.objects.create(amount=higher, **said)


def test_why_an_amount_was_asked_for_is_kept(world: World) -> None:
    month = date(2026, 11, 1)
    row = set_envelope(
        actor=world.actor("policy_manager"), scope=world.account, title="A", amount=Money(5, "USD"), first_month=month, reason=" Black Friday. "
    )
    assert EnvelopeAmount.objects.get(pk=row.pk).reason == "Black Friday."


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"title": " "}, "title"), ({"amount": Money(-1, "USD")}, "amount"), ({"amount": Money(5, "EUR")}, "amount"),
        ({"first_month": date(2026, 11, 2)}, "first_month"), ({"first_month": date(2026, 10, 1)}, "first_month"),
    ],
)  # fmt: skip
def test_bad_input(world: World, how: dict[str, Any], field: str) -> None:
    good: dict[str, Any] = {"scope": world.account, "title": "A", "amount": Money(5, "USD"), "first_month": date(2026, 11, 1)}
    with pytest.raises(Invalid) as told:
        set_envelope(actor=world.actor("policy_manager"), **{**good, **how})
    assert [each.field for each in told.value.errors] == [field]
    assert not Envelope.objects.exists()


def test_r57_nobody_else_sets_one(world: World) -> None:
    with pytest.raises(Forbidden):
        enveloped(world, who="submitter")
    rival = builders.organisation("Rival")
    with pytest.raises(NotFound):
        enveloped(rival, scope=world.account)
    assert not Envelope.objects.exists()


# --- guards --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approvals_envelope SET currency = 'EUR'", "DELETE FROM approvals_envelope",
        "UPDATE approvals_envelopeamount SET amount_minor = 1", "DELETE FROM approvals_envelopeamount",
        "UPDATE approvals_envelopeconsent SET said_by = 'x'", "DELETE FROM approvals_envelopeconsent",
        "UPDATE approvals_envelopedecline SET said_by = 'x'", "DELETE FROM approvals_envelopedecline",
        "UPDATE approvals_envelopeentry SET reserved_minor = 0", "DELETE FROM approvals_envelopeentry",
    ],
)  # fmt: skip
def test_books_are_evidence(world: World, statement: str) -> None:
    _envelope, higher = raised(world)
    decline_envelope(actor=world.actor("other"), amount=higher.pk)
    approved(world)
    with pytest.raises(IntegrityError), atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("kind", "reserved", "committed", "allowed"),
    [
        ("reserve", 400_00, 0, True), ("reserve", 400_01, 0, False), ("release", -300_00, 0, True), ("release", -300_01, 0, False),
        ("release", 0, -1, False), ("commit", -300_00, 300_00, True), ("commit", -300_01, 300_01, False), ("gift", 1, 0, False),
    ],
)  # fmt: skip
def test_r24_the_database_says_the_same(world: World, kind: str, reserved: int, committed: int, allowed: bool) -> None:
    envelope, request = enveloped(world), approved(world)
    row = EnvelopeEntry(
        envelope=envelope.envelope, month=date(2026, 11, 1), campaign=world.tree_of[request.pk].campaign, request=request, kind=kind,
        reserved_minor=reserved, committed_minor=committed, at=clock.now(),
    )  # fmt: skip
    if allowed:
        row.save(force_insert=True)
    else:
        with pytest.raises(IntegrityError), atomic():
            row.save(force_insert=True)
    assert EnvelopeEntry.objects.count() == 1 + allowed
