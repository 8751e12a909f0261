"""Who is in the demo: pure data. Names and addresses are invented; `.example` never resolves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

PASSWORD: Final = "imprimatur-demo"  # noqa: S105 - printed on the terminal, for a database that only the demo uses


@dataclass(frozen=True, slots=True)
class Person:
    """A demo person: roles are (role, scope) pairs; the scope is `*` for the organisation or a brand's name."""

    email: str
    name: str
    groups: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    does: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A demo ad account and the page its ads speak as."""

    name: str
    external_id: str
    currency: str
    timezone: str
    country: str


@dataclass(frozen=True, slots=True)
class BrandCast:
    """A demo brand: where its ads may lead, what they may never say, its page and accounts."""

    name: str
    domain: str
    forbidden: tuple[str, ...]
    page: tuple[str, str]
    accounts: tuple[Account, ...]
    colour: str


ORGANISATION: Final = ("Halden & Rowe", "halden-rowe")

BRANDS: Final = (
    BrandCast(
        "Fjordlight Outdoor", "fjordlight.example", ("miracle", "guaranteed", "cheapest"),
        ("7300000000000000101", "fjordlight"),
        (
            Account("Fjordlight Germany", "7300000000000000001", "EUR", "Europe/Berlin", "DE"),
            Account("Fjordlight USA", "7300000000000000002", "USD", "America/New_York", "US"),
        ),
        "#0f766e",
    ),
    BrandCast(
        "Kaffee Nordwind", "kaffee-nordwind.example", ("heilt*", "garantiert*", "wundermittel"),
        ("7300000000000000102", "kaffeenordwind"),
        (Account("Nordwind Deutschland", "7300000000000000003", "EUR", "Europe/Berlin", "DE"),),
        "#9a3412",
    ),
)  # fmt: skip

GROUPS: Final = {
    "Fjordlight brand managers": (("content_approver", "Fjordlight Outdoor"),),
    "Nordwind brand managers": (("content_approver", "Kaffee Nordwind"),),
    "Finance": (("budget_approver", "*"),),
    "Media buyers": (("submitter", "*"),),
}

PEOPLE: Final = (
    Person("sam@demo.example", "Sam Okafor", ("Media buyers",), does="submits ads"),
    Person("brand@demo.example", "Bea Lindqvist", ("Fjordlight brand managers",), does="approves content of Fjordlight Outdoor"),
    Person(
        "marke@demo.example", "Jonas Brandt", ("Nordwind brand managers",), language="de",
        does="approves content of Kaffee Nordwind",
    ),
    Person("finance@demo.example", "Farah Nasser", ("Finance",), does="approves budgets"),
    Person("publisher@demo.example", "Pia Moreau", (), (("publisher", "*"), ("operator", "*")), does="publishes by hand, revokes"),
    Person("auditor@demo.example", "Aki Tanaka", (), (("auditor", "*"),), does="reads the log"),
    Person(
        "access@demo.example", "Ada Whitfield", (), (("access_manager", "*"), ("policy_manager", "*")),
        does="gives and ends roles (“Manage access” in the menu), sets envelopes",
    ),
    Person(
        "access2@demo.example", "Ines Kaya", (), (("access_manager", "*"), ("policy_manager", "*")),
        does="second access and policy manager: confirms what Ada widens or raises",
    ),
)  # fmt: skip

SERVICE_ACCOUNT: Final = ("planner@demo.example", "Media planning tool", "sam@demo.example")

STAGES: Final[list[dict[str, Any]]] = [
    {
        "key": "content", "title": "Content: brand", "permission": "approve_content", "quorum": 1,
        "sections": ["structure", "creative", "copy", "destination", "identity", "targeting", "tracking", "disclosure"],
    },
    {
        "key": "budget", "title": "Budget: finance", "permission": "approve_budget", "quorum": 1,
        "sections": ["budget", "bid", "schedule"],
    },
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a brand or ad account of the demo may spend a month, and what Ada asks for instead (`raised`; empty: nothing)."""

    scope: str
    title: str
    amount: str
    currency: str
    reason: str
    raised: str = ""
    raised_because: str = ""


POLICY_MANAGER: Final = "access@demo.example"

ALLOWANCES: Final = (
    Allowance(
        "Fjordlight Outdoor", "Fjordlight, autumn and winter", "9000.00", "EUR", "Plan of September.",
        raised="12000.00", raised_because="The winter line starts a month early.",
    ),
    Allowance("Fjordlight Germany", "Fjordlight Germany", "6000.00", "EUR", "Two thirds of the plan."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """A demo campaign that is already under way when the demo starts. Amounts are decimal strings of the account's currency."""

    account: str
    campaign: str
    text: str
    campaign_budget: str
    group_budget: str
    title: str
    subtitle: str
    landing_page: str
    call_to_action: str = "shop_now"
    note: str = ""
    decisions: tuple[tuple[str, str, str, str], ...] = field(default=())
    """(stage, e-mail, verdict, comment), recorded as soon as the checks have passed."""


STORIES: Final = (
    Story(
        "Fjordlight Germany", "Autumn jackets 2026", "Warm, light, made to be repaired. The new autumn jackets are here.",
        "120.00", "60.00", "Autumn jackets", "Made to be repaired", "https://shop.fjordlight.example/autumn",
        note="First flight of the autumn line; agreed with retail.",
    ),
    Story(
        "Nordwind Deutschland", "Wintermischung", "Die neue Wintermischung: dunkel geröstet, fair gehandelt.",
        "80.00", "40.00", "Wintermischung", "Fair gehandelt", "https://www.kaffee-nordwind.example/winter",
        decisions=(("content", "marke@demo.example", "approve", "Passt zur Marke."),),
        note="Bitte bis Freitag entscheiden.",
    ),
    Story(
        "Fjordlight USA", "Trail shoes", "Guaranteed the cheapest trail shoes you will ever find.",
        "55.00", "15.00", "Trail shoes", "Run further", "https://trailshoes.example.net/sale", "shop_now",
        note="Breaks the brand's words, its landing pages and the minimum budget: see what the checks say.",
    ),
    Story(
        "Fjordlight Germany", "Repair café tour", "Bring your jacket. We mend it. Free in twelve cities.",
        "75.00", "35.00", "Repair tour", "Twelve cities", "https://www.fjordlight.example/repair", "learn_more",
        decisions=(
            ("content", "brand@demo.example", "approve", "Lovely, on brand."),
            ("budget", "finance@demo.example", "approve", ""),
        ),
    ),
)  # fmt: skip
