"""Values of a revision in words: money as money, times as times, codes as what they mean (R-09). Pure.

Everything returned is plain text; templates escape it.
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
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from approvals.diffs import leaves
from campaigns.vocabulary import (
    AdFormat,
    BidStrategy,
    BudgetMode,
    EntityType,
    Objective,
    OptimizationGoal,
    Pacing,
    PlacementType,
)
from core import dates
from core.money import Money

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
_HOURS_A_SLOT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Names:
    """What ids mean, looked up beforehand: entities and pages by id, and the account's time zone."""

    entities: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Line:
    """One field in words."""

    label: str
    text: str


def language() -> str:
    """The language of the page, as Babel and `governance.messages` take it."""
    return get_language() or "en"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago; seconds are not told."""
    if (now - moment).total_seconds() < 60:
        return gettext("just now")
    return gettext("%(age)s ago") % {"age": timesince(moment, now, depth=1)}


def until(due: datetime, now: datetime) -> str:
    """How far off a deadline is, or since when it has passed."""
    if due <= now:
        return gettext("overdue by %(age)s") % {"age": timesince(due, now, depth=1)}
    return gettext("due in %(age)s") % {"age": timesince(now, due, depth=1)}


def money(minor: int | None, currency: str) -> str:
    """An amount for people; a dash for none."""
    return "–" if minor is None else Money(minor, currency).localised(language())


def section(name: str) -> str:
    return str(SECTIONS.get(name, name))


def sections(names: Iterable[str]) -> str:
    return ", ".join(section(name) for name in in_order(names))


def label(section_name: str, path: str) -> str:
    """The name of a field; its path where there is none."""
    known = LABELS.get(f"{section_name}.{path}")
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


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
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


def _dayparting(value: Any, names: Names) -> str:
    hours = str(value).count("1") * _HOURS_A_SLOT
    return gettext("%(hours)s of 168 hours a week") % {"hours": formats.number_format(hours, 1)}


def media(value: Any, names: Names | None = None) -> str:
    """Media by kind and the beginning of their hash, in the order in which they are shown."""
    kinds = {"video": gettext("video"), "image": gettext("image")}
    return ", ".join(f"{kinds.get(each['kind'], each['kind'])} {each['sha256'][:8]}" for each in value)


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
_RENDER: Final[dict[str, Callable[[Any, Names], str]]] = {
    "structure.ad_account": _account,
    "structure.objective": _choice(Objective),
    "structure.special_industries": _list(_choice(_INDUSTRIES)),
    "structure.campaign": _entity,
    "structure.ad_group": _entity,
    "structure.format": _choice(AdFormat),
    "budget.mode": _choice(BudgetMode),
    "targeting.placement.type": _choice(PlacementType),
    "targeting.placement.apps": _list(_choice(_APPS)),
    "targeting.audience.age_groups": _list(_age),
    "targeting.audience.gender": _choice(_GENDERS),
    "targeting.audience.languages": _list(_language),
    "schedule.start": moment,
    "schedule.end": moment,
    "schedule.starts_at": moment,
    "schedule.ends_at": moment,
    "creative.spark_authorization.expires_at": moment,
    "creative.effect.icon": lambda value, names: media([{"kind": "image", "sha256": str(value)}]),
    "schedule.dayparting": _dayparting,
    "bid.strategy": _choice(BidStrategy),
    "bid.pacing": _choice(Pacing),
    "bid.optimization_goal": _choice(OptimizationGoal),
    "creative.media": media,
    "copy.call_to_action": lambda value, names: call_to_action(value),
    "copy.hashtags": _list(_hashtag),
    "identity.page": _page,
}


def kind(entity_type: str) -> str:
    """Campaign, ad group or ad, as a title."""
    return (
        str(EntityType(entity_type).label).capitalize()
        if get_language() != "de"
        else str(EntityType(entity_type).label)
    )


def count(entity_type: str, number: int) -> str:
    """`2 ads`."""
    words = {
        "campaign": ngettext("%(n)d campaign", "%(n)d campaigns", number),
        "ad_group": ngettext("%(n)d ad group", "%(n)d ad groups", number),
        "ad": ngettext("%(n)d ad", "%(n)d ads", number),
    }
    return words[entity_type] % {"n": number}
