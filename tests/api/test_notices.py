"""notices/ and notice-preferences/"""

from __future__ import annotations

import json
from typing import Any

import pytest

from audit.models import AuditEvent
from notices import reading
from notices.kinds import Kind
from notices.models import Notice, Preference
from tests.builders import World

LIST, CHOICES = "/api/v1/notices/", "/api/v1/notice-preferences/"


@pytest.fixture
def api(world: World, client: Any) -> Any:
    """Asks as the submitter, who is told of a request that was rejected and of one that was blocked."""
    world.request("rejected")
    world.request("blocked")
    reading.read_on()

    def ask(method: str, path: str, body: Any = None, who: str = "submitter") -> Any:
        headers = {"Authorization": f"Bearer {world.machine_token() if who == 'machine' else world.token(who)}"}
        content = "" if body is None else json.dumps(body)
        return client.generic(method, path, content, "application/json", headers=headers)

    return ask


def test_a_notice_says_what_happened_and_why(world: World, api: Any):
    found = api("GET", LIST).json()["results"]
    assert [row["kind"] for row in found] == ["blocked", "rejected"]
    row = found[1]
    assert (row["reason"], row["why"], row["text"]) == ("submitted", "You submitted this.", "Request rejected")
    assert (row["title"], row["done_by"], row["read_at"]) == ("Autumn campaign", world.people["content"].email, None)
    assert api("GET", f"{LIST}{row['id']}/").json() == row


def test_filters(api: Any):
    assert [row["kind"] for row in api("GET", f"{LIST}?kind=rejected").json()["results"]] == ["rejected"]
    assert len(api("GET", f"{LIST}?reading=unread").json()["results"]) == 2
    assert api("GET", f"{LIST}?reading=read").json()["results"] == []
    assert api("GET", f"{LIST}?kind=weather").status_code == 400


def test_one_and_all_are_marked_as_read(api: Any):
    one = api("GET", LIST).json()["results"][0]
    answer = api("POST", f"{LIST}{one['id']}/read/", {})
    assert (answer.status_code, answer.json()["read_at"] is None) == (200, False)
    assert api("POST", f"{LIST}read-all/", {}).json() == {"marked": 1}
    assert api("POST", f"{LIST}read-all/", {}).json() == {"marked": 0}


def test_another_s_is_not_there(world: World, api: Any):
    one = api("GET", LIST).json()["results"][0]
    for who in ("content", "auditor", "machine"):
        assert api("GET", f"{LIST}{one['id']}/", who=who).status_code == 404
        assert api("POST", f"{LIST}{one['id']}/read/", {}, who=who).status_code == 404
    assert Notice.objects.get(pk=one["id"]).read_at is None
    assert api("GET", LIST, who="machine").json()["results"] == []


def test_one_chooses_when_mail_comes(api: Any):
    told = api("GET", CHOICES).json()
    assert [row["kind"] for row in told["preferences"]] == Kind.values
    assert (told["daily_at"], told["time_zone"]) == ("08:00", "UTC")
    answer = api("POST", CHOICES, {"kind": "rejected", "delivery": "off"})
    assert answer.status_code == 200
    assert {"kind": "rejected", "text": "Request rejected", "delivery": "off"} in answer.json()["preferences"]
    assert AuditEvent.objects.filter(action="notices.preference.set", outcome="recorded").count() == 1


@pytest.mark.parametrize("body", [
    {}, {"kind": "rejected"}, {"kind": "weather", "delivery": "off"}, {"kind": "rejected", "delivery": "weekly"},
    {"kind": "rejected", "delivery": "off", "person": "another"},
])  # fmt: skip
def test_nonsense_is_refused(api: Any, body: Any):
    assert api("POST", CHOICES, body).status_code == 400
    assert not Preference.objects.exists()


def test_r33_a_machine_is_refused_and_that_is_in_the_log(api: Any):
    answer = api("POST", CHOICES, {"kind": "rejected", "delivery": "off"}, who="machine")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert not Preference.objects.exists()
    assert AuditEvent.objects.filter(action="notices.preference.set", outcome="refused").exists()
