"""What the database says, read past the product, against what the model says and what holds whatever happened."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

from tests.approvals.model.naive import Naive, Request

FINAL: Final = ("approved", "rejected", "withdrawn", "superseded", "expired", "revoked", "blocked")
_REQUESTS: Final = "SELECT id, state, digest, contributors FROM approvals_approvalrequest"
_STAGES: Final = "SELECT request_id, key, state, quorum FROM approvals_stage"
_VOTES: Final = """SELECT d.request_id, s.key, d.decided_by_id, d.verdict, d.carried_from_id, d.digest
    FROM approvals_decision d JOIN approvals_stage s ON s.id = d.stage_id AND s.request_id = d.request_id"""
_CLEARANCES: Final = """SELECT c.request_id, c.digest, r.digest, c.revision_id, i.revision_id, v.id
    FROM approvals_clearance c JOIN campaigns_revision r ON r.id = c.revision_id JOIN approvals_requestitem i ON i.id = c.item_id
    LEFT JOIN approvals_revocation v ON v.clearance_id = c.id"""
_ITEMS: Final = "SELECT request_id, entity_id, is_open FROM approvals_requestitem"


def key_of(value: Any) -> str:
    """An id as both databases have it."""
    return str(value).replace("-", "")


def _by_request(sql: str) -> Mapping[str, list[tuple[Any, ...]]]:
    found: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for request, *rest in cursor.fetchall():
            found[key_of(request)].append(tuple(rest))
    return found


def compare(naive: Naive, ids: list[str], names: Mapping[str, str], seen: dict[int, str]) -> None:
    """Raises AssertionError where they differ. `ids`: of the requests in their order; `names`: of people by id; `seen`: the states
    of last time, brought up to date."""
    requests, stages, votes, clearances, items = map(_by_request, (_REQUESTS, _STAGES, _VOTES, _CLEARANCES, _ITEMS))
    assert set(requests) == set(ids)
    for number, (request, key) in enumerate(zip(naive.requests, ids, strict=True)):
        ((state, digest, contributors),) = requests[key]
        assert state == request.state, f"request {number} is {state}, the model says {request.state}"
        earlier = seen.get(number, state)
        assert earlier not in FINAL or earlier == state or (earlier, state) == ("approved", "revoked"), "final states stay"
        seen[number] = state
        _compare_stages(request, stages[key])
        people = json.loads(contributors) if isinstance(contributors, str) else contributors
        assert {names[key_of(each)] for each in people} == request.contributors, "R-16"
        _compare_votes(request, votes[key], digest, names)
        _compare_clearances(request, clearances[key], len(items[key]))
    entities = [key_of(entity) for rows in items.values() for entity, is_open in rows if is_open]
    assert len(entities) == len(set(entities)), "R-06: one open request an entity"


def _compare_stages(request: Request, rows: list[tuple[Any, ...]]) -> None:
    said, expected = {key: state for key, state, _ in rows}, {each.key: each.state for each in request.stages}
    assert said == expected, f"stages of {request.number} are {said}, the model says {expected}"
    assert {key: quorum for key, _, quorum in rows} == {each.key: each.quorum for each in request.stages}, "R-12"
    assert all(quorum >= 1 for _, _, quorum in rows), "R-03"


def _compare_votes(request: Request, rows: list[tuple[Any, ...]], digest: str, names: Mapping[str, str]) -> None:
    told = sorted((key, names[key_of(person)], verdict, origin is not None) for key, person, verdict, origin, _ in rows)
    expected = sorted((each.stage, each.who, each.verdict, each.carried) for each in request.votes)
    assert told == expected, f"the votes of {request.number} are {told}, the model says {expected}"
    assert all(row[-1] == digest for row in rows), "R-02"
    assert not {who for _, who, verdict, _ in told if verdict == "approve"} & request.contributors, "R-16"


def _compare_clearances(request: Request, rows: list[tuple[Any, ...]], items: int) -> None:
    assert len(rows) == (items if request.cleared else 0), "R-01"
    for digest, its_revision, revision, its_item, revocation in rows:
        assert (digest, revision) == (its_revision, its_item), "R-02"
        assert (revocation is not None) == (request.state == "revoked"), "R-32"
