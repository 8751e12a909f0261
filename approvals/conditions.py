"""Under which conditions a policy asks for its stages: what a condition may name, and whether it holds. Pure.

A condition is an expression in CEL over a proposal, that is a request as it is about to be opened. What cannot be judged holds:
a stage too many is asked for rather than one too few (R-03). Conditions that name findings are judged when the checks have ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from campaigns.vocabulary import SECTIONS
from core import clock
from core.errors import Invalid
from governance.contract import CannotJudge
from governance.expressions.compiling import InvalidExpression, Program, compiled
from governance.expressions.evaluating import holds, values
from governance.expressions.vocabulary import Entry, Kind, Vocabulary, typed
from governance.places import targeted

FINDINGS: Final = "findings"


@dataclass(frozen=True)
class Proposal:
    """What conditions are judged by: the ad account's own words, the sections of each entity of the request by its type, what
    changed, and amounts in minor units of the account's currency. `raised` says how far the budgets of the account are raised
    within so many hours; `findings` the codes of what the checks found, None before they have ended."""

    account: Mapping[str, str]
    campaign: Mapping[str, Any]
    put_forward: Mapping[str, Sequence[Mapping[str, Any]]]
    sections_changed: frozenset[str]
    is_new: bool
    by_machine: bool
    exposure_minor: int
    cleared_exposure: Callable[[], int]
    raised: Callable[[int], int]
    now: datetime
    findings: Sequence[str] | None = None

    @cached_property
    def exposure_increase_minor(self) -> int:
        """How much more can be spent than by what was approved last."""
        return max(0, self.exposure_minor - self.cleared_exposure())

    def of(self, kind: str) -> Sequence[Mapping[str, Any]]:
        """The sections of the entities of a type."""
        return self.put_forward.get(kind, ())


@dataclass(frozen=True, slots=True)
class Condition:
    """A policy's condition, compiled; without a program it always holds."""

    program: Program | None = None
    reads: frozenset[str] = field(default_factory=frozenset)

    @property
    def awaits_findings(self) -> bool:
        """Whether it can be judged only when the checks have ended."""
        return any(name.startswith(f"{FINDINGS}.") for name in self.reads)

    def holds(self, proposal: Proposal, *, in_doubt: bool = True) -> bool:
        """Whether a proposal needs the stages of this policy. What cannot be judged does (R-03), unless said otherwise."""
        found = self.verdict(proposal)
        return in_doubt if found is None else found

    def verdict(self, proposal: Proposal) -> bool | None:
        """The same; None where it cannot be judged."""
        if self.program is None:
            return True
        try:
            return holds(self.program, values(self.program, proposal))
        except CannotJudge:
            return None


def condition(text: str, field: str = "condition") -> Condition:
    """A condition as it is stored. Raises Invalid, which says line and column."""
    if not text.strip():
        return Condition()
    try:
        program = compiled(text, PROPOSALS)
    except InvalidExpression as error:
        raise Invalid.field(field, "invalid", error.words) from error
    return Condition(program, frozenset(entry.name for entry in program.entries))


# --- the names ---------------------------------------------------------------------------------------------------------------


def _name(name: str, kind: Kind, en: str, de: str, read: Callable[[Proposal], Any], sample: Any, unit: str = "") -> Entry:
    def value(proposal: Proposal) -> Any:
        return typed(kind, read(proposal), name)

    return Entry(name, kind, en, de, value, sample, unit)


def _each(kind: str, *path: str) -> Callable[[Proposal], list[str]]:
    """What stands at a path in the entities of a type, each once, sorted."""

    def read(proposal: Proposal) -> list[str]:
        found: set[str] = set()
        for sections in proposal.of(kind):
            value: Any = sections
            for step in path:
                value = (value or {}).get(step)
            found |= set(value) if isinstance(value, list) else {value} if value else set()
        return sorted(found)

    return read


def _countries(proposal: Proposal) -> list[str]:
    return sorted({place for sections in proposal.of("ad_group") for place in targeted(sections) if place is not None})


def _countries_known(proposal: Proposal) -> bool:
    return all(None not in targeted(sections) for sections in proposal.of("ad_group"))


def _domains(proposal: Proposal) -> list[str]:
    addresses = _each("ad", "destination", "landing_page_url")(proposal)
    return sorted({urlsplit(address).hostname or "" for address in addresses} - {""})


def _found(proposal: Proposal) -> list[str]:
    if proposal.findings is None:
        raise CannotJudge("check.context_missing", what=FINDINGS)
    return sorted(set(proposal.findings))


_MINOR: Final = "minor units of account.currency"
_AMOUNT: Final = 120_000

REQUEST: Final = (
    _name("request.items", Kind.NUMBER, "entities in it", "Objekte darin", lambda p: sum(map(len, p.put_forward.values())), 3),
    _name("request.new", Kind.FLAG, "whether its campaign was never approved before", "ob die Kampagne noch nie freigegeben war",
          lambda p: p.is_new, True),
    _name("request.by_machine", Kind.FLAG, "whether a service account submitted it", "ob ein Dienstkonto sie eingereicht hat",
          lambda p: p.by_machine, False),
    _name("request.sections_changed", Kind.TEXTS, f"what changed: {', '.join(SECTIONS)}", "was sich geändert hat",
          lambda p: sorted(p.sections_changed), ["copy", "budget"]),
    _name("request.exposure_minor", Kind.NUMBER, "the most that its campaign can spend then",
          "was die Kampagne dann höchstens ausgeben kann", lambda p: p.exposure_minor, _AMOUNT, _MINOR),
    _name("request.exposure_increase_minor", Kind.NUMBER, "how much more that is than by what was approved last",
          "wie viel mehr das ist als nach der letzten Freigabe", lambda p: p.exposure_increase_minor, _AMOUNT, _MINOR),
    _name("request.account_raised_day_minor", Kind.NUMBER, "by how much budgets of its ad account are raised within 24 hours",
          "um wie viel Budgets des Werbekontos in 24 Stunden steigen", lambda p: p.raised(24), _AMOUNT, _MINOR),
    _name("request.account_raised_week_minor", Kind.NUMBER, "by how much budgets of its ad account are raised within 7 days",
          "um wie viel Budgets des Werbekontos in 7 Tagen steigen", lambda p: p.raised(7 * 24), _AMOUNT, _MINOR),
    _name("request.formats", Kind.TEXTS, "formats of its ads, such as in_feed", "Formate der Anzeigen, etwa in_feed",
          _each("ad", "structure", "format"), ["in_feed"]),
    _name("request.countries", Kind.TEXTS, "countries its ad groups target, as far as they are known",
          "Länder, auf die die Anzeigengruppen zielen, soweit bekannt", _countries, ["DE", "FR"]),
    _name("request.countries_known", Kind.FLAG, "whether the country of every targeted location is known",
          "ob das Land jedes Zielorts bekannt ist", _countries_known, True),
    _name("request.languages", Kind.TEXTS, "languages its ad groups target", "Sprachen, auf die die Anzeigengruppen zielen",
          _each("ad_group", "targeting", "audience", "languages"), ["de"]),
    _name("request.domains", Kind.TEXTS, "hosts of the landing pages of its ads", "Hosts der Zielseiten der Anzeigen",
          _domains, ["shop.example"]),
)  # fmt: skip

AROUND: Final = (
    _name("campaign.name", Kind.TEXT, "name of the campaign", "Name der Kampagne",
          lambda p: p.campaign["structure"]["name"], "sample"),
    _name("campaign.objective", Kind.TEXT, "objective, such as traffic", "Ziel, etwa traffic",
          lambda p: p.campaign["structure"]["objective"], "traffic"),
    _name("campaign.special_industries", Kind.TEXTS, "special industries: housing, employment, credit",
          "besondere Branchen: housing, employment, credit", lambda p: p.campaign["structure"]["special_industries"], ["housing"]),
    _name("campaign.budget_mode", Kind.TEXT, "daily, lifetime or unlimited", "daily, lifetime oder unlimited",
          lambda p: p.campaign["budget"]["mode"], "daily"),
    *(
        _name(f"account.{name}", Kind.TEXT, en, de, lambda p, name=name: p.account[name], sample)  # type: ignore[misc]
        for name, en, de, sample in (
            ("name", "name of the ad account", "Name des Werbekontos", "sample"),
            ("external_id", "its number on the channel", "seine Nummer auf dem Kanal", "7000000000000000001"),
            ("brand", "name of the brand", "Name der Marke", "sample"),
            ("channel", "channel, such as tiktok", "Kanal, etwa tiktok", "tiktok"),
            ("country", "market of the ad account, such as DE", "Markt des Werbekontos, etwa DE", "DE"),
            ("currency", "currency of the ad account", "Währung des Werbekontos", "EUR"),
        )
    ),
    _name("now", Kind.TIME, "when it is submitted", "wann eingereicht wird", lambda p: clock.rfc3339(p.now),
          datetime.fromisoformat("2026-06-01T12:00:00+00:00")),
    _name(f"{FINDINGS}.codes", Kind.TEXTS, "codes of what the checks found and did not pass",
          "Codes dessen, was die Prüfungen beanstandet haben", _found, ["copy.capitals"]),
)  # fmt: skip

PROPOSALS: Final = Vocabulary((*REQUEST, *AROUND))
"""What a condition may name."""
