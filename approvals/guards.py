"""Views and guards in the database for `approvals`: no clearance without the decisions that its stages need.

Three views say once what the guards ask, and the code may read them too:

`approvals_standing_decision`  each person's latest decision on each stage, for the request's digest (R-02, R-19)
`approvals_counting_approval`  the standing approvals that count now: an active person who holds the stage's permission
                               on the ad account by something that counts for the request (R-13), did not contribute
                               (R-16), and does not stand as approving at an earlier stage of the same request: two
                               stages mean two people
`approvals_stage_verdicts`     stage, approvals, negatives, quorum, and `met`: enough of the former, none of the latter
                               (R-18). A negative decision stands whoever took it, until the same person lifts it
"""

from __future__ import annotations

from typing import Final

from accounts.guards import latest_placement
from approvals.states import OPEN_STATES
from approvals.transitions import REQUEST, STAGE
from core.dialects import POSTGRESQL, Dialect
from core.triggers import Check, Unique, VendorSQL, along, fixed, function, guard, insert_only, stays, view
from governance.guards import EXCUSED, definition_guards

REQUESTS, ITEMS, STAGES = "approvals_approvalrequest", "approvals_requestitem", "approvals_stage"
DECISIONS, CLEARANCES, REVOCATIONS = "approvals_decision", "approvals_clearance", "approvals_revocation"
LONGEST_CLEARANCE_DAYS: Final = 400


def _contributed(d: Dialect, person: str) -> str:
    """Whether a person may not decide on request `r`: contributor, submitter, or owner of the submitting machine."""
    return (
        f"({person} = r.submitted_by_id OR {d.lists('r.contributors', person)}"
        f" OR COALESCE({person} = (SELECT m.owner_id FROM accounts_user m WHERE m.id = r.submitted_by_id), FALSE))"
    )


_FACTS: Final = {
    "grant_id": "accounts_rolegrant", "role_permission_id": "accounts_rolepermission", "membership_id": "accounts_membership",
}  # fmt: skip
"""Column of `accounts_ad_account_permission` → the table of the fact that it names."""


def _counts(d: Dialect) -> str:
    """Whether holding `p` counts for request `r`: from before its submission; or old enough, and no part of it that came
    after was given or confirmed by a contributor or a machine of one (R-13; approvals.eligibility says the same)."""
    contributor = f"COALESCE({_contributed(d, 'b.id')} OR {_contributed(d, 'b.owner_id')}, FALSE)"
    untouched = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {table} f JOIN accounts_user b ON b.id IN (f.granted_by_id, f.confirmed_by_id)"
        f" WHERE f.id = p.{column} AND f.since > r.submitted_at AND {contributor})"
        for column, table in _FACTS.items()
    )
    return f"(p.since <= r.submitted_at OR p.since <= {d.ago('r.minimum_holding_minutes')} AND {untouched})"


def _permission(d: Dialect, person: str, permission: str) -> str:
    """What gives an active person a permission on the ad account of request `r`, now, and counts for it."""
    return (
        f"SELECT 1 FROM accounts_ad_account_permission p WHERE p.user_id = {person} AND p.codename = {permission}"
        f" AND p.ad_account_id = r.ad_account_id AND {_counts(d)}"
    )


_OF_REQUEST: Final = f"SELECT 1 FROM {REQUESTS} r WHERE r.id = request AND EXISTS"

HOLDS: Final = VendorSQL(
    name="approvals_person_holds",
    postgresql=[
        *function(
            "approvals_person_holds", "person uuid, permission text, request uuid", "boolean STABLE",
            f"RETURN EXISTS ({_OF_REQUEST} ({_permission(POSTGRESQL, 'person', 'permission')}));",
        ),
    ],
    sqlite=[],
    postgresql_drop=["DROP FUNCTION approvals_person_holds(uuid, text, uuid)"],
    sqlite_drop=[],
)  # fmt: skip
"""PostgreSQL would turn the question for one person into a join over everybody's grants, and plan it anew for each
statement; a function asks by index, with a plan that it keeps. SQLite does so anyway."""


def _holds(d: Dialect, person: str, stage: str) -> str:
    """Whether an active person holds the stage's permission on the ad account of request `r`, now, and it counts for it."""
    permission = f"{stage}.permission"
    if d is POSTGRESQL:
        return f"{HOLDS.name}({person}, {permission}, r.id)"
    return f"EXISTS ({_permission(d, person, permission)})"


_STANDING = f"""
FROM {DECISIONS} d
JOIN {STAGES} s ON s.id = d.stage_id AND s.request_id = d.request_id
JOIN {REQUESTS} r ON r.id = d.request_id AND r.digest = d.digest
WHERE NOT EXISTS (
    SELECT 1 FROM {DECISIONS} l
    WHERE l.stage_id = d.stage_id AND l.decided_by_id = d.decided_by_id AND l.digest = d.digest AND l.id > d.id
)"""


def _standing(d: Dialect) -> str:
    return f"SELECT d.id AS decision_id, d.request_id, d.stage_id, s.position, d.decided_by_id, d.verdict {_STANDING}"


def _counting(d: Dialect) -> str:
    return f"""
SELECT d.id AS decision_id, d.request_id, d.stage_id, d.decided_by_id {_STANDING}
AND d.verdict = 'approve'
AND NOT {_contributed(d, "d.decided_by_id")}
AND NOT EXISTS (
    SELECT 1 FROM approvals_standing_decision e
    WHERE e.request_id = d.request_id AND e.decided_by_id = d.decided_by_id AND e.verdict = 'approve'
    AND e.position < s.position
)
AND {_holds(d, "d.decided_by_id", "s")}"""


def _verdicts(d: Dialect) -> str:
    return f"""
SELECT t.stage_id, t.request_id, t.approvals, t.negatives, t.quorum,
    t.approvals >= t.quorum AND t.quorum >= 1 AND t.negatives = 0 AS met
FROM (
    SELECT s.id AS stage_id, s.request_id, s.quorum,
        (SELECT count(*) FROM approvals_counting_approval a WHERE a.stage_id = s.id) AS approvals,
        (SELECT count(*) FROM approvals_standing_decision n WHERE n.stage_id = s.id AND n.verdict <> 'approve') AS negatives
    FROM {STAGES} s
) t"""


VIEWS: Final = [
    HOLDS,
    view("approvals_standing_decision", _standing),
    view("approvals_counting_approval", _counting),
    view("approvals_stage_verdicts", _verdicts),
]


def _unsettled(request: str) -> str:
    """Whether a request has no stage, or one that is not satisfied or lacks decisions now."""
    return (
        f"NOT EXISTS (SELECT 1 FROM {STAGES} s WHERE s.request_id = {request})"
        f" OR EXISTS (SELECT 1 FROM {STAGES} s WHERE s.request_id = {request} AND s.state <> 'satisfied')"
        f" OR EXISTS (SELECT 1 FROM approvals_stage_verdicts v WHERE v.request_id = {request} AND NOT v.met)"
    )


def _closed(d: Dialect, name: str, what: str) -> Check:
    """`closed_at` is written with a step, never by itself, and never taken back."""
    return Check(
        name, f"{d.changed('closed_at')} AND (NEW.state = OLD.state OR NEW.closed_at IS NULL)",
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
            "publish_at", "exposure_minor", "currency", "title", "note", "expires_at", "placement_id",
            "minimum_holding_minutes",
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
    ]  # fmt: skip


# --- items -------------------------------------------------------------------------------------------------------------


def _item_insert(d: Dialect) -> list[Check]:
    request = f"SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.state = 'awaiting_checks'"
    revision = (
        f"SELECT 1 FROM campaigns_revision v JOIN {REQUESTS} r ON r.id = NEW.request_id AND r.ad_account_id = v.ad_account_id"
        " WHERE v.id = NEW.revision_id AND v.entity_type = NEW.entity_type AND v.entity_id = NEW.entity_id"
    )
    base = "SELECT 1 FROM campaigns_revision b WHERE b.id = NEW.base_id AND b.entity_id = NEW.entity_id"
    run = "SELECT 1 FROM governance_checkrun c WHERE c.id = NEW.check_run_id AND c.revision_id = NEW.revision_id"
    return [
        Check(
            "approvals_item_in_time", f"NOT NEW.is_open OR NOT EXISTS ({request})",
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
    """Whoever submits writes the stages before the items, so that the first item closes the route."""
    request = f"SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.state = 'awaiting_checks'"
    return [
        Check(
            "approvals_stage_in_time",
            f"NEW.state NOT IN ('pending', 'open') OR NOT EXISTS ({request})"
            f" OR EXISTS (SELECT 1 FROM {ITEMS} i WHERE i.request_id = NEW.request_id)",
            "the route is fixed when the request is submitted (R-12)",
        ),
    ]  # fmt: skip


def _stage_update(d: Dialect) -> list[Check]:
    return [
        fixed(
            "approvals_stage_fixed", d, "a stage is fixed when its request is submitted (R-12)",
            "id", "request_id", "key", "title", "position", "permission", "sections", "quorum",
        ),
        along("approvals_stage_steps", STAGE, "a stage moves only along its transition table (docs/states.md)"),
        _closed(d, "approvals_stage_closed", "a stage"),
        Check(
            "approvals_stage_decided",
            "NEW.state = 'satisfied' AND OLD.state <> 'satisfied' AND NOT EXISTS"
            " (SELECT 1 FROM approvals_stage_verdicts v WHERE v.stage_id = NEW.id AND v.met)",
            "the stage lacks decisions of distinct eligible people (R-18)",
        ),
    ]  # fmt: skip


def _decision_insert(d: Dialect) -> list[Check]:
    stage = (
        f"SELECT 1 FROM {STAGES} s JOIN {REQUESTS} r ON r.id = s.request_id"
        " WHERE s.id = NEW.stage_id AND s.request_id = NEW.request_id"
    )
    person = "NEW.decided_by_id"
    return [
        Check(
            "approvals_decision_open", f"NOT EXISTS ({stage} AND s.state = 'open' AND r.state = 'in_review')",
            "decisions are taken on an open stage of a request in review",
        ),
        Check(
            "approvals_decision_digest", f"NOT EXISTS ({stage} AND r.digest = NEW.digest)",
            "the decision names another digest than the request; look at it again (R-08)",
        ),
        Check(
            "approvals_decision_verdict", "NEW.verdict NOT IN ('approve', 'request_changes', 'reject')",
            "a decision is approve, request_changes or reject",
        ),
        Check(
            "approvals_decision_contributor", f"EXISTS ({stage} AND {_contributed(d, person)})",
            "who submitted or contributed does not decide (R-16)",
        ),
        Check(
            "approvals_decision_eligible", f"NOT EXISTS ({stage} AND {_holds(d, person, 's')})",
            "only an active person who holds the stage's permission on the ad account, by nothing that was given for this"
            " request, decides (R-13)",
        ),
        Check(
            "approvals_decision_other_stage",
            "NEW.verdict = 'approve' AND EXISTS (SELECT 1 FROM approvals_standing_decision o"
            f" WHERE o.request_id = NEW.request_id AND o.decided_by_id = {person} AND o.stage_id <> NEW.stage_id"
            " AND o.verdict = 'approve')",
            "one person approves at one stage of a request; ask somebody else (R-16)",
        ),
        Check(
            "approvals_decision_order",
            f"EXISTS (SELECT 1 FROM {DECISIONS} l WHERE l.stage_id = NEW.stage_id AND l.decided_by_id = {person} AND l.id > NEW.id)",
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
        " WHERE i.id = NEW.item_id AND i.request_id = NEW.request_id AND i.is_open AND i.revision_id = NEW.revision_id"
        " AND i.entity_type = NEW.entity_type AND i.entity_id = NEW.entity_id"
        " AND v.digest = NEW.digest AND v.ad_account_id = NEW.ad_account_id"
    )
    amount = ("v.canonical", "sections", "budget", "amount")
    limit = (
        "SELECT 1 FROM campaigns_revision v WHERE v.id = NEW.revision_id"
        f" AND {d.integer_at(*amount, 'minor')} {d.same} NEW.limit_minor"
        f" AND COALESCE({d.text_at(*amount, 'currency')}, NEW.currency) = NEW.currency"
    )
    times = " AND ".join(d.is_moment(f"NEW.{column}") for column in ("valid_from", "valid_until", "issued_at"))
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
        Check(
            "approvals_clearance_decided", _unsettled("NEW.request_id"),
            "the stages of the request lack decisions of distinct eligible people (R-13, R-18)",
        ),
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
