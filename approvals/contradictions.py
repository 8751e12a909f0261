"""Conditions that can never hold, as far as that can be seen without a request: pure.

What is found never holds indeed; what is not found may still be one. A condition is taken apart at its outermost `||` and `&&`;
each part is looked at by what it reads: literals alone, the words of the ad accounts that the policy governs, or one name that is
compared with literals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from approvals.conditions import PROPOSALS, condition
from campaigns.vocabulary import SECTIONS, AdFormat, BudgetMode, Objective
from core.errors import Invalid
from governance.contract import CannotJudge
from governance.expressions.evaluating import holds

Account = Mapping[str, str]
"""The words of an ad account as conditions read them: name, brand, country and so on."""
_COMPARED: Final = re.compile(r"\s*([a-z_][a-z_.]*)\s*(<=|>=|==|<|>)\s*(-?\d+)\s*")
_EQUAL: Final = re.compile(r"""\s*([a-z_][a-z_.]*)\s*==\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*""")
_WITHIN: Final = re.compile(r"""\s*(?:"([^"\\]*)"|'([^'\\]*)')\s+in\s+([a-z_][a-z_.]*)\s*""")
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "request.sections_changed": frozenset(SECTIONS), "request.formats": frozenset(AdFormat.values),
    "campaign.objective": frozenset(Objective.values), "campaign.budget_mode": frozenset(BudgetMode.values),
}  # fmt: skip
"""Names whose values are of a closed list."""


def never_holds(text: str, accounts: Sequence[Account]) -> bool:
    """Whether a condition that compiles holds for no request of these ad accounts, whatever it is."""
    text = _bare(text)
    if not text:
        return False
    either = _parts(text, "||")
    if len(either) > 1:
        return all(never_holds(each, accounts) for each in either)
    every = [_bare(each) for each in _parts(text, "&&")]
    if len(every) > 1 and any(never_holds(each, accounts) for each in every):
        return True
    return _elsewhere(every, accounts) or _contradicts(every)


def _elsewhere(every: Sequence[str], accounts: Sequence[Account]) -> bool:
    """Whether the parts that read of ad accounts alone, or nothing, hold for none of them."""
    judged = [judge for each in every if (judge := _of_account(each)) is not None]
    return bool(judged) and not any(all(judge(account) for judge in judged) for account in accounts or [_SAMPLE])


_SAMPLE: Final[Account] = {
    name.removeprefix("account."): entry.sample for name, entry in PROPOSALS.named.items() if entry.owner == "account"
}


def _of_account(text: str) -> Callable[[Account], bool] | None:
    """The judgement of a part that reads nothing but words of an ad account; None for any other."""
    try:
        program = condition(text).program
    except Invalid:
        return None
    if program is None or any(entry.owner != "account" for entry in program.entries):
        return None

    def judge(account: Account) -> bool:
        try:
            return holds(program, {entry.name: account[entry.name.removeprefix("account.")] for entry in program.entries})
        except CannotJudge:
            return True

    return judge


@dataclass(slots=True)
class _Bounds:
    """What is left of the values of one name."""

    low: int | None = None
    high: int | None = None
    texts: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        return len(self.texts) > 1 or (self.low is not None and self.high is not None and self.low > self.high)

    def narrow(self, sign: str, number: int) -> None:
        if sign in (">", ">=", "=="):
            least = number + 1 if sign == ">" else number
            self.low = least if self.low is None else max(self.low, least)
        if sign in ("<", "<=", "=="):
            most = number - 1 if sign == "<" else number
            self.high = most if self.high is None else min(self.high, most)


def _contradicts(every: Sequence[str]) -> bool:
    """Whether no value of some name satisfies all the parts that compare it with literals."""
    left: dict[str, _Bounds] = {}
    for part in every:
        if compared := _COMPARED.fullmatch(part):
            name = compared[1]
            amount = name.endswith("_minor") or name == "request.items"
            left.setdefault(name, _Bounds(low=0 if amount else None)).narrow(compared[2], int(compared[3]))
        elif equal := _EQUAL.fullmatch(part):
            value = equal[2] if equal[2] is not None else equal[3]
            if value not in _KNOWN.get(equal[1], {value}):
                return True
            left.setdefault(equal[1], _Bounds()).texts.add(value)
        elif within := _WITHIN.fullmatch(part):
            value = within[1] if within[1] is not None else within[2]
            if value not in _KNOWN.get(within[3], {value}):
                return True
    return any(each.is_empty for each in left.values())


# --- taking apart ------------------------------------------------------------------------------------------------------------


def _bare(text: str) -> str:
    """Without the parentheses around the whole."""
    text = text.strip()
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closing(text: str) -> int:
    """Where the parenthesis that a text begins with is closed."""
    return next((place for place, depth in _depths(text) if depth == 0 and place), -1)


def _parts(text: str, sign: str) -> list[str]:
    """The text, taken apart at an outermost sign; whole where it says `?`, which binds looser than either."""
    outer = [place for place, depth in _depths(text) if depth == 0]
    if any(text[place] == "?" for place in outer):
        return [text]
    cuts = [place for place in outer if text.startswith(sign, place) and not text.startswith(sign, place - 1)]
    starts, ends = [0, *(cut + len(sign) for cut in cuts)], [*cuts, len(text)]
    return [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def _depths(text: str) -> list[tuple[int, int]]:
    """Of every character outside of quotes its place, and how many brackets stand around it (a closing one stands outside)."""
    found, depth, quote, place = [], 0, "", 0
    while place < len(text):
        char = text[place]
        if quote:
            place += 1 if char == "\\" else 0
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        else:
            depth -= char in ")]}"
            found.append((place, depth))
            depth += char in "([{"
        place += 1
    return found
