"""Words and small pieces of the page: labels, chips, facts, amounts. All escape."""

from decimal import Decimal
from html import escape
from typing import Any

from simulator import currencies
from simulator.model import ENABLE, Entity

_PREFIXES = (
    *("CAMPAIGN_STATUS_", "ADGROUP_STATUS_", "AD_STATUS_", "STATUS_"),
    *("BUDGET_MODE_", "PLACEMENT_TYPE_", "PLACEMENT_"),
)
_SPOKEN = {
    "DELIVERY_OK": "Delivering",
    "CREATE": "No ads yet",
    "AUDIT": "In review",
    "REAUDIT": "In review again",
    "AUDIT_DENY": "Rejected",
    "DISABLE": "Paused",
    "CAMPAIGN_DISABLE": "Campaign paused",
    "ADGROUP_DISABLE": "Ad group paused",
    "NOT_START": "Not started",
    "TIME_DONE": "Ended",
    "DONE": "Ended",
    "ENABLE": "Enabled",
    "DAY": "a day",
    "TOTAL": "in total",
    "DYNAMIC_DAILY_BUDGET": "a day on average",
    "TIKTOK": "TikTok",
}
_COLOURS = (
    ("good", ("Delivering", "Enabled")),
    ("off", ("Paused", "Campaign paused", "Ad group paused", "Ended")),
    ("wait", ("No ads yet", "In review", "In review again", "Not started")),
)


def label(code: str) -> str:
    """A code of the API as words for people: AD_STATUS_AUDIT is "In review"."""
    for prefix in _PREFIXES:
        code = code.removeprefix(prefix)
    return _SPOKEN.get(code, code.replace("_", " ").capitalize())


def chip(text: str, colour: str | None, code: str) -> str:
    """A status chip; the API's own code is its tooltip."""
    found = next((name for name, texts in _COLOURS if text in texts), "bad")
    return f'<span class="chip {colour or found}" title="{escape(code)}">{escape(text)}</span>'


def status_chips(entity: Entity, secondary: str) -> str:
    """What follows from everything, and what somebody switched where that is not the same."""
    text = label(secondary)
    result = chip(text, None, secondary)
    if text in ("Paused", "Enabled"):
        return result
    is_on = entity.operation_status == ENABLE
    switch = chip("Switched on" if is_on else "Switched off", "good" if is_on else "off", entity.operation_status)
    return switch + result


def facts(details: dict[str, str]) -> str:
    """Names and values in a line; empty values are left out."""
    items = "".join(f"<span>{escape(name)} <b>{escape(value)}</b></span>" for name, value in details.items() if value)
    return f'<p class="facts">{items}</p>'


def amount(fields: dict[str, Any], currency: str) -> str:
    """A budget as people write it: 1,250.00 EUR a day."""
    mode = str(fields.get("budget_mode"))
    if mode == "BUDGET_MODE_INFINITE":
        return "no limit of its own"
    value = currencies.exact(fields["budget"])
    places = 0 if currencies.precision(currency) == Decimal(1) else 2
    return f"{value:,.{places}f} {currency} {label(mode)}"
