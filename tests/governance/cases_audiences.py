"""Tables for the rules about audiences (R-54)."""

from __future__ import annotations

from typing import Any

from tests.governance.builders import ERROR, FAIL, NA, PASS, Case, ad_group, campaign, case, context


def reaching(**audience: Any):
    """An ad group with this audience."""
    return ad_group(targeting={"audience": audience})


ADULTS = ["18_24", "25_34", "35_44", "45_54", "55_100"]
YOUNG = {"forbidden_ages": ["13_17", "18_24"]}
MINORS = [
    case("targeting.minors", ad_group(), PASS),
    case("targeting.minors", reaching(age_groups=["13_17", "18_24"]), FAIL, "targeting.minors_included"),
    case("targeting.minors", reaching(age_groups=[]), FAIL, "targeting.ages_open"),
    case("targeting.minors", reaching(age_groups=["25_34"]), PASS, params=YOUNG),
    case("targeting.minors", reaching(age_groups=["18_24", "25_34"]), FAIL, "targeting.ages_forbidden", params=YOUNG),
    Case(
        "targeting.minors", reaching(age_groups=["13_17", "18_24"]),
        ((FAIL, "targeting.minors_included"), (FAIL, "targeting.ages_forbidden")), params=YOUNG,
    ),
    case("targeting.minors", ad_group(targeting=...), ERROR, "check.unreadable"),
    case("targeting.minors", ad_group(), ERROR, "check.params_invalid", params={"forbidden_ages": []}),
    case("targeting.minors", ad_group(), ERROR, "check.params_invalid", params={"forbidden_ages": ["17"]}),
]  # fmt: skip

RULE = "targeting.special_category"
HOUSING = context(campaign=campaign(structure={"special_industries": ["housing"]}).sections)
SPECIAL = [
    case(RULE, reaching(age_groups=[], gender="all"), PASS, around=HOUSING),
    case(RULE, reaching(age_groups=ADULTS, gender="all"), PASS, around=HOUSING),
    case(RULE, reaching(age_groups=["13_17", *ADULTS], gender=None), PASS, around=HOUSING),
    case(RULE, reaching(age_groups=ADULTS[1:]), FAIL, "targeting.narrowed_by_age", HOUSING),
    case(RULE, reaching(age_groups=[], gender="female"), FAIL, "targeting.narrowed_by_gender", HOUSING),
    Case(
        RULE, reaching(age_groups=["25_34"], gender="male"),
        ((FAIL, "targeting.narrowed_by_age"), (FAIL, "targeting.narrowed_by_gender")), HOUSING,
    ),
    case(RULE, reaching(gender="male"), PASS, "check.passed", HOUSING, {"ages": False, "genders": False}),
    case(RULE, reaching(age_groups=["25_34"]), NA, "targeting.no_special_category", note="not declared"),
    case(RULE, reaching(age_groups=["25_34"]), NA, "targeting.no_special_category", HOUSING, {"special_industries": ["credit"]}),
    case(RULE, reaching(age_groups=["25_34"]), FAIL, "targeting.narrowed_by_age", params={"declared": True}, note="by the brand"),
    case(RULE, ad_group(), ERROR, "check.context_missing", context(campaign=None)),
    case(RULE, reaching(gender=1), ERROR, "check.unreadable", HOUSING),
]  # fmt: skip

CASES = [*MINORS, *SPECIAL]
