"""Trying a version on past revisions in the workplace: begun, watched, read, cancelled."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from approvals.queries import changes_of
from governance import tasks
from governance.models import Replay, RuleSet
from governance.services import publish_rule_set
from tests.api.statements import statements
from tests.builders import World
from tests.workplace.conftest import Enter, active
from workplace.rule_pages.chart import WIDTH, chart

LINE = {"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jackets"]}}


@pytest.fixture
def tried(world: World) -> RuleSet:
    return publish_rule_set(
        actor=world.actor("policy_manager"), key="tone", title="Tone", rules=[LINE], scope=world.brand, propose=True
    )


def body(answer: Any) -> str:
    return str(answer.content.decode())


def work_off(replay: Replay) -> None:
    for chunk in replay.chunks.all():
        tasks.replay_chunk(str(chunk.pk))


def begun(client: Any, tried: RuleSet) -> Replay:
    answer = client.post(reverse("admin:replay_start", args=[tried.pk]), {"replay-days": "30", "days": "30"})
    replay = Replay.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (303, reverse("admin:replay", args=[replay.pk]))
    return replay


def test_the_whole_way(world: World, enter: Enter, tried: RuleSet):
    world.request("rejected")
    world.request("in_review")
    client = enter("policy_manager")
    assert "What would this version have blocked" in body(client.get(reverse("admin:rule_set", args=[tried.pk])))
    replay = begun(client, tried)
    page = reverse("admin:replay", args=[replay.pk])
    going = client.get(page)
    assert (going["Refresh"], "0 of 6 revisions" in body(going)) == ("3", True)
    work_off(replay)
    done = client.get(page)
    assert "Refresh" not in done
    text = body(done)
    for words in ("6 of 6 revisions", "is warned about → is blocked", "2 (1)", "Autumn film", "jackets", "rejected", "blocks"):
        assert words in text, words
    assert "<script" not in text.split('class="wp wp-access"')[1].split("</section>")[0]
    refused = body(client.get(page + "?refused=1"))
    assert refused.count('class="wp-list wp-list--rules"') == 1
    assert refused.count("Autumn film") == 1
    assert "6 of 6 revisions" in body(client.get(reverse("admin:rule_set", args=[tried.pk])))


def test_a_replay_that_goes_on_is_cancelled(world: World, enter: Enter, tried: RuleSet):
    world.request("in_review")
    client = enter("policy_manager")
    replay = begun(client, tried)
    assert client.post(reverse("admin:replay_cancel", args=[replay.pk])).status_code == 303
    replay.refresh_from_db()
    assert replay.state == "cancelled"
    again = client.post(reverse("admin:replay_cancel", args=[replay.pk]))
    assert (again.status_code, "not possible" in body(again)) == (409, True)


@pytest.mark.parametrize("days", ["", "31", "all", "-1"])
def test_nonsense_begins_nothing(world: World, enter: Enter, tried: RuleSet, days: str):
    answer = enter("policy_manager").post(reverse("admin:replay_start", args=[tried.pk]), {"days": days})
    assert (answer.status_code, "Choose how far back." in body(answer)) == (422, True)
    assert not Replay.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("auditor", 403), ("submitter", 403)])
def test_r57_who_only_looks_begins_and_ends_nothing(world: World, enter: Enter, tried: RuleSet, who: str, status: int):
    world.request("in_review")
    replay = begun(enter("policy_manager"), tried)
    client = enter(who)
    assert "Try it" not in body(client.get(reverse("admin:rule_set", args=[tried.pk])))
    assert client.get(reverse("admin:replay", args=[replay.pk])).status_code == 200
    assert client.post(reverse("admin:replay_start", args=[tried.pk]), {"days": "30"}).status_code == status
    assert client.post(reverse("admin:replay_cancel", args=[replay.pk])).status_code == status
    assert list(Replay.objects.values_list("pk", "state")) == [(replay.pk, "running")]


def test_what_a_version_on_trial_said_stands_on_its_page(world: World, enter: Enter, tried: RuleSet):
    world.request("in_review")
    text = body(enter("policy_manager").get(reverse("admin:rule_set", args=[tried.pk])))
    assert "1 failed, 0 could not be judged, 0 passed" in text


def test_german(world: World, enter: Enter, tried: RuleSet):
    world.request("in_review")
    client = enter("policy_manager")
    replay = begun(client, tried)
    work_off(replay)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    text = body(client.get(reverse("admin:replay", args=[replay.pk])))
    for words in ("wird bemängelt → wird blockiert", "Was sich ändern würde", "3 von 3 Fassungen"):
        assert words in text, words


def test_the_page_costs_the_same_for_few_verdicts_and_many(world: World, enter: Enter, tried: RuleSet):
    client, counted = enter("policy_manager"), []
    for _turn in range(2):
        for _ad in range(3):
            world.request("in_review")
        replay = begun(client, tried)
        work_off(replay)
        with statements() as seen:
            assert client.get(reverse("admin:replay", args=[replay.pk])).status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1]
    assert len(changes_of(replay.verdicts.all())) == 1


def test_the_menu_shows_where_one_is(world: World, enter: Enter, tried: RuleSet):
    client = enter("policy_manager")
    replay = begun(client, tried)
    pages = {("rule_sets",): "Rule sets", ("rule_set", tried.pk): "Rule sets", ("replay", replay.pk): "Rule sets", ("waivers",): "Waivers"}
    for (name, *args), title in pages.items():
        assert active(client, reverse(f"admin:{name}", args=args)) == [title], name


def test_a_chart_is_to_scale():
    rows = [
        {"before": "passed", "after": "warned", "revisions": 10, "refused_later": 0},
        {"before": "passed", "after": "blocked", "revisions": 100, "refused_later": 25},
        {"before": "blocked", "after": "passed", "revisions": 1, "refused_later": 1},
    ]
    drawn = chart(rows)
    assert [(bar.width, bar.refused_width, bar.kind, bar.y) for bar in drawn.bars] == [
        (WIDTH, WIDTH // 4, "stricter", 0), (WIDTH // 10, 0, "stricter", 44), (4, 4, "looser", 88),
    ]  # fmt: skip
    assert (chart([]).bars, drawn.height) == ([], 132)
