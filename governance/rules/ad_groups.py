"""Rules about an ad group's bid and number of ads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from governance.contract import CannotJudge, Context, JsonObject, Subject, Verdict, failed, passed
from governance.money_minimums import amount_text
from governance.parameters import whole
from governance.registry import rule, shown
from governance.rules.reading import money, section, text

ADS: Final = whole("ads", 0, 10_000, optional=True)


@rule(
    code="ad_group.ads_limit",
    version=1,
    applies_to=("ad_group", "ad"),
    sections=(),
    reads=("ads_in_group",),
    params={"max_ads": 20},
    schema={"max_ads": ADS},
    codes=("ad_group.too_many_ads", "check.context_missing", "check.passed"),
    source="seed (step 7: up to 20 ads); what TikTok allows is ad_group.ads_limit_channel",
)
def ads_limit(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """An ad group holds at most so many ads, the one that is judged included."""
    yield _within(context, params["max_ads"], "seed")


@rule(
    code="ad_group.ads_limit_channel",
    version=1,
    applies_to=("ad_group", "ad"),
    sections=(),
    reads=("ads_in_group",),
    params={"max_ads": 50},
    schema={"max_ads": ADS},
    codes=("ad_group.too_many_ads", "check.context_missing", "check.passed"),
    source="TikTok Doc:Ads structure (50 ads for most objectives), against the 20 of the seed",
)
def ads_limit_channel(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """An ad group holds no more ads than the channel takes. For those who lift the seed's lower limit, ad_group.ads_limit."""
    yield _within(context, params["max_ads"], "TikTok Doc:Ads structure")


def _within(context: Context, limit: int | None, source: str) -> Verdict:
    count = context.ads_in_group
    if isinstance(count, bool) or not isinstance(count, int):
        raise CannotJudge("check.context_missing", what="ads_in_group")
    evidence = {"ads": count, "limit": limit, "source": source}
    if limit is not None and count > limit:
        return failed("ad_group.too_many_ads", evidence, ads=count, limit=limit, surplus=count - limit)
    return passed(evidence=evidence)


@rule(
    code="bid.publishable",
    version=1,
    applies_to=("ad_group",),
    sections=("bid",),
    codes=("bid.cap_not_publishable", "bid.strategy_unknown", "check.passed"),
    source="seed (step 6: bid cap exists); TikTok Doc:Bidding (v1.3 cannot set it)",
)
def publishable(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The bid strategy can be set through the Marketing API; bid cap cannot, and is never sent as cost
    cap.
    """
    strategy = _strategy(subject)
    evidence = {"strategy": strategy}
    yield failed("bid.cap_not_publishable", evidence) if strategy == "bid_cap" else passed(evidence=evidence)


def _strategy(subject: Subject) -> str:
    strategy = text(section(subject.sections, "bid"), "strategy", "bid.strategy")
    if strategy not in ("lowest_cost", "cost_cap", "bid_cap"):
        raise CannotJudge("bid.strategy_unknown", strategy=shown(strategy))
    return strategy


@rule(
    code="bid.amount",
    version=1,
    applies_to=("ad_group",),
    sections=("bid", "budget"),
    codes=(
        "bid.amount_missing",
        "bid.amount_unexpected",
        "bid.amount_not_positive",
        "bid.amount_not_below_budget",
        "bid.strategy_unknown",
        "check.passed",
    ),
    source="seed (step 6); TikTok facts 1.5 (the bid is below the budget)",
)
def bid_amount(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A capped strategy names an amount above zero and below the ad group's budget; lowest cost names
    none.
    """
    strategy = _strategy(subject)
    bid = money(section(subject.sections, "bid"), "amount", "bid.amount")
    budget = money(section(subject.sections, "budget"), "amount", "budget.amount")
    if bid is None:
        yield passed() if strategy == "lowest_cost" else failed("bid.amount_missing", strategy=strategy)
        return
    amount = amount_text(bid)
    if strategy == "lowest_cost":
        yield failed("bid.amount_unexpected", amount=amount)
    elif bid.minor <= 0:
        yield failed("bid.amount_not_positive", amount=amount)
    elif budget is not None and budget.currency == bid.currency and bid.minor >= budget.minor:
        yield failed("bid.amount_not_below_budget", amount=amount, budget=amount_text(budget))
    else:
        yield passed(evidence={"bid_minor": bid.minor})
