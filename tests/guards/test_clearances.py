"""Attacks on clearances, revocations and publications, typed as SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from approvals.models import Revocation
from campaigns.models import MediaAsset
from core import clock
from core.ids import uuid7
from publishing.models import ChannelMedia, DriftFinding, PublicationAttempt
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, type_sql, unguarded, update
from tests.guards.world import BUDGET, draft, queue_run, revise, ungrant


def forced(sql: str, *params: Any) -> None:
    with unguarded():
        type_sql(sql, *params)


# --- clearances --------------------------------------------------------------------------------------------------------


def test_a_legal_clearance_goes_through(world):
    world.approved()
    assert_inserted(world.clearance())


def test_r18_clearance_of_a_request_in_review_is_refused(world):
    world.reviewed()
    assert_insert_refused("approvals_clearance_request", world.clearance())


def test_r18_clearance_of_a_decided_but_not_approved_request_is_refused(world):
    world.decided()
    assert_insert_refused("approvals_clearance_request", world.clearance())


def test_r18_clearance_without_decisions_is_refused_though_the_request_says_approved(world):
    world.reviewed()
    forced(*update(world.request, "state = 'approved'"))
    forced("UPDATE approvals_stage SET state = 'satisfied'")
    assert_insert_refused("approvals_clearance_decided", world.clearance())


def test_r18_clearance_with_too_few_decisions_is_refused(world):
    world.submit(stages=(("approve_content", 2),))
    world.check()
    world.open_review()
    world.approve(world.stages[0], world.ann)
    forced("UPDATE approvals_stage SET state = 'satisfied'")
    forced(*update(world.request, "state = 'approved'"))
    assert_insert_refused("approvals_clearance_decided", world.clearance())


@pytest.mark.parametrize("first", ["author", "outsider"])
def test_r16_clearance_by_submitter_or_outsider_is_refused(world, first):
    """Their forged decision is there, past its own guard; it does not count."""
    world.reviewed()
    decision = world.decision(world.stages[0], getattr(world, first))
    with unguarded():
        decision.save(force_insert=True)
        type_sql(*update(world.stages[0], "state = 'satisfied'"))
    world.move(world.stages[1], "open")
    world.approve(world.stages[1], world.ben)
    world.satisfy(1)
    forced(*update(world.request, "state = 'approved'"))
    assert_insert_refused("approvals_clearance_decided", world.clearance())


def test_r16_clearance_by_one_person_on_both_stages_is_refused(world):
    world.reviewed()
    world.approve(world.stages[0], world.ann)
    world.satisfy(0)
    second = world.decision(world.stages[1], world.ann)
    with unguarded():
        second.save(force_insert=True)
        type_sql(*update(world.stages[1], "state = 'satisfied'"))
        type_sql(*update(world.request, "state = 'approved'"))
    assert_insert_refused("approvals_clearance_decided", world.clearance())


def test_r17_clearance_after_an_approver_was_deactivated_is_refused(world):
    world.approved()
    world.ben.is_active = False
    world.ben.save()
    assert_insert_refused("approvals_clearance_decided", world.clearance())


def test_r13_clearance_after_an_approver_lost_the_role_is_refused(world):
    world.approved()
    ungrant(world.ben, world.account)
    assert_insert_refused("approvals_clearance_decided", world.clearance())


def test_r02_decisions_of_another_digest_do_not_count(world):
    world.approved()
    other = "e" * 64
    forced(*update(world.request, f"digest = '{other}'"))
    assert_insert_refused("approvals_clearance_decided", world.clearance(request_digest=other))


@pytest.mark.parametrize("limit", [BUDGET + 1, BUDGET - 1, 0, None])
def test_r24_forged_limit_is_refused(world, limit):
    world.approved()
    assert_insert_refused("approvals_clearance_limit", world.clearance(limit_minor=limit))


def test_clearance_in_another_currency_is_refused(world):
    world.approved()
    assert_insert_refused("approvals_clearance_request", world.clearance(currency="EUR"))


def test_r02_clearance_of_another_revision_is_refused(world):
    world.approved()
    dear = revise(world.campaign, 2, BUDGET * 1000, world.author)
    assert_insert_refused("approvals_clearance_item", world.clearance(revision=dear, digest=dear.digest))
    assert_insert_refused("approvals_clearance_item", world.clearance(digest=dear.digest))
    assert_insert_refused(
        "approvals_clearance_item", world.clearance(revision=dear, digest=dear.digest, limit_minor=BUDGET * 1000)
    )


def test_clearance_of_another_entity_or_account_is_refused(world):
    world.approved()
    assert_insert_refused("approvals_clearance_item", world.clearance(entity_id=uuid7()))
    assert_insert_refused("approvals_clearance_item", world.clearance(entity_type="ad"))
    assert_insert_refused("approvals_clearance_request", world.clearance(ad_account=world.elsewhere))


def test_r08_clearance_of_another_request_digest_is_refused(world):
    world.approved()
    assert_insert_refused("approvals_clearance_request", world.clearance(request_digest="e" * 64))


def test_clearance_is_not_issued_again_after_the_item_closed(world):
    world.approved()
    type_sql(*update(world.item, "is_open = FALSE"))
    assert_insert_refused("approvals_clearance_item", world.clearance())


@pytest.mark.parametrize(("issued", "until"), [(0, 401), (3000, 3001)])
def test_r21_clearance_forever_is_refused(world, issued, until):
    world.approved()
    now = clock.now()
    row = world.clearance(issued_at=now + timedelta(days=issued), valid_until=now + timedelta(days=until))
    assert_insert_refused("approvals_clearance_window", row)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("until", ["forever", 99999999999, b"9999", "2026-13-45 00:00:00", "9"])
def test_r21_window_that_is_no_time_is_refused(world, until):
    """SQLite would store it, and compare it as text."""
    world.approved()
    assert_insert_refused("approvals_clearance_window", world.clearance(valid_from=clock.now()), valid_until=until)


@pytest.mark.parametrize("change", ["limit_minor = 99999999", "valid_until = '2099-01-01'", "digest = 'f'"])
def test_clearance_is_not_widened(world, change):
    assert_refused("approvals_clearance_no_update", *update(world.cleared(), change))


def test_r32_revocation_is_neither_changed_nor_removed(world):
    clearance = world.cleared()
    assert_inserted(Revocation(clearance=clearance, reason="crisis", revoked_by=world.ann, revoked_at=clock.now()))
    assert_refused("approvals_revocation_no_delete", "DELETE FROM approvals_revocation")
    assert_refused("approvals_revocation_no_update", "UPDATE approvals_revocation SET reason = ''")


# --- publications ------------------------------------------------------------------------------------------------------


def test_a_legal_publication_goes_through(world):
    row = world.publication(world.cleared())
    assert_inserted(row)
    assert type_sql(*update(row, "state = 'dispatching'")) == 1
    assert type_sql(*update(row, "state = 'published'")) == 1


def test_r01_publication_without_clearance_is_refused(world):
    world.approved()
    assert_insert_refused("publishing_publication_clearance", world.publication(world.clearance()))


def test_r02_publication_of_another_digest_is_refused(world):
    clearance = world.cleared()
    dear = revise(world.campaign, 2, BUDGET * 1000, world.author)
    assert_insert_refused("publishing_publication_clearance", world.publication(clearance, digest=dear.digest))
    assert_insert_refused("publishing_publication_clearance", world.publication(clearance, revision=dear))
    both = world.publication(clearance, revision=dear, digest=dear.digest)
    assert_insert_refused("publishing_publication_clearance", both)


def test_r01_publication_on_another_account_entity_or_request_is_refused(world):
    clearance = world.cleared()
    assert_insert_refused("publishing_publication_clearance", world.publication(clearance, ad_account=world.elsewhere))
    assert_insert_refused("publishing_publication_clearance", world.publication(clearance, entity_id=uuid7()))
    assert_insert_refused("publishing_publication_clearance", world.publication(clearance), request_id=uuid7().hex)


def test_r21_publication_under_an_expired_clearance_is_refused(world):
    past = clock.now() - timedelta(days=9)
    clearance = world.cleared(valid_from=past, valid_until=past + timedelta(days=1))
    assert_insert_refused("publishing_publication_window", world.publication(clearance))


def test_r21_publication_before_its_window_is_refused(world):
    clearance = world.cleared(valid_from=clock.now() + timedelta(hours=1))
    assert_insert_refused("publishing_publication_window", world.publication(clearance))


def test_r32_publication_under_a_revoked_clearance_is_refused_and_pausing_is_free(world):
    clearance = world.cleared()
    world.revoke(clearance)
    assert_insert_refused("publishing_publication_revoked", world.publication(clearance))
    assert_insert_refused("publishing_publication_revoked", world.publication(clearance, operation="enable"))
    pause = world.publication(clearance, operation="pause")
    assert_inserted(pause)
    assert type_sql(*update(pause, "state = 'dispatching'")) == 1


def test_r32_publication_of_a_revoked_request_is_refused(world):
    clearance = world.cleared()
    world.move(world.request, "revoked")
    assert_insert_refused("publishing_publication_approved", world.publication(clearance))


def test_r10_publication_is_refused_while_a_newer_request_is_open(world):
    clearance = world.cleared()
    first, world.revision = world.request, revise(world.campaign, 2, BUDGET * 2, world.author)
    world.run = queue_run(world.revision)
    old = world.publication(clearance, revision=clearance.revision, digest=clearance.digest)
    world.submit()
    assert_insert_refused("publishing_publication_suspended", old)
    world.move(world.request, "withdrawn")
    type_sql(*update(world.item, "is_open = FALSE"))
    world.request = first
    assert_inserted(old)


@pytest.mark.parametrize(("operation", "amount"), [("create", BUDGET + 1), ("update", None), ("enable", BUDGET * 9)])
def test_r24_publication_beyond_the_limit_is_refused(world, operation, amount):
    row = world.publication(world.cleared(), operation=operation, amount_minor=amount)
    assert_insert_refused("publishing_publication_amount", row)


@pytest.mark.parametrize("changed", [{"state": "dispatching"}, {"state": "published"}, {"operation": "delete"}])
def test_publication_is_born_queued_with_a_known_operation(world, changed):
    assert_insert_refused("publishing_publication_queued", world.publication(world.cleared(), **changed))


@pytest.mark.parametrize(
    "change", ["amount_minor = 1", "operation = 'enable'", "digest = 'f'", "ad_account_id = '{elsewhere}'"]
)
def test_r01_publication_is_not_pointed_elsewhere(world, change):
    row = world.queued()
    assert_refused("publishing_publication_fixed", *update(row, change.format(elsewhere=world.elsewhere.pk.hex)))


def test_publication_does_not_leap_nor_rise_again(world):
    row = world.queued()
    assert_refused("publishing_publication_steps", *update(row, "state = 'published'"))
    world.move(row, "cancelled")
    assert_refused("publishing_publication_steps", *update(row, "state = 'queued'"))
    assert_inserted(world.publication(row.clearance))  # a new try is a new row


def test_r32_publication_revoked_while_queued_is_not_sent(world):
    row = world.queued()
    world.revoke(row.clearance)
    assert_refused("publishing_publication_revoked", *update(row, "state = 'dispatching'"))
    assert type_sql(*update(row, "state = 'cancelled'")) == 1


def test_r21_publication_that_expired_while_queued_is_not_sent(world):
    row = world.queued()
    forced("UPDATE approvals_clearance SET valid_from = '2020-01-01 00:00:00', valid_until = '2020-02-01 00:00:00'")
    assert_refused("publishing_publication_window", *update(row, "state = 'dispatching'"))


def test_publication_is_not_deleted(world):
    world.queued()
    assert_refused("publishing_publication_no_delete", "DELETE FROM publishing_publication")


def test_finished_attempt_is_not_rewritten(world):
    publication = world.queued()
    row = PublicationAttempt(publication=publication, number=1, started_at=clock.now())
    assert_insert_refused("publishing_attempt_dispatching", row)
    world.move(publication, "dispatching")
    assert_inserted(row)
    assert_refused("publishing_attempt_fixed", *update(row, "number = 2"))
    assert type_sql(*update(row, "outcome = 'refused', finished_at = started_at")) == 1
    assert_refused("publishing_attempt_final", *update(row, "outcome = 'published'"))
    assert_refused("publishing_attempt_no_delete", "DELETE FROM publishing_publicationattempt")


def test_channel_object_is_not_swapped(world):
    world.move(world.queued(), "dispatching")
    row = world.channel_object()
    assert_inserted(row)
    assert_refused("publishing_channel_object_fixed", *update(row, "external_id = '18'"))
    assert_refused("publishing_channel_object_no_delete", "DELETE FROM publishing_channelobject")
    assert type_sql(*update(row, "enabled = TRUE")) == 1


def test_r01_channel_object_is_written_only_while_its_creation_is_dispatching(world):
    assert_insert_refused("publishing_channel_object_dispatching", world.channel_object())
    publication = world.queued()
    assert_insert_refused("publishing_channel_object_dispatching", world.channel_object())
    world.move(publication, "dispatching")
    campaign = draft(world.account, world.author, "Live", clock.now())
    for wrong in ({"entity_id": campaign.pk}, {"ad_account": world.elsewhere}, {"entity_type": "ad"}, {"live_digest": "f" * 64}):
        assert_insert_refused("publishing_channel_object_dispatching", world.channel_object(**wrong))
    assert_inserted(world.channel_object(live_digest=publication.digest))


@pytest.mark.parametrize("change", ["live_digest = ''", "enabled = TRUE", "confirmed_at = '2020-01-01 00:00:00'"])
def test_r36_what_is_live_is_confirmed_only_while_dispatching(world, change):
    publication = world.queued()
    world.move(publication, "dispatching")
    row = world.channel_object(live_digest=publication.digest)
    assert_inserted(row)
    assert_refused("publishing_channel_object_confirmed", *update(row, f"live_digest = '{'f' * 64}'"))
    assert type_sql(*update(row, change)) == 1
    world.move(publication, "published")
    assert_refused("publishing_channel_object_confirmed", *update(row, f"live_digest = '{'e' * 64}'"))
    assert_refused("publishing_channel_object_confirmed", *update(row, "enabled = NOT enabled"))


def test_r02_channel_media_are_written_only_while_an_ad_is_dispatching(world):
    """A campaign that is dispatching does not open the door for films."""
    media = MediaAsset.objects.create(
        ad_account=world.account, sha256="a" * 64, kind="video", container="mp4", codec="h264", original_name="f.mp4",
        width=540, height=960, size_bytes=1, uploaded_by=world.author, created_at=clock.now(),
    )  # fmt: skip
    row = ChannelMedia(ad_account=world.account, media=media, external_id="v", cover_external_id="i", uploaded_at=clock.now())
    assert_insert_refused("publishing_channel_media_dispatching", row)
    world.move(world.queued(), "dispatching")
    assert_insert_refused("publishing_channel_media_dispatching", row)
    forced("UPDATE publishing_publication SET entity_type = 'ad'")
    assert_inserted(row)
    for column in ("external_id", "cover_external_id"):
        assert_refused("publishing_channel_media_fixed", *update(row, f"{column} = 'x'"))


def test_r38_drift_is_not_explained_away(world):
    row = DriftFinding(
        ad_account=world.account, entity_type="campaign", entity_id=world.campaign.pk, field="budget", cleared="1",
        live="2", found_at=clock.now(),
    )  # fmt: skip
    assert_inserted(row)
    assert_refused("publishing_drift_fixed", *update(row, "live = '1'"))
    assert_refused("publishing_drift_no_delete", "DELETE FROM publishing_driftfinding")


def test_r38_a_publication_finds_something_only_while_dispatching(world):
    publication = world.queued()
    row = DriftFinding(
        ad_account=world.account, publication=publication, entity_type="campaign", entity_id=world.campaign.pk,
        field="budget", cleared="1", live="2", found_at=clock.now(),
    )  # fmt: skip
    assert_insert_refused("publishing_drift_dispatching", row)
    world.move(publication, "dispatching")
    assert_inserted(row)
