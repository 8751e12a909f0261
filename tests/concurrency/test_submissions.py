"""Submissions and edits at once (R-06). The lock of the campaign serialises them; unique keys stand behind it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from approvals import services
from approvals.errors import OpenRequestExists
from approvals.models import ApprovalPolicy, ApprovalRequest, RequestItem
from approvals.services.submitting import Submission
from campaigns import services as campaigns
from campaigns.models import Revision
from core.errors import Conflict, Invalid, StaleVersion
from tests import builders
from tests.concurrency.racing import (
    FREE_SECONDS,
    Interruption,
    Rendezvous,
    all_on,
    at_once,
    errors,
    locks_off,
)

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]


def submitting(world, tree):
    actor = world.actor("submitter")
    return lambda: services.submit(actor=actor, submission=Submission(campaign=tree.campaign.pk))


@pytest.mark.parametrize(
    ("layers", "loser", "met"), [(all_on, OpenRequestExists, False), (locks_off, IntegrityError, True)],
    ids=["all on", "control: no lock, a unique key protects and the loser gets no words"],
)  # fmt: skip
def test_of_two_submissions_one_is_opened(world, rendezvous, monkeypatch, layers, loser, met):
    tree = world.tree()
    rendezvous.before(monkeypatch, "approvals.services.submitting:write")
    with layers():
        results = at_once(*[submitting(world, tree)] * 2)
    assert rendezvous.met == met
    (lost,) = errors(results)
    assert isinstance(lost, loser)
    assert ApprovalRequest.objects.count() == 1
    assert RequestItem.objects.filter(is_open=True).count() == 3
    assert set(Revision.objects.values_list("number", flat=True)) == {1}


def test_of_two_that_supersede_one_is_opened(world, rendezvous, monkeypatch):
    sent_back = world.request(at="changes_requested")
    tree = world.tree_of[sent_back.pk]
    rendezvous.before(monkeypatch, "approvals.services.submitting:write")
    (lost,) = errors(at_once(*[submitting(world, tree)] * 2))
    assert isinstance(lost, OpenRequestExists)
    assert sorted(ApprovalRequest.objects.values_list("state", flat=True)) == ["awaiting_checks", "superseded"]


def editing(world, tree, **values: Any):
    actor = world.actor("submitter")
    return lambda: campaigns.edit_ad(actor=actor, ad=tree.ad.pk, version=None, values=values)  # type: ignore[arg-type]


def taken_while_edited(world, monkeypatch) -> tuple[set[tuple[str, str]], bool]:
    """(text, film) of the revision that a submission took while both were changed at once, between its reading the words
    and its reading the media; and whether the edit came in between."""
    old, new = world.upload(), world.upload(builders.video("Winter", 9))
    tree = world.tree(media=old, text="Autumn words")
    edit = Interruption(
        monkeypatch, "campaigns.snapshots:media_of", editing(world, tree, text="Winter words", media=[new.pk])
    )
    submitting(world, tree)()
    assert not isinstance(edit.end(), Exception)
    films = {old.sha256: "autumn", new.sha256: "winter"}
    revisions = [each.content["sections"] for each in Revision.objects.filter(entity_id=tree.ad.pk)]
    return {(each["copy"]["text"], films[each["creative"]["media"][0]["sha256"]]) for each in revisions}, edit.was_in_between


def test_r02_a_submission_never_takes_half_of_an_edit(world, monkeypatch):
    taken, in_between = taken_while_edited(world, monkeypatch)
    assert taken == {("Autumn words", "autumn")}
    assert not in_between, "the edit waited for the lock"


def test_control_without_the_lock_a_revision_is_taken_that_nobody_wrote(world, monkeypatch):
    """The old words with the new film: only the lock protects."""
    with locks_off():
        taken, in_between = taken_while_edited(world, monkeypatch)
    assert in_between
    assert taken == {("Autumn words", "winter")}


def test_of_two_edits_of_one_version_one_is_refused(world):
    tree = world.tree()
    actors = [world.actor("submitter") for _ in range(2)]
    acts = [
        lambda actor=actor, text=text: campaigns.edit_ad(actor=actor, ad=tree.ad.pk, version=1, values={"text": text})
        for actor, text in zip(actors, ("One", "Two"), strict=True)
    ]
    results = at_once(*acts)
    assert [type(each) for each in errors(results)] == [StaleVersion]
    tree.ad.refresh_from_db()
    assert tree.ad.version == 2


def ads_after_two_at_once(world, rendezvous, monkeypatch) -> tuple[int, list[Exception]]:
    """How many ads a group that has room for one more holds after two came at once, and who was refused."""
    group, media = world.ad_group(world.campaign()), world.upload()
    world.ad(group, media)
    monkeypatch.setattr("django.conf.settings.ADS_PER_AD_GROUP", 2)
    rendezvous.before(monkeypatch, "campaigns.services.drafting:begin")
    refused = errors(at_once(*[lambda name=name: world.ad(group, media, name=name) for name in ("One", "Two")]))
    return group.ads.count(), refused


def test_of_two_ads_for_the_last_place_one_is_taken(world, rendezvous, monkeypatch):
    held, (refused,) = ads_after_two_at_once(world, rendezvous, monkeypatch)
    assert (held, type(refused), rendezvous.met) == (2, Invalid, False)


def test_control_without_the_lock_both_are_taken(world, rendezvous, monkeypatch):
    with locks_off():
        assert ads_after_two_at_once(world, rendezvous, monkeypatch) == (3, [])
    assert rendezvous.met


def publishing(world, key="policy-acme"):
    return lambda: services.publish_policy(
        actor=builders.ROOT, key=key, title="Next", stages=builders.STAGES, scope=world.organisation
    )


def versions(key="policy-acme"):
    return sorted(ApprovalPolicy.objects.filter(key=key).values_list("version", flat=True))


def test_two_versions_of_a_policy_at_once_are_two_versions(world, rendezvous, monkeypatch):
    """The second waits for the lock, and then must see the row that the first has inserted meanwhile."""
    publishing(world)()
    rendezvous.before(monkeypatch, "core.versions:_successor")
    results = at_once(*[publishing(world)] * 2)
    assert errors(results) == []
    assert sorted(each.version for each in results) == [3, 4]
    assert not rendezvous.met
    assert list(ApprovalPolicy.current().values_list("version", flat=True)) == [4]


def test_control_without_the_lock_the_database_protects(world, rendezvous, monkeypatch):
    rendezvous.before(monkeypatch, "core.versions:_successor")
    with locks_off():
        (lost,) = errors(at_once(*[publishing(world)] * 2))
    assert rendezvous.met
    assert lost_in_the_database(lost)
    assert versions() == [1, 2]


def test_of_two_first_versions_of_a_key_one_is_kept(world, monkeypatch):
    """There is no row yet that could be locked: the database decides."""
    rendezvous = Rendezvous(FREE_SECONDS)
    rendezvous.before(monkeypatch, "core.versions:_successor")
    (lost,) = errors(at_once(*[publishing(world, "fresh")] * 2))
    assert rendezvous.met
    assert lost_in_the_database(lost)
    assert versions("fresh") == [1]


def lost_in_the_database(error: Exception) -> bool:
    """In words for people; behind them the unique key, or the guard that counts versions where the winner had committed."""
    return isinstance(error, Conflict) and isinstance(error.__cause__, IntegrityError)
