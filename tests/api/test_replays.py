"""Replays and the shadow report through the door, and at the console."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from governance import tasks
from governance.models import Replay, ReplayChunk
from tests import builders
from tests.api.conftest import Api, door
from tests.api.statements import statements
from tests.builders import World

pytestmark = pytest.mark.django_db
LINE = {"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jackets"]}}


@pytest.fixture
def manager(world: World) -> Api:
    return door(world, "policy_manager")


@pytest.fixture
def tried(world: World, manager: Api) -> str:
    """A proposed version that forbids what the ads of the tests say; its id."""
    scope = {"type": "brand", "id": str(world.brand.pk)}
    body = {"key": "tone", "title": "Tone", "scope": scope, "rules": [LINE], "propose": True}
    made = manager.post("rule-sets/", body)
    assert made.status == 201, made.body
    return str(made.body["id"])


def worked_off(manager: Api, tried: str, **body: Any) -> dict[str, Any]:
    """Started, done by the worker's task, and read."""
    made = manager.post(f"rule-sets/{tried}/replays/", body)
    assert (made.status, made.body["status"], made.body["done"]) == (202, "running", 0), made.body
    for chunk in ReplayChunk.objects.filter(replay=made.body["id"]):
        tasks.replay_chunk(str(chunk.pk))
    return dict(manager.get(f"replays/{made.body['id']}/").body)


def test_the_whole_way_of_a_replay(world: World, manager: Api, tried: str) -> None:
    rejected = world.request("rejected")
    world.request("in_review")
    read = worked_off(manager, tried)
    assert (read["status"], read["revisions"], read["done"], read["unseen"]) == ("completed", 6, 6, {})
    assert read["changes"] == [{"before": "warned", "after": "blocked", "revisions": 2, "refused_later": 1}]
    listed = manager.get(f"replay-verdicts/?replay={read['id']}&after=blocked").body["results"]
    assert sorted(each["request_status"] for each in listed) == ["in_review", "rejected"]
    assert {(each["type"], each["name"]) for each in listed} == {("ad", "Autumn film")}
    (said,) = listed[0]["appeared"]
    assert (said["rule"], said["mode"], "jackets" in said["message"]) == ("text.forbidden_words", "hard", True)
    assert manager.get(f"replay-verdicts/{listed[0]['id']}/").body == listed[0]
    (refused,) = manager.get(f"replay-verdicts/?replay={read['id']}&refused_later=true").body["results"]
    assert (refused["request_status"], refused["approval_request"]) == ("rejected", str(rejected.pk))
    assert manager.get(f"replays/?rule_set={tried}&status=completed").body["results"][0]["id"] == read["id"]
    german = manager.get(f"replay-verdicts/{refused['id']}/", Accept_Language="de").body["appeared"][0]
    assert german["message"] != said["message"]


def test_a_replay_is_cancelled_once(world: World, manager: Api, tried: str) -> None:
    world.request("in_review")
    made = manager.post(f"rule-sets/{tried}/replays/", {}).body
    assert manager.post(f"replays/{made['id']}/cancel/", {}).body["status"] == "cancelled"
    again = manager.post(f"replays/{made['id']}/cancel/", {})
    assert (again.status, again.body["code"]) == (409, "illegal_transition")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"most": 0}, "most"), ({"most": 100_001}, "most"), ({"most": "all"}, "most"), ({"since": "yesterday"}, "since"),
        ({"since": "2999-01-01T00:00:00Z"}, "since"), ({"nope": 1}, "nope"),
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "since"),
    ],
)  # fmt: skip
def test_bad_input(manager: Api, tried: str, body: dict[str, Any], field: str) -> None:
    answer = manager.post(f"rule-sets/{tried}/replays/", body)
    assert (answer.status, list(answer.fields)) == (400, [field])
    assert not Replay.objects.exists()


def test_whoever_sees_one_account_reads_no_replay_of_the_brand(world: World, manager: Api, tried: str) -> None:
    world.request("in_review")
    read = worked_off(manager, tried)
    world.add_person("narrow", "auditor", scope=world.account)
    narrow = door(world, "narrow")
    assert narrow.get(f"rule-sets/{tried}/").status == 200, "it judges what they see"
    assert narrow.get(f"replays/{read['id']}/").status == 404
    assert (narrow.get("replays/").body["results"], narrow.get("replay-verdicts/").body["results"]) == ([], [])
    assert door(world, "auditor").get(f"replays/{read['id']}/").body["changes"] == read["changes"]


def test_statements_do_not_grow_with_verdicts(world: World, manager: Api, tried: str) -> None:
    counted = []
    for _turn in range(2):
        for _ad in range(2):
            world.request("in_review")
        read = worked_off(manager, tried)
        paths = (f"replays/{read['id']}/", f"replay-verdicts/?replay={read['id']}", "replays/")
        with statements() as seen:
            assert all(manager.get(path).status == 200 for path in paths)
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_the_shadow_report_of_a_version_on_trial(world: World, manager: Api, tried: str) -> None:
    assert manager.get(f"rule-sets/{tried}/shadow/").body == {"rule_set": tried, "lines": []}
    world.request("in_review")
    world.request("in_review", tree=world.tree(text="Warm coats are here"))
    (line,) = manager.get(f"rule-sets/{tried}/shadow/").body["lines"]
    assert (line["rule"], line["intended"], line["failed"], line["errored"], line["passed"]) == ("text.forbidden_words", "hard", 1, 0, 1)


def test_r57_the_shadow_report_counts_what_the_reader_may_see(world: World, manager: Api, tried: str) -> None:
    world.request("in_review")
    world.add_person("narrow", "auditor", scope=world.second_account)
    assert door(world, "narrow").get(f"rule-sets/{tried}/shadow/").body["lines"] == []


def test_only_the_latest_proposal_of_a_key_is_on_trial(world: World, manager: Api, tried: str) -> None:
    scope = {"type": "brand", "id": str(world.brand.pk)}
    body = {"key": "tone", "title": "Tone", "scope": scope, "rules": [{**LINE, "mode": "warn"}], "propose": True}
    newer = manager.post("rule-sets/", body).body["id"]
    world.request("in_review")
    assert [manager.get(f"rule-sets/{each}/").body["status"] for each in (tried, newer)] == ["replaced", "proposed"]
    assert manager.post(f"rule-sets/{tried}/confirm/", {}).status == 409
    assert manager.get(f"rule-sets/{tried}/shadow/").body["lines"] == []
    assert [each["intended"] for each in manager.get(f"rule-sets/{newer}/shadow/").body["lines"]] == ["warn"]


def test_the_version_in_force_is_held_against_the_one_before_it(world: World, manager: Api, tried: str) -> None:
    world.request("in_review")
    assert manager.post(f"rule-sets/{tried}/confirm/", {}).status == 200
    scope = {"type": "brand", "id": str(world.brand.pk)}
    body = {"key": "tone", "title": "Tone", "scope": scope, "rules": [{**LINE, "mode": "warn"}]}
    governing = manager.post("rule-sets/", body).body["id"]
    read = worked_off(manager, governing)
    assert (read["instead_of"], [(each["before"], each["after"]) for each in read["changes"]]) == (tried, [("blocked", "warned")])


# --- the command -------------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("replay_rule_set", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_does_the_work_and_tells(world: World, tried: str) -> None:
    world.request("rejected")
    said = run("tone")
    assert "completed, 3 of 3 revisions" in said
    assert "warned → blocked: 1, 1 of them refused by people later" in said
    assert Replay.objects.get().state == "completed"


def test_the_command_helps_with_one_that_goes_on(world: World, manager: Api, tried: str) -> None:
    world.request("in_review")
    going = manager.post(f"rule-sets/{tried}/replays/", {}).body["id"]
    assert "completed, 3 of 3 revisions" in run(going, "--join")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], "no such version"), (["tone", "--version-number", "9"], "no such version"), (["nope", "--join"], "no such replay"),
        (["tone", "--most", "0"], "1 to 100000"), (["tone", "--days", "-1"], "invalid _days value"),
        (["tone", "--days", "9999999"], "invalid _days value"),
    ],
)  # fmt: skip
def test_the_command_says_what_is_wrong(tried: str, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(*arguments)
    assert not Replay.objects.exists()


def test_an_organisation_without_revisions(world: World, tried: str) -> None:
    assert "Nothing would have been said otherwise." in run("tone")
    assert builders.organisation("Rival").brand.name not in run("tone")
