"""The rule set that a new organisation starts with, as data: `{rule, mode, params}` per line.

Numbers of the seed and limits that the channel enforces are `hard`; recommendations, and points where the
seed and TikTok disagree, are `warn`. Rule sets add up (R-11), so what differs by brand stands in a rule set of the brand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

# Where the channel says another number than the seed: rules of their own, for a policy that goes by the channel. It sets the
# seed's rule of (nearly) the same name to another limit, or to `off`.
CHANNEL = ("ad_group.ads_limit_channel", "media.duration_ideal_channel")

# Rules that only a policy decides on: a channel allows what they forbid, or they need numbers that only the policy knows.
BY_POLICY = (
    "budget.unlimited_forbidden",
    "budget.above_spent",
    "budget.increase",
    "text.required_words",
    "disclosure.disclaimer_required",
    "structure.naming",
    *CHANNEL,
    "custom.expression",
)

# New in force for everybody's ads at once: a hit list first, then a rule set that makes it hard.
AUDIT = (
    "disclosure.parties",
    "text.capitals",
    "text.letter_symbols",
    "targeting.special_category",
)

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
    "media.forbidden_words",
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


# Words to begin with, of the project's own. What the law of a market asks for is for the brand to fill in.
DISCLAIMERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "alcohol": {
        "en": ("Drink responsibly|Please drink responsibly",),
        "de": ("Bitte verantwortungsvoll genießen|Kein Alkohol unter 18",),
    },
    "finance": {
        "en": ("Capital at risk|Your capital is at risk",),
        "de": ("Kapitalverlust möglich|Verlust des eingesetzten Kapitals möglich",),
    },
}


def disclaimer_rules(industry: str) -> list[dict[str, Any]]:
    """The lines for a brand of an industry of DISCLAIMERS: a disclaimer in the language of the audience. What else such a
    brand has to heed stands in the ready-made set of the industry (governance.ready_made).

    Raises KeyError for another industry.
    """
    return [
        {
            "rule": "disclosure.disclaimer_required",
            "mode": "hard",
            "params": {"texts": list(wanted), "in_caption": True, "languages": [language]},
        }
        for language, wanted in DISCLAIMERS[industry].items()
    ]


def seed_platform_rules() -> list[dict[str, Any]]:
    """The lines of the rule set: every rule but those of brand_rules, BY_POLICY and OBSERVED, with its own defaults."""
    modes = [*((rule, "hard") for rule in HARD), *((rule, "warn") for rule in WARN), *((rule, "audit") for rule in AUDIT)]
    return [{"rule": rule, "mode": mode, "params": {}} for rule, mode in modes]
