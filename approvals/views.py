"""Views in the database for `approvals`: who counts, and whether a stage has what it needs. The guards ask them (approvals.guards).

They say once what the guards ask, and the code may read them too:

`approvals_standing_decision`  each person's latest decision on each stage, for the request's digest (R-02, R-19)
`approvals_counting_approval`  the standing approvals that count now: of an active person whom the stage asks, who holds its
                               permission on the ad account by something that counts for the request (R-13), did not contribute
                               (R-16), and does not stand as approving at an earlier stage of the same request: two
                               stages mean two people
`approvals_stage_verdicts`     stage, approvals, negatives, quorum, and `met`: enough of the former, none of the latter
                               (R-18). A negative decision stands whoever took it, until the same person lifts it
"""

from __future__ import annotations

from typing import Final

from core.dialects import POSTGRESQL, Dialect
from core.triggers import VendorSQL, function, view

REQUESTS, STAGES, DECISIONS = "approvals_approvalrequest", "approvals_stage", "approvals_decision"


def contributed(d: Dialect, person: str) -> str:
    """Whether a person may not decide on request `r`: contributor, submitter, or owner of the submitting machine."""
    return (
        f"({person} = r.submitted_by_id OR {d.lists('r.contributors', person)}"
        f" OR COALESCE({person} = (SELECT m.owner_id FROM accounts_user m WHERE m.id = r.submitted_by_id), FALSE))"
    )


_FACTS: Final = {
    "grant_id": "accounts_rolegrant", "role_permission_id": "accounts_rolepermission", "membership_id": "accounts_membership",
}  # fmt: skip
"""Column of `accounts_ad_account_permission` → the table of the fact that it names."""


def _untouched(d: Dialect, table: str, identifier: str) -> str:
    """Whether a fact was not given or confirmed, after request `r` was submitted, by a contributor or a machine of one."""
    contributor = f"COALESCE({contributed(d, 'b.id')} OR {contributed(d, 'b.owner_id')}, FALSE)"
    return (
        f"NOT EXISTS (SELECT 1 FROM {table} f JOIN accounts_user b ON b.id IN (f.granted_by_id, f.confirmed_by_id)"
        f" WHERE f.id = {identifier} AND f.since > r.submitted_at AND {contributor})"
    )


def _counts(d: Dialect) -> str:
    """Whether holding `p` counts for request `r`: from before its submission; or old enough, and no part of it that came
    after was given or confirmed by a contributor or a machine of one (R-13; approvals.eligibility says the same)."""
    untouched = " AND ".join(_untouched(d, table, f"p.{column}") for column, table in _FACTS.items())
    return f"(p.since <= r.submitted_at OR p.since <= {d.ago('r.minimum_holding_minutes')} AND {untouched})"


def _permission(d: Dialect, person: str, permission: str) -> str:
    """What gives an active person a permission on the ad account of request `r`, now, and counts for it."""
    return (
        f"SELECT 1 FROM accounts_ad_account_permission p WHERE p.user_id = {person} AND p.codename = {permission}"
        f" AND p.ad_account_id = r.ad_account_id AND {_counts(d)}"
    )


def _belongs(d: Dialect, person: str, group: str, *, early: bool = False) -> str:
    """Whether a person belongs to a group (a condition on `g`, a user group) by a membership that counts for request `r`;
    `early`: by one from before it was submitted."""
    late = f" OR k.since <= {d.ago('r.minimum_holding_minutes')} AND {_untouched(d, 'accounts_membership', 'm.id')}"
    return (
        "EXISTS (SELECT 1 FROM accounts_live_membership m JOIN accounts_membership k ON k.id = m.id"
        f" JOIN accounts_usergroup g ON g.group_ptr_id = m.group_id WHERE m.user_id = {person} AND {group}"
        f" AND (k.since <= r.submitted_at{'' if early else late}))"
    )


def _asked(d: Dialect, person: str, *, early: bool = False) -> str:
    """Whether stage `s` asks this person: it names nobody, or them, or a group of theirs; or did so when it was escalated (R-20),
    which is never `early`."""
    added = (
        f" OR s.escalated_at IS NOT NULL AND ({d.lists('s.escalate_to_people', person)}"
        f" OR {_belongs(d, person, d.lists('s.escalate_to_groups', 'g.public_id'))})"
    )
    return (
        f"({d.empty('s.people')} AND {d.empty('s.groups')} OR {d.lists('s.people', person)}"
        f" OR {_belongs(d, person, d.lists('s.groups', 'g.public_id'), early=early)}{'' if early else added})"
    )


_OF_STAGE: Final = f"SELECT 1 FROM {STAGES} s JOIN {REQUESTS} r ON r.id = s.request_id WHERE s.id = stage"

MAY_DECIDE: Final = VendorSQL(
    name="approvals_person_may_decide",
    postgresql=[
        *function(
            "approvals_person_may_decide", "person uuid, stage uuid", "boolean STABLE",
            f"RETURN EXISTS ({_OF_STAGE} AND EXISTS ({_permission(POSTGRESQL, 'person', 's.permission')})"
            f" AND {_asked(POSTGRESQL, 'person')});",
        ),
    ],
    sqlite=[],
    postgresql_drop=["DROP FUNCTION approvals_person_may_decide(uuid, uuid)"],
    sqlite_drop=[],
)  # fmt: skip
"""PostgreSQL would turn the question for one person into a join over everybody's grants, and plan it anew for each
statement; a function asks by index, with a plan that it keeps. SQLite does so anyway."""


def may_decide(d: Dialect, person: str) -> str:
    """Whether stage `s` of request `r` asks this person, active, who holds its permission on the ad account, now, and it counts."""
    if d is POSTGRESQL:
        return f"{MAY_DECIDE.name}({person}, s.id)"
    return f"EXISTS ({_permission(d, person, 's.permission')}) AND {_asked(d, person)}"


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
AND NOT {contributed(d, "d.decided_by_id")}
AND NOT EXISTS (
    SELECT 1 FROM approvals_standing_decision e
    WHERE e.request_id = d.request_id AND e.decided_by_id = d.decided_by_id AND e.verdict = 'approve'
    AND e.position < s.position
)
AND {may_decide(d, "d.decided_by_id")}"""


def _owing(d: Dialect) -> str:
    """People who could decide stage `s` of request `r` when it was submitted, still may, and said nothing: who is waited for where
    everyone has to approve. Whoever came later may decide, and is not waited for: nobody holds up a request by joining."""
    return (
        "SELECT 1 FROM accounts_ad_account_permission p WHERE p.codename = s.permission AND p.ad_account_id = r.ad_account_id"
        f" AND p.since <= r.submitted_at AND {_asked(d, 'p.user_id', early=True)} AND NOT {contributed(d, 'p.user_id')}"
        " AND NOT EXISTS (SELECT 1 FROM approvals_standing_decision e WHERE e.request_id = s.request_id"
        " AND e.decided_by_id = p.user_id AND (e.stage_id = s.id OR e.verdict = 'approve'))"
    )


def _unspoken(d: Dialect) -> str:
    """Groups of stage `s` of request `r` of which nobody approves."""
    member = _belongs(d, "a.decided_by_id", d.is_id("named.value", "g.public_id"))
    return (
        f"SELECT 1 FROM {d.members('s.groups', 'named')} WHERE NOT EXISTS"
        f" (SELECT 1 FROM approvals_counting_approval a WHERE a.stage_id = s.id AND {member})"
    )


def _verdicts(d: Dialect) -> str:
    return f"""
SELECT t.stage_id, t.request_id, t.approvals, t.negatives, t.quorum,
    t.approvals >= t.quorum AND t.quorum >= 1 AND t.negatives = 0 AND NOT t.lacking AS met
FROM (
    SELECT s.id AS stage_id, s.request_id, s.quorum,
        (SELECT count(*) FROM approvals_counting_approval a WHERE a.stage_id = s.id) AS approvals,
        (SELECT count(*) FROM approvals_standing_decision n
            WHERE n.stage_id = s.id AND n.verdict NOT IN ('approve', 'abstain')) AS negatives,
        (s.everyone AND EXISTS ({_owing(d)}) OR s.each_group AND EXISTS ({_unspoken(d)})) AS lacking
    FROM {STAGES} s JOIN {REQUESTS} r ON r.id = s.request_id
) t"""


VIEWS: Final = [
    MAY_DECIDE,
    view("approvals_standing_decision", _standing),
    view("approvals_counting_approval", _counting),
    view("approvals_stage_verdicts", _verdicts),
]
