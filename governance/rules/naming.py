"""Names by a convention (R-54). Patterns are a small language of their own, read in time linear in the name: never a regular
expression of strangers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from governance.contract import Context, InvalidParams, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.parameters import a_text, some_texts
from governance.places import country_of
from governance.registry import rule, shown
from governance.rules.reading import section, text
from governance.rules.vocabulary import FORMATS

Ends = Callable[[str, int], Iterator[int]]
"""Where an element that begins at a position of the name may end; each once."""

PATTERN: Final = a_text(300)
EXAMPLE: Final = "{brand}_{market}_{date:YYYYMMDD}_{free}"
_ELEMENT: Final = re.compile(r"\{([a-z]+)(?::([A-Z.\-/]{1,12}))?\}")
_PARTS_OF_DATE: Final = {"YYYY": r"(?P<year>\d{4})", "YY": r"(?P<short>\d{2})", "MM": r"(?P<month>\d{2})", "DD": r"(?P<day>\d{2})"}


@dataclass(frozen=True, slots=True)
class Element:
    """One part of a pattern as it is written: a run of characters of a kind (`of`), or one of several texts (`ends`)."""

    written: str
    ends: Ends | None = None
    of: Callable[[str], bool] | None = None

    def after(self, name: str, starts: set[int]) -> set[int]:
        """Where it may end when it may begin at any of these: one walk over the name."""
        if self.ends is not None:
            return {end for start in starts for end in self.ends(name, start)}
        found, running = set[int](), False
        for index, each in enumerate(name):
            running = (running or index in starts) and self.of is not None and self.of(each)
            if running:
                found.add(index + 1)
        return found


# --- reading a pattern ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def elements(pattern: str, brands: tuple[str, ...] = ()) -> tuple[Element, ...]:
    """The elements of a pattern. Raises ValueError for what is none."""
    found, at = list[Element](), 0
    for match in _ELEMENT.finditer(pattern):
        found += _literal(pattern[at : match.start()])
        found.append(_element(match, brands))
        at = match.end()
    return (*found, *_literal(pattern[at:]))


def _literal(written: str) -> Iterator[Element]:
    if "{" in written or "}" in written:
        raise ValueError(written)
    if written:
        yield Element(written, _one_of([written]))


def _element(match: re.Match[str], brands: Sequence[str]) -> Element:
    kind, form = match.groups()
    made: dict[str, Element] = {
        "brand": Element(match.group(), _one_of(brands)),
        "market": Element(match.group(), _market),
        "format": Element(match.group(), _one_of(FORMATS)),
        "number": Element(match.group(), of=lambda each: each.isascii() and each.isdigit()),
        "word": Element(match.group(), of=str.isalnum),
        "free": Element(match.group(), of=lambda each: True),
    }
    if kind == "date":
        return Element(match.group(), _date(form or "YYYYMMDD"))
    if form is not None or kind not in made or (kind == "brand" and not brands):
        raise ValueError(match.group())
    return made[kind]


def _one_of(texts: Sequence[str]) -> Ends:
    wanted = {each.casefold() for each in texts}
    lengths = sorted({len(each) for each in texts})

    def ends(name: str, start: int) -> Iterator[int]:
        reachable = (start + length for length in lengths if start + length <= len(name))
        return (end for end in reachable if name[start:end].casefold() in wanted)

    return ends


def _market(name: str, start: int) -> Iterator[int]:
    code = name[start : start + 2]
    if len(code) == 2 and code.isascii() and code.isalpha() and country_of(code.upper()) is not None:
        yield start + 2


def _date(form: str) -> Ends:
    """A day of the calendar, a month or a year. Raises ValueError for a form that is none."""
    parts = re.findall(r"YYYY|YY|MM|DD|[.\-/]|[A-Z]", form)
    dated = [part for part in parts if part in _PARTS_OF_DATE]
    unknown = any(part.isalpha() for part in parts if part not in dated)
    if unknown or len(set(dated)) != len(dated) or len({"YYYY", "YY"}.intersection(dated)) != 1:
        raise ValueError(form)
    pattern = re.compile("".join(_PARTS_OF_DATE.get(part, re.escape(part)) for part in parts), re.ASCII)

    def ends(name: str, start: int) -> Iterator[int]:
        match = pattern.match(name, start)
        if match is not None and _is_date(match.groupdict()):
            yield match.end()

    return ends


def _is_date(said: dict[str, str | None]) -> bool:
    year = said.get("year") or f"20{said.get('short')}"
    try:
        date(int(year), int(said.get("month") or 1), int(said.get("day") or 1))
    except ValueError:
        return False
    return True


# --- judging a name ------------------------------------------------------------------------------------------------------


def misfit(pattern: Sequence[Element], name: str) -> tuple[str, int] | None:
    """None when the name is one of the pattern; else what is expected (as the pattern writes it), and how many characters of
    the name are well before it."""
    reached = {0}
    for element in pattern:
        ends = element.after(name, reached)
        if not ends:
            return element.written, max(reached)
        reached = ends
    return None if len(name) in reached else ("", max(reached))


def _check(params: JsonObject) -> None:
    for kind in ("campaign", "ad_group", "ad"):
        try:
            elements(params[kind], tuple(params["brands"]))
        except ValueError:
            raise InvalidParams(f"params.{kind}", f"a pattern such as {EXAMPLE}; {{brand}} needs `brands`") from None


@rule(
    code="structure.naming",
    version=2,
    applies_to=("campaign", "ad_group", "ad"),
    sections=("structure",),
    params={"campaign": "", "ad_group": "", "ad": "", "brands": []},
    schema={"campaign": PATTERN, "ad_group": PATTERN, "ad": PATTERN, "brands": some_texts(500)},
    codes=("structure.name_not_as_agreed", "structure.name_begins_otherwise", "structure.name_goes_on", "structure.no_pattern"),
    source="R-54 (naming convention)",
    check=_check,
)
def naming(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The name is built as agreed: `{brand}`, `{market}` (a country), `{date:YYYYMMDD}`, `{format}`, `{word}`, `{number}`,
    `{free}`, and whatever else the pattern says between them."""
    pattern = params[subject.type]
    if not pattern:
        yield not_applicable("structure.no_pattern")
        return
    name = text(section(subject.sections, "structure"), "name", "structure.name").strip()
    wrong = misfit(elements(pattern, tuple(params["brands"])), name)
    if wrong is None:
        yield passed(evidence={"pattern": shown(pattern, 300)})
        return
    wanted, well = wrong
    said = {"pattern": shown(pattern, 300), "after": shown(name[:well], 60), "wanted": shown(wanted, 300)}
    evidence = {"pattern": said["pattern"], "expected": said["wanted"], "fits": well}
    code = "goes_on" if not wanted else "not_as_agreed" if said["after"] else "begins_otherwise"
    yield failed(f"structure.name_{code}", evidence, **said)
