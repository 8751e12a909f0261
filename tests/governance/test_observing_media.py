"""A worker analyses the media that some rule asks about, once for the same bytes, and compares them with what was rejected."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import av
import pytest
from django.db import DatabaseError, transaction
from PIL import Image

from approvals import services as approvals
from approvals import tasks
from approvals.models import ApprovalRequest
from campaigns import analysing
from campaigns import services as campaigns
from campaigns.intake import store
from campaigns.media.analysis import ANALYSER
from campaigns.media.errors import refusal
from campaigns.models import MediaAnalysis, MediaAsset
from core.actor import Channel, system
from core.errors import Forbidden, NotFound
from core.ids import uuid7
from core.triggers import refusal as refused_by
from governance.models import CheckRun
from governance.services import publish_rule_set
from tests import builders
from tests.verdicts import verdicts

LIKENESS = "media.duplicate_of_rejected"


@pytest.fixture
def world(db, settings, tmp_path: Path):
    settings.MEDIA_STORE = tmp_path
    return builders.organisation()


def demand(world, *rules: str, mode: str = "hard") -> None:
    lines = [{"rule": rule, "mode": mode, "params": {}} for rule in rules]
    publish_rule_set(actor=builders.ROOT, key="media", title="Media", rules=lines, scope=world.brand)


def submitted(world, path: Path | None = None) -> ApprovalRequest:
    medium = world.upload(path) if path else world.upload()
    request = world.submit(world.tree(media=medium)).request
    tasks.check_request(str(request.pk))
    request.refresh_from_db()
    return request


def written(path: Path, pictures: Iterable[Image.Image]) -> Path:
    """A film of these pictures, ten a second."""
    with av.open(str(path), "w", format="mp4") as out:
        video: Any = out.add_stream("libx264", rate=10, options={"threads": "1", "crf": "34"})
        video.width, video.height, video.pix_fmt = 540, 960, "yuv420p"
        for picture in pictures:
            out.mux(video.encode(av.VideoFrame.from_image(picture.resize((540, 960)))))  # type: ignore[no-untyped-call]
        out.mux(video.encode(None))
    return path


def recoded(path: Path, to: Path) -> Path:
    """The same film with half the pictures, coarser and without sound: other bytes."""
    with av.open(str(path)) as old:
        return written(to, [frame.to_image() for number, frame in enumerate(old.decode(video=0)) if number % 2 == 0])


def unlike(path: Path) -> Path:
    """A film that looks otherwise."""
    ramp = Image.linear_gradient("L")
    return written(path, (ramp.rotate(3 * number).convert("RGB") for number in range(60)))


def run_of(request: ApprovalRequest) -> CheckRun:
    return CheckRun.objects.get(request_items__request=request, revision__entity_type="ad")


def seen_for(request: ApprovalRequest) -> dict:
    return json.loads(run_of(request).observations or "{}")


def codes(request: ApprovalRequest, rule: str) -> list[str]:
    return [each["code"] for each in verdicts(run_of(request), rule=rule)]


def test_r54_media_are_analysed_once_when_a_rule_asks(world, monkeypatch):
    demand(world, "media.black_bars", "media.silent", "media.codec")
    first = submitted(world)
    row = MediaAnalysis.objects.get()
    assert (row.analyser, row.fault) == (ANALYSER, "")
    assert row.result is not None
    assert seen_for(first)["media"] == {row.sha256: {"analysis": row.result}}
    assert codes(first, "media.black_bars") == ["check.passed"]
    assert first.state == "in_review"

    def fail(*_: object) -> None:
        raise AssertionError("these bytes were analysed before")

    monkeypatch.setattr(analysing, "analyse", fail)
    second = submitted(world)
    assert codes(second, "media.silent") == ["check.passed"]
    assert MediaAnalysis.objects.count() == 1


def test_r54_nothing_is_analysed_that_no_rule_asks_about(world):
    request = submitted(world)
    assert (MediaAnalysis.objects.count(), run_of(request).observations) == (0, "")


@pytest.mark.parametrize(("reason", "kept"), [("undecodable", 1), ("timeout", 0), ("memory", 0)])
def test_r03_what_cannot_be_analysed_is_not_passed(reason, kept, world, monkeypatch):
    def fail(*_: object) -> None:
        raise refusal(reason, {"seconds": 20})

    demand(world, "media.black_bars")
    monkeypatch.setattr(analysing, "analyse", fail)
    request = submitted(world)
    assert codes(request, "media.black_bars") == ["media.analysis_failed"]
    assert request.state == "blocked"
    assert MediaAnalysis.objects.filter(fault=reason).count() == kept
    monkeypatch.undo()
    again = submitted(world)
    assert (again.state == "in_review") == (not kept), "what was of the machine is tried again, what is of the file stays"


def test_r03_the_same_content_is_looked_at_again_after_a_look_in_vain(world, monkeypatch):
    def fail(*_: object) -> None:
        raise refusal("timeout", {"seconds": 20})

    demand(world, "media.black_bars")
    monkeypatch.setattr(analysing, "analyse", fail)
    first = submitted(world)
    second = put_forward_again(world, first)
    assert (first.state, second.state) == ("blocked", "blocked")
    monkeypatch.undo()
    third = put_forward_again(world, first)
    assert third.state == "in_review"
    world.decide(third, "content", "request_changes")
    approvals.withdraw(actor=world.actor("submitter"), request=third.pk)
    fourth = put_forward_again(world, first)
    assert run_of(fourth).pk == run_of(third).pk, "what passed is not looked at again on the same day"


def put_forward_again(world, request: ApprovalRequest) -> ApprovalRequest:
    """The same content once more."""
    again = world.submit(world.tree_of[request.pk]).request
    tasks.check_request(str(again.pk))
    again.refresh_from_db()
    return again


def test_r03_a_child_that_does_not_run_is_tried_again_later(world, monkeypatch):
    demand(world, "media.black_bars")
    monkeypatch.setattr("sys.executable", "/bin/false")
    request = submitted(world)
    run = run_of(request)
    assert (request.state, run.state, run.attempts) == ("awaiting_checks", "running", 1)
    monkeypatch.undo()
    CheckRun.objects.filter(state="running").update(leased_until=run.queued_at)
    tasks.sweep()
    assert codes(request, "media.black_bars") == ["check.passed"]


def test_r03_bytes_that_are_lost_or_were_changed_are_not_passed(world):
    demand(world, "media.black_bars")
    path = store().path_of(world.upload().sha256)
    path.chmod(0o644)
    path.write_bytes(b"something else")
    assert codes(submitted_again(world), "media.black_bars") == ["media.analysis_failed"]
    path.unlink()
    assert codes(submitted_again(world), "media.black_bars") == ["media.analysis_failed"]
    assert MediaAnalysis.objects.count() == 0


def submitted_again(world) -> ApprovalRequest:
    """A request with media that are registered, whatever lies in the store."""
    request = world.submit(world.tree(media=MediaAsset.objects.get())).request
    tasks.check_request(str(request.pk))
    request.refresh_from_db()
    return request


def test_r54_what_people_rejected_is_known_again_in_other_bytes(world, tmp_path):
    rejected = submitted(world, builders.video())
    world.decide(rejected, "content", "reject")
    assert MediaAnalysis.objects.count() == 0, "no rule asked yet"
    demand(world, LIKENESS)
    same = submitted(world, builders.video())
    assert codes(same, LIKENESS) == ["media.rejected_before"]
    assert same.state == "blocked"
    alike = submitted(world, recoded(builders.video(), tmp_path / "alike.mp4"))
    assert codes(alike, LIKENESS) == ["media.looks_rejected"]
    other = submitted(world, unlike(tmp_path / "other.mp4"))
    assert codes(other, LIKENESS) == ["check.passed"]


def test_r54_what_could_not_be_compared_in_time_is_not_passed_and_goes_on_next_time(world, tmp_path, monkeypatch):
    world.decide(submitted(world, builders.video()), "content", "reject")
    demand(world, LIKENESS)
    monkeypatch.setattr("governance.observing.REJECTED_SECONDS", -1.0)
    assert codes(submitted(world, unlike(tmp_path / "other.mp4")), LIKENESS) == ["media.rejected_not_compared"]
    monkeypatch.undo()
    assert codes(submitted(world, unlike(tmp_path / "third.mp4")), LIKENESS) == ["check.passed"]


def test_r54_what_another_organisation_rejected_is_its_own_affair(world, tmp_path):
    other = builders.organisation("other")
    world.decide(submitted(world, builders.video()), "content", "reject")
    demand(other, LIKENESS)
    assert codes(submitted(other, builders.video()), LIKENESS) == ["check.passed"]


def test_only_the_service_itself_keeps_analyses(world):
    medium = world.upload()
    with pytest.raises(Forbidden):
        campaigns.record_analysis(actor=world.actor("submitter"), media=medium.pk, result={}, fault="")
    with pytest.raises(NotFound):
        campaigns.record_analysis(actor=system(Channel.TASK), media=uuid7(), result={}, fault="")


def test_an_analysis_is_evidence(world):
    medium = world.upload()
    row = campaigns.record_analysis(actor=system(Channel.TASK), media=medium.pk, result={"pictures": 1}, fault="")
    again = campaigns.record_analysis(actor=system(Channel.TASK), media=medium.pk, result=None, fault="undecodable")
    assert (again.pk, again.fault) == (row.pk, "")
    rows = MediaAnalysis.objects.filter(pk=row.pk)
    for change in (lambda: rows.update(fault="x"), rows.delete):
        with pytest.raises(DatabaseError) as error, transaction.atomic():
            change()
        found = refused_by(error.value)
        assert found is not None
        assert found.guard.startswith("campaigns_media_analysis")
