"""Histories by chance: lists of steps, of which any may be left out and the rest can still be played."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any, Final

APPROVERS: Final = ("ann", "ben", "cleo", "dual")
BUDGETERS: Final = ("fin", "gus", "dual")
SUBMITTERS: Final = ("submitter", "dual")
PEOPLE: Final = ("ann", "ben", "cleo", "dual", "fin", "gus", "submitter")
GROUPS: Final = ("group:red", "group:blue")
ROLES: Final = {"approve_content": "content_approver", "approve_budget": "budget_approver"}
FORMS: Final = 8
"""How many policies there are (playing.forms)."""
TICKS: Final = (1, 30, 61, 60 * 24, 60 * 24 * 5)
LATE: Final = 60 * 24 * 14
VERDICTS: Final = ("approve",) * 6 + ("request_changes", "reject", "abstain")

Step = tuple[Any, ...]
"""What is done, and by whom to what: the name and the arguments of a method of Player."""
SINGLE: Final = (
    ("decide",) * 10 + ("submit",) * 4 + ("check",) * 4 + ("edit",) * 3 + ("give", "give", "take", "policy", "tick", "tick")
    + ("withdraw", "revoke", "deactivate", "reactivate")
)  # fmt: skip


def _single(random: Random) -> list[Step]:
    """Anything."""
    kind, who, which = random.choice(SINGLE), random.choice(PEOPLE), random.choice((0, 0, 0, 1, 2))
    author, tree = random.choice(SUBMITTERS), random.randrange(2)
    voter = random.choice((*APPROVERS, *BUDGETERS, who))
    steps: dict[str, Step] = {
        "decide": ("decide", voter, which, random.randrange(3), random.choice(VERDICTS), random.random() < 0.1),
        "submit": ("submit", author, tree, False),
        "check": ("check", which),
        "edit": ("edit", author, tree, random.choice(("text", "budget", "name", "back"))),
        "give": ("give", who, random.choice((*ROLES, *GROUPS)), random.choice(("root", "dual"))),
        "take": ("take", random.randrange(20)),
        "policy": ("policy", random.randrange(FORMS)),
        "tick": ("tick", random.choice(TICKS)),
        "withdraw": ("withdraw", author, which),
        "revoke": ("revoke", random.choice(("operator", "operator", "ann")), which),
    }
    return [steps.get(kind, (kind, who))]


def _put_forward(random: Random, *forms: int, author: str = "submitter") -> list[Step]:
    """Everything changed and put forward by one of these policies, whatever it takes the place of."""
    tree = random.randrange(2)
    return [
        ("policy", random.choice(forms)), ("edit", author, tree, "text"), ("edit", author, tree, "budget"),
        ("submit", author, tree, True), ("check", 0),
    ]  # fmt: skip


def _voices(random: Random, people: tuple[str, ...] = (*APPROVERS, *BUDGETERS)) -> list[Step]:
    """All who could say yes do, in any order."""
    steps: list[Step] = [("decide", who, 0, index, "approve", False) for who in people for index in (0, 1)]
    return random.sample(steps, len(steps))


def _amended(random: Random) -> list[Step]:
    author, tree, what = random.choice(SUBMITTERS), random.randrange(2), random.choice(("text", "budget", "name", "back"))
    return [("edit", author, tree, what), ("submit", author, tree, True), ("check", 0)]


def _whole(random: Random) -> list[Step]:
    """Everybody, or each group, or two of them; now and then after the request lapsed."""
    late: list[Step] = [("late",)] if random.random() < 0.2 else []
    return [*_put_forward(random, 1, 2, 2, 3, 3), *late, *_voices(random)]


def _carried(random: Random) -> list[Step]:
    """Approved in part, changed in part, and put forward again."""
    before = _put_forward(random, 0, 1, 2, 3, 3, 4, 5, 6)
    tree = before[1][2]
    after: list[Step] = [("edit", "submitter", tree, random.choice(("text", "budget", "budget"))), ("submit", "submitter", tree, True)]
    lost: list[Step] = [("take", random.randrange(20))] if random.random() < 0.4 else []
    return [*before, *_voices(random, APPROVERS)[:5], *after, *lost, ("check", 0), *_voices(random)[:4]]


def _lifted(random: Random) -> list[Step]:
    """Changes asked for; others cannot go on, and who asked can."""
    voter, other = random.sample(APPROVERS[:3], 2)
    words = random.choice(("approve", "abstain", "reject"))
    return [
        *_put_forward(random, 0, 1, 6), ("decide", voter, 0, 0, "request_changes", False), ("decide", other, 0, 0, "approve", False),
        ("decide", voter, 0, 0, words, False), ("decide", other, 0, 0, "approve", False),
    ]  # fmt: skip


def _lapsed(random: Random) -> list[Step]:
    """An approver of the first stage leaves before the last one."""
    voter, form, what = random.choice((("ann", 0, "approve_content"), ("ann", 5, "approve_content"), ("ben", 5, "group:red")))
    first: list[Step] = [("decide", voter, 0, 0, "approve", False)]
    if form == 5:
        first += [("decide", "ann" if voter == "ben" else "ben", 0, 0, "approve", False), ("decide", "cleo", 0, 1, "approve", False)]
    last: list[Step] = [("decide", who, 0, index, "approve", False) for who in ("gus", "fin") for index in (1, 2)]
    return [*_put_forward(random, form), *first, ("leave", voter, what), *last]


def _returned(random: Random) -> list[Step]:
    """Somebody is let go and comes back, with nothing."""
    who = random.choice(("ann", "ben", "fin", "gus"))
    what = "approve_content" if who in APPROVERS else "approve_budget"
    vote: Step = ("decide", who, 0, random.randrange(2), "approve", False)
    return [*_put_forward(random, 0, 1), ("deactivate", who), vote, ("reactivate", who), vote, ("give", who, what, "root"), vote]


def _appointed(random: Random) -> list[Step]:
    """Somebody becomes an approver after the submission, through its author or another."""
    by = random.choice(("dual", "dual", "root"))
    vote: Step = ("decide", "fin", 0, 0, "approve", False)
    return [("withdraw", "submitter", 0), ("leave", "fin", "approve_budget"), *_put_forward(random, 7, author="dual"), ("give", "fin", "approve_budget", by),
            vote, ("tick", 61), vote]  # fmt: skip


def _forgotten(random: Random) -> list[Step]:
    """Nobody decides."""
    return [*_put_forward(random, random.randrange(FORMS)), *(("tick", 60 * 24 * 5) for _ in range(3))]


def _twice(random: Random) -> list[Step]:
    """One person's word several times, where two are needed."""
    voter = random.choice(APPROVERS[:3])
    vote: Step = ("decide", voter, 0, 0, "approve", False)
    return [*_put_forward(random, 1), vote, vote, ("policy", 0), ("decide", voter, 0, 1, "approve", False),
            ("decide", "fin", 0, 1, "approve", False)]  # fmt: skip


def _own(random: Random) -> list[Step]:
    """Who worked on it has a word on it."""
    author = random.choice(SUBMITTERS)
    steps = _put_forward(random, 0, 7, author=author)
    vote: Step = ("decide", "dual", 0, 0, "approve", False)
    return [("withdraw", "dual" if author == "submitter" else "submitter", 0), ("edit", "dual", steps[1][2], "text"), *steps, vote]


def _unseen(random: Random) -> list[Step]:
    """A word on another version than the one under review."""
    voter = random.choice(APPROVERS[:3])
    return [*_put_forward(random, 0, 1), ("decide", voter, 0, 0, "approve", True), ("decide", voter, 0, 0, "approve", False)]


def _expelled(random: Random) -> list[Step]:
    """Who left the group that is asked."""
    return [*_put_forward(random, 3, 5), ("leave", "ann", "group:red"), ("decide", "ann", 0, 0, "approve", False)]


def _revoked(random: Random) -> list[Step]:
    """Approved at once, and taken back."""
    return [*_put_forward(random, 7), ("decide", random.choice(("fin", "gus")), 0, 0, "approve", False), ("revoke", "operator", 0)]


PASSAGES: Final = (
    _whole, _whole, _carried, _carried, _lifted, _lapsed, _appointed, _appointed, _forgotten, _twice, _returned, _own, _unseen, _expelled,
    _revoked,
)  # fmt: skip


def drawn(random: Random) -> list[Step]:
    """The next steps of a history: mostly one; now and then a passage, in which something comes about that chance alone would seldom
    bring about."""
    among = random.random()
    if among < 0.6:
        return _single(random)
    return _amended(random) if among < 0.7 else random.choice(PASSAGES)(random)


def drawn_history(random: Random, steps: int) -> list[Step]:
    """A history of so many steps."""
    found: list[Step] = []
    while len(found) < steps:
        found += drawn(random)
    return found[:steps]


def length(history: list[Step]) -> timedelta:
    """How long a history may take: what its ticks say, and a second for each step."""
    minutes = sum({"tick": step[-1], "late": LATE}.get(step[0], 0) for step in history)
    return timedelta(minutes=minutes, seconds=2 * len(history) + 5)
