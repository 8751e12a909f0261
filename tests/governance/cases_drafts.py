"""Tables for rules of a campaign's flight, a spark ad's permission, an effect, and the parties of an ad (R-54)."""

from __future__ import annotations

from typing import Any

from tests.governance.builders import (
    ERROR,
    FAIL,
    NA,
    PASS,
    Case,
    ad,
    ad_group,
    campaign,
    case,
    context,
    formatted,
    image,
)

NO_GROUP = context(ad_group=None)


def flight(starts_at: str | None, ends_at: str | None):
    """A context whose campaign has this flight."""
    return context(campaign=campaign(schedule={"starts_at": starts_at, "ends_at": ends_at}).sections)


SAME = flight("2026-12-01T00:00:00Z", "2026-12-11T00:00:00Z")
FLIGHT = [
    case("schedule.inside_flight", ad_group(), PASS, around=SAME, note="the same times"),
    case("schedule.inside_flight", ad_group(), PASS, around=flight("2026-12-01T01:00:00+01:00", None), note="another offset"),
    case("schedule.inside_flight", ad_group(), PASS, around=flight(None, "2026-12-11T00:00:00Z")),
    case("schedule.inside_flight", ad_group(), FAIL, "schedule.before_flight", flight("2026-12-01T00:00:01Z", None)),
    case("schedule.inside_flight", ad_group(), FAIL, "schedule.after_flight", flight(None, "2026-12-10T23:59:59Z")),
    Case(
        "schedule.inside_flight", ad_group(), ((FAIL, "schedule.before_flight"), (FAIL, "schedule.after_flight")),
        flight("2026-12-02T00:00:00Z", "2026-12-03T00:00:00Z"),
    ),
    case("schedule.inside_flight", ad_group(schedule={"end": None}), FAIL, "schedule.open_in_flight", SAME),
    case("schedule.inside_flight", ad_group(schedule={"end": None}), PASS, around=flight("2026-12-01T00:00:00Z", None)),
    case("schedule.inside_flight", ad_group(schedule={"start": None}), FAIL, "schedule.start_missing", SAME),
    case("schedule.inside_flight", ad_group(), NA, "schedule.no_flight", note="stored before flights"),
    case("schedule.inside_flight", ad_group(), NA, "schedule.no_flight", flight(None, None)),
    case("schedule.inside_flight", ad_group(), ERROR, "check.context_missing", context(campaign=None)),
    case("schedule.inside_flight", ad_group(), ERROR, "check.unreadable", flight("2026-12-01", None)),
]  # fmt: skip


def spark(proof: Any = "Mail of 1 May", until: Any = None, **more: Any):
    """A spark ad with this permission."""
    return formatted("spark_ad", creative={"spark_authorization": {"proof": proof, "expires_at": until}}, **more)


BY_CODE = {"identity": {"page": {"identity_type": "AUTH_CODE"}}}
ENDLESS = context(ad_group=ad_group(schedule={"end": None}).sections)
SPARK = [
    case("spark.authorization", spark(), PASS),
    case("spark.authorization", spark(until="2026-12-11T00:00:00Z"), PASS, note="until the very end"),
    case("spark.authorization", spark(until="2026-12-10T23:59:59Z"), FAIL, "spark.ends_too_early"),
    case("spark.authorization", spark(until="2027-12-11T00:00:00Z"), FAIL, "spark.ends_some_day", ENDLESS),
    case("spark.authorization", spark(), PASS, around=ENDLESS),
    case("spark.authorization", spark("  "), FAIL, "spark.proof_missing"),
    case("spark.authorization", spark(None), FAIL, "spark.proof_missing"),
    case("spark.authorization", formatted("spark_ad"), FAIL, "spark.proof_missing", note="stored before permissions"),
    case("spark.authorization", spark(**BY_CODE), FAIL, "spark.expiry_missing"),
    case("spark.authorization", spark(until="2026-12-11T00:00:00Z", **BY_CODE), PASS),
    case("spark.authorization", ad(), NA, "check.not_for_format"),
    case("spark.authorization", spark(until="2026-12-11T00:00:00Z"), ERROR, "check.context_missing", NO_GROUP),
    case("spark.authorization", spark(until="soon"), ERROR, "check.unreadable"),
    case("spark.authorization", spark(5), ERROR, "check.unreadable"),
    case("spark.authorization", formatted("nonsense"), ERROR, "ad.format_unknown"),
]

ICON = {"container": "png", "width": 162, "height": 162, "size_bytes": 59_999}


def effect(name: Any = "Snow 2026", icon: Any = "i1"):
    """A branded effect of this name and icon."""
    return formatted("branded_effect", creative={"effect": {"name": name, "icon": icon}})


def drawn(**facts: Any):
    """What is known of the icon."""
    return context(image(**{**ICON, **facts}))


EFFECT = [
    case("effect.complete", effect(), PASS, around=drawn()),
    case("effect.complete", effect("x" * 30), PASS, around=drawn()),
    case("effect.complete", effect("x" * 31), FAIL, "effect.name_too_long", drawn()),
    case("effect.complete", effect("x" * 31), PASS, around=drawn(), params={"name_max": None}),
    case("effect.complete", effect("#snow"), FAIL, "effect.name_symbols", drawn()),
    case("effect.complete", effect("Schnee Ä"), FAIL, "effect.name_symbols", drawn()),
    case("effect.complete", effect(""), FAIL, "effect.name_missing", drawn()),
    case("effect.complete", effect(icon=None), FAIL, "effect.icon_missing", drawn()),
    case("effect.complete", effect(), FAIL, "effect.icon_container", drawn(container="jpg")),
    case("effect.complete", effect(), FAIL, "effect.icon_pixels", drawn(width=161)),
    case("effect.complete", effect(), FAIL, "effect.icon_pixels", drawn(height=163)),
    case("effect.complete", effect(), FAIL, "effect.icon_too_large", drawn(size_bytes=60_000)),
    Case(
        "effect.complete", formatted("branded_effect"), ((FAIL, "effect.name_missing"), (FAIL, "effect.icon_missing")),
        note="stored before effects",
    ),
    case("effect.complete", ad(), NA, "check.not_for_format"),
    case("effect.complete", effect(icon="i9"), ERROR, "effect.icon_unprobed", drawn()),
    case("effect.complete", effect(), ERROR, "media.fact_unknown", drawn(size_bytes=None)),
    case("effect.complete", effect(1), ERROR, "check.unreadable", drawn()),
]  # fmt: skip


def naming(payer: Any = "", beneficiary: Any = ""):
    """An ad that names these parties."""
    return ad(disclosure={"payer": payer, "beneficiary": beneficiary})


def places(country: str | None, *locations: Any):
    """An account of a country whose ad group is shown there."""
    return context(country=country, ad_group=ad_group(targeting={"audience": {"locations": list(locations)}}).sections)


US, GERMANY, OSLO = "6252001", "2921044", "3143244"
BOTH = ((FAIL, "disclosure.payer_missing"), (FAIL, "disclosure.beneficiary_missing"))
BEFORE = ad(disclosure={"payer": ..., "beneficiary": ...})
PARTIES = [
    case("disclosure.parties", ad(), PASS),
    case("disclosure.parties", naming("Acme", ""), FAIL, "disclosure.beneficiary_missing"),
    case("disclosure.parties", naming("  ", "Acme"), FAIL, "disclosure.payer_missing"),
    Case("disclosure.parties", BEFORE, BOTH, places("DE", US), note="the account is in the Union"),
    Case("disclosure.parties", BEFORE, BOTH, places("US", US, GERMANY), note="one location is"),
    Case("disclosure.parties", BEFORE, BOTH, places("US", "FR"), note="a country by its code"),
    Case("disclosure.parties", BEFORE, BOTH, places("NO", US), note="economic area"),
    Case("disclosure.parties", BEFORE, BOTH, places("CH", US), note="Switzerland"),
    case("disclosure.parties", BEFORE, NA, "disclosure.not_in_union", places("US", US)),
    case("disclosure.parties", BEFORE, NA, "disclosure.not_in_union", places("GB", "2635167")),
    case("disclosure.parties", BEFORE, ERROR, "disclosure.place_unknown", places("US", OSLO), note="a city"),
    case("disclosure.parties", BEFORE, ERROR, "disclosure.place_unknown", places("US"), note="everywhere"),
    case("disclosure.parties", BEFORE, ERROR, "disclosure.place_unknown", context(country="US", ad_group=None)),
    case("disclosure.parties", BEFORE, ERROR, "check.context_missing", places(None, US)),
    case("disclosure.parties", naming("x" * 255, "x" * 255), PASS),
    case("disclosure.parties", naming("x" * 256, "x" * 255), FAIL, "disclosure.party_too_long"),
    case("disclosure.parties", naming(1, "Acme"), ERROR, "check.unreadable"),
]  # fmt: skip

CASES = [*FLIGHT, *SPARK, *EFFECT, *PARTIES]
