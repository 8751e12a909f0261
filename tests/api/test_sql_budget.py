"""How many SQL statements a step through the API takes, authentication included.

Savepoints count, BEGIN and COMMIT do not. The token was used a moment ago, as in any steady traffic (its time of last use
is written once a minute, which is one more). `sql_budget.json` holds the numbers; IMPRIMATUR_TEST_UPDATE_BASELINE=1 writes them
anew, and the limits below stand above them whatever is written there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from approvals import tasks
from tests import builders
from tests.api.conftest import Answer, Api, door
from tests.api.statements import Statements, statements
from tests.builders import World

BASELINE = Path(__file__).with_name("sql_budget.json")
UPDATE = os.environ.get("IMPRIMATUR_TEST_UPDATE_BASELINE") == "1"
# Submitting, approving and publishing read the minimum budgets of the day: a statement each. Whoever clears a budget asks for envelopes.
# Submitting locks the ad account (docs/adr/0016); the worker locks the runs, which may be those of another request too (0018); what is decided and published asks anew where it lies and as whom it speaks.
LIMITS = {"submit": 18, "submit_with_key": 20, "approve": 12, "approve_last": 19, "check_run": 7}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place() -> World:
    """A world outside any transaction: savepoints that are seen are savepoints that production sees."""
    return builders.organisation()


def warm(api: Api) -> Api:
    """Used a moment ago."""
    assert api.get("brands/").status == 200
    return api


def judge(name: str, counted: Statements) -> None:
    """At the recorded number, and never above the limit."""
    assert len(counted) <= LIMITS.get(name, 99), str(counted)
    known = json.loads(BASELINE.read_text())
    if UPDATE:
        BASELINE.write_text(json.dumps({**known, name: len(counted)}, indent=2, sort_keys=True) + "\n")
        return
    assert len(counted) == known.get(name), f"{name} is recorded with {known.get(name)}:\n{counted}"


def measured(name: str, step: Callable[[], Answer], status: int) -> Answer:
    with statements() as counted:
        answer = step()
    assert answer.status == status, answer.body
    judge(name, counted)
    return answer


def test_submit_of_one_ad(place: World) -> None:
    api, tree = warm(door(place, "submitter")), place.tree()
    measured("submit", lambda: api.post("approval-requests/", {"campaign": str(tree.campaign.pk)}), 202)


def test_submit_of_one_ad_with_idempotency_key(place: World) -> None:
    api, tree = warm(door(place, "submitter")), place.tree()
    body = {"campaign": str(tree.campaign.pk)}
    measured("submit_with_key", lambda: api.post("approval-requests/", body, Idempotency_Key="once"), 202)
    measured("submit_repeated", lambda: api.post("approval-requests/", body, Idempotency_Key="once"), 202)


def test_dry_run(place: World) -> None:
    api, tree = warm(door(place, "submitter")), place.tree()
    measured("dry_run", lambda: api.post("approval-requests/?dry_run=true", {"campaign": str(tree.campaign.pk)}), 202)


def test_check_run_beside_its_findings(place: World) -> None:
    """The task of the worker: the insert of the findings is not counted, as the issue of it is their number."""
    request = place.request(at="awaiting_checks")
    tasks.check_request(str(place.request(at="awaiting_checks").pk))  # the pinned rule sets are in memory, as in any worker
    with statements() as counted:
        tasks.check_request(str(request.pk))
    counted.sql = [text for text in counted.sql if 'INSERT INTO "governance_finding"' not in text]
    judge("check_run", counted)


def test_an_approval_and_the_last_one(place: World) -> None:
    request = place.request()
    content, budget = warm(door(place, "content")), warm(door(place, "budget"))
    path, body = f"approval-requests/{request.pk}/decisions/", {"verdict": "approve", "digest": request.digest}
    measured("approve", lambda: content.post(path, {**body, "stage": "content"}), 201)
    last = measured("approve_last", lambda: budget.post(path, {**body, "stage": "budget"}), 201)
    assert last.body["status"] == "approved"


def test_publish(place: World) -> None:
    api = warm(door(place, "publisher"))
    request = place.request(at="approved", publish="manual")
    measured("publish", lambda: api.post("publications/", {"approval_request": str(request.pk)}), 202)


def test_drafting(place: World) -> None:
    from tests.api.test_whole_way import bodies

    api = warm(door(place, "submitter"))
    campaign_body, group_body, ad_body = bodies(place)
    media = place.upload()
    upload = measured("upload_again", lambda: api.upload(place.account.pk, builders.video()), 201)
    assert upload.body["id"] == str(media.pk)
    campaign = measured("draft_campaign", lambda: api.post("campaigns/", campaign_body), 201).body["id"]
    group = measured("draft_ad_group", lambda: api.post("ad-groups/", {**group_body, "campaign": campaign}), 201).body["id"]
    ad = {**ad_body, "ad_group": group, "media": [str(media.pk)]}
    made = measured("draft_ad", lambda: api.post("ads/", ad), 201)
    measured("edit_ad", lambda: api.patch(f"ads/{made.body['id']}/", {"text": "New"}), 200)


def test_request_detail(place: World) -> None:
    api, request = warm(door(place, "content")), place.request()
    measured("request_detail", lambda: api.get(f"approval-requests/{request.pk}/"), 200)


def test_document_of_a_rule_set(place: World) -> None:
    api = warm(door(place, "policy_manager"))
    scope = f"{{organisation: {place.organisation.slug}, brand: {place.brand.name}}}"
    rules = "[{rule: text.emoji, mode: hard}]"
    raw = f"format: imprimatur.rule-set/1\nkey: tone\ntitle: Tone\nscope: {scope}\nrules: {rules}\n".encode()
    send = partial(api.send, "POST", data=raw, content_type="application/yaml")
    made = measured("document_apply", lambda: send(path="rule-sets/document/"), 201).body["id"]
    measured("document_apply_again", lambda: send(path="rule-sets/document/"), 200)
    measured("document_dry_run", lambda: send(path="rule-sets/document/?dry_run=true"), 200)
    measured("document", lambda: api.get(f"rule-sets/{made}/document/"), 200)
    measured("ready_made_sets", lambda: api.get("rule-sets/ready-made/"), 200)
