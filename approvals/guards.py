"""Guards in the database for `approvals`: no clearance without the decisions that its stages need. They ask the views in
approvals.views."""

from __future__ import annotations

from typing import Final

from accounts.guards import latest_placement
from approvals import guards_times
from approvals.guards_comments import decision_checks, held_up
from approvals.guards_lowering import lowers, only_lowers
from approvals.stage_specs import LOWERING_KEY
from approvals.states import OPEN_STATES
from approvals.transitions import REQUEST, STAGE
from approvals.views import (
    DECISIONS,
    REQUESTS,
    STAGES,
    VIEWS,
    contributed,
    has_authority,
    may_decide,
    may_stand_in,
    one_vote,
    seat,
    tied,
)
from core.dialects import Dialect
from core.triggers import Check, Unique, along, fixed, guard, insert_only, stays
from governance.guards import EXCUSED, definition_guards

__all__ = ["GUARDS", "VIEWS"]

ITEMS, CLEARANCES, REVOCATIONS = "approvals_requestitem", "approvals_clearance", "approvals_revocation"
LONGEST_CLEARANCE_DAYS: Final = 400


def _unsettled(request: str) -> str:
    """Whether a request has no stage, or one that is neither satisfied nor left out by a rule, or lacks decisions now."""
    return (
        f"NOT EXISTS (SELECT 1 FROM {STAGES} s WHERE s.request_id = {request})"
        f" OR EXISTS (SELECT 1 FROM {STAGES} s WHERE s.request_id = {request} AND s.state NOT IN ('satisfied', 'skipped'))"
        f" OR EXISTS (SELECT 1 FROM approvals_stage_verdicts v WHERE v.request_id = {request} AND NOT v.met"
        f" AND NOT EXISTS (SELECT 1 FROM {STAGES} s WHERE s.id = v.stage_id AND s.state = 'skipped'))"
    )


def _closed(d: Dialect, name: str, what: str) -> Check:
    """`closed_at` is written with a step, never by itself, and never taken back, but by what opens a stage again (R-32)."""
    return Check(
        name, f"{d.changed('closed_at')} AND (NEW.state = OLD.state OR NEW.closed_at IS NULL AND NEW.state <> 'open')",
        f"when {what} was closed is written with the step that closes it",
    )  # fmt: skip


# --- requests ----------------------------------------------------------------------------------------------------------


def moved(d: Dialect, request: str) -> str:
    """Whether the ad account of a request (SQL: its id) does not lie where it was routed (docs/adr/0016)."""
    latest = latest_placement("id", "r.ad_account_id")
    return f"NOT EXISTS (SELECT 1 FROM {REQUESTS} r WHERE r.id = {request} AND r.placement_id = {latest})"


def speaks_unlinked(d: Dialect) -> str:
    """Whether the revision of NEW speaks as a page that is not linked to the ad account of NEW, or not of its brand."""
    page = d.text_at("v.canonical", "sections", "identity", "page", "id")
    linked = (
        "SELECT 1 FROM accounts_adaccount_pages l JOIN accounts_page g ON g.id = l.page_id"
        " JOIN accounts_adaccount a ON a.id = l.adaccount_id AND a.brand_id = g.brand_id"
        f" WHERE l.adaccount_id = NEW.ad_account_id AND {d.is_id(page, 'g.id')}"
    )
    return (
        "EXISTS (SELECT 1 FROM campaigns_revision v WHERE v.id = NEW.revision_id"
        f" AND {page} IS NOT NULL AND NOT EXISTS ({linked}))"
    )


def _request_insert(d: Dialect) -> list[Check]:
    return [
        Check(
            "approvals_request_place",
            f"NEW.placement_id IS NULL OR NEW.placement_id {d.distinct} {latest_placement('id', 'NEW.ad_account_id')}",
            "a request is routed where its ad account lies now; submit it again",
        ),
        Check(
            "approvals_request_awaits_checks", "NEW.state <> 'awaiting_checks'",
            "a request begins by awaiting its checks; submit it",
        ),
        Check(
            "approvals_request_previous",
            f"NEW.previous_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {REQUESTS} p WHERE p.id = NEW.previous_id"
            " AND p.ad_account_id = NEW.ad_account_id AND p.state = 'superseded')",
            "a request takes the place of one that was superseded, of the same ad account (R-07)",
        ),
        Check(
            "approvals_request_contributors", f"NOT ({d.is_list('NEW.contributors')})",
            "the contributors of a request are a list of ids (R-16)",
        ),
    ]  # fmt: skip


def _request_update(d: Dialect) -> list[Check]:
    unchecked = (
        f"SELECT 1 FROM {ITEMS} i LEFT JOIN governance_checkrun c ON c.id = i.check_run_id AND c.state = 'completed'"
        f" AND (c.outcome IN ('passed', 'warned') OR {EXCUSED})"
        " WHERE i.request_id = NEW.id AND c.id IS NULL"
    )
    return [
        fixed(
            "approvals_request_fixed", d, "what was put forward is fixed; withdraw the request and submit a new one",
            "id", "ad_account_id", "digest", "submitted_by_id", "submitted_at", "contributors", "policies", "publish",
            "publish_at", "late_is_fine", "exposure_minor", "currency", "title", "note", "expires_at", "placement_id",
            "minimum_holding_minutes", "previous_id",
        ),
        along("approvals_request_steps", REQUEST, "a request moves only along its transition table (docs/states.md)"),
        _closed(d, "approvals_request_closed", "a request"),
        Check(
            "approvals_request_checked",
            "NEW.state = 'in_review' AND OLD.state <> 'in_review' AND"
            f" (NOT EXISTS (SELECT 1 FROM {ITEMS} i WHERE i.request_id = NEW.id) OR EXISTS ({unchecked}))",
            "review begins when nothing that the checks found stands in the way (R-03, R-53)",
        ),
        Check(
            "approvals_request_decided",
            f"NEW.state = 'approved' AND OLD.state <> 'approved' AND ({_unsettled('NEW.id')})",
            "a request is approved when every stage has the decisions it needs (R-18)",
        ),
        Check(
            "approvals_request_held_up", f"NEW.state = 'approved' AND OLD.state <> 'approved' AND {held_up('NEW.id')}",
            "a request is approved when no blocking comment stands; resolve it first (R-51)",
        ),
    ]  # fmt: skip


# --- items -------------------------------------------------------------------------------------------------------------


def _item_insert(d: Dialect) -> list[Check]:
    request = f"SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.state = 'awaiting_checks'"
    revision = (
        f"SELECT 1 FROM campaigns_revision v JOIN {REQUESTS} r ON r.id = NEW.request_id AND r.ad_account_id = v.ad_account_id"
        " WHERE v.id = NEW.revision_id AND v.entity_type = NEW.entity_type AND v.entity_id = NEW.entity_id"
    )
    beside = f"EXISTS (SELECT 1 FROM {STAGES} w WHERE w.request_id = NEW.request_id AND w.key = '{LOWERING_KEY}')"
    base = "SELECT 1 FROM campaigns_revision b WHERE b.id = NEW.base_id AND b.entity_id = NEW.entity_id"
    run = "SELECT 1 FROM governance_checkrun c WHERE c.id = NEW.check_run_id AND c.revision_id = NEW.revision_id"
    return [
        Check(
            "approvals_item_in_time", f"NOT (NEW.is_open OR {beside}) OR NOT EXISTS ({request})",
            "items are put forward with their request, never added later; submit a new request",
        ),
        Check(
            "approvals_item_revision",
            f"NOT EXISTS ({revision}) OR (NEW.base_id IS NOT NULL AND NOT EXISTS ({base}))",
            "the item, its revisions and its request are not of one entity and one ad account",
        ),
        Check("approvals_item_check_run", f"NOT EXISTS ({run})", "the check run is of another revision (R-02)"),
    ]  # fmt: skip


def _item_update(d: Dialect) -> list[Check]:
    owed = ", ".join(f"'{state}'" for state in OPEN_STATES)
    return [
        fixed(
            "approvals_item_fixed", d, "an item is fixed; withdraw the request and submit a new one",
            "id", "request_id", "revision_id", "base_id", "check_run_id", "entity_type", "entity_id", "position",
            "sections_changed",
        ),
        Check("approvals_item_closed", "NEW.is_open AND NOT OLD.is_open", "a closed item stays closed; submit a new request"),
        Check(
            "approvals_item_open",
            "OLD.is_open AND NOT NEW.is_open AND EXISTS"
            f" (SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.state IN ({owed}))",
            "an item stays open as long as its request; end the request first",
        ),
    ]  # fmt: skip


# --- stages and decisions ----------------------------------------------------------------------------------------------


def _stage_insert(d: Dialect) -> list[Check]:
    """A stage that is added only tightens (R-12)."""
    request = f"SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.state IN ('awaiting_checks', 'in_review')"
    return [
        Check(
            "approvals_stage_in_time", f"NEW.state NOT IN ('pending', 'open') OR NOT EXISTS ({request})",
            "stages are added, pending or open, before a request is decided (R-12)",
        ),
        *guards_times.stage_insert(d),
    ]  # fmt: skip


def _stage_update(d: Dialect) -> list[Check]:
    return [
        fixed(
            "approvals_stage_fixed", d, "a stage is fixed when its request is submitted (R-12)",
            "id", "request_id", "key", "title", "position", "permission", "sections", "quorum", "step", "groups", "people",
            "everyone", "each_group", "carries", "automatic", "checklist", "reauthenticate", "blind", "authority", "authority_by",
            *guards_times.FIXED,
        ),
        along("approvals_stage_steps", STAGE, "a stage moves only along its transition table (docs/states.md)"),
        _closed(d, "approvals_stage_closed", "a stage"),
        *guards_times.stage_update(d),
        Check(
            "approvals_stage_decided",
            "NEW.state = 'satisfied' AND OLD.state <> 'satisfied' AND NOT EXISTS"
            " (SELECT 1 FROM approvals_stage_verdicts v WHERE v.stage_id = NEW.id AND v.met)",
            "the stage lacks decisions of distinct eligible people (R-18)",
        ),
        Check(
            "approvals_stage_reopened",
            "NEW.state = 'open' AND OLD.state = 'satisfied' AND (NOT EXISTS"
            " (SELECT 1 FROM approvals_lacking_stage v WHERE v.stage_id = NEW.id) OR NOT EXISTS"
            f" (SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.state IN ('in_review', 'changes_requested')))",
            "a stage of an open request opens again where it lacks decisions, once those of a compromised account do not count (R-32)",
        ),
        Check(
            "approvals_stage_skipped",
            f"NEW.state = 'skipped' AND OLD.state <> 'skipped' AND NOT ({_may_be_left_out(d)} OR {only_lowers(d)})",
            "a stage is left out where its policy says so, all checks passed and an envelope holds the money (R-20)",
        ),
        Check(
            "approvals_stage_held_up",
            f"NEW.state IN ('satisfied', 'skipped') AND NEW.state <> OLD.state AND NEW.key <> '{LOWERING_KEY}'"
            f" AND {held_up('NEW.request_id')}",
            "no stage is satisfied while a blocking comment stands (R-51)",
        ),
    ]  # fmt: skip


def _may_be_left_out(d: Dialect) -> str:
    """Whether stage NEW is automatic, its request in review with nothing but passed checks, and an envelope of its ad account or brand
    has an amount."""
    doubtful = (
        f"SELECT 1 FROM {ITEMS} i LEFT JOIN governance_checkrun c ON c.id = i.check_run_id AND c.state = 'completed'"
        " AND c.outcome = 'passed' WHERE i.request_id = NEW.request_id AND c.id IS NULL"
    )
    envelope = (
        f"SELECT 1 FROM {REQUESTS} r JOIN accounts_adaccount t ON t.id = r.ad_account_id JOIN approvals_envelope e"
        " ON (e.ad_account_id = t.id OR e.brand_id = t.brand_id) AND e.currency = r.currency"
        " JOIN approvals_envelopeamount m ON m.envelope_id = e.id JOIN approvals_envelopeconsent k ON k.amount_id = m.id"
        f" WHERE r.id = NEW.request_id AND r.state = 'in_review' AND m.first_month <= {d.now()}"
    )
    return f"NEW.automatic AND NEW.key <> '{LOWERING_KEY}' AND NOT EXISTS ({doubtful}) AND EXISTS ({envelope})"


def _carried(d: Dialect) -> str:
    """Decision `o` that NEW repeats: by the same person, standing as approving, on the same stage of the request before, and all
    that the stage reads is as it was. Items that were dropped since do not matter."""
    section = "named.value"
    outside = f"SELECT 1 FROM {d.members('o_s.sections', 'before')} WHERE before.value = {section}"
    differing = (
        f"SELECT 1 FROM {ITEMS} i JOIN campaigns_revision v ON v.id = i.revision_id"
        f" LEFT JOIN {ITEMS} o_i ON o_i.request_id = r.previous_id AND o_i.entity_id = i.entity_id"
        " LEFT JOIN campaigns_revision o_v ON o_v.id = o_i.revision_id"
        f" WHERE i.request_id = r.id AND {d.text_of('v.sections', section)} {d.distinct} {d.text_of('o_v.sections', section)}"
    )
    planned = f"{section} = 'schedule' AND ({d.differ('r', 'o_r', 'publish', 'publish_at', 'late_is_fine')})"
    changed = (
        f"SELECT 1 FROM {d.members('s.sections', 'named')}"
        f" WHERE NOT EXISTS ({outside}) OR EXISTS ({differing}) OR {planned}"
    )
    return (
        f"SELECT 1 FROM {STAGES} s JOIN {REQUESTS} r ON r.id = s.request_id JOIN {DECISIONS} o ON o.request_id = r.previous_id"
        f" JOIN {REQUESTS} o_r ON o_r.id = o.request_id JOIN {STAGES} o_s ON o_s.id = o.stage_id"
        " WHERE s.id = NEW.stage_id AND o.id = NEW.carried_from_id AND s.carries AND NEW.verdict = 'approve'"
        f" AND o.decided_by_id = NEW.decided_by_id AND o.on_behalf_of_id {d.same} NEW.on_behalf_of_id"
        " AND o_s.key = s.key AND o_s.permission = s.permission"
        " AND o_s.checklist = s.checklist AND o.checked = NEW.checked AND (o_s.reauthenticate OR NOT s.reauthenticate)"
        f" AND NOT ({d.differ('o', 'NEW', 'authentication', 'authenticated_at')})"
        " AND EXISTS (SELECT 1 FROM approvals_standing_decision e WHERE e.decision_id = o.id AND e.verdict = 'approve')"
        f" AND NOT EXISTS ({changed})"
    )


def _has_authority(d: Dialect, stage: str) -> Check:
    return Check(
        "approvals_decision_authority", f"NOT EXISTS ({stage} AND {has_authority(d, seat('NEW'))})",
        "the stage asks for authority, and no limit of this person covers what the request can spend (R-25)",
    )  # fmt: skip


def _keeps_people(d: Dialect) -> Check:
    """Whoever declares an account compromised locks its row (R-32): they wait for this vote, or this waits for them, and what is asked
    next refuses it."""
    people = f"SELECT 1 FROM accounts_user u WHERE u.id IN (NEW.decided_by_id, NEW.on_behalf_of_id) ORDER BY u.id {d.holding}"
    return Check("approvals_decision_person", f"(SELECT count(*) FROM ({people}) k) = 0", "a decision is taken by somebody")


def _decision_insert(d: Dialect) -> list[Check]:
    stage = (
        f"SELECT 1 FROM {STAGES} s JOIN {REQUESTS} r ON r.id = s.request_id"
        " WHERE s.id = NEW.stage_id AND s.request_id = NEW.request_id"
    )
    person = "NEW.decided_by_id"
    approving = (
        f"SELECT 1 FROM approvals_standing_decision o JOIN {REQUESTS} r ON r.id = o.request_id"
        " WHERE o.request_id = NEW.request_id AND o.verdict = 'approve'"
    )
    return [
        _keeps_people(d),
        Check(
            "approvals_decision_open", f"NOT EXISTS ({stage} AND s.state = 'open' AND r.state = 'in_review')",
            "decisions are taken on an open stage of a request in review",
        ),
        Check(
            "approvals_decision_digest", f"NOT EXISTS ({stage} AND r.digest = NEW.digest)",
            "the decision names another digest than the request; look at it again (R-08)",
        ),
        Check(
            "approvals_decision_verdict", "NEW.verdict NOT IN ('approve', 'request_changes', 'reject', 'abstain')",
            "a decision is approve, request_changes, reject or abstain",
        ),
        Check(
            "approvals_decision_contributor", f"EXISTS ({stage} AND {contributed(d, person)})",
            "who submitted or contributed does not decide (R-16)",
        ),
        Check(
            "approvals_decision_on_behalf", f"NOT EXISTS ({stage} AND {may_stand_in('NEW')})",
            "whoever decides for another stands in for them on this stage now, may decide it, and neither contributed (R-15)",
        ),
        _has_authority(d, stage),
        Check(
            "approvals_decision_eligible", f"NOT EXISTS ({stage} AND {may_decide(d, seat('NEW'))})",
            "only an active person whom the stage asks and who holds its permission on the ad account, by nothing that was given"
            " for this request, decides (R-13)",
        ),
        Check(
            "approvals_decision_other_stage",
            f"NEW.verdict = 'approve' AND EXISTS ({approving} AND o.stage_id <> NEW.stage_id AND {one_vote('o', 'NEW')})",
            "one person approves at one stage of a request; ask somebody else (R-16)",
        ),
        *decision_checks(d),
        Check(
            "approvals_decision_one_vote",
            f"NEW.verdict = 'approve' AND EXISTS ({approving} AND (o.stage_id <> NEW.stage_id OR o.seat_id <> {seat('NEW')})"
            f" AND ({one_vote('o', 'NEW')} OR {tied('o', 'NEW')}))",
            "whoever stands in for another holds one vote together with them (R-15)",
        ),
        Check(
            "approvals_decision_carried", f"NEW.carried_from_id IS NOT NULL AND NOT EXISTS ({_carried(d)})",
            "a decision is carried over from the version before where nothing changed of what its stage reads (R-07)",
        ),
        Check(
            "approvals_decision_order",
            f"EXISTS (SELECT 1 FROM {DECISIONS} l WHERE l.stage_id = NEW.stage_id AND {seat('l')} = {seat('NEW')} AND l.id > NEW.id)",
            "this person's later decision on the stage is there already; decide again",
        ),
    ]  # fmt: skip


# --- clearances --------------------------------------------------------------------------------------------------------


def _clearance_insert(d: Dialect) -> list[Check]:
    request = (
        f"SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.state = 'approved'"
        " AND r.digest = NEW.request_digest AND r.ad_account_id = NEW.ad_account_id AND r.currency = NEW.currency"
    )
    item = (
        f"SELECT 1 FROM {ITEMS} i JOIN campaigns_revision v ON v.id = i.revision_id"
        " WHERE i.id = NEW.item_id AND i.request_id = NEW.request_id AND i.revision_id = NEW.revision_id"
        f" AND (i.is_open OR {lowers('NEW.request_id')})"
        " AND i.entity_type = NEW.entity_type AND i.entity_id = NEW.entity_id"
        " AND v.digest = NEW.digest AND v.ad_account_id = NEW.ad_account_id"
    )
    return [
        Check(
            "approvals_clearance_request", f"NOT EXISTS ({request})",
            "a clearance needs its approved request, of this digest, ad account and currency",
        ),
        Check(
            "approvals_clearance_place", moved(d, "NEW.request_id"),
            "the ad account moved to another brand since the request was submitted; submit it again there",
        ),
        Check(
            "approvals_clearance_page", speaks_unlinked(d),
            "the ad speaks as a page that is not linked to its ad account; choose another page and submit it again",
        ),
        Check(
            "approvals_clearance_item", f"NOT EXISTS ({item})",
            "a clearance is for exactly the revision of an open item of its request (R-02)",
        ),
        _base_stands(d),
        Check(
            "approvals_clearance_decided", _unsettled("NEW.request_id"),
            "the stages of the request lack decisions of distinct eligible people (R-13, R-18)",
        ),
        *_bounds(d),
    ]  # fmt: skip


def _base_stands(d: Dialect) -> Check:
    """What the item was compared with is what is cleared of its entity, by another request, at this moment."""
    cleared_last = (
        f"SELECT c.revision_id FROM {CLEARANCES} c LEFT JOIN {REVOCATIONS} k ON k.clearance_id = c.id"
        " WHERE c.entity_id = NEW.entity_id AND c.request_id <> NEW.request_id AND k.id IS NULL"
        " ORDER BY c.issued_at DESC, c.id DESC LIMIT 1"
    )
    return Check(
        "approvals_clearance_base",
        f"EXISTS (SELECT 1 FROM {ITEMS} i WHERE i.id = NEW.item_id AND i.base_id {d.distinct} ({cleared_last}))",
        "something else was cleared, or what was is revoked, since this was put forward; submit it again",
    )


def _bounds(d: Dialect) -> list[Check]:
    """How much money, and how long."""
    amount = ("v.canonical", "sections", "budget", "amount")
    limit = (
        "SELECT 1 FROM campaigns_revision v WHERE v.id = NEW.revision_id"
        f" AND {d.integer_at(*amount, 'minor')} {d.same} NEW.limit_minor"
        f" AND COALESCE({d.text_at(*amount, 'currency')}, NEW.currency) = NEW.currency"
    )
    times = " AND ".join(d.is_moment(f"NEW.{column}") for column in ("valid_from", "valid_until", "issued_at"))
    return [
        Check(
            "approvals_clearance_limit", f"NOT EXISTS ({limit})",
            "the money limit is not the budget in the revision",
        ),
        Check(
            "approvals_clearance_window",
            f"NOT ({times}) OR NEW.valid_until > {d.later('NEW.issued_at', LONGEST_CLEARANCE_DAYS)}"
            f" OR NEW.valid_until > {d.later(d.now(), LONGEST_CLEARANCE_DAYS)}",
            f"a clearance lasts at most {LONGEST_CLEARANCE_DAYS} days",
        ),
    ]  # fmt: skip


GUARDS: Final = [
    *definition_guards("approvals_policy", "approvals_approvalpolicy", "an approval policy"),
    guard("approvals_request_insert", REQUESTS, "INSERT", _request_insert),
    guard("approvals_request_update", REQUESTS, "UPDATE", _request_update),
    *stays("approvals_request", REQUESTS, "requests are evidence and are never removed; withdraw it"),
    guard("approvals_item_insert", ITEMS, "INSERT", _item_insert),
    guard("approvals_item_update", ITEMS, "UPDATE", _item_update),
    *stays(
        "approvals_item", ITEMS, "items of a request are evidence and are never removed",
        Unique(["request_id", "entity_id"]), Unique(["entity_id"], "held.is_open AND NEW.is_open"),
    ),
    guard("approvals_stage_insert", STAGES, "INSERT", _stage_insert),
    guard("approvals_stage_update", STAGES, "UPDATE", _stage_update),
    *stays(
        "approvals_stage", STAGES, "stages are evidence and are never removed",
        Unique(["request_id", "key"]), Unique(["request_id", "position"]),
    ),
    guard("approvals_decision_insert", DECISIONS, "INSERT", _decision_insert),
    *insert_only("approvals_decision", DECISIONS),
    guard("approvals_clearance_insert", CLEARANCES, "INSERT", _clearance_insert),
    *insert_only("approvals_clearance", CLEARANCES, Unique(["item_id"])),
    *insert_only("approvals_revocation", REVOCATIONS, Unique(["clearance_id"])),
]  # fmt: skip
