"""Views in the database for `approvals`: who counts, and whether a stage has what it needs. The guards ask them (approvals.guards).

They say once what the guards ask, and the code may read them too:

`approvals_standing_decision`  the latest decision for each seat on each stage, for the request's digest (R-02, R-19), of those
                               that a compromised account did not cast (R-32). A seat is a person's: of whoever decided, or
                               on whose behalf they did (R-15)
`approvals_void_decision`      the decisions that count no more, because a compromised account cast them, or another by a
                               delegation that such an account gave (R-32)
`approvals_lacking_stage`      satisfied stages with such an approval, which have not what they need without it
`approvals_counting_approval`  the standing approvals that count now: of an active person whom the stage asks, who holds its
                               permission on the ad account by something that counts for the request (R-13), has the authority
                               that it asks for (R-25), did not contribute (R-16), and does not stand as approving at an earlier stage of the same request: two
                               stages mean two people. One that was given on somebody's behalf counts while the delegation does
                               and neither contributed; with what either of them approves besides it is one vote (R-15)
`approvals_stage_deputy`       who may decide which stage for whom now, by which delegation (R-15)
`approvals_stage_successor`    who stands in now for somebody whom a stage names and who left (R-17)
`approvals_stage_verdicts`     stage, approvals, negatives, quorum, and `met`: enough of the former, none of the latter
                               (R-18). A negative decision stands whoever took it, until the same person lifts it
"""

from __future__ import annotations

from typing import Final

from accounts.guards_limits import LIMITS, covers
from accounts.views import in_force
from core.dialects import POSTGRESQL, Dialect
from core.triggers import VendorSQL, function, view

REQUESTS, STAGES, DECISIONS = "approvals_approvalrequest", "approvals_stage", "approvals_decision"
COMPROMISES = "approvals_compromise"


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


def _is_for(d: Dialect, row: str) -> str:
    """Whether a delegation in force (a row) is for stage `s` of request `r`, and counts for it like anything given (R-13)."""
    given = f"EXISTS (SELECT 1 FROM {d.members(f'{row}.permissions', 'given')} WHERE given.value = s.permission)"
    late = f"{row}.since <= {d.ago('r.minimum_holding_minutes')} AND {_untouched(d, 'accounts_delegation', f'{row}.id')}"
    return f"({row}.ad_account_id = r.ad_account_id AND {given} AND ({row}.since <= r.submitted_at OR {late}))"


def _asked(d: Dialect, person: str, *, early: bool = False) -> str:
    """Whether stage `s` asks this person: it names nobody, or them, or a group of theirs; or did so when it was escalated (R-20), or
    they stand in for somebody whom it names and who left (R-17), which both are never `early`."""
    late = (
        f" OR s.escalated_at IS NOT NULL AND ({d.lists('s.escalate_to_people', person)}"
        f" OR {_belongs(d, person, d.lists('s.escalate_to_groups', 'g.public_id'))})"
        f" OR EXISTS (SELECT 1 FROM approvals_stage_successor y WHERE y.stage_id = s.id AND y.delegate_id = {person})"
    )
    return (
        f"({d.empty('s.people')} AND {d.empty('s.groups')} OR {d.lists('s.people', person)}"
        f" OR {_belongs(d, person, d.lists('s.groups', 'g.public_id'), early=early)}{'' if early else late})"
    )


def _by_another(stage: str = "s") -> str:
    """Whether the authority that a stage asks for is that of another of its request, which was added for this (R-25)."""
    return (
        f"EXISTS (SELECT 1 FROM {STAGES} b WHERE b.request_id = {stage}.request_id AND b.key = {stage}.authority_by"
        " AND b.authority AND b.authority_by = '')"
    )


def _enough(d: Dialect, person: str) -> str:
    """Whether stage `s` of request `r` does not ask this person for authority, or one limit of theirs, which counts for the request
    like anything given (R-13), covers what it can spend: they never add up (R-25)."""
    late = f"l.since <= {d.ago('r.minimum_holding_minutes')} AND {_untouched(d, LIMITS, 'l.id')}"
    covering = (
        f"SELECT 1 FROM {LIMITS} l WHERE l.user_id = {person} AND {covers(d, 'l', 'r.ad_account_id')}"
        f" AND l.currency = r.currency AND l.amount_minor >= r.exposure_minor AND (l.since <= r.submitted_at OR {late})"
    )
    return f"(NOT s.authority OR {_by_another()} OR EXISTS ({covering}))"


_OF_STAGE: Final = f"SELECT 1 FROM {STAGES} s JOIN {REQUESTS} r ON r.id = s.request_id WHERE s.id = stage"

HAS_AUTHORITY: Final = VendorSQL(
    name="approvals_person_has_authority",
    postgresql=[
        *function(
            "approvals_person_has_authority", "person uuid, stage uuid", "boolean STABLE",
            f"RETURN EXISTS ({_OF_STAGE} AND {_enough(POSTGRESQL, 'person')});",
        ),
    ],
    sqlite=[],
    postgresql_drop=["DROP FUNCTION approvals_person_has_authority(uuid, uuid)"],
    sqlite_drop=[],
)  # fmt: skip


def has_authority(d: Dialect, person: str) -> str:
    """Whether a person's limit is enough for stage `s` of request `r`, where it asks for that (R-25)."""
    return f"{HAS_AUTHORITY.name}({person}, s.id)" if d is POSTGRESQL else _enough(d, person)


MAY_DECIDE: Final = VendorSQL(
    name="approvals_person_may_decide",
    postgresql=[
        *function(
            "approvals_person_may_decide", "person uuid, stage uuid", "boolean STABLE",
            f"RETURN EXISTS ({_OF_STAGE} AND EXISTS ({_permission(POSTGRESQL, 'person', 's.permission')})"
            f" AND {_asked(POSTGRESQL, 'person')} AND {_enough(POSTGRESQL, 'person')});",
        ),
    ],
    sqlite=[],
    postgresql_drop=["DROP FUNCTION approvals_person_may_decide(uuid, uuid)"],
    sqlite_drop=[],
)  # fmt: skip
"""PostgreSQL would turn the question for one person into a join over everybody's grants, and plan it anew for each
statement; a function asks by index, with a plan that it keeps. SQLite does so anyway."""


def _deputies(d: Dialect) -> str:
    """The delegations in force by which somebody may decide a stage for somebody: they are for such stages and for so much money,
    the delegate is active, neither contributed, and unless it is conveyed the delegate holds the permission, and the authority that the
    stage asks for, themselves."""
    return (
        f"SELECT s.id AS stage_id, x.id AS delegation_id, x.delegator_id, x.delegate_id FROM {STAGES} s"
        f" JOIN {REQUESTS} r ON r.id = s.request_id JOIN accounts_ad_account_delegation x ON x.ad_account_id = r.ad_account_id"
        " JOIN accounts_user u ON u.id = x.delegate_id AND u.is_active AND u.kind = 'person'"
        f" WHERE {_is_for(d, 'x')} AND (x.limit_minor IS NULL OR x.limit_minor >= r.exposure_minor AND x.currency = r.currency)"
        f" AND NOT {contributed(d, 'x.delegator_id')} AND NOT {contributed(d, 'x.delegate_id')}"
        f" AND (x.conveyed OR EXISTS ({_permission(d, 'x.delegate_id', 's.permission')}) AND {has_authority(d, 'x.delegate_id')})"
    )


def _successors(d: Dialect) -> str:
    """Who stands in for somebody whom a stage names and who was deactivated (R-17)."""
    return (
        f"SELECT s.id AS stage_id, y.delegate_id FROM {STAGES} s JOIN {REQUESTS} r ON r.id = s.request_id"
        " JOIN accounts_ad_account_delegation y ON y.ad_account_id = r.ad_account_id"
        " JOIN accounts_user gone ON gone.id = y.delegator_id AND NOT gone.is_active"
        f" WHERE ({d.lists('s.people', 'y.delegator_id')}"
        f" OR s.escalated_at IS NOT NULL AND {d.lists('s.escalate_to_people', 'y.delegator_id')}) AND {_is_for(d, 'y')}"
    )


def may_stand_in(decision: str) -> str:
    """Whether a decision (SQL: its row) on stage `s` of request `r` is the person's own, or given for somebody for whom they
    stand in now (R-15). That these hold the permission is asked by `may_decide` of the seat."""
    return (
        f"({decision}.on_behalf_of_id IS NULL OR EXISTS (SELECT 1 FROM approvals_stage_deputy x WHERE x.stage_id = s.id"
        f" AND x.delegation_id = {decision}.delegation_id AND x.delegator_id = {decision}.on_behalf_of_id"
        f" AND x.delegate_id = {decision}.decided_by_id))"
    )


def seat(decision: str) -> str:
    """Whose vote a decision is."""
    return f"COALESCE({decision}.on_behalf_of_id, {decision}.decided_by_id)"


def one_vote(one: str, other: str) -> str:
    """Whether somebody spoke by both of two decisions: as themselves, as a delegate, or through one (R-15)."""
    people = f"({other}.decided_by_id, {other}.on_behalf_of_id)"
    return f"({one}.decided_by_id IN {people} OR {one}.on_behalf_of_id IN {people})"


def tied(one: str, other: str) -> str:
    """Whether one of the people of a decision stands in now for one of the other's on the ad account of request `r`."""
    ours, theirs = (f"({each}.decided_by_id, {each}.on_behalf_of_id)" for each in (one, other))
    return (
        "EXISTS (SELECT 1 FROM accounts_ad_account_delegation t WHERE t.ad_account_id = r.ad_account_id AND"
        f" (t.delegator_id IN {ours} AND t.delegate_id IN {theirs} OR t.delegator_id IN {theirs} AND t.delegate_id IN {ours}))"
    )


def _tied_to(person: str, other: str) -> str:
    """Whether a person stands in now for one of those who spoke by a decision, or one of them for the person."""
    theirs = f"({other}.decided_by_id, {other}.on_behalf_of_id)"
    return (
        "EXISTS (SELECT 1 FROM accounts_ad_account_delegation t WHERE t.ad_account_id = r.ad_account_id AND"
        f" (t.delegator_id = {person} AND t.delegate_id IN {theirs} OR t.delegate_id = {person} AND t.delegator_id IN {theirs}))"
    )


def may_decide(d: Dialect, person: str) -> str:
    """Whether stage `s` of request `r` asks this person, active, who holds its permission on the ad account, now, and it counts; and
    has the authority that it asks for."""
    if d is POSTGRESQL:
        return f"{MAY_DECIDE.name}({person}, s.id)"
    return f"EXISTS ({_permission(d, person, 's.permission')}) AND {_asked(d, person)} AND {_enough(d, person)}"


def _within(moment: str) -> str:
    """Whether compromise `c` says of this moment that somebody else may have acted."""
    return f"{moment} >= c.since AND {moment} <= c.until"


def void(decision: str) -> str:
    """Whether a decision (SQL: its row) counts no more (R-32): a compromised account cast it, or gave or confirmed since then the
    delegation by which it was cast."""
    given = (
        f"SELECT 1 FROM accounts_delegation g JOIN {COMPROMISES} c ON c.person_id = g.granted_by_id AND {_within('g.granted_at')}"
        f" OR c.person_id = g.confirmed_by_id AND {_within('g.since')} WHERE g.id = {decision}.delegation_id"
    )
    cast = f"SELECT 1 FROM {COMPROMISES} c WHERE c.person_id = {decision}.decided_by_id AND {_within(f'{decision}.decided_at')}"
    return f"(EXISTS ({cast}) OR {decision}.delegation_id IS NOT NULL AND EXISTS ({given}))"


def _void(d: Dialect) -> str:
    return f"SELECT d.id AS decision_id, d.request_id, d.stage_id, d.verdict FROM {DECISIONS} d WHERE {void('d')}"


def _lacking(d: Dialect) -> str:
    return (
        f"SELECT s.id AS stage_id, s.request_id FROM {STAGES} s WHERE s.state = 'satisfied' AND EXISTS"
        f" (SELECT 1 FROM {DECISIONS} d WHERE d.stage_id = s.id AND d.verdict = 'approve' AND {void('d')})"
        " AND NOT EXISTS (SELECT 1 FROM approvals_stage_verdicts v WHERE v.stage_id = s.id AND v.met)"
    )


_STANDING = f"""
FROM {DECISIONS} d
JOIN {STAGES} s ON s.id = d.stage_id AND s.request_id = d.request_id
JOIN {REQUESTS} r ON r.id = d.request_id AND r.digest = d.digest
WHERE NOT EXISTS (
    SELECT 1 FROM {DECISIONS} l
    WHERE l.stage_id = d.stage_id AND {seat("l")} = {seat("d")} AND l.digest = d.digest AND l.id > d.id AND NOT {void("l")}
) AND NOT {void("d")}"""


def _standing(d: Dialect) -> str:
    return (
        "SELECT d.id AS decision_id, d.request_id, d.stage_id, s.position, d.decided_by_id, d.on_behalf_of_id,"
        f" {seat('d')} AS seat_id, d.verdict {_STANDING}"
    )


def _counting(d: Dialect) -> str:
    return f"""
SELECT d.id AS decision_id, d.request_id, d.stage_id, d.decided_by_id, {seat("d")} AS seat_id {_STANDING}
AND d.verdict = 'approve'
AND NOT {contributed(d, "d.decided_by_id")}
AND {may_stand_in("d")}
AND NOT EXISTS (
    SELECT 1 FROM approvals_standing_decision e
    WHERE e.request_id = d.request_id AND {one_vote("e", "d")} AND e.verdict = 'approve'
    AND (e.position < s.position OR e.position = s.position AND e.decision_id < d.id)
)
AND {may_decide(d, seat("d"))}"""


def _away(d: Dialect, person: str) -> str:
    """Whether a person is away now and nobody stands in for them on stage `s` of request `r` (R-15). What a contributor noted
    after the submission keeps nobody from being waited for."""
    return (
        f"EXISTS (SELECT 1 FROM accounts_absence x WHERE x.user_id = {person} AND {in_force(d, 'x')}"
        f" AND {_untouched(d, 'accounts_absence', 'x.id')})"
        f" AND NOT EXISTS (SELECT 1 FROM approvals_stage_deputy y WHERE y.stage_id = s.id AND y.delegator_id = {person})"
    )


def _owing(d: Dialect) -> str:
    """People who could decide stage `s` of request `r` when it was submitted, still may, and said nothing: who is waited for where
    everyone has to approve. Whoever came later may decide, and is not waited for: nobody holds up a request by joining. Nor is
    whoever is away, or holds one vote with somebody who approves."""
    return (
        "SELECT 1 FROM accounts_ad_account_permission p WHERE p.codename = s.permission AND p.ad_account_id = r.ad_account_id"
        f" AND p.since <= r.submitted_at AND {_asked(d, 'p.user_id', early=True)} AND NOT {contributed(d, 'p.user_id')}"
        f" AND {has_authority(d, 'p.user_id')}"
        " AND NOT EXISTS (SELECT 1 FROM approvals_standing_decision e WHERE e.request_id = s.request_id"
        " AND (e.seat_id = p.user_id AND (e.stage_id = s.id OR e.verdict = 'approve')"
        f" OR e.verdict = 'approve' AND (e.decided_by_id = p.user_id OR {_tied_to('p.user_id', 'e')})))"
        f" AND NOT ({_away(d, 'p.user_id')})"
    )


def _unspoken(d: Dialect) -> str:
    """Groups of stage `s` of request `r` of which nobody approves."""
    member = _belongs(d, "a.seat_id", d.is_id("named.value", "g.public_id"))
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
    HAS_AUTHORITY,
    view("approvals_stage_deputy", _deputies),
    view("approvals_stage_successor", _successors),
    MAY_DECIDE,
]
COUNTING: Final = [
    view("approvals_standing_decision", _standing),
    view("approvals_counting_approval", _counting),
    view("approvals_stage_verdicts", _verdicts),
    view("approvals_void_decision", _void),
    view("approvals_lacking_stage", _lacking),
]
"""Those that leave out what compromised accounts decided (approvals.guards_compromises)."""
