"""Budget and bid amounts: precision first, then range (facts 2.2 to 2.4)."""

from decimal import Decimal
from typing import Any

from simulator import currencies
from simulator.envelope import invalid
from simulator.model import Advertiser

MODES_CAMPAIGN = frozenset({"BUDGET_MODE_INFINITE", "BUDGET_MODE_DAY", "BUDGET_MODE_TOTAL"})
MODES_CAMPAIGN_CBO = frozenset({"BUDGET_MODE_DAY", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "BUDGET_MODE_TOTAL"})
MODES_ADGROUP = MODES_CAMPAIGN_CBO
_DAILY_MAXIMUM = Decimal(10_000_000)  # exclusive, base USD
_ABSURD = Decimal(10**15)  # above every maximum; keeps the arithmetic within its precision
_CPC_CEILING = Decimal(30)  # base USD; the only ceiling the facts give (1.5)


def amount(name: str, value: Any, advertiser: Advertiser) -> Decimal:
    """A positive amount in the account's currency and precision."""
    exact = currencies.exact(value)
    if not exact.is_finite() or exact <= 0:
        raise invalid(name, "Must be greater than 0.")
    if exact >= _ABSURD:
        raise invalid(name, f"Must be less than {_ABSURD}.")
    if not currencies.is_precise(exact, advertiser.currency):
        step = currencies.precision(advertiser.currency)
        raise invalid(name, f"The precision of {advertiser.currency} is {step}.")
    return exact


def budget(value: Any, advertiser: Advertiser, base_minimum: int, days: int = 1) -> Decimal:
    """A budget of at least base x ratio (x days), inclusive, and below the maximum."""
    exact = amount("budget", value, advertiser)
    ratio = currencies.ratio(advertiser.currency)
    minimum = Decimal(base_minimum) * ratio * days
    if exact < minimum:
        raise invalid("budget", f"Must be at least {minimum} {advertiser.currency}.")
    if exact >= _DAILY_MAXIMUM * ratio * days:
        raise invalid("budget", f"Must be less than {_DAILY_MAXIMUM * ratio * days} {advertiser.currency}.")
    return exact


def above_spend(value: Decimal, spend: Decimal) -> None:
    """A changed budget must be at least 105 % of the current spend."""
    minimum = spend * Decimal("1.05")
    if value < minimum:
        raise invalid("budget", f"Must be at least 105% of the current spend ({minimum}).")


def bid(
    name: str,
    value: Any,
    advertiser: Advertiser,
    billing_event: str,
    budgets: list[Any],
) -> None:
    """A bid below every budget above it, and below the ceiling of its billing event."""
    exact = amount(name, value, advertiser)
    if any(limit and exact >= currencies.exact(limit) for limit in budgets):
        raise invalid(name, "The bid must be less than the budget.")
    ceiling = _CPC_CEILING * currencies.ratio(advertiser.currency)
    if billing_event == "CPC" and exact > ceiling:
        raise invalid(name, f"Must not exceed {ceiling} {advertiser.currency}.")
