"""The rule set that a new organisation starts with, as data: `{rule, mode, params}` per line.

Numbers of the seed and limits that the channel enforces are `hard`; recommendations, and points where the
seed and TikTok disagree, are `warn`. Rule sets add up (R-11), so what differs by brand stands in a rule set of the brand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

NAME = "Seed platform rules"

HARD = (
    "media.required",
    "media.container",
    "media.aspect_ratio",
    "media.resolution",
    "media.resolution_max",
    "media.duration",
    "media.size",
    "media.cover_ratio",
    "media.spark_post",
    "spark.authorization",
    "effect.complete",
    "format.live_time",
    "text.length",
    "text.emoji",
    "hashtag.length",
    "hashtag.challenge",
    "display_name.length",
    "call_to_action.present",
    "call_to_action.fits",
    "landing_page.present",
    "landing_page.https",
    "disclosure.ai_declared",
    "disclosure.disclaimer_length",
    "structure.name",
    "ad_group.ads_limit",
    "budget.campaign_minimum",
    "budget.ad_group_minimum",
    "budget.precision",
    "budget.maximum",
    "budget.currency",
    "budget.mode_combination",
    "schedule.order",
    "schedule.inside_flight",
    "schedule.end_for_lifetime",
    "schedule.dayparting",
    "bid.publishable",
    "bid.amount",
)

WARN = (
    "media.duration_ideal",
    "media.upload_type",
    "media.bit_rate",
    "media.sound",
    "hashtag.length_ideal",
    "text.symbols",
    "format.publishable",
    "format.placement",
    "identity.present",
    "budget.at_minimum",
    "schedule.end_present",
    "targeting.minors",
)

# Rules that only a policy decides on: a channel allows what they forbid, or they need numbers that only the policy knows.
BY_POLICY = (
    "budget.unlimited_forbidden",
    "budget.above_spent",
    "budget.increase",
    "custom.expression",
)

# New in force for everybody's ads at once: a hit list first, then a rule set that makes it hard.
AUDIT = ("disclosure.parties",)

# Rules about what a worker has to observe first: in force for whoever binds them, since observing takes time.
# `final_domain` takes the domains of the brand, as brand_rules has them, `brand_colours` its colours.
OBSERVED = (
    "landing_page.reachable",
    "landing_page.final_domain",
    "landing_page.no_download",
    "landing_page.mobile",
    "media.codec",
    "media.black_bars",
    "media.silent",
    "media.loudness",
    "media.clipping",
    "media.brand_colours",
    "media.duplicate_of_rejected",
)


def brand_rules(domains: Sequence[str], forbidden_words: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The two lines that only a brand can fill: where its landing pages may be, and which words it never uses.

    `domains`: names such as example.com, subdomains included; an empty list allows nothing (R-03).
    `forbidden_words`: whole words or phrases, a trailing `*` for any ending.
    """
    return [
        {"rule": "landing_page.domain", "mode": "hard", "params": {"domains": list(domains)}},
        {"rule": "text.forbidden_words", "mode": "hard", "params": {"words": list(forbidden_words)}},
    ]


def seed_platform_rules() -> list[dict[str, Any]]:
    """The lines of the rule set: every rule but those of brand_rules, BY_POLICY and OBSERVED, with its own defaults."""
    modes = [*((rule, "hard") for rule in HARD), *((rule, "warn") for rule in WARN), *((rule, "audit") for rule in AUDIT)]
    return [{"rule": rule, "mode": mode, "params": {}} for rule, mode in modes]
