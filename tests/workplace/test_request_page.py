"""The page of one request: complete, escaped, in words, at a fixed cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.subjects import audit_scope
from approvals.models import ApprovalRequest
from audit.recording import REFUSED, Subject, event, record
from campaigns import services as campaigns
from core import clock
from core.actor import Channel, system
from governance.defaults import brand_rules
from governance.services import publish_rule_set
from tests.builders import ROOT, Tree, World
from tests.workplace.conftest import Enter
from workplace import words
from workplace.words import Names

REQUEST_STATEMENTS = 28
ASKING_THE_GATE = 9
"""What an approved request that nobody has published yet waits for."""
NASTY = '"><script>window.hacked=1</script><img src=x onerror="window.hacked=1">\' autofocus onfocus=alert(1) x=\''


def page(client, request: ApprovalRequest):
    return client.get(reverse("admin:request", args=[request.pk]))


def test_r50_the_page_shows_seats_and_why_people_are_excluded(world: World, enter: Enter):
    from accounts import services
    from tests.builders import ROOT

    services.grant_role(actor=ROOT, role="budget_approver", principal=world.people["content"], scope=world.brand)
    services.grant_role(actor=ROOT, role="budget_approver", principal=world.people["submitter"], scope=world.brand)
    request = world.request("content_approved")
    content, budget = page(enter("budget"), request).context["detail"].stages
    assert [(decision.name, by) for decision, by in content.decisions] == [
        ("Content", "may “decide on content stages” on the brand")
    ]
    assert [person.name for person in budget.waiting] == ["Budget"]
    assert {person.name: reason for person, reason in budget.excluded} == {
        "Content": "approved another stage", "Submitter": "submitted this request",
    }  # fmt: skip


def test_r14_a_stage_that_nobody_can_close_says_so(world: World, enter: Enter):
    request = world.request("in_review")
    world.people["content"].is_active = False
    world.people["content"].save()
    assert "Nobody eligible is left" in page(enter("budget"), request).content.decode()


def test_r09_changes_are_told_as_meaning(world: World, enter: Enter):
    tree = world.tree()
    world.request("approved", tree)
    actor = world.actor("submitter")
    amount: Any = {"budget": {"mode": "daily", "amount": "240.00"}}
    campaigns.edit_campaign(actor=actor, campaign=tree.campaign.pk, version=None, values=amount)
    end = datetime(2027, 3, 1, 5, 0, tzinfo=UTC)
    group = tree.ad_group
    schedule: Any = {"schedule": {"start": group.start, "end": end}}
    campaigns.edit_ad_group(actor=actor, ad_group=group.pk, version=None, values=schedule)
    request = world.request("in_review", tree)
    detail = page(enter("content"), request).context["detail"]
    told = [
        (each.label, each.before, each.after)
        for item in detail.comparison.items for _title, found in item.sections for each in found
    ]  # fmt: skip
    assert ("Amount", "$80.00", "$240.00") in told
    assert [after for label, _before, after in told if label == "End"] == ["1 Mar 2027, 00:00 (America/New_York)"]
    assert len(told) == 2


def test_the_words_of_a_rules_author_are_shown_as_text(world: World, enter: Enter):
    said = {"key": "mine", "expression": "ad.text == ''", "message": {"en": "<b>Say</b> {nothing} {{ now }}."}}
    line = {"rule": "custom.expression", "mode": "warn", "params": said}
    publish_rule_set(actor=ROOT, key="mine", title="Mine", rules=[line], scope=world.organisation)
    shown = page(enter("content"), world.request(at="in_review")).content.decode()
    assert "Rule “mine”: &lt;b&gt;Say&lt;/b&gt; {nothing} {{ now }}." in shown
    assert "<b>Say</b>" not in shown


def test_findings_speak_and_block(world: World, enter: Enter):
    request = world.request("blocked")
    answer = page(enter("submitter"), request)
    detail = answer.context["detail"]
    failing = [finding for finding in detail.findings if finding.weight == "failing"]
    assert failing
    assert all(finding.message != finding.code for finding in failing)
    assert failing[0].message in answer.content.decode().replace("&#x27;", "'").replace("&quot;", '"')
    assert detail.steps[0].state == "failed"


@pytest.mark.parametrize("at", ["awaiting_checks", "in_review", "approved", "revoked", "withdrawn", "rejected", "changes_requested"])
def test_every_state_has_a_page(at: str, world: World, enter: Enter):
    answer = page(enter("content"), world.request(at))
    assert answer.status_code == 200
    assert f'data-state="{at}"' in answer.content.decode()


def track(client, request: ApprovalRequest) -> dict[str, str]:
    return {str(step.title): step.state for step in page(client, request).context["detail"].steps}


def test_a_rejection_is_marked_where_it_fell(world: World, enter: Enter):
    request = world.request("rejected")
    assert list(track(enter("content"), request).values()) == ["done", "failed", "off", "off", "off"]


@pytest.mark.parametrize(
    ("at", "end"),
    [("withdrawn", ["done", "off", "off", "off", "off"]), ("revoked", ["done", "done", "done", "failed", "off"])],
)
def test_the_track_of_an_ended_request_says_how_far_it_came(at: str, end: list[str], world: World, enter: Enter):
    assert list(track(enter("content"), world.request(at)).values()) == end


def last_steps(client, request: ApprovalRequest) -> list[tuple[str, str]]:
    """State and words of clearance and publication."""
    return [(step.state, step.note) for step in page(client, request).context["detail"].steps[-2:]]


def test_what_an_approved_request_waits_for_is_said(world: World, enter: Enter):
    request = world.request("approved")
    client = enter("content")
    assert last_steps(client, request) == [("done", "approved by all stages"), ("now", "as soon as it is approved")]
    publish_rule_set(actor=ROOT, key="rules-acme", title="Stricter", rules=brand_rules(["other.example"], []), scope=world.organisation)
    assert last_steps(client, request)[1] == ("now", "The rules changed since the approval and block this now.")


def test_a_clearance_that_ran_out_says_so(world: World, enter: Enter):
    request = world.request("approved", publish="manual")
    with time_machine.travel(clock.now() + timedelta(days=30)):
        assert last_steps(enter("content"), request) == [
            ("failed", "ran out before it was used"), ("off", "The clearance has expired; ask for approval again."),
        ]  # fmt: skip


def test_a_planned_publication_that_a_newer_version_took_the_place_of_is_off(world: World, enter: Enter):
    tree = world.tree()
    request = world.request("approved", tree, publish_at=clock.now() + timedelta(days=3))
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Warmer jackets are here"})
    values: Any = {"name": "Autumn, again"}
    campaigns.edit_campaign(actor=world.actor("submitter"), campaign=tree.campaign.pk, version=None, values=values)
    campaigns.edit_ad_group(actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values=values)
    world.request("approved", tree)
    words = "A newer version was approved since; that one is published instead."
    assert last_steps(enter("content"), request)[1] == ("off", words)


def test_a_planned_publication_waits_for_its_time(world: World, enter: Enter):
    request = world.request("approved", publish_at=clock.now() + timedelta(days=3))
    assert last_steps(enter("content"), request) == [("done", "approved by all stages"), ("now", "waits for its time")]


def test_a_lost_race_of_the_service_is_skipped_and_a_refused_person_is_refused(world: World, enter: Enter):
    request = world.request("approved")
    subject = Subject("approval_request", str(request.pk), request.title, audit_scope(request.ad_account))
    for actor in (system(Channel.TASK), world.actor("content")):
        with transaction.atomic():
            record(event(actor, "publishing.publication.dispatched", subject, clock.now(), REFUSED, code="illegal_transition", detail=""))
    answer = page(enter("auditor"), request)
    assert [entry.outcome for entry in answer.context["detail"].trail[:2]] == ["refused", "skipped"]
    assert answer.content.decode().count("wp-chip--bad\">refused") == 1
    log = enter("auditor").get(reverse("admin:audit_auditevent_changelist"), {"subject_id": str(request.pk)}).content.decode()
    assert (log.count("wp-chip--bad\">refused"), log.count("wp-chip--quiet\">skipped")) == (1, 1)


def test_the_trail_is_for_auditors_alone(world: World, enter: Enter):
    request = world.request("content_approved")
    assert page(enter("content"), request).context["detail"].trail is None
    trail = page(enter("auditor"), request).context["detail"].trail
    assert "Decision recorded" in [entry.words for entry in trail]


def test_text_of_others_is_escaped_everywhere(world: World, enter: Enter):
    name = f"Name {NASTY}"
    campaign = world.campaign(name=name)
    group = world.ad_group(campaign, name=name)
    media = world.upload()
    values = {
        "name": name, "text": NASTY, "display_name": f"D {NASTY}"[:40], "hashtags": [NASTY], "landing_page_url": f"javascript:{NASTY}",
        "disclosure": {"ai_generated": False, "disclaimer": NASTY}, "spark_post": NASTY,
    }  # fmt: skip
    ad = world.ad(group, media, **values)
    request = world.submit(Tree(campaign, group, ad), note=f"Note {NASTY}").request
    world.check(request)
    client = enter("auditor")
    paths = [
        reverse("admin:request", args=[request.pk]),
        f"{reverse('admin:index')}?tab=all&q={'<script>'}",
        reverse("admin:campaigns_ad_changelist"),
        reverse("admin:campaigns_ad_change", args=[ad.pk]),
        reverse("admin:campaigns_revision_change", args=[request.items.get(entity_type="ad").revision_id]),
        reverse("admin:governance_finding_changelist"),
        reverse("admin:audit_auditevent_changelist"),
    ]
    for path in paths:
        body = client.get(path).content.decode()
        assert "<script>window" not in body, path
        assert "<img src=x" not in body, path
        assert 'href="javascript:' not in body, path
        assert "onerror=\"window" not in body, path
    assert "&lt;script&gt;window.hacked=1&lt;/script&gt;" in client.get(paths[0]).content.decode()


@pytest.mark.parametrize(("at", "most"), [("content_approved", REQUEST_STATEMENTS), ("approved", REQUEST_STATEMENTS + ASKING_THE_GATE)])
def test_the_page_costs_the_same_for_one_ad_and_for_many(at: str, most: int, world: World, enter: Enter):
    def cost(request: ApprovalRequest) -> int:
        client = enter("auditor")
        with CaptureQueriesContext(connection) as captured:
            assert page(client, request).status_code == 200
        return len(captured)

    small = world.request(at)
    tree = world.tree()
    for number in range(4):
        world.ad(tree.ad_group, world.upload(), name=f"Ad {number}")
    large = world.request(at, tree)
    cost(small)
    assert cost(large) == cost(small) <= most, cost(small)


def test_no_inline_script_and_a_strict_policy(world: World, enter: Enter):
    answer = page(enter("content"), world.request("in_review"))
    assert "script-src 'self' 'unsafe-eval'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    body = answer.content.decode()
    assert all("src=" in tag.split(">")[0] for tag in body.split("<script")[1:])
    assert "onclick=" not in body


# --- words -------------------------------------------------------------------------------------------------------------

NAMES = Names({"1": "Autumn"}, {"2": "@acme"}, "Europe/Berlin")


@pytest.mark.parametrize(
    ("section", "path", "value", "text"),
    [
        ("budget", "amount", {"minor": 123456, "currency": "EUR"}, "€1,234.56"),
        ("budget", "amount", {"minor": 5000, "currency": "JPY"}, "¥5,000"),
        ("budget", "amount", None, "no limit of its own"),
        ("schedule", "start", "2026-12-01T00:00:00Z", "1 Dec 2026, 01:00 (Europe/Berlin)"),
        ("schedule", "end", None, "no end"),
        ("schedule", "dayparting", "1" * 100 + "0" * 236, "50.0 of 168 hours a week"),
        ("targeting", "audience.age_groups", ["13_17", "55_100"], "13–17, 55+"),
        ("targeting", "audience.languages", ["de", "zz"], "German, zz"),
        ("disclosure", "ai_generated", None, "not declared"),
        ("disclosure", "ai_generated", False, "no"),
        ("identity", "page", {"id": "2", "external_id": "x"}, "@acme"),
        ("structure", "campaign", "1", "Autumn"),
        ("copy", "hashtags", ["a", "#b"], "#a, #b"),
        ("copy", "text", "", "–"),
        ("new_section", "some.field", [1, True, {"minor": 100, "currency": "USD"}], "1, yes, $1.00"),
    ],
)
def test_r09_values_in_words(section: str, path: str, value: object, text: str):
    assert words.text(section, path, value, NAMES) == text


def test_every_field_of_a_revision_has_a_label(world: World):
    from approvals.diffs import leaves

    request = world.request("awaiting_checks")
    paths = {
        f"{section}.{path}"
        for item in request.items.select_related("revision")
        for section, value in item.revision.content["sections"].items()
        for path, _value in leaves(value)
    }
    assert paths - set(words.LABELS) == set()


def test_r09_a_flight_that_was_taken_back_is_shown_as_a_change(world: World, enter: Enter):
    tree, actor = world.tree(), world.actor("submitter")
    flight = {"starts_at": clock.now(), "ends_at": clock.now() + timedelta(days=60)}
    campaigns.edit_campaign(actor=actor, campaign=tree.campaign.pk, version=None, values={"schedule": flight})  # type: ignore[typeddict-item]
    world.request("approved", tree)
    campaigns.edit_campaign(actor=actor, campaign=tree.campaign.pk, version=None, values={"schedule": None})
    request = world.request("in_review", tree)
    (item,) = request.items.all()
    assert item.sections_changed == ["schedule"]
    answer = page(enter("budget"), request)
    (item,) = answer.context["detail"].comparison.items
    ((_title, told),) = item.sections
    assert {each.label: each.after for each in told} == {"Flight from": "–", "Flight until": "–"}
    assert "Flight until" in answer.content.decode()


def test_payer_and_beneficiary_stand_in_the_preview(world: World, enter: Enter):
    tree = world.tree(disclosure={"ai_generated": False, "payer": "Payer & Co", "beneficiary": "Maker"})
    text = page(enter("content"), world.request("in_review", tree)).content.decode()
    assert "On behalf of Maker, paid by Payer &amp; Co" in text
