"""Short histories, each of one thing that is easily got wrong, and all answers against the model (test_grants_model.py).

Random histories come to these by luck; here they are written down.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from accounts.explain import explain
from accounts.models import AdAccount
from accounts.permissions import grants_of, people_with
from core import clock
from tests.accounts.asking import by_code, by_people, by_queries, by_the_present
from tests.accounts.histories import History, Place, clock_at, length

Steps = list[tuple[Any, ...]]
HISTORIES: dict[str, Steps] = {
    "nobody is a member any more, or yet": [
        ("grant", "publisher", "group_a", "account_a1", None, None), ("join", "ann", "group_a", None, None),
        ("join", "ben", "group_a", None, 20), ("join", "cat", "group_a", 60 * 24, None), ("tick", 60), ("leave", "ann", "group_a"),
    ],
    "one left, another stays": [
        ("grant", "operator", "group_b", "brand_b", None, None), ("join", "ann", "group_b", None, None),
        ("join", "ben", "group_b", None, None), ("leave", "ben", "group_b"),
    ],
    "an ad account of their own, and the rest from above": [
        ("grant", "publisher", "ann", "account_a1", None, None), ("grant", "publisher", "ann", "brand_b", None, None),
        ("grant", "submitter", "ben", "account_b1", None, None), ("grant", "submitter", "ben", "organisation", None, None),
    ],
    "a machine among those who approve": [
        ("join", "robot", "group_a", None, None), ("join", "ben", "group_a", None, None),
        ("grant", "content_approver", "group_a", "brand_a", None, None), ("grant", "budget_approver", "robot", "organisation", None, None),
    ],
    "a machine that works": [
        ("grant", "submitter", "robot", "brand_a", None, None), ("join", "robot", "group_b", None, None),
        ("grant", "publisher", "group_b", "account_b1", None, None),
    ],
    "pages below what is held": [
        ("grant", "publisher", "ann", "organisation", None, None), ("grant", "operator", "group_b", "organisation", None, None),
        ("grant", "submitter", "group_a", "brand_b", None, None), ("grant", "submitter", "ben", "page_a", None, None),
    ],
    "a role that gives less than it did": [
        ("role", "custom_a", {"submit", "publish"}), ("grant", "custom_a", "group_a", "brand_a", None, None),
        ("grant", "custom_a", "ben", "account_b1", None, None), ("join", "ann", "group_a", None, None),
        ("role", "custom_a", {"submit", "operate"}),
    ],
    "what is given ended, or did not begin": [
        ("grant", "publisher", "group_a", "brand_a", None, 20), ("join", "ann", "group_a", None, None),
        ("grant", "operator", "ben", "organisation", 60 * 24, None), ("grant", "submitter", "ben", "page_b", None, 20),
        ("grant", "operator", "group_a", "page_a", None, None), ("tick", 60), ("revoke", 3),
    ],
}  # fmt: skip


def played(place: Place, steps: Steps) -> tuple[History, list[datetime]]:
    """A history that ended a moment ago, of steps none of which was refused; with the moment of each."""
    history, moments = History(place, clock.now() - length(steps)), []
    with clock_at(lambda: history.now):
        history.begin()
        for step in steps:
            history.play(step)
            moments.append(history.now)
    assert history.refused == []
    return history, moments


@pytest.mark.parametrize("steps", HISTORIES.values(), ids=HISTORIES)
def test_r57_all_answers_agree(place: Place, steps: Steps) -> None:
    history, _moments = played(place, steps)
    now, expected = history.now, history.naive.everything(history.now)
    with clock_at(lambda: now):
        by_code(place, history.naive, now)
        by_queries(place, expected)
        by_people(place, expected, now)
    by_the_present(place, history.naive)


# --- the same, said without the model ------------------------------------------------------------------------------------


def test_whoever_left_is_in_no_group(place: Place) -> None:
    played(place, HISTORIES["nobody is a member any more, or yet"])
    assert [place.user(name).groups.count() for name in ("ann", "ben", "cat")] == [0, 0, 0]


def test_an_ad_account_of_their_own_hides_no_brand(place: Place) -> None:
    played(place, HISTORIES["an ad account of their own, and the rest from above"])
    accounts = set(AdAccount.objects.values_list("pk", flat=True))
    other = place.objects["account_a2"].pk
    assert set(grants_of(place.user("ann")).ad_account_ids("publish")) == accounts - {other}
    assert set(grants_of(place.user("ben")).ad_account_ids("submit")) == accounts


def test_r33_a_group_gives_a_machine_no_word_on_a_human_stage(place: Place) -> None:
    played(place, HISTORIES["a machine among those who approve"])
    brand, held = place.scopes()["brand_a"], grants_of(place.user("robot"))
    assert (held.allows("view", brand), held.allows("approve_content", brand), held.anywhere("approve_budget")) == (True, False, False)
    assert list(people_with("approve_content", brand, clock.now())) == [place.user("ben")]


def test_machines_are_not_among_people(place: Place) -> None:
    played(place, HISTORIES["a machine that works"])
    scopes = place.scopes()
    assert grants_of(place.user("robot")).allows("submit", scopes["brand_a"])
    assert list(people_with("submit", scopes["brand_a"], clock.now())) == []
    assert list(people_with("publish", scopes["account_b1"], clock.now())) == []


COMING_AND_GOING: Steps = [
    ("grant", "publisher", "group_a", "brand_a", None, None), ("join", "ann", "group_a", None, None), ("leave", "ann", "group_a"),
    ("tick", 10), ("join", "ann", "group_a", None, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "where", "missing"),
    [
        (0, "account_a1", {"membership_not_begun"}),
        (1, "account_b1", {"elsewhere"}),  # by the first membership, though another was given since
        (2, "account_a1", {"membership_revoked"}),
        (2, "account_b1", {"no_grant"}),
        (4, "account_b1", {"elsewhere"}),
    ],
)
def test_r58_what_is_missing_is_told_of_the_membership_of_that_time(place: Place, step: int, where: str, missing: set[str]) -> None:
    _history, moments = played(place, COMING_AND_GOING)
    found = explain(place.user("ann"), "publish", place.scopes()[where], moments[step])
    assert {each.code for each in found.missing} == missing


def test_r58_what_is_missing_is_told_of_the_permission_of_that_time(place: Place) -> None:
    """A role gave it, then not, then again: while it first did, only the place was wrong."""
    steps: Steps = [
        ("role", "custom_a", {"publish"}), ("grant", "custom_a", "ann", "brand_a", None, None), ("role", "custom_a", {"submit"}),
        ("tick", 10), ("role", "custom_a", {"publish"}),
    ]  # fmt: skip
    _history, moments = played(place, steps)
    told = [explain(place.user("ann"), "publish", place.scopes()["account_b1"], moment).missing[0].code for moment in moments[1:]]
    assert told == ["elsewhere", "no_grant", "no_grant", "elsewhere"]
