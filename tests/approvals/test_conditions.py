"""Under which conditions policies ask for their stages: what conditions may name, and when they are judged (R-03, R-11, R-12)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from approvals import services
from approvals.conditions import PROPOSALS, Proposal, condition
from approvals.models import ApprovalPolicy
from approvals.services.submitting import Submission
from campaigns import services as campaigns
from campaigns.inputs import AdGroupInput
from core.errors import Invalid
from governance.services import publish_rule_set
from tests.approvals.policies import BUDGET, again, govern, stage, states
from tests.builders import ROOT, World

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def _campaign(**changes: Any) -> dict[str, Any]:
    structure = {"name": "Autumn", "objective": "traffic", "special_industries": []}
    return {"structure": structure | changes, "budget": {"mode": "daily", "amount": {"minor": 8000, "currency": "EUR"}}}


def _group(*locations: str) -> dict[str, Any]:
    return {"targeting": {"audience": {"locations": list(locations), "languages": ["de"]}}}


def _ad(address: str = "https://shop.example/a?b", kind: str = "in_feed") -> dict[str, Any]:
    return {"structure": {"format": kind}, "destination": {"landing_page_url": address}}


def proposal(**changes: Any) -> Proposal:
    account = {"name": "Fjord DE", "external_id": "700", "brand": "Fjord", "channel": "tiktok", "country": "DE", "currency": "EUR"}
    told: dict[str, Any] = {
        "account": account, "campaign": _campaign(), "put_forward": {"campaign": [_campaign()], "ad_group": [_group("2921044")], "ad": [_ad()]},
        "sections_changed": frozenset({"copy", "budget"}), "is_new": True, "by_machine": False, "exposure_minor": 300_000,
        "cleared_exposure": lambda: 100_000, "raised": lambda hours: {24: 5_000, 168: 9_000}[hours], "now": NOW, "findings": ["copy.capitals"],
    }  # fmt: skip
    return Proposal(**(told | changes))


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("request.exposure_minor > 250000", {}, True), ("request.exposure_minor > 300000", {}, False),
        ("request.exposure_increase_minor == 200000", {}, True),
        ("request.exposure_increase_minor == 0", {"cleared_exposure": lambda: 400_000}, True),
        ("request.account_raised_day_minor >= 5000 && request.account_raised_week_minor == 9000", {}, True),
        ("request.new", {}, True), ("request.new", {"is_new": False}, False),
        ("request.by_machine", {}, False), ("request.by_machine", {"by_machine": True}, True),
        ("request.items == 3", {}, True),
        ("'copy' in request.sections_changed", {}, True), ("'targeting' in request.sections_changed", {}, False),
        ("request.formats == ['in_feed']", {}, True),
        ("'spark_ad' in request.formats", {"put_forward": {"ad": [_ad(), _ad(kind="spark_ad")]}}, True),
        ("request.countries == ['DE'] && request.countries_known", {}, True),
        ("request.countries_known", {"put_forward": {"ad_group": [_group()]}}, False),
        ("request.languages.all(l, l == 'de')", {}, True),
        ("request.domains == ['shop.example']", {}, True),
        ("campaign.objective == 'traffic'", {}, True),
        ("campaign.special_industries.size() > 0", {"campaign": _campaign(special_industries=["credit"])}, True),
        ("campaign.budget_mode == 'daily' && campaign.name.startsWith('Aut')", {}, True),
        ("account.country in ['DE', 'AT'] && account.currency == 'EUR' && account.channel == 'tiktok'", {}, True),
        ("account.brand == 'Nordwind' || account.external_id == '701'", {}, False),
        ("now >= timestamp('2026-12-01T00:00:00Z')", {}, True),
        ("'copy.capitals' in findings.codes", {}, True), ("'copy.capitals' in findings.codes", {"findings": []}, False),
        ("", {}, True), ("   ", {}, True),
    ],
)  # fmt: skip
def test_what_conditions_say(text: str, changes: dict[str, Any], expected: bool) -> None:
    assert condition(text).holds(proposal(**changes)) is expected


def test_every_name_can_be_read() -> None:
    for entry in PROPOSALS.entries:
        value = entry.read(proposal())
        assert value is not None
        assert entry.de
        assert entry.en


@pytest.mark.parametrize(
    "changes",
    [{"findings": None}, {"put_forward": {"ad": [_ad("https://" + "x" * 3000)]}, "findings": None}],
)
def test_r03_what_cannot_be_judged_asks_for_the_stages(changes: dict[str, Any]) -> None:
    assert condition("'copy.capitals' in findings.codes").holds(proposal(**changes))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("request.exposure_minor >", "Line 1"), ("request.exposure > 5", "request.exposure"), ("request.exposure_minor", "true or false"),
        ("ad.text == 'x'", "ad.text"), ("request.exposure_minor > 5.5", "whole number"), ("x" * 2001, "2000"),
    ],
)  # fmt: skip
def test_a_condition_that_does_not_compile_is_refused_with_its_place(world: World, text: str, words: str) -> None:
    before = ApprovalPolicy.objects.count()
    with pytest.raises(Invalid) as caught:
        govern(world, stage(), condition=text)
    assert caught.value.errors[0].field == "condition"
    assert words in str(caught.value.errors[0].detail).replace(",", "")
    assert ApprovalPolicy.objects.count() == before


# --- in requests -------------------------------------------------------------------------------------------------------------


def test_r11_stages_of_policies_whose_conditions_hold_are_united(world: World) -> None:
    govern(world, stage(), stage("budget", BUDGET))
    govern(world, stage("chief", BUDGET, permission="approve_budget"), key="large", condition="request.exposure_minor >= 30000")
    govern(world, stage("legal", permission="approve_legal"), key="finance", condition="campaign.special_industries.size() > 0")
    request = world.request()
    assert list(states(request)) == ["chief", "content", "budget"], "first steps first"
    assert [each["key"] for each in request.policies] == ["large", f"policy-{world.organisation.slug}"]


def test_r22_an_increase_brings_in_who_decides_on_increases(world: World) -> None:
    govern(world, stage(), stage("budget", BUDGET))
    govern(world, stage("chief", BUDGET, permission="approve_budget"), key="raise", condition="request.exposure_increase_minor > 20000")
    tree = world.tree()
    first = world.request(at="in_review", tree=tree)
    assert "chief" in states(first), "all is new"
    for key in ("content", "chief"):
        world.decide(first, key, by="content" if key == "content" else "budget")
    with pytest.raises(Exception, match="another stage"):
        world.decide(first, "budget", by="budget")
    services.withdraw(actor=world.actor("submitter"), request=first.pk)


def test_r22_how_much_more_is_measured_against_what_was_cleared(world: World) -> None:
    tree = world.tree()
    world.request(at="approved", tree=tree)
    govern(world, stage("chief", BUDGET, permission="approve_budget"), key="raise", condition="request.exposure_increase_minor > 5000")

    def asked(amount: str) -> bool:
        values: AdGroupInput = {"budget": {"mode": "daily", "amount": amount}}
        campaigns.edit_ad_group(actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values=values)
        request = world.submit(tree).request
        found = "chief" in states(request)
        services.withdraw(actor=world.actor("submitter"), request=request.pk)
        return found

    assert not asked("30.10"), "1.00 more in ten days"
    assert asked("36.00")
    assert not asked("25.00")


def test_r12_conditions_over_findings_are_judged_when_the_checks_have_ended(world: World) -> None:
    govern(world, stage(), stage("budget", BUDGET))
    govern(
        world, stage("legal", permission="approve_legal", step=1), key="shouting",
        condition="'text.too_many_capitals' in findings.codes && request.exposure_minor > 100",
    )  # fmt: skip
    line = {"rule": "text.capitals", "mode": "warn", "params": {}}
    publish_rule_set(actor=ROOT, key="capitals", title="Capitals", rules=[line], scope=world.organisation)
    quiet = world.request()
    assert list(states(quiet)) == ["content", "budget"]
    (waiting,) = [each for each in quiet.policies if each["key"] == "shouting"]
    assert waiting["awaits"] == {"request.exposure_minor": quiet.exposure_minor}, "what it reads beside is remembered"
    loud = world.submit(world.tree(text="EVERYTHING MUST GO TODAY, BUY NOW")).request
    assert list(states(loud)) == ["content", "budget"]
    world.check(loud)
    assert again(loud).state == "in_review"
    assert states(loud) == {"content": "open", "budget": "pending", "legal": "open"}
    world.decide(loud, "content")
    assert states(loud)["budget"] == "pending", "legal decides in the first step"


def test_r12_the_version_of_then_is_asked(world: World) -> None:
    """A policy that waits for findings is pinned when the request is opened, as all are."""
    govern(world, stage(), stage("budget", BUDGET))
    govern(world, stage("legal", permission="approve_legal"), key="always", condition="findings.codes.size() >= 0")
    request = world.submit().request
    govern(world, stage("legal", permission="approve_legal"), key="always", condition="request.exposure_minor < 0 && findings.codes.size() > 99")
    world.check(request)
    assert "legal" in states(request)


def test_a_dry_run_names_the_stages_that_conditions_ask_for(world: World) -> None:
    from approvals.previews import preview

    govern(world, stage("legal", permission="approve_legal", step=1), key="mine", condition="account.currency == 'USD'")
    tree = world.tree()
    planned = preview(actor=world.actor("submitter"), submission=Submission(campaign=tree.campaign.pk))
    assert "legal" in [spec.key for spec in planned.stages], world.account.country


def test_machines_are_seen_by_conditions(world: World) -> None:
    from accounts.actors import actor_for
    from accounts.models import User
    from core.actor import Channel

    govern(world, stage("legal", permission="approve_legal"), key="machines", condition="request.by_machine")
    assert "legal" not in states(world.submit().request)
    machine = actor_for(User.objects.get(pk=world.machine.pk), Channel.API)
    assert "legal" in states(world.submit(world.tree(), actor=machine).request)
