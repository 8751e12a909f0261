"""What a rule sees and what it answers (R-53). Pure: no model, no database, no clock, no network.

A rule is a function `(Subject, params, Context) -> iterable of Verdict`. It judges one revision; the binding
in a rule set says how much its answer weighs (the mode), so the same rule can warn one brand and stop
another. Every value in here is plain JSON (strings, integers, booleans, null, lists, objects), so a finding
can be stored as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

ENTITY_TYPES = ("campaign", "ad_group", "ad")

JsonObject = Mapping[str, Any]


class Result(StrEnum):
    """What one verdict says. `error` means the rule could not judge; it is never a pass (R-03)."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


class Mode(StrEnum):
    """How much a binding's verdicts weigh. `soft` blocks like `hard` but may be overridden by a person
    (R-53).
    """

    OFF = "off"
    AUDIT = "audit"
    WARN = "warn"
    SOFT = "soft"
    HARD = "hard"


MODES: Final = [str(mode) for mode in Mode]


class Outcome(StrEnum):
    """What a whole check run says."""

    PASSED = "passed"
    WARNED = "warned"
    BLOCKED = "blocked"


OUTCOMES: Final = tuple(each.value for each in Outcome)


@dataclass(frozen=True, slots=True)
class Subject:
    """The revision that is judged: its entity type, entity id and sections (the revision content's
    `sections`).
    """

    type: str
    id: str
    sections: JsonObject


@dataclass(frozen=True, slots=True)
class Context:
    """A snapshot of what surrounds the subject: most of it taken when the check run was queued, the rest observed by
    the worker before it judges.

    `now` is RFC 3339 UTC. `media` maps sha256 to the probed facts of the file, and once analysed also to what was seen
    and heard in it (`analysis`, docs/media.md) and to what was read (`reading`). `campaign` and `ad_group` are the sections
    of the parents. `ads_in_group` counts the live and submitted ads of the ad group, the subject included. `brand` is the
    name of the ad account's brand.
    `landing_page` is what fetching it brought. `rejected_media` lists the files of creatives that people rejected,
    `{sha256, difference_hashes}` each, without the hashes until it is analysed. `minimums` are the minimum budgets in
    force (governance.minimums), `live` whether it was approved before, its budget changed since, and what is spent
    (`{approved, changed, spent_minor}`), `increase` how far it was raised within a day and a week, and all budgets of
    the ad account with it (`{windows: [{hours, before_minor, raised_minor, account_raised_minor}]}`, R-22). None means
    "not known", which makes a rule that needs it answer `error`; only without `minimums` those of the code hold.
    """

    currency: str | None = None
    country: str | None = None
    now: str | None = None
    media: Mapping[str, JsonObject] = field(default_factory=dict)
    campaign: JsonObject | None = None
    ad_group: JsonObject | None = None
    ads_in_group: int | None = None
    landing_page: JsonObject | None = None
    rejected_media: Sequence[JsonObject] | None = None
    minimums: JsonObject | None = None
    live: JsonObject | None = None
    brand: str | None = None
    increase: JsonObject | None = None

    @classmethod
    def from_json(cls, snapshot: JsonObject) -> Context:
        """The context of a stored snapshot; keys that are absent are unknown. Raises TypeError on an unknown
        key.
        """
        known = dict(snapshot)
        known["media"] = known.get("media") or {}
        return cls(**known)

    def as_json(self) -> dict[str, Any]:
        """The snapshot to store beside the check run."""
        return {
            "currency": self.currency,
            "country": self.country,
            "now": self.now,
            "media": {sha256: dict(facts) for sha256, facts in self.media.items()},
            "campaign": None if self.campaign is None else dict(self.campaign),
            "ad_group": None if self.ad_group is None else dict(self.ad_group),
            "ads_in_group": self.ads_in_group,
            **({} if self.landing_page is None else {"landing_page": dict(self.landing_page)}),
            **({} if self.rejected_media is None else {"rejected_media": [dict(each) for each in self.rejected_media]}),
            **({} if self.minimums is None else {"minimums": dict(self.minimums)}),
            **({} if self.live is None else {"live": dict(self.live)}),
            **({} if self.brand is None else {"brand": self.brand}),
            **({} if self.increase is None else {"increase": dict(self.increase)}),
        }


NOTHING: Final[JsonObject] = MappingProxyType({})


class Verdict(NamedTuple):
    """One answer of a rule. `code` names the message, `params` fill it, `evidence` is what was seen and which
    limit held. A tuple, as EvaluatedFinding.
    """

    result: Result
    code: str
    params: JsonObject = NOTHING
    evidence: JsonObject = NOTHING


class ParamKind(StrEnum):
    """What kind of value a parameter takes."""

    WHOLE = "whole number"
    FLAG = "true or false"
    TEXT = "text"
    TEXTS = "list of texts"


@dataclass(frozen=True, slots=True)
class Param:
    """What one parameter of a rule takes.

    `unit` is what a whole number counts. `least` and `most` bound a whole number, the characters of a text, or the entries of a
    list, of which each is at most `longest` characters. `optional` also takes null, for no limit. `choices` are all there is,
    when not empty; where they are too many to be listed, `called` says in words what they are.
    """

    kind: ParamKind
    unit: str = ""
    least: int = 0
    most: int | None = None
    longest: int | None = None
    optional: bool = False
    choices: tuple[str, ...] = ()
    called: str = ""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What is known of a rule without running it.

    `sections`: the subject's own sections that it reads (a change elsewhere cannot change its answer);
    `reads`: the fields of Context that it reads; `params`: the defaults, objects in objects where there is one value per
    format; `codes`: every code that its own verdicts can carry; `source`: where its numbers come from (seed, TikTok, R-xx);
    `schema`: what each parameter takes, by the last part of its path.
    """

    code: str
    version: int
    applies_to: tuple[str, ...]
    sections: tuple[str, ...]
    reads: tuple[str, ...]
    params: JsonObject
    codes: tuple[str, ...]
    source: str
    schema: Mapping[str, Param] = field(default_factory=dict)


RuleFunction = Callable[[Subject, JsonObject, Context], Iterable[Verdict]]
ParamsCheck = Callable[[JsonObject], object]
Particulars = Callable[[RuleInfo, JsonObject], RuleInfo]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what is known of it, and the function that judges.

    `check` raises InvalidParams for merged parameters of the right types by which cannot be judged; `doubt` for those by which can
    be judged, and yet nobody means them: it is asked when a line is written, not of lines that stand. `particulars`, of a rule that
    is many rules, says what is known of the one that checked parameters make of it.
    """

    info: RuleInfo
    judge: RuleFunction
    check: ParamsCheck | None = None
    particulars: Particulars | None = None
    doubt: ParamsCheck | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """One line of a rule set: a rule, the weight of its verdicts, and the parameters that differ from the
    defaults.
    """

    rule: str
    mode: Mode
    params: JsonObject = field(default_factory=dict)

    @classmethod
    def from_json(cls, line: JsonObject) -> Binding:
        """A stored line `{rule, mode, params}`. Raises KeyError or ValueError when it is not one."""
        return cls(str(line["rule"]), Mode(line["mode"]), line.get("params") or {})

    def as_json(self) -> dict[str, Any]:
        """The line to store."""
        return {"rule": self.rule, "mode": str(self.mode), "params": dict(self.params)}


class EvaluatedFinding(NamedTuple):
    """One verdict with the rule version and the mode under which it was given: a row of Finding. A tuple, of which one is made
    in a third of the time; a rule is asked for every revision."""

    rule: str
    version: int
    mode: Mode
    result: Result
    code: str
    params: JsonObject
    evidence: JsonObject
    sections: tuple[str, ...]


class CannotJudge(Exception):
    """Raised inside a rule that cannot judge; becomes a verdict `error` with this code (R-03)."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class InvalidParams(ValueError):
    """Parameters that a rule does not take. `path` names the parameter, `expected` the type it takes; `words`, where there are
    any, say it to people in their language.
    """

    def __init__(self, path: str, expected: str, words: Any = None) -> None:
        super().__init__(f"{path}: expected {expected}")
        self.path = path
        self.expected = expected
        self.words = words


def passed(code: str = "check.passed", evidence: JsonObject | None = None, **params: Any) -> Verdict:
    """The subject satisfies the rule."""
    return Verdict(Result.PASS, code, params, evidence or NOTHING)


def failed(code: str, evidence: JsonObject | None = None, **params: Any) -> Verdict:
    """The subject breaks the rule."""
    return Verdict(Result.FAIL, code, params, evidence or NOTHING)


def not_applicable(code: str, evidence: JsonObject | None = None, **params: Any) -> Verdict:
    """The rule has nothing to say about this subject; the code says why."""
    return Verdict(Result.NOT_APPLICABLE, code, params, evidence or NOTHING)


def undecided(code: str, evidence: JsonObject | None = None, **params: Any) -> Verdict:
    """The rule could not judge; weighs like a fail (R-03)."""
    return Verdict(Result.ERROR, code, params, evidence or NOTHING)
