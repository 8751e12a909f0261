"""The gate's judgement as tables: pure, without a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import AdAccount
from accounts.placing import Place
from approvals.errors import AccountMoved, PageUnlinked
from approvals.models import ApprovalRequest, Clearance, RequestItem, Revocation
from approvals.states import RequestState
from campaigns.models import Revision
from core.canonical import canonical_text, digest_of_text
from core.errors import ImprimaturError
from publishing import errors, gate
from publishing.gate import Before, judge, judge_clearance
from publishing.models import ChannelObject
from publishing.states import Operation

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def revision(kind: str, key: UUID, page: UUID | None = None, **structure: str) -> Revision:
    content = {
        "format": "imprimatur.revision/1", "type": kind, "id": str(key),
        "sections": {"structure": {"name": kind, **structure}, "identity": {"page": page and {"id": str(page)}}},
    }  # fmt: skip
    text = canonical_text(content)
    return Revision(entity_type=kind, entity_id=key, name=kind, canonical=text, digest=digest_of_text(text))


def clearance(item: RequestItem, **values: Any) -> Clearance:
    row = Clearance(
        item=item, revision=item.revision, digest=item.revision.digest, entity_type=item.entity_type,
        entity_id=item.entity_id, valid_from=NOW - DAY, valid_until=NOW + DAY, issued_at=NOW - DAY,
    )  # fmt: skip
    row._state.fields_cache["revocation"] = None  # read from the database with the clearance: none
    for name, value in values.items():
        setattr(row, name, value)
    return row


HERE, PAGE = uuid4(), uuid4()
PLACE = Place(HERE, frozenset({PAGE}))


def approved() -> ApprovalRequest:
    """Put forward where its ad account lies."""
    return ApprovalRequest(policies=[], state=RequestState.APPROVED, placement_id=HERE, ad_account=AdAccount())


def tree() -> Before:
    """An approved request of a campaign, an ad group and an ad, nothing of it on the channel: it may go."""
    keys = [uuid4(), uuid4(), uuid4()]
    revisions = [
        revision("campaign", keys[0]),
        revision("ad_group", keys[1], campaign=str(keys[0])),
        revision("ad", keys[2], PAGE, ad_group=str(keys[1])),
    ]
    items = [
        RequestItem(revision=each, entity_type=each.entity_type, entity_id=each.entity_id, position=position)
        for position, each in enumerate(revisions)
    ]
    return Before(
        approved(), PLACE, [clearance(item) for item in items], items,
        suspended=frozenset(), superseded=frozenset(), lacking=False, frozen_until=None, on_channel={}, standing_parents=frozenset(),
        under_way=False, done=frozenset(), now=NOW,
    )  # fmt: skip


def with_clearance(before: Before, index: int, **values: Any) -> Before:
    changed = list(before.clearances)
    changed[index] = clearance(before.items[index], **values)
    return replace(before, clearances=changed)


def revoked(before: Before) -> Before:
    row = before.clearances[2]
    row._state.fields_cache["revocation"] = Revocation(clearance=row, revoked_at=NOW)
    return before


def other_text(before: Before) -> Before:
    before.items[1].revision.canonical = "{}"
    return before


def both_digests(before: Before) -> Before:
    before.items[0].revision.digest = "0" * 64
    return with_clearance(before, 0, digest="0" * 64)


def on_channel(before: Before, *, enabled: bool = True) -> Before:
    rows = {
        each.entity_id: ChannelObject(entity_id=each.entity_id, live_digest=each.digest, enabled=enabled)
        for each in before.clearances
    }
    return replace(before, on_channel=rows, standing_parents=frozenset(rows))


def only_ad(before: Before) -> Before:
    return replace(before, items=before.items[2:], clearances=before.clearances[2:])


def state(name: RequestState) -> Callable[[Before], Before]:
    return lambda before: replace(before, request=ApprovalRequest(policies=[], state=name))


CASES: dict[str, tuple[type[ImprimaturError], Callable[[Before], Before]]] = {
    **{
        f"request_{name}": (errors.ClearanceRevoked if name is RequestState.REVOKED else errors.NotApproved, state(name))
        for name in RequestState
        if name != RequestState.APPROVED
    },
    "moved_since": (AccountMoved, lambda b: replace(b, place=Place(uuid4(), PLACE.pages))),
    "placed_nowhere": (AccountMoved, lambda b: replace(b, request=ApprovalRequest(policies=[], state=RequestState.APPROVED), place=Place(None, PLACE.pages))),
    "page_unlinked": (PageUnlinked, lambda b: replace(b, place=Place(HERE, frozenset()))),
    "page_swapped": (PageUnlinked, lambda b: replace(b, place=Place(HERE, frozenset({uuid4()})))),
    "no_items": (errors.NotCleared, lambda b: replace(b, items=[], clearances=[])),
    "one_not_cleared": (errors.NotCleared, lambda b: replace(b, clearances=b.clearances[:2])),
    "one_revoked": (errors.ClearanceRevoked, revoked),
    "other_digest": (errors.DigestMismatch, lambda b: with_clearance(b, 2, digest="0" * 64)),
    "other_text": (errors.DigestMismatch, other_text),
    "both_digests_swapped": (errors.DigestMismatch, both_digests),
    "too_early": (errors.ClearanceNotYetValid, lambda b: with_clearance(b, 0, valid_from=NOW + timedelta(microseconds=1))),
    "too_late": (errors.ClearanceExpired, lambda b: with_clearance(b, 0, valid_until=NOW)),
    "frozen": (errors.Frozen, lambda b: replace(b, frozen_until=NOW + timedelta(hours=1))),
    "newer_request_open": (errors.ClearanceSuspended, lambda b: replace(b, suspended=frozenset({b.items[2].entity_id}))),
    "under_way": (errors.AlreadyPublished, lambda b: replace(b, under_way=True)),
    "all_live": (errors.AlreadyPublished, on_channel),
    "used_once": (
        errors.AlreadyPublished,
        lambda b: replace(b, done=frozenset({(b.clearances[0].pk, str(Operation.CREATE))})),
    ),
    "all_superseded": (
        errors.ClearanceSuperseded,
        lambda b: replace(b, superseded=frozenset(each.pk for each in b.clearances)),
    ),
    "parent_nowhere": (errors.ParentNotPublished, only_ad),
    "parent_differs_or_lost_its_clearance": (
        errors.ParentNotPublished,
        lambda b: replace(only_ad(on_channel(b, enabled=False)), standing_parents=frozenset()),
    ),
    "parent_superseded_and_not_there": (
        errors.ParentNotPublished,
        lambda b: replace(b, superseded=frozenset({b.clearances[1].pk})),
    ),
}  # fmt: skip


def test_what_may_go_goes() -> None:
    assert judge(tree()) is None


@pytest.mark.parametrize("name", CASES)
def test_r01_every_reason_against_publishing(name: str) -> None:
    kind, change = CASES[name]
    reason = judge(change(tree()))
    assert type(reason) is kind
    assert reason.detail


def test_whoever_speaks_as_a_linked_page_where_it_was_routed_passes() -> None:
    assert judge(tree()) is None


def test_every_reason_of_the_gate_has_a_case() -> None:
    reasons: set[type[ImprimaturError]] = {
        each for each in vars(errors).values() if isinstance(each, type) and each.__module__ == errors.__name__
    }
    assert reasons - {kind for kind, _ in CASES.values()} == {errors.LeaseLost, errors.NeedsReschedule}, "a worker's, and time's"
    codes = [reason.code for reason in reasons]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"valid_from": NOW, "valid_until": NOW + timedelta(microseconds=1)}, None),
        ({"valid_from": NOW + timedelta(microseconds=1)}, errors.ClearanceNotYetValid),
        ({"valid_until": NOW}, errors.ClearanceExpired),
    ],
)
def test_r21_the_window_holds_its_start_and_not_its_end(values: dict[str, Any], kind: type | None) -> None:
    reason = judge_clearance(clearance(tree().items[0], **values), NOW)
    assert kind is None if reason is None else type(reason) is kind


def test_r01_revocation_is_named_before_anything_else() -> None:
    row = revoked(tree()).clearances[2]
    row.digest, row.valid_until = "0" * 64, NOW - DAY
    assert isinstance(judge_clearance(row, NOW), errors.ClearanceRevoked)


def steps(before: Before) -> list[str]:
    return [f"{operation} {each.entity_type}" for operation, each in gate._steps(before)]


def test_r36_creations_first_then_switches_parents_first_whatever_the_order_read() -> None:
    before = tree()
    shuffled = replace(before, clearances=list(reversed(before.clearances)))
    wanted = ["create campaign", "create ad_group", "create ad", "enable campaign", "enable ad_group", "enable ad"]
    assert steps(before) == steps(shuffled) == wanted


def test_only_what_differs_is_written() -> None:
    before = on_channel(tree())
    before.on_channel[before.items[1].entity_id].live_digest = "old"
    assert steps(before) == ["update ad_group"]


def test_what_is_there_but_off_is_only_switched_on() -> None:
    assert steps(on_channel(tree(), enabled=False)) == ["enable campaign", "enable ad_group", "enable ad"]


def test_r10_what_was_superseded_is_left_to_the_newer_one() -> None:
    before = tree()
    before = replace(before, superseded=frozenset({before.clearances[2].pk}))
    assert judge(before) is None
    assert steps(before) == ["create campaign", "create ad_group", "enable campaign", "enable ad_group"]
