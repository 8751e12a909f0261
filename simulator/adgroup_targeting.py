"""Targeting of one ad group (facts 1.5, table "Targeting"). Location ids are GeoNames ids."""

from typing import Any

from simulator import checks
from simulator.envelope import AGE_NOT_ALLOWED, ApiError, invalid
from simulator.words import words

_MINORS = "AGE_13_17"
_ADULTS = ["AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100"]
_AGES = frozenset([_MINORS, *_ADULTS])
_GENDERS = ("GENDER_MALE", "GENDER_FEMALE", "GENDER_UNLIMITED")
_MAX_LOCATIONS = 3_000
UNITED_STATES = "6252001"
UNITED_KINGDOM = "2635167"
# EEA, UK, CH, US and CA: where minors cannot be targeted (simplified to whole countries).
ADULTS_ONLY = words(
    """2782113 2802361 732800 3202326 146669 3077311 2623032 453733 660013 3017382 2921044 390903 719819
    2629691 2963597 3175395 458258 3042058 597427 2960313 2562770 2750405 3144096 798544 2264397 798549
    3057568 3190538 2510769 2661886 2635167 2658434 6252001 6251999"""
)
_ENUMS: dict[str, frozenset[str]] = {
    "operating_systems": frozenset({"ANDROID", "IOS"}),
    "network_types": frozenset({"WIFI", "2G", "3G", "4G", "5G"}),
    "household_income": frozenset({"TOP5", "TOP10", "TOP10_25", "TOP25_50"}),
}


def check(fields: dict[str, Any]) -> None:
    """All targeting rules; fills in the adult age groups where the API would."""
    _check_locations(fields)
    _check_ages(fields)
    checks.one_of("gender", fields["gender"], _GENDERS)
    checks.one_of("spending_power", fields.get("spending_power"), ("ALL", "HIGH"))
    for name, allowed in _ENUMS.items():
        checks.each_of(name, fields.get(name), allowed)
    if len(fields.get("operating_systems", [])) > 1:
        raise invalid("operating_systems", "Only one operating system can be targeted.")
    _check_exclusions(fields)
    _check_food(fields)


def _check_locations(fields: dict[str, Any]) -> None:
    places = [*fields.get("location_ids", []), *fields.get("zipcode_ids", [])]
    if not places:
        raise invalid("location_ids", "At least one of location_ids and zipcode_ids is required.")
    if len(places) > _MAX_LOCATIONS:
        raise invalid("location_ids", f"Up to {_MAX_LOCATIONS} locations can be targeted.")
    if not all(place.isdigit() for place in fields.get("location_ids", [])):
        raise invalid("location_ids", "Not a valid location id.")
    if len(set(places)) != len(places):
        raise invalid("location_ids", "Duplicate values are not allowed.")
    if fields.get("household_income") and set(places) != {UNITED_STATES}:
        raise invalid("household_income", "Only supported in the United States.")


def _check_ages(fields: dict[str, Any]) -> None:
    ages = fields.get("age_groups") or []
    checks.each_of("age_groups", ages, _AGES)
    adults_only = not ADULTS_ONLY.isdisjoint(fields.get("location_ids", []))
    if _MINORS in ages and adults_only:
        raise ApiError(AGE_NOT_ALLOWED, "age_groups: AGE_13_17 is not allowed here.")
    if not ages and adults_only:
        fields["age_groups"] = list(_ADULTS)


def _check_exclusions(fields: dict[str, Any]) -> None:
    both = set(fields.get("audience_ids", [])) & set(fields.get("excluded_audience_ids", []))
    if both:
        raise invalid("excluded_audience_ids", "An audience cannot be included and excluded.")
    for first, second in (
        ("interest_keyword_ids", "purchase_intention_keyword_ids"),
        ("device_model_ids", "device_price_ranges"),
    ):
        if fields.get(first) and fields.get(second):
            raise invalid(first, f"Cannot be combined with {second}.")


def _check_food(fields: dict[str, Any]) -> None:
    in_uk = UNITED_KINGDOM in fields.get("location_ids", [])
    if in_uk and fields.get("is_hfss") and not fields.get("is_lhf_compliance"):
        raise invalid("is_lhf_compliance", "Must be true for HFSS ads in the United Kingdom.")
