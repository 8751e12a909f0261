"""What each objective allows (facts 1.3, 1.4 and 2.4).

An optimisation goal in `ALLOW_LISTED` needs the account's `allow_lists` setting; so do
the objective RF_REACH and the dynamic daily budget for three objectives.
"""

from dataclasses import dataclass, field

from simulator.words import words

_CONVERSION_GOALS = frozenset({"CONVERT", "VALUE"})


@dataclass(frozen=True)
class Objective:
    """Promotion types (empty: optional and free) and optimisation goals of an objective."""

    goals: frozenset[str]
    promotion_types: frozenset[str] = frozenset()
    cbo: bool = True
    pixel_goals: frozenset[str] = field(default_factory=frozenset)


OBJECTIVES: dict[str, Objective] = {
    "REACH": Objective(words("REACH")),
    "RF_REACH": Objective(words("REACH"), cbo=False),
    "TRAFFIC": Objective(words("CLICK TRAFFIC_LANDING_PAGE_VIEW"), words("WEBSITE APP_ANDROID APP_IOS")),
    "VIDEO_VIEWS": Objective(words("ENGAGED_VIEW ENGAGED_VIEW_FIFTEEN")),
    "LEAD_GENERATION": Objective(words("LEAD_GENERATION CONVERSION_LEADS CONVERSATION"), words("LEAD_GENERATION")),
    "ENGAGEMENT": Objective(words("FOLLOWERS PAGE_VISIT"), words("EXTERNAL_OR_DISPLAY")),
    "APP_PROMOTION": Objective(words("INSTALL IN_APP_EVENT VALUE CLICK"), words("APP_ANDROID APP_IOS")),
    "WEB_CONVERSIONS": Objective(_CONVERSION_GOALS, words("WEBSITE"), pixel_goals=_CONVERSION_GOALS),
    "PRODUCT_SALES": Objective(
        words("CONVERT CLICK VALUE"),
        words("WEBSITE APP_ANDROID APP_IOS VIDEO_SHOPPING LIVE_SHOPPING PSA_PRODUCT"),
    ),
}

ALLOW_LISTED: dict[str, frozenset[str]] = {
    "VIDEO_VIEWS": words("ENGAGED_VIEW_FIFTEEN"),
    "LEAD_GENERATION": words("CONVERSION_LEADS CONVERSATION"),
    "WEB_CONVERSIONS": words("VALUE"),
}
DYNAMIC_BUDGET_ALLOW_LISTED = words("REACH VIDEO_VIEWS ENGAGEMENT")
SEARCH_BY_DEFAULT = words("APP_PROMOTION WEB_CONVERSIONS TRAFFIC LEAD_GENERATION")
APP_PROMOTION_TYPES = words("APP_INSTALL APP_RETARGETING APP_PREREGISTRATION MINIS")
