"""English texts about ad groups, budgets and schedules."""

from __future__ import annotations

TITLES = {
    "ad_group.ads_limit": "Ads per ad group",
    "bid.amount": "Bid amount",
    "bid.publishable": "Bid strategy",
    "budget.unlimited_forbidden": "Unlimited budget",
    "budget.above_spent": "Budget above what is spent",
    "budget.increase": "Increase of budgets",
    "budget.ad_group_minimum": "Minimum budget of the ad group",
    "budget.at_minimum": "Budget exactly at the minimum",
    "budget.campaign_minimum": "Minimum budget of the campaign",
    "budget.currency": "Currency of the ad account",
    "budget.maximum": "Highest daily budget",
    "budget.mode_combination": "Budget modes of campaign and ad group",
    "budget.precision": "Digits of amounts",
    "schedule.dayparting": "Hours of the week",
    "schedule.end_for_lifetime": "End for a lifetime budget",
    "schedule.end_present": "End date",
    "schedule.order": "Start and end",
    "schedule.inside_flight": "Schedule inside the campaign",
    "ad_group.ads_limit_channel": "Ads per ad group, as the channel takes them",
}

MESSAGES = {
    "ad_group.too_many_ads": "The ad group would hold {ads} ads; at most {limit} are allowed. Remove {surplus}, "
    "or use another ad group.",
    "bid.amount_missing": "The bid strategy “{strategy}” needs an amount. Enter one, or choose lowest cost.",
    "bid.amount_not_below_budget": "The bid of {amount} is not below the budget of {budget}. Lower the bid or raise "
    "the budget.",
    "bid.amount_not_positive": "The bid of {amount} must be above zero.",
    "bid.amount_unexpected": "With lowest cost there is no bid, but {amount} is given. Remove it, or choose cost cap.",
    "bid.cap_not_publishable": "TikTok's Marketing API cannot set a bid cap. Choose cost cap or lowest cost; it is "
    "never replaced silently.",
    "bid.strategy_unknown": "The bid strategy “{strategy}” does not exist. Choose lowest cost, cost cap or bid cap.",
    "budget.unlimited_not_allowed": "The campaign's budget is unlimited, which the rules do not allow. Give it a "
    "daily or lifetime budget.",
    "budget.not_live": "Does not apply: nothing was approved before, so nothing is spent.",
    "budget.unchanged": "Does not apply: the budget stays as it was approved.",
    "budget.spent_unknown": "How much is spent already is not known, so a changed budget cannot be checked.",
    "budget.below_spent": "The budget of {amount} is below {percent} % of what is spent already ({spent}). "
    "Give at least {least}, or pause instead.",
    "budget.not_raised": "The budget was not raised within {hours} hours.",
    "budget.raised_within": "The budget was raised by {raised} within {hours} hours, which the rules allow.",
    "budget.raised_too_fast": "The budget rises by {raised} within {hours} hours, from {before}: more than {percent} %. "
    "Raise it in smaller steps over a longer time.",
    "budget.raised_from_nothing": "Nothing was approved for this {hours} hours ago, so that all of its {raised} is an "
    "increase. Ask for an exception, or wait.",
    "budget.raised_too_much": "The budget rises by {raised} within {hours} hours, and at most {most} is allowed. "
    "Lower it, or wait.",
    "budget.account_raised_too_much": "All budgets of the ad account together rise by {raised} within {hours} hours, and at most "
    "{most} is allowed; what other budgets gave up does not count. Lower this one, or wait.",
    "budget.above_maximum": "The daily budget of {amount} must be below {maximum}. Lower it.",
    "budget.ad_group_below_minimum": "The ad group's daily budget of {amount} is below the minimum of {minimum}. "
    "Raise it by {missing}, or pause the ad group instead.",
    "budget.ad_group_lifetime_below_minimum": "The ad group's lifetime budget of {amount} is below the minimum of "
    "{minimum} for {days} scheduled days. Raise it by {missing}, or shorten the schedule.",
    "budget.amount_missing": "The budget has no amount. Enter the amount.",
    "budget.campaign_below_minimum": "The campaign's budget ({mode}) of {amount} is below the minimum of {minimum}. "
    "Raise it by {missing}, or pause the campaign instead.",
    "budget.currency_differs": "{path} is in {currency}, but the ad account is in {account_currency}. Enter the amount "
    "in {account_currency}.",
    "budget.currency_unknown": "No minimum budget is known for the currency {currency}, so it cannot be checked. "
    "Use an ad account in a currency that TikTok lists.",
    "budget.days_unknown": "The minimum of a lifetime budget depends on the scheduled days, and these are not known. "
    "Enter a start and a later end.",
    "budget.equals_minimum": "The budget of {amount} is exactly the minimum. TikTok's pages disagree on whether that is "
    "enough; a little more is safe.",
    "budget.lifetime_under_daily": "The campaign has a daily budget, so the ad group cannot have a lifetime budget. "
    "Choose a daily budget for the ad group.",
    "budget.minimum_met": "The budget of {amount} reaches the minimum of {minimum}.",
    "budget.not_above_minimum": "The budget of {amount} must be above the minimum of {minimum}. Raise it a little.",
    "budget.not_daily": "Does not apply: the budget is not daily.",
    "budget.not_lifetime": "Does not apply: the budget is not for the lifetime.",
    "budget.set_by_campaign": "Does not apply: the campaign distributes its budget among the ad groups.",
    "budget.too_precise": "{amount} is too precise: TikTok takes steps of {step}. Round {path}.",
    "budget.unlimited": "Does not apply: the campaign's budget is unlimited.",
    "schedule.always_on": "Does not apply: the ads run at all hours.",
    "schedule.dayparting_empty": "No hour of the week is chosen, which TikTok reads as all hours. Choose the hours, or "
    "pause the ad group instead.",
    "schedule.dayparting_malformed": "The hours of the week must be {slots} marks of 0 or 1, Monday first. Enter them "
    "again.",
    "schedule.end_not_after_start": "The end ({end}) is not after the start ({start}). Choose a later end.",
    "schedule.lifetime_without_end": "A lifetime budget needs an end. Enter the end, or choose a daily budget.",
    "schedule.no_end": "The ad group has no end and would run until someone stops it. Enter an end.",
    "schedule.open_ended": "Does not apply: there is no end.",
    "schedule.start_missing": "The schedule has no start. Enter the start.",
    "budget.dynamic_without_optimisation": "TikTok takes a dynamic daily budget for a campaign only under budget "
    "optimisation. Switch that on, or choose a daily budget.",
    "budget.optimisation_without_budget": "Budget optimisation distributes the campaign's budget, and the campaign has "
    "none. Give it a budget, or switch the optimisation off.",
    "budget.ignored_under_optimisation": "The campaign distributes its budget, so TikTok would ignore the ad group's "
    "{amount}. Leave the ad group's budget out.",
    "schedule.before_flight": "The ad group starts ({start}) before the campaign's flight does ({flight}). Choose a "
    "later start, or let the flight begin earlier.",
    "schedule.after_flight": "The ad group ends ({end}) after the campaign's flight does ({flight}). Choose an earlier "
    "end, or let the flight last longer.",
    "schedule.open_in_flight": "The campaign's flight ends ({flight}), but the ad group has no end. Enter an end.",
    "schedule.no_flight": "Does not apply: the campaign has no flight.",
}
