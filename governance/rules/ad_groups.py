"""Rules about an ad group's bid, audience and number of ads."""

from __future__ import annotations

from collections.abc import Iterator

from governance.contract import CannotJudge, Context, JsonObject, Subject, Verdict, failed, passed
from governance.money_minimums import amount_text
from governance.parameters import whole
from governance.registry import rule, shown
from governance.rules.reading import child, money, section, text, texts


@rule(
    code="ad_group.ads_limit",
    version=1,
    applies_to=("ad_group", "ad"),
    sections=(),
    reads=("ads_in_group",),
    params={"max_ads": 20},
    schema={"max_ads": whole("ads", 0, 10_000, optional=True)},
    codes=("ad_group.too_many_ads", "check.context_missing", "check.passed"),
    source="seed (step 7: up to 20 ads); TikTok Doc:Ads structure allows 50 for most objectives",
)
def ads_limit(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """An ad group holds at most so many ads, the one that is judged included."""
    count = context.ads_in_group
    if isinstance(count, bool) or not isinstance(count, int):
        raise CannotJudge("check.context_missing", what="ads_in_group")
    limit = params["max_ads"]
    evidence = {"ads": count, "limit": limit, "source": "seed"}
    if limit is not None and count > limit:
        yield failed("ad_group.too_many_ads", evidence, ads=count, limit=limit, surplus=count - limit)
    else:
        yield passed(evidence=evidence)


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


@rule(
    code="targeting.minors",
    version=1,
    applies_to=("ad_group",),
    sections=("targeting",),
    codes=("targeting.minors_included", "targeting.ages_open", "check.passed"),
    source="R-54 (no minor targeting); TikTok facts 1.5 (no age group means any age)",
)
def minors(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The audience names its age groups, and 13 to 17 is not among them."""
    audience = child(section(subject.sections, "targeting"), "audience", "targeting.audience") or {}
    ages = texts(audience, "age_groups", "targeting.audience.age_groups")
    if not ages:
        yield failed("targeting.ages_open")
    elif "13_17" in ages:
        yield failed("targeting.minors_included")
    else:
        yield passed()
