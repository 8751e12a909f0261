"""Values of a revision in words: money as money, times as times, codes as what they mean (R-09). Pure.

Everything returned is plain text in the reader's language; templates escape it. Both doors speak it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from approvals.diffs import leaves
from campaigns.vocabulary import (
    AdFormat,
    BidStrategy,
    BudgetMode,
    Objective,
    OptimizationGoal,
    Pacing,
    PlacementType,
)
from core import dates
from core.money import Money
from governance.places import country_of

SECTIONS: Final[dict[str, Promise]] = {
    "structure": _("Name and kind"),
    "creative": _("Media"),
    "copy": _("Text"),
    "destination": _("Landing page"),
    "identity": _("Identity"),
    "targeting": _("Targeting"),
    "schedule": _("Schedule"),
    "budget": _("Budget"),
    "bid": _("Bidding"),
    "tracking": _("Tracking"),
    "disclosure": _("Disclosure"),
}
LABELS: Final[dict[str, Promise]] = {
    "structure.name": _("Name"),
    "structure.ad_account": _("Ad account"),
    "structure.objective": _("Objective"),
    "structure.special_industries": _("Special industries"),
    "structure.campaign": _("Campaign"),
    "structure.ad_group": _("Ad group"),
    "structure.format": _("Format"),
    "budget.mode": _("Mode"),
    "budget.amount": _("Amount"),
    "budget.optimization": _("Budget optimisation"),
    "targeting.placement.type": _("Placement"),
    "targeting.placement.apps": _("Apps"),
    "targeting.audience.locations": _("Locations"),
    "targeting.audience.age_groups": _("Age"),
    "targeting.audience.gender": _("Gender"),
    "targeting.audience.languages": _("Languages"),
    "targeting.audience.interests": _("Interests"),
    "schedule.start": _("Start"),
    "schedule.end": _("End"),
    "schedule.dayparting": _("Hours of the week"),
    "schedule.starts_at": _("Flight from"),
    "schedule.ends_at": _("Flight until"),
    "bid.strategy": _("Strategy"),
    "bid.amount": _("Bid"),
    "bid.pacing": _("Pacing"),
    "bid.optimization_goal": _("Optimised for"),
    "creative.media": _("Media"),
    "creative.spark_post": _("Spark post"),
    "creative.spark_authorization.proof": _("Proof of permission"),
    "creative.spark_authorization.expires_at": _("Permission until"),
    "creative.effect.name": _("Effect name"),
    "creative.effect.icon": _("Effect icon"),
    "copy.text": _("Caption"),
    "copy.call_to_action": _("Call to action"),
    "copy.display_name": _("Display name"),
    "copy.hashtags": _("Hashtags"),
    "destination.landing_page_url": _("Address"),
    "identity.page": _("Speaks as"),
    "disclosure.ai_generated": _("Made with AI"),
    "disclosure.disclaimer": _("Disclaimer"),
    "disclosure.payer": _("Payer"),
    "disclosure.beneficiary": _("Beneficiary"),
}
CALLS: Final[dict[str, Promise]] = {
    "learn_more": _("Learn more"), "shop_now": _("Shop now"), "sign_up": _("Sign up"), "apply_now": _("Apply now"),
    "book_now": _("Book now"), "contact_us": _("Contact us"), "download_now": _("Download now"), "order_now": _("Order now"),
    "subscribe": _("Subscribe"), "view_now": _("View now"), "watch_now": _("Watch now"), "read_more": _("Read more"),
    "install_now": _("Install now"), "get_quote": _("Get quote"), "visit_store": _("Visit store"),
}  # fmt: skip
_ORDER: Final = {key: place for place, key in enumerate(LABELS)}
_GENDERS: Final[dict[str, Promise]] = {"all": _("all"), "female": _("women"), "male": _("men")}
_APPS: Final = {"tiktok": "TikTok", "pangle": "Pangle", "global_app_bundle": "Global App Bundle"}
_INDUSTRIES: Final[dict[str, Promise]] = {"housing": _("housing"), "employment": _("employment"), "credit": _("credit")}
_KINDS: Final[dict[str, Promise]] = {"video": _("video"), "image": _("image")}
_HOURS_A_SLOT: Final = 0.5
_SLOTS_A_DAY: Final = 48


@dataclass(frozen=True, slots=True)
class Names:
    """What ids mean, looked up beforehand: entities and pages by id, the account's time zone, and names of files by their hash."""

    entities: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    media: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One field in words."""

    label: str
    text: str


def language() -> str:
    """The language of the page, as Babel and `governance.messages` take it."""
    return get_language() or "en"


def money(minor: int | None, currency: str) -> str:
    """An amount for people; a dash for none."""
    return "–" if minor is None else Money(minor, currency).localised(language())


def section(name: str) -> str:
    return str(SECTIONS.get(name, name))


def sections(names: Iterable[str]) -> str:
    return ", ".join(section(name) for name in in_order(names))


def label(section_name: str, path: str) -> str:
    """The name of a field; its path where there is none, and of a section that is empty the section's."""
    known = LABELS.get(f"{section_name}.{path}") if path else section(section_name)
    return path.replace("_", " ").replace(".", ", ").capitalize() if known is None else str(known)


def lines(section_name: str, value: Any, names: Names) -> list[Line]:
    """A section, field by field, in the order of LABELS (the canonical form sorts by name)."""
    found = sorted(leaves(value), key=lambda leaf: _ORDER.get(f"{section_name}.{leaf[0]}", len(_ORDER)))
    return [Line(label(section_name, path), text(section_name, path, leaf, names)) for path, leaf in found]


def in_order(section_names: Iterable[str]) -> list[str]:
    """Section names in the order of SECTIONS, unknown ones last."""
    known = list(SECTIONS)
    return sorted(section_names, key=lambda name: known.index(name) if name in SECTIONS else len(known))


def text(section_name: str, path: str, value: Any, names: Names) -> str:
    """One value in words; a dash for nothing."""
    if value is None and f"{section_name}.{path}" in _NONE:
        return str(_NONE[f"{section_name}.{path}"])
    if value in (None, "", [], {}):
        return "–"
    render = _RENDER.get(f"{section_name}.{path}")
    if render is not None:
        return render(value, names)
    return _plain(value)


def place(section_name: str, path: str) -> tuple[int, str, int, str]:
    """Where a field stands among all fields: by the order of SECTIONS, then of LABELS, unknown ones last."""
    known = list(SECTIONS)
    at = known.index(section_name) if section_name in SECTIONS else len(known)
    return at, section_name, _ORDER.get(f"{section_name}.{path}", len(_ORDER)), path


def members(section_name: str, path: str, value: Any, names: Names) -> list[str] | None:
    """The members of a list, each in words; None for what is no list of names."""
    one = _EACH.get(f"{section_name}.{path}")
    return None if one is None or not isinstance(value, list) else [one(each, names) for each in value]


def is_moment(section_name: str, path: str) -> bool:
    """Whether a field is a time."""
    return _RENDER.get(f"{section_name}.{path}") is moment


def file(value: Mapping[str, Any], names: Names) -> str:
    """One of the media: its name, else its kind, and the beginning of its hash."""
    called = names.media.get(value["sha256"]) or str(_KINDS.get(value["kind"], value["kind"]))
    return f"{called} ({value['sha256'][:8]})"


def week(value: Any) -> frozenset[int]:
    """The half hours of a week, from Monday, in which something is shown; no plan, or none of them, is all."""
    chosen = frozenset(place for place, slot in enumerate(str(value or "")) if slot == "1")
    return chosen or frozenset(range(7 * _SLOTS_A_DAY))


def hours(slots: Iterable[int]) -> list[str]:
    """Half hours of a week by day: `Monday 08:00–12:00`."""
    days = Locale.parse(language(), sep="-").days["stand-alone"]["wide"]
    runs: dict[tuple[int, int], list[int]] = {}
    for place, slot in enumerate(sorted(slots)):
        runs.setdefault((slot // _SLOTS_A_DAY, slot - place), []).append(slot)
    return [f"{days[day]} {_clock(run[0], day)}–{_clock(run[-1] + 1, day)}" for (day, _run), run in sorted(runs.items())]


def _clock(slot: int, day: int) -> str:
    whole, half = divmod(slot - day * _SLOTS_A_DAY, 2)
    return f"{whole:02}:{30 * half:02}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    if isinstance(value, Mapping):
        if "minor" in value:
            return money(value["minor"], value["currency"])
        return ", ".join(f"{name}: {_plain(inner)}" for name, inner in value.items())
    return str(value)


def _choice(choices: Any) -> Callable[[Any, Names], str]:
    table = dict(choices.choices) if hasattr(choices, "choices") else choices
    return lambda value, names: str(table.get(value, value))


def _list(one: Callable[[Any, Names], str]) -> Callable[[Any, Names], str]:
    return lambda value, names: ", ".join(one(each, names) for each in value)


def call_to_action(value: str | None) -> str:
    """What stands on the button."""
    return "" if not value else str(CALLS.get(value, value.replace("_", " ").capitalize()))


def moment(value: Any, names: Names) -> str:
    """A time in the account's own time zone, which is named."""
    local = timezone.localtime(datetime.fromisoformat(str(value)), ZoneInfo(names.timezone))
    return f"{dates.day(local)}, {formats.date_format(local, 'H:i')} ({names.timezone})"


def _age(value: Any, names: Names) -> str:
    low, _sep, high = str(value).partition("_")
    return f"{low}+" if high == "100" else f"{low}–{high}"


def _language(value: Any, names: Names) -> str:
    try:
        return str(Locale.parse(str(value)).get_display_name(language()) or value)
    except (UnknownLocaleError, ValueError):
        return str(value)


def _place(value: Any, names: Names) -> str:
    """A location by the name of its country; by the channel's number where that is not known."""
    country = country_of(str(value))
    return str(value) if country is None else str(Locale.parse(language(), sep="-").territories.get(country, country))


def _dayparting(value: Any, names: Names) -> str:
    hours = str(value).count("1") * _HOURS_A_SLOT
    return str(_("%(hours)s of 168 hours a week") % {"hours": formats.number_format(hours, 1)})


def media(value: Any, names: Names | None = None) -> str:
    """Media by kind and the beginning of their hash, in the order in which they are shown."""
    return ", ".join(f"{_KINDS.get(each['kind'], each['kind'])} {each['sha256'][:8]}" for each in value)


def _page(value: Any, names: Names) -> str:
    return names.pages.get(str(value.get("id")), str(value.get("external_id", "")))


def _entity(value: Any, names: Names) -> str:
    return names.entities.get(str(value), str(value))


def _account(value: Any, names: Names) -> str:
    return f"{names.entities.get(str(value['id']), '')} ({value['external_id']})".strip()


def _hashtag(value: Any, names: Names) -> str:
    return f"#{str(value).lstrip('#')}"


_NONE: Final[dict[str, Promise]] = {
    "schedule.end": _("no end"),
    "schedule.dayparting": _("all hours"),
    "budget.amount": _("no limit of its own"),
    "bid.amount": _("none"),
    "disclosure.ai_generated": _("not declared"),
}
_EACH: Final[dict[str, Callable[[Any, Names], str]]] = {
    "structure.special_industries": _choice(_INDUSTRIES),
    "targeting.placement.apps": _choice(_APPS),
    "targeting.audience.locations": _place,
    "targeting.audience.age_groups": _age,
    "targeting.audience.languages": _language,
    "targeting.audience.interests": lambda value, names: _plain(value),
    "copy.hashtags": _hashtag,
}
"""Fields that are lists: how one of the list is called."""
_RENDER: Final[dict[str, Callable[[Any, Names], str]]] = {
    "structure.ad_account": _account,
    "structure.objective": _choice(Objective),
    "structure.campaign": _entity,
    "structure.ad_group": _entity,
    "structure.format": _choice(AdFormat),
    "budget.mode": _choice(BudgetMode),
    "targeting.placement.type": _choice(PlacementType),
    "targeting.audience.gender": _choice(_GENDERS),
    "schedule.start": moment,
    "schedule.end": moment,
    "schedule.starts_at": moment,
    "schedule.ends_at": moment,
    "creative.spark_authorization.expires_at": moment,
    "creative.effect.icon": lambda value, names: media([{"kind": "image", "sha256": str(value)}], names),
    "schedule.dayparting": _dayparting,
    "bid.strategy": _choice(BidStrategy),
    "bid.pacing": _choice(Pacing),
    "bid.optimization_goal": _choice(OptimizationGoal),
    "creative.media": media,
    "copy.call_to_action": lambda value, names: call_to_action(value),
    "identity.page": _page,
    **{name: _list(one) for name, one in _EACH.items()},
}
