"""A worker reads the text in an ad's media where a rule asks for it, with the real reader, once for the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from approvals import tasks
from approvals.models import ApprovalRequest
from campaigns import analysing
from campaigns.media import reading
from campaigns.media.analysis import READER
from campaigns.media.errors import refusal
from campaigns.models import MediaAnalysis
from governance.messages import message
from governance.models import CheckRun
from governance.services import publish_rule_set
from tests import builders
from tests.lettered import captioned, filmed, lettered
from tests.verdicts import verdicts

pytestmark = pytest.mark.slow
RULE = "media.forbidden_words"
WORDS = {"words": ["gratis|kostenlos", "beste Wahl", "übergroß"], "allowed": ["Lieferung gratis"]}


@pytest.fixture
def world(db, settings, tmp_path: Path):
    settings.MEDIA_STORE = tmp_path / "store"
    return builders.organisation()


def demand(world, *beside: str) -> None:
    lines = [{"rule": RULE, "mode": "hard", "params": WORDS}, *({"rule": each, "mode": "hard", "params": {}} for each in beside)]
    publish_rule_set(actor=builders.ROOT, key="words", title="Words", rules=lines, scope=world.brand)


def submitted(world, path: Path, format: str = "in_feed") -> ApprovalRequest:
    request = world.submit(world.tree(media=world.upload(path), format=format)).request
    return checked(request)


def checked(request: ApprovalRequest) -> ApprovalRequest:
    tasks.check_request(str(request.pk))
    request.refresh_from_db()
    return request


def put_forward_again(world, request: ApprovalRequest) -> ApprovalRequest:
    return checked(world.submit(world.tree_of[request.pk]).request)


def run_of(request: ApprovalRequest) -> CheckRun:
    return CheckRun.objects.get(request_items__request=request, revision__entity_type="ad")


def findings(request: ApprovalRequest) -> list[dict[str, Any]]:
    return verdicts(run_of(request), rule=RULE)


def codes(request: ApprovalRequest) -> list[str]:
    return [each["code"] for each in findings(request)]


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    """A film of six seconds with captions."""

    def made(*captions: tuple[float, str]) -> Path:
        return filmed(tmp_path / f"{len(list(tmp_path.iterdir()))}.mp4", captioned(captions, (540, 960)), 6)

    return made


def test_r54_a_forbidden_word_in_a_film_is_found_with_its_second(world, film, monkeypatch):
    demand(world)
    path = film((0, "Herbstmode"), (2, "Jetzt kosten-\nlos testen"), (4, "Größe für 9,99 €"))
    request = submitted(world, path)
    assert request.state == "blocked"
    (found,) = findings(request)
    assert (found["code"], found["result"], found["params"]["word"]) == ("media.forbidden_word_at", "fail", "kostenlos")
    row = MediaAnalysis.objects.get()
    assert (row.kind, row.analyser, row.fault) == ("reading", READER, "")
    assert found["evidence"]["sha256"] == row.sha256
    assert (found["evidence"]["at_ms"], found["evidence"]["read"]) == (2000, "Jetzt kosten- / los testen")
    assert message(found["code"], found["params"], "de").startswith("Das verbotene Wort „kostenlos“ ist in Datei 1 bei 2,0 s zu lesen")

    def fail(*_: object) -> None:
        raise AssertionError("these bytes were read before")

    monkeypatch.setattr(analysing, "read", fail)
    assert codes(submitted(world, path)) == ["media.forbidden_word_at"]
    assert MediaAnalysis.objects.count() == 1


def test_r54_a_film_without_forbidden_words_passes_and_what_was_read_stays_with_the_run(world, film):
    demand(world, "media.black_bars")
    request = submitted(world, film((0, "Lieferung gratis"), (3, "Größe für 9,99 €")))
    assert (codes(request), request.state) == (["check.passed"], "in_review")
    assert sorted(MediaAnalysis.objects.values_list("kind", flat=True)) == ["analysis", "reading"]
    (facts,) = json.loads(run_of(request).observations)["media"].values()
    assert set(facts) == {"analysis", "reading"}
    told = [(each["at_ms"], each["blocks"]) for each in facts["reading"]["texts"]]
    assert told == [(0, ["Lieferung gratis"]), (3000, ["Größe für 9,99 €"])]


def test_r54_a_forbidden_word_in_a_still_is_found(world, tmp_path):
    demand(world)
    lettered(("Die beste\nWahl", 200, 60), ("ÜBERGROSS", 600, 60)).save(tmp_path / "still.jpg", quality=90)
    request = submitted(world, tmp_path / "still.jpg", "single_image")
    assert codes(request) == ["media.forbidden_word"] * 2
    assert [each["params"]["found"] for each in findings(request)] == ["beste / Wahl", "ÜBERGROSS"]


def test_r54_nothing_is_read_that_no_rule_asks_about(world, film):
    publish_rule_set(
        actor=builders.ROOT, key="bars", title="Bars", scope=world.brand,
        rules=[{"rule": "media.black_bars", "mode": "hard", "params": {}}],
    )  # fmt: skip
    submitted(world, film((0, "gratis")))
    assert [each.kind for each in MediaAnalysis.objects.all()] == ["analysis"]


@pytest.mark.parametrize("how", ["not installed", "switched off"])
def test_r03_where_text_cannot_be_read_nothing_passes(how, world, tmp_path, monkeypatch, settings):
    demand(world)
    if how == "not installed":
        monkeypatch.setattr(reading, "_PACKAGES", ("rapidocr", "a_package_that_nobody_has"))
    else:
        settings.MEDIA_READING = False
    lettered(("Herbstmode", 200, 60)).save(tmp_path / "still.png")
    request = submitted(world, tmp_path / "still.png", "single_image")
    assert (codes(request), request.state) == (["media.reader_missing"], "blocked")
    assert MediaAnalysis.objects.count() == 0, "another time it may be installed"
    monkeypatch.undo()
    settings.MEDIA_READING = True
    again = put_forward_again(world, request)
    assert (codes(again), again.state) == (["check.passed"], "in_review")
    settings.MEDIA_READING = False
    assert codes(submitted(world, tmp_path / "still.png", "single_image")) == ["check.passed"], "what was read before counts"


@pytest.mark.parametrize(("reason", "kept"), [("crashed", 1), ("timeout", 0), ("memory", 0)])
def test_r03_what_cannot_be_read_is_not_passed(reason, kept, world, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise refusal(reason, {"seconds": 40, "status": 1})

    demand(world)
    monkeypatch.setattr(analysing, "read", fail)
    Image.new("RGB", (720, 1280)).save(tmp_path / "still.png")
    request = submitted(world, tmp_path / "still.png", "single_image")
    assert (codes(request), request.state) == (["media.reading_failed"], "blocked")
    assert MediaAnalysis.objects.filter(kind="reading", fault=reason).count() == kept


def test_r03_a_file_for_which_there_was_no_time_is_not_passed_and_is_read_next_time(world, tmp_path, monkeypatch):
    demand(world)
    monkeypatch.setattr("governance.observing.READING_SHARE", -1)
    lettered(("Herbstmode", 200, 60)).save(tmp_path / "still.png")
    request = submitted(world, tmp_path / "still.png", "single_image")
    assert (codes(request), request.state) == (["media.not_read"], "blocked")
    monkeypatch.undo()
    again = put_forward_again(world, request)
    assert (codes(again), again.state) == (["check.passed"], "in_review")
