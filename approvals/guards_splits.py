"""Guards of bundles that were split (R-27): what stays is a part of what was put forward, under the same terms, and whoever could not
decide that cannot decide this (R-16). What was sent back is said so of each ad."""

from __future__ import annotations

from typing import Final

from approvals.guards import ITEMS
from approvals.guards_ads import AD_STATES
from approvals.views import DECISIONS, REQUESTS
from core.dialects import Dialect
from core.triggers import Check, fixed, follow, guard

SAME: Final = (
    "ad_account_id", "submitted_by_id", "submitted_at", "expires_at", "minimum_holding_minutes", "publish", "publish_at", "late_is_fine", "currency",
    "placement_id",
)  # fmt: skip
"""What the rest of a request has of it."""


def _request_insert(d: Dialect) -> list[Check]:
    before = f"SELECT 1 FROM {REQUESTS} p WHERE p.id = NEW.previous_id"
    decision = (
        f"SELECT 1 FROM {DECISIONS} o WHERE o.id = NEW.split_by_id AND o.request_id = NEW.previous_id"
        " AND o.verdict = 'request_changes'"
    )
    dropped = (
        f"SELECT 1 FROM {REQUESTS} p WHERE p.id = NEW.previous_id AND EXISTS (SELECT 1 FROM {d.members('p.contributors', 'theirs')}"
        f" WHERE NOT EXISTS (SELECT 1 FROM {d.members('NEW.contributors', 'ours')} WHERE ours.value = theirs.value))"
    )
    return [
        Check(
            "approvals_split_decision", f"NEW.split_by_id IS NOT NULL AND NOT EXISTS ({decision})",
            "a request is split by somebody who asks for changes of some of it (R-27)",
        ),
        Check(
            "approvals_split_once",
            f"NEW.split_by_id IS NOT NULL AND EXISTS ({before.replace('p.id', 'p.previous_id')} AND p.split_by_id IS NOT NULL)",
            "a request is split once; split what stayed",
        ),
        Check(
            "approvals_split_same", f"NEW.split_by_id IS NOT NULL AND NOT EXISTS ({before} AND NOT ({d.differ('p', 'NEW', *SAME)}))",
            "what stays of a request keeps who put it forward, when, and until when it is decided",
        ),
        Check(
            "approvals_split_contributors", f"NEW.split_by_id IS NOT NULL AND EXISTS ({dropped})",
            "who contributed to a request contributed to what stays of it (R-16)",
        ),
    ]  # fmt: skip


def _request_update(d: Dialect) -> list[Check]:
    return [fixed("approvals_split_fixed", d, "what a request is a part of is fixed", "split_by_id")]


def _item_insert(d: Dialect) -> list[Check]:
    split = f"SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.split_by_id IS NOT NULL"
    columns = ("entity_type", "entity_id", "revision_id", "base_id", "check_run_id")
    there = (
        f"SELECT 1 FROM {ITEMS} o JOIN {REQUESTS} r ON r.previous_id = o.request_id WHERE r.id = NEW.request_id"
        f" AND NOT ({d.differ('o', 'NEW', *columns)})"
    )
    parents = (
        "SELECT a.ad_group_id AS id FROM campaigns_ad a WHERE a.id = NEW.entity_id"
        " UNION SELECT a.campaign_id FROM campaigns_ad a WHERE a.id = NEW.entity_id"
        " UNION SELECT g.campaign_id FROM campaigns_adgroup g WHERE g.id = NEW.entity_id"
    )
    orphaned = (
        f"SELECT 1 FROM {ITEMS} o JOIN {REQUESTS} r ON r.previous_id = o.request_id WHERE r.id = NEW.request_id"
        f" AND o.entity_id IN ({parents})"
        f" AND NOT EXISTS (SELECT 1 FROM {ITEMS} k WHERE k.request_id = NEW.request_id AND k.entity_id = o.entity_id)"
    )
    return [
        Check(
            "approvals_split_item", f"EXISTS ({split}) AND NOT EXISTS ({there})",
            "what stays of a request is exactly as it was put forward (R-02)",
        ),
        Check(
            "approvals_split_parent", f"EXISTS ({split}) AND EXISTS ({orphaned})",
            "nothing stays of a request whose parent was sent back (R-27)",
        ),
    ]  # fmt: skip


# --- the states of ads -------------------------------------------------------------------------------------------------------


def _ad_state_false(d: Dialect) -> list[Check]:
    """Whoever writes: the row says what the ad and the request say."""
    account = "(SELECT a.ad_account_id FROM campaigns_ad a WHERE a.id = NEW.ad_id)"
    split = f"EXISTS (SELECT 1 FROM {REQUESTS} s WHERE s.previous_id = r.id AND s.split_by_id IS NOT NULL)"
    said = f"CASE WHEN {split} THEN 'changes_requested' ELSE r.state END"
    state = f"COALESCE((SELECT {said} FROM {REQUESTS} r WHERE r.id = NEW.request_id), 'draft')"
    return [
        Check(
            "approvals_ad_state_follows", f"NEW.ad_account_id {d.distinct} {account} OR NEW.state {d.distinct} {state}",
            "the state of an ad is that of its latest request, and kept by the database",
        ),
    ]  # fmt: skip


def _ads_returned(_: Dialect) -> str:
    """Of a request that is split everything is sent back, until the items of what stays are written."""
    return (
        f"UPDATE {AD_STATES} SET state = 'changes_requested'"
        " WHERE NEW.split_by_id IS NOT NULL AND request_id = NEW.previous_id"
    )


GUARDS: Final = [
    guard("approvals_split_insert", REQUESTS, "INSERT", _request_insert),
    guard("approvals_split_update", REQUESTS, "UPDATE", _request_update),
    guard("approvals_split_items", ITEMS, "INSERT", _item_insert),
    guard("approvals_ad_state_insert", AD_STATES, "INSERT", _ad_state_false),
    guard("approvals_ad_state_update", AD_STATES, "UPDATE", _ad_state_false),
    follow("approvals_ad_state_split", REQUESTS, "INSERT", _ads_returned),
]
