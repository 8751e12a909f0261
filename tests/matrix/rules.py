"""What a row is, and the rules by which each principal's answer follows from what they hold.

The rules know nothing of the code under test. What one may not see is 404, what one sees but may not do is 403 (R-57).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.matrix.principals import Principal
from tests.matrix.target import Names

Body = Callable[[Names], Any]


@dataclass(frozen=True)
class Expected:
    """The answer to one principal. `allowed`: what the row is for happens; else nothing does.

    `hidden`: the answer may not differ from the one about something that does not exist. `shown`: whether a listing holds
    the object; None where it is no listing.
    """

    status: int
    code: str = ""
    allowed: bool = False
    hidden: bool = False
    shown: bool | None = None
    untold: bool = False
    """Refused before a service was asked, so that the log says nothing of it."""


Rule = Callable[[Principal, int], Expected]
TO_LOG_IN = Expected(302, "log_in")
"""The workplace leads whoever may not enter to the log-in."""


@dataclass(frozen=True)
class Row:
    """One endpoint and method, and who gets which answer. See rows_api.py and rows_workplace.py."""

    key: str
    rule: Rule
    answer: int = 200
    url: Mapping[str, str] = field(default_factory=dict)
    """Parameter of the route → name of an object of the target; `=brand` is the word itself."""
    body: Body | None = None
    """What is sent, JSON for the API and a form for the workplace; called with the names of the target."""
    kept: tuple[str, ...] = ()
    """Objects that are there also where the others are missing: two are named, and only the one is hidden."""
    shows: str = ""
    """The object whose id stands in the answer to whoever may see it, and in no other answer."""
    query: str = ""
    """`{account}` stands for the id of the account."""
    note: str = ""
    """Tells rows of one endpoint apart."""
    sought: bool = False
    """What is named is looked for among what is visible before a service is asked: that it was not found is not logged."""
    quiet: bool = False
    """A form that does nothing by itself: nothing has to stand in the log."""
    literal: str = ""
    """The address itself, where the route has no name to make it from."""

    @property
    def method(self) -> str:
        return self.key.partition(" ")[0]

    @property
    def name(self) -> str:
        return self.key.partition(" ")[2]

    @property
    def acts(self) -> bool:
        """Whether something happens when it succeeds."""
        return self.method != "GET" and not self.quiet

    @property
    def id(self) -> str:
        return f"{self.key} {self.note}".strip()


def public(who: Principal, answer: int) -> Expected:
    """The same for everybody; it says nothing of anybody."""
    return Expected(answer)


# --- the API ----------------------------------------------------------------------------------------------------------------


def outside(who: Principal) -> Expected | None:
    """The answer to whoever the API does not let in."""
    return Expected(401, who.authenticates) if who.authenticates else None


UNSEEN = Expected(404, "not_found", hidden=True)
NEVER = Expected(404, "not_found")


def sees(level: str, permission: str = "view") -> Rule:
    """One object below `level`: shown to whoever holds `permission` there; to all others it does not exist."""

    def rule(who: Principal, answer: int) -> Expected:
        return outside(who) or (Expected(answer, allowed=True) if who.may(permission, level) else UNSEEN)

    return rule


def lists(level: str, permission: str = "view") -> Rule:
    """A listing, which everybody has; the object of the target stands in it for whoever holds `permission` there."""

    def rule(who: Principal, answer: int) -> Expected:
        may = who.may(permission, level)
        return outside(who) or Expected(answer, allowed=may, shown=may)

    return rule


def does(permission: str, level: str, instead: Callable[[Principal], str] = lambda who: "forbidden") -> Rule:
    """An act: needs `permission` on what is below `level`, and `view` to be told that it is not allowed."""

    def rule(who: Principal, answer: int) -> Expected:
        if turned := outside(who):
            return turned
        if not who.may("view", level):
            return UNSEEN
        return Expected(answer, allowed=True) if who.may(permission, level) else Expected(403, instead(who))

    return rule


def also(rule: Rule, condition: Callable[[Principal], bool]) -> Rule:
    """`rule`, and besides whoever meets a condition may."""

    def wider(who: Principal, answer: int) -> Expected:
        return Expected(answer, allowed=True) if condition(who) and not who.authenticates else rule(who, answer)

    return wider


def when(condition: Callable[[Principal], bool], otherwise: Expected = UNSEEN) -> Rule:
    """Allowed by a condition of the row's own; everybody else gets `otherwise`."""

    def rule(who: Principal, answer: int) -> Expected:
        return outside(who) or (Expected(answer, allowed=True) if condition(who) else otherwise)

    return rule


def lists_when(condition: Callable[[Principal], bool]) -> Rule:
    """A listing that everybody has; the object stands in it by a condition of the row's own."""

    def rule(who: Principal, answer: int) -> Expected:
        return outside(who) or Expected(answer, allowed=condition(who), shown=condition(who))

    return rule


# --- the workplace ----------------------------------------------------------------------------------------------------------


def entering(inner: Rule) -> Rule:
    """`inner`, for those whom the workplace lets in."""

    def rule(who: Principal, answer: int) -> Expected:
        return inner(replace(who, authenticates=""), answer) if who.enters else TO_LOG_IN

    return rule


def all_enter(who: Principal, answer: int) -> Expected:
    """Everybody who may enter gets it; it says nothing of the target."""
    return Expected(answer) if who.enters else TO_LOG_IN


FORBIDDEN = Expected(403, untold=True)
refused = entering(lambda who, answer: FORBIDDEN)
"""What nobody may, whatever they hold: the workplace reads."""


def page(level: str, permission: str = "view") -> Rule:
    """One page of the workplace about something below `level`."""
    return entering(sees(level, permission))


def act(permission: str, level: str) -> Rule:
    """A form of the workplace."""
    return entering(does(permission, level))


Anywhere = Callable[[Principal], bool]


def held(permission: str) -> Anywhere:
    """Whether somebody holds `permission` on anything: what opens the listings of the workplace."""
    return lambda who: who.anywhere(permission)


def model_list(opens: Anywhere, shown: Anywhere) -> Rule:
    """A model's listing: closed to whoever `opens` says nothing to, and empty of the target unless `shown`."""

    def rule(who: Principal, answer: int) -> Expected:
        return Expected(answer, allowed=shown(who), shown=shown(who)) if opens(who) else FORBIDDEN

    return entering(rule)


def model_row(opens: Anywhere, shown: Anywhere) -> Rule:
    """The page of one row of a model."""

    def rule(who: Principal, answer: int) -> Expected:
        if not opens(who):
            return FORBIDDEN
        return Expected(answer, allowed=True) if shown(who) else UNSEEN

    return entering(rule)
