"""The pages of envelopes: what may be spent a month, who holds it, and who sets it; nothing happens for anybody else (R-24, R-55)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from approvals import outlook
from approvals.books import Month
from approvals.models import Envelope, EnvelopeAmount, EnvelopeConsent, EnvelopeDecline
from approvals.services import confirm_envelope, decline_envelope, set_envelope
from audit.models import AuditEvent
from core import clock
from core.money import Money
from tests import builders
from tests.api.statements import statements
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter, active
from workplace.envelope_pages.standing import BAR_WIDTH, bar, beside, month_of

SOON = "2099-01"


def path(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def body(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def this_month() -> date:
    return clock.now().date().replace(day=1)


def enveloped(world: World, minor: int = 1_000_00, scope: Any = None, who: str = "policy_manager", **more: Any) -> EnvelopeAmount:
    said = {"title": "Autumn", "first_month": this_month(), **more}
    return set_envelope(actor=world.actor(who), scope=scope or world.brand, amount=Money(minor, "USD"), **said)


def raised(world: World, minor: int = 2_000_00, **more: Any) -> tuple[Envelope, EnvelopeAmount]:
    """An envelope, and a higher amount of the policy manager's that awaits another: `second`."""
    row = enveloped(world).envelope
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    world.add_person("second", "policy_manager")
    return row, enveloped(world, minor, **more)


def typed(world: World, **more: str) -> dict[str, str]:
    month = f"{clock.now():%Y-%m}"
    return {"scope": f"brand:{world.brand.pk}", "title": "Autumn", "currency": "USD", "amount": "1000.00", "first_month": month, "reason": "", **more}


# --- looking -----------------------------------------------------------------------------------------------------------------


def test_r24_the_list_tells_how_each_stands(world: World, enter: Enter):
    enveloped(world)
    world.request("approved")
    enveloped(world, 1_00, world.account, title="<b>Small</b>")
    answer = enter("content").get(path("envelopes"))
    first, second = answer.context["rows"]
    spoken_for = sum(row["held"] for row in _held(world))
    assert [(each.row.title, each.amount.recorded_by, each.awaited) for each in (first, second)] == [
        ("<b>Small</b>", "policy_manager@acme.example", []), ("Autumn", "policy_manager@acme.example", []),
    ]  # fmt: skip
    assert second.month.amount == "$1,000.00"
    assert (bool(first.month.over), first.month.bar.is_over, second.month.over) == (spoken_for > 100, spoken_for > 100, "")
    text = body(answer)
    assert "&lt;b&gt;Small&lt;/b&gt;" in text
    assert "<b>Small" not in text
    for words in ("Brand Acme Brand · USD", "Ad account Acme Brand › ", "committed", "reserved", "set by policy_manager@acme.example", 'role="img"'):
        assert words in text, words


def _held(world: World) -> list[dict[str, int]]:
    envelope = Envelope.objects.get(brand=world.brand)
    return list(outlook.held_by_campaign(world.actor("policy_manager"), envelope, this_month()))


def test_months_are_leafed_through_and_nonsense_is_this_month(world: World, enter: Enter):
    enveloped(world)
    client = enter("content")
    for asked, shown in ((SOON, date(2099, 1, 1)), ("x", this_month()), ("2099-13", this_month()), ("", this_month())):
        assert client.get(path("envelopes"), {"month": asked}).context["month"] == shown
    assert client.get(path("envelopes"), {"month": "2020-01"}).context["rows"][0].month.bar is None, "no amount counted then"
    assert "no amount counts in this month" in body(client.get(path("envelopes"), {"month": "2020-01"}))


def test_r24_one_envelope_with_its_months_and_who_holds_what(world: World, enter: Enter):
    tree = world.tree()
    stood = world.request("approved", tree)
    row = enveloped(world, reason="Agreed with <i>finance</i>.").envelope
    approved = world.request("approved")
    client = enter("content")
    months = client.get(path("envelope", row.pk)).context["months"]
    held = next(each for each in months if each.reserved != "$0.00")
    answer = client.get(path("envelope", row.pk), {"month": f"{held.month:%Y-%m}"})
    holdings = {each.campaign: each for each in answer.context["holdings"]}
    before, after = holdings[tree.campaign.pk], holdings[world.tree_of[approved.pk].campaign.pk]
    assert ([(line.request, line.goes_on) for line in before.lines], before.before) == ([(None, False)], [(stood.pk, "Autumn campaign")])
    assert ([(line.request, line.title, line.by[0]) for line in after.lines], after.before) == ([(approved.pk, "Autumn campaign", "+")], [])
    text = body(answer)
    for words in (path("request", approved.pk), path("request", stood.pk), "stood before the envelope was made", "Agreed with &lt;i&gt;finance&lt;/i&gt;.", "Month by month", "in force", 'aria-current="date"'):
        assert words in text, words
    (amount,) = answer.context["amounts"]
    assert (amount.state, amount.row.recorded_by, answer.context["manages"], answer.context["unseen"]) == ("in_force", "policy_manager@acme.example", False, "")


def test_the_history_says_what_became_of_each_amount(world: World, enter: Enter):
    row, declined = raised(world)
    decline_envelope(actor=world.actor("second"), amount=declined.pk)
    confirmed = enveloped(world, 3_000_00)
    confirm_envelope(actor=world.actor("second"), amount=confirmed.pk)
    enveloped(world, 10_00, first_month=date(2099, 1, 1))
    enveloped(world, 20_00, first_month=date(2099, 1, 1))
    answer = enter("content").get(path("envelope", row.pk))
    states = {each.amount: each.state for each in answer.context["amounts"]}
    assert states == {"$1,000.00": "replaced", "$2,000.00": "declined", "$3,000.00": "in_force", "$10.00": "to_come", "$20.00": "awaited"}
    text = body(answer)
    assert "confirmed by second@acme.example" in text
    assert "declined by second@acme.example" in text


def test_r57_what_moved_away_is_not_named(world: World, enter: Enter):
    row = enveloped(world).envelope
    world.request("approved")
    other = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Elsewhere")
    accounts.move_ad_account(actor=ROOT, ad_account=world.account, brand=other)
    client = enter("policy_manager")
    month = next(each for each in client.get(path("envelope", row.pk)).context["months"] if each.reserved != "$0.00").month
    text = body(client.get(path("envelope", row.pk), {"month": f"{month:%Y-%m}"}))
    assert "Campaigns that you may not see" in text
    assert "Autumn campaign" not in text


# --- setting -----------------------------------------------------------------------------------------------------------------


def test_a_policy_manager_sets_an_envelope(world: World, enter: Enter):
    client = enter("policy_manager")
    assert f"brand:{world.brand.pk}" in body(client.get(path("envelope_new")))
    answer = client.post(path("envelope_new"), typed(world, reason="Agreed."))
    row = EnvelopeAmount.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, path("envelope", row.envelope_id))
    assert (row.amount_minor, row.first_month, row.reason, row.envelope.scope, row.envelope.title) == (1_000_00, this_month(), "Agreed.", world.brand, "Autumn")
    assert AuditEvent.objects.get(action="approvals.envelope.set").channel == "admin"
    assert "Set. It counts from" in body(client.get(answer["Location"]))


def test_another_amount_keeps_the_envelope(world: World, enter: Enter):
    row = enveloped(world).envelope
    client = enter("policy_manager")
    assert "Change the amount" in body(client.get(path("envelope", row.pk)))
    assert client.get(path("envelope_change", row.pk)).context["form"]["first_month"].value() == f"{clock.now():%Y-%m}"
    answer = client.post(path("envelope_change", row.pk), {"amount": "5.00", "first_month": SOON})
    assert (answer.status_code, answer["Location"]) == (303, path("envelope", row.pk))
    assert list(row.amounts.values_list("amount_minor", "first_month")) == [(5_00, date(2099, 1, 1)), (1_000_00, this_month())]


def test_the_form_begins_with_what_the_address_names(world: World, enter: Enter):
    client = enter("policy_manager")
    begun = client.get(path("envelope_new"), {"scope": f"ad_account:{world.second_account.pk}"}).context["form"]
    assert (begun["scope"].value(), begun["currency"].value()) == (f"ad_account:{world.second_account.pk}", "EUR")
    assert client.get(path("envelope_new"), {"scope": "brand:x"}).context["form"]["currency"].value() is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("amount", "12,50", "Write the amount such as “1,234.50” or “1234.50”."), ("amount", "1.005", "USD has 2 digits after the decimal mark"), ("amount", "-1", "cannot be negative"),
        ("amount", "", "This field is required"), ("amount", "9" * 39, "larger than any ad account may hold"), ("first_month", "2020-01", "Give the first day of this month or of one to come"),
        ("first_month", "2026-13", "Give a month such as 2026-11"), ("first_month", "", "This field is required"), ("title", " ", "This field is required"),
        ("reason", "\x00", "Null characters"), ("currency", "XYZ", "Select a valid choice"), ("scope", "brand:x", "Choose a place from the list"),
    ],
)  # fmt: skip
def test_bad_input_is_told_at_its_field(field: str, value: str, words: str, world: World, enter: Enter):
    answer = enter("policy_manager").post(path("envelope_new"), typed(world, reason="Kept.") | {field: value})
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    assert field == "reason" or answer.context["form"]["reason"].value() == "Kept.", "what was typed is kept"
    assert not Envelope.objects.exists()


def test_the_service_s_own_words_stand_at_the_field(world: World, enter: Enter):
    answer = enter("policy_manager").post(path("envelope_new"), typed(world, scope=f"ad_account:{world.second_account.pk}"))
    assert (answer.status_code, answer.context["problem"]) == (422, "")
    assert "Give the amount in the currency of the ad account." in str(answer.context["form"].errors["amount"])


@pytest.mark.parametrize(("language", "text"), [("en", "1,234.50"), ("en", "1234.50"), ("de", "1.234,50"), ("de", "1234,50")])
def test_amounts_are_typed_in_the_reader_s_language(language: str, text: str, world: World, enter: Enter):
    client = enter("policy_manager")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert client.post(path("envelope_new"), typed(world, amount=text)).status_code == 303
    row = EnvelopeAmount.objects.get()
    assert row.amount_minor == 1_234_50
    assert client.post(path("envelope_change", row.envelope_id), {"amount": text, "first_month": SOON}).status_code == 303


def test_another_language_s_amount_is_refused_and_kept_as_it_was_typed(world: World, enter: Enter):
    client = enter("policy_manager")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    answer = client.post(path("envelope_new"), typed(world, amount="1234.50"))
    assert (answer.status_code, answer.context["form"]["amount"].value()) == (422, "1234.50")
    assert "„1.234,50“ oder „1234,50“" in str(answer.context["form"].errors["amount"])
    assert not Envelope.objects.exists()


def test_organisations_and_pages_have_none(world: World, enter: Enter):
    world.add_person("high", "policy_manager", scope=world.organisation)
    for scope in (f"organisation:{world.organisation.pk}", f"page:{world.page.pk}"):
        answer = enter("high").post(path("envelope_new"), typed(world, scope=scope))
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["scope"])
    assert not Envelope.objects.exists()


# --- the second word -----------------------------------------------------------------------------------------------------------


def test_r55_a_higher_amount_is_proposed_and_another_confirms(world: World, enter: Enter):
    row, _first = raised(world)
    decline_envelope(actor=world.actor("second"), amount=_first.pk)
    client = enter("policy_manager")
    answer = client.post(path("envelope_change", row.pk), {"amount": "7000.00", "first_month": f"{clock.now():%Y-%m}", "reason": "Black Friday"})
    assert "Proposed. It counts as soon as another policy manager confirms it." in body(client.get(answer["Location"]))
    higher = row.amounts.first()
    assert higher is not None
    (listed,) = client.get(path("envelopes")).context["rows"]
    assert ([each.amount for each in listed.awaited], listed.month.amount) == (["$7,000.00"], "$1,000.00")
    own = body(client.get(path("envelope", row.pk)))
    assert "Take back" in own
    assert "Another person has to confirm what you proposed." in own
    assert path("envelope_confirm", row.pk, higher.pk) not in own
    refused = client.post(path("envelope_confirm", row.pk, higher.pk))
    assert (refused.status_code, refused.context["problem"]) == (403, "Another person has to confirm what you proposed.")
    assert not EnvelopeConsent.objects.filter(amount=higher).exists()
    second = enter("second")
    assert "Black Friday" in body(second.get(path("envelope", row.pk)))
    done = second.post(path("envelope_confirm", row.pk, higher.pk))
    assert (done.status_code, done["Location"]) == (303, path("envelope", row.pk))
    assert EnvelopeConsent.objects.get(amount=higher).said_by == "second@acme.example"
    assert second.get(path("envelopes")).context["rows"][0].month.amount == "$7,000.00"
    late = second.post(path("envelope_decline", row.pk, higher.pk))
    assert (late.status_code, late.context["problem"]) == (409, "This amount awaits nobody.")


@pytest.mark.parametrize("who", ["policy_manager", "second"])
def test_r55_a_higher_amount_is_declined_or_taken_back(who: str, world: World, enter: Enter):
    row, higher = raised(world)
    client = enter(who)
    assert client.post(path("envelope_decline", row.pk, higher.pk)).status_code == 303
    assert EnvelopeDecline.objects.get().said_by == f"{who}@acme.example"
    answer = client.get(path("envelope", row.pk))
    assert (answer.context["awaited"], [each.state for each in answer.context["amounts"]]) == ([], ["declined", "in_force"])
    assert client.post(path("envelope_confirm", row.pk, higher.pk)).status_code == 409


def test_an_amount_of_another_envelope_is_not_found(world: World, enter: Enter):
    _row, higher = raised(world)
    other = enveloped(world, scope=world.account).envelope
    for name in ("envelope_confirm", "envelope_decline"):
        assert enter("second").post(path(name, other.pk, higher.pk)).status_code == 404
    assert (EnvelopeConsent.objects.filter(amount=higher).exists(), EnvelopeDecline.objects.exists()) == (False, False)


# --- who may -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status", "beginning"),
    [
        ("content", 403, 403), ("budget", 403, 403), ("auditor", 403, 403), ("submitter", 403, 403), ("nobody", 404, 403),
        ("superuser", 404, 403), ("other_brand", 404, 403), ("other_organisation", 404, 403), ("anonymous", 302, 302), ("machine", 302, 302),
    ],
)  # fmt: skip
def test_r57_who_holds_no_such_right_does_nothing(who: str, status: int, beginning: int, world: World, enter: Enter):
    row, higher = raised(world)
    client = enter(who)
    said = {"amount": "5.00", "first_month": SOON}
    assert client.get(path("envelope_new")).status_code == beginning
    assert client.post(path("envelope_new"), typed(world)).status_code == beginning
    assert client.get(path("envelope_change", row.pk)).status_code == status
    assert client.post(path("envelope_change", row.pk), said).status_code == status
    for name in ("envelope_confirm", "envelope_decline"):
        assert client.post(path(name, row.pk, higher.pk)).status_code == status
    assert (Envelope.objects.count(), EnvelopeAmount.objects.count(), EnvelopeConsent.objects.count(), EnvelopeDecline.objects.count()) == (1, 2, 1, 0)
    assert client.get(path("envelope", row.pk)).status_code == {403: 200}.get(status, status)
    if status == 403:
        text = body(client.get(path("envelope", row.pk)))
        assert not any(words in text for words in ("Change the amount", "Confirm<", "Decline<"))
    if status == 404:
        assert client.get(path("envelopes")).context["rows"] == []


def test_r57_a_policy_manager_of_one_account_sets_there_alone(world: World, enter: Enter):
    of_brand = enveloped(world).envelope
    world.add_person("small", "policy_manager", scope=world.account)
    accounts.grant_role(actor=ROOT, role="publisher", principal=world.people["small"], scope=world.brand)
    client = enter("small")
    assert client.post(path("envelope_new"), typed(world)).status_code == 403
    assert client.post(path("envelope_change", of_brand.pk), {"amount": "5.00", "first_month": SOON}).status_code == 403
    assert EnvelopeAmount.objects.count() == 1
    assert client.post(path("envelope_new"), typed(world, scope=f"ad_account:{world.account.pk}")).status_code == 303


def test_r57_whoever_sees_one_account_sees_no_envelope_of_its_brand(world: World, enter: Enter):
    enveloped(world)
    mine = enveloped(world, scope=world.account, title="Mine").envelope
    world.add_person("near", "content_approver", scope=world.account)
    assert [each.row for each in enter("near").get(path("envelopes")).context["rows"]] == [mine]


def test_acts_are_posts_with_a_token(world: World, enter: Enter):
    row, higher = raised(world)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.user("second"))
    for name in ("envelope_confirm", "envelope_decline"):
        assert enter("second").get(path(name, row.pk, higher.pk)).status_code == 405
        assert strict.post(path(name, row.pk, higher.pk)).status_code == 403
    assert strict.post(path("envelope_new"), typed(world)).status_code == 403
    assert strict.post(path("envelope_change", row.pk), {"amount": "5.00", "first_month": SOON}).status_code == 403
    assert (EnvelopeAmount.objects.count(), EnvelopeConsent.objects.count(), EnvelopeDecline.objects.count()) == (2, 1, 0)


def test_strangers_are_not_named(world: World, enter: Enter):
    other = builders.organisation("Umbra")
    enveloped(other, title="Umbra autumn")
    text = body(enter("content").get(path("envelopes")))
    assert "Umbra" not in text
    assert "No envelopes" in text


# --- on the page of a request ------------------------------------------------------------------------------------------------


def test_r24_a_request_says_what_would_be_left(world: World, enter: Enter):
    fits, short = enveloped(world).envelope, enveloped(world, 100_00, world.account, title="Small").envelope
    request = world.request("content_approved")
    answer = enter("budget").get(path("request", request.pk))
    draws = {each.envelope: each for each in answer.context["detail"].envelopes}
    assert (draws[fits].fits, draws[short].fits, draws[fits].is_held) == (True, False, False)
    text = body(answer)
    for words in (path("envelope", fits.pk), "if it were approved now", "does not fit", "takes $"):
        assert words in text, words


def test_r57_a_request_tells_of_a_brand_s_envelope_only_that_it_is_short(world: World, enter: Enter):
    row = enveloped(world, 100_00, title="Secret plan").envelope
    world.add_person("near", "budget_approver", scope=world.account)
    request = world.request("content_approved")
    seen, unseen = (body(enter(who).get(path("request", request.pk))) for who in ("budget", "near"))
    for words in ("Secret plan", path("envelope", row.pk)):
        assert (words in seen, words in unseen) == (True, False)
    assert ("An envelope of the brand" in seen, "An envelope of the brand" in unseen) == (False, True)
    card = unseen[unseen.index('data-testid="envelopes"') :].partition("</section>")[0]
    assert ("Leaves too little for this in" in card, "$" in card) == (True, False)
    answer = enter("near").post(path("decide", request.pk), {"stage": "budget", "digest": request.digest, "verdict": "approve"})
    assert answer.status_code == 412
    assert "An envelope of the brand has too little left" in answer.context["problem"]
    assert "Secret plan" not in body(answer)


def test_r24_an_approved_request_says_what_it_holds(world: World, enter: Enter):
    row = enveloped(world).envelope
    request = world.request("approved")
    (draw,) = enter("budget").get(path("request", request.pk)).context["detail"].envelopes
    assert (draw.envelope, draw.is_held, draw.fits) == (row, True, True)
    assert "what its campaign holds" in body(enter("budget").get(path("request", request.pk)))


def test_without_an_envelope_the_page_says_nothing_of_it(world: World, enter: Enter):
    assert 'data-testid="envelopes"' not in body(enter("budget").get(path("request", world.request("in_review").pk)))


# --- words and numbers -------------------------------------------------------------------------------------------------------


def test_german(world: World, enter: Enter):
    row, _higher = raised(world, reason="Weihnachten")
    request = world.request("content_approved")
    client = enter("second")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    said = {
        path("envelopes"): ("Budgetrahmen", "wartet auf eine zweite Person", "gebunden", "vorgemerkt", "Budgetrahmen festlegen", "1.000,00"),
        path("envelope", row.pk): ("Monat für Monat", "Bestätigen", "Ablehnen", "Betrag ändern", "in Kraft", "Weihnachten", "Wer im"),
        path("envelope_new"): ("Betrag im Monat", "Diesen Budgetrahmen festlegen", "Etwa 50.000,00 oder 50000,00."),
        path("request", request.pk): ("würde es jetzt genehmigt", "braucht", "übrig"),
    }
    for address, expected in said.items():
        text = body(client.get(address))
        for words in expected:
            assert words in text, words
        assert not any(f">{english}<" in text for english in ("Envelopes", "Month", "Left", "Committed", "Reserved", "Amounts"))


def test_the_pages_cost_the_same_for_little_and_for_much(world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workplace.envelope_pages.pages.PAGE_SIZE", 2)
    row = enveloped(world).envelope
    world.request("approved")
    waiting = world.request("content_approved")
    client = enter("policy_manager")
    month = next(each for each in client.get(path("envelope", row.pk)).context["months"] if each.reserved != "$0.00").month

    def cost(address: str) -> int:
        with statements() as seen:
            assert client.get(address, {"month": f"{month:%Y-%m}"}).status_code == 200
        return len(seen)

    pages = (path("envelopes"), path("envelope", row.pk), path("request", waiting.pk))
    before = [cost(each) for each in pages]
    enveloped(world, 5_000_00, world.account, title="Of the account")
    for _turn in range(2):
        enveloped(world, 3_000_00)
        world.request("approved")
    assert [cost(each) for each in pages] == before
    assert (before[0] <= 12, before[1] <= 18) == (True, True), before
    euros: Any = {"scope": world.second_account, "title": "Third", "amount": Money(5, "EUR"), "first_month": this_month()}
    set_envelope(actor=world.actor("policy_manager"), **euros)
    first = client.get(path("envelopes")).context
    assert (len(first["rows"]), first["listing"].next) == (2, 2)
    assert [each.row.title for each in client.get(path("envelopes"), {"page": "2"}).context["rows"]] == ["Third"]


@pytest.mark.parametrize(
    ("amount", "reserved", "committed", "widths", "over"),
    [
        (100_00, 30_00, 20_00, (200, 300, BAR_WIDTH), False), (100_00, 0, 0, (0, 0, BAR_WIDTH), False),
        (100_00, 100_00, 100_00, (500, 500, 500), True), (0, 0, 0, (0, 0, 0), False), (0, 5, 0, (0, BAR_WIDTH, 0), True),
    ],
)  # fmt: skip
def test_a_bar_is_to_scale(amount: int, reserved: int, committed: int, widths: tuple[int, int, int], over: bool):
    drawn = bar(Month(date(2026, 11, 1), amount, reserved, committed))
    assert drawn is not None
    assert ((drawn.committed, drawn.reserved, drawn.limit), drawn.is_over) == (widths, over)


def test_a_bar_says_what_it_shows():
    drawn = bar(Month(date(2026, 11, 1), 100_00, 30_00, 20_00))
    assert drawn is not None
    assert drawn.words == "20 % committed, 30 % reserved"
    assert bar(Month(date(2026, 11, 1), None, 5, 5)) is None


def test_months_stay_within_what_addresses_name():
    now = clock.now()
    assert [beside(date(2026, 1, 1), -1), beside(date(2026, 12, 1), 1)] == [date(2025, 12, 1), date(2027, 1, 1)]
    assert [month_of(f"{beside(each, by):%Y-%m}", now) for each, by in ((date(2000, 1, 1), -1), (date(2999, 12, 1), 1))] == [date(2000, 1, 1), date(2999, 12, 1)]


def test_the_menu_shows_where_one_is(world: World, enter: Enter):
    row = enveloped(world).envelope
    client = enter("policy_manager")
    for address in (path("envelopes"), path("envelope", row.pk), path("envelope_change", row.pk), path("envelope_new")):
        assert active(client, address) == ["Envelopes"]
