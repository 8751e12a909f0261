"""Rules about whom an ad group may leave out, and whom it has to (R-54)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from governance.contract import Context, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.parameters import some_texts, true_or_false
from governance.registry import rule, shown
from governance.rules.reading import child, section, special_industries, text, texts
from governance.rules.vocabulary import AGE_GROUPS, MINORS, SPECIAL_INDUSTRIES

ADULTS: Final = tuple(age for age in AGE_GROUPS if age != MINORS)


def _audience(subject: Subject) -> JsonObject:
    return child(section(subject.sections, "targeting"), "audience", "targeting.audience") or {}


def _ages(audience: JsonObject) -> list[str]:
    return texts(audience, "age_groups", "targeting.audience.age_groups")


@rule(
    code="targeting.minors",
    version=2,
    applies_to=("ad_group",),
    sections=("targeting",),
    params={"forbidden_ages": [MINORS]},
    schema={"forbidden_ages": some_texts(len(AGE_GROUPS), choices=AGE_GROUPS, least=1)},
    codes=("targeting.minors_included", "targeting.ages_forbidden", "targeting.ages_open", "check.passed"),
    source="R-54 (no minor targeting); TikTok facts 1.5 (no age group means any age)",
)
def minors(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The audience names its age groups, and none of the forbidden ones is among them: 13 to 17, or what a brand's industry
    asks for (alcohol, finance)."""
    ages = _ages(_audience(subject))
    if not ages:
        yield failed("targeting.ages_open")
        return
    found = [age for age in params["forbidden_ages"] if age in ages]
    if MINORS in found:
        yield failed("targeting.minors_included")
    older = [_years(age) for age in found if age != MINORS]
    if older:
        yield failed("targeting.ages_forbidden", ages=", ".join(older))
    if not found:
        yield passed()


def _years(age: str) -> str:
    """`18-24` for 18_24."""
    return age.replace("_", "-")


@rule(
    code="targeting.special_category",
    version=1,
    applies_to=("ad_group",),
    sections=("targeting",),
    reads=("campaign",),
    params={"special_industries": list(SPECIAL_INDUSTRIES), "declared": False, "ages": True, "genders": True},
    schema={
        "special_industries": some_texts(len(SPECIAL_INDUSTRIES), choices=SPECIAL_INDUSTRIES),
        "declared": true_or_false(),
        "ages": true_or_false(),
        "genders": true_or_false(),
    },
    codes=(
        "targeting.narrowed_by_age",
        "targeting.narrowed_by_gender",
        "targeting.no_special_category",
        "check.context_missing",
        "check.passed",
    ),
    source="R-54 (no special-category targeting); TikTok Go (special_industries: housing, employment, credit)",
)
def special_category(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """An ad group for housing, employment or credit leaves out no adults by age and nobody by gender. The campaign says that
    it is for these, or `declared` says so of all that the rule set is bound to."""
    if not params["declared"] and not special_industries(context) & frozenset(params["special_industries"]):
        yield not_applicable("targeting.no_special_category")
        return
    audience, clean = _audience(subject), True
    left_out, gender = _left_out(_ages(audience)), text(audience, "gender", "targeting.audience.gender")
    if params["ages"] and left_out:
        clean = False
        yield failed("targeting.narrowed_by_age", ages=", ".join(left_out))
    if params["genders"] and gender not in ("", "all"):
        clean = False
        yield failed("targeting.narrowed_by_gender", gender=shown(gender, 40))
    if clean:
        yield passed()


def _left_out(ages: Sequence[str]) -> list[str]:
    """The adults whom an audience leaves out by age; nobody, when it names no age."""
    return [_years(age) for age in ADULTS if age not in ages] if ages else []
