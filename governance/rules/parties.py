"""On whose behalf an ad is shown, and who pays for it."""

from __future__ import annotations

from collections.abc import Iterator

from governance.contract import CannotJudge, Context, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.places import MUST_NAME_PARTIES, targeted
from governance.registry import rule
from governance.rules.declared import MARKETS, at_most_characters
from governance.rules.reading import section, text

PARTIES = ("payer", "beneficiary")


@rule(
    code="disclosure.parties",
    version=1,
    applies_to=("ad",),
    sections=("disclosure",),
    reads=("country", "ad_group"),
    params={"countries": sorted(MUST_NAME_PARTIES), "max_length": 255},
    schema={"countries": MARKETS, "max_length": at_most_characters()},
    codes=(
        "disclosure.payer_missing",
        "disclosure.beneficiary_missing",
        "disclosure.party_too_long",
        "disclosure.not_in_union",
        "disclosure.place_unknown",
        "check.context_missing",
        "check.passed",
    ),
    source="R-54 (payer and beneficiary for EU); Regulation (EU) 2022/2065 Art. 26; TikTok Help: payer information (EU, EEA, "
    "Switzerland). The length is the project's: TikTok names none",
)
def parties(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """An ad of an account in the Union, or shown there, names who pays and on whose behalf. Where it is shown has to be known,
    unless it names both.
    """
    disclosure = section(subject.sections, "disclosure")
    named = {party: text(disclosure, party, f"disclosure.{party}").strip() for party in PARTIES}
    most = params["max_length"]
    long = [party for party, name in named.items() if most is not None and len(name) > most]
    for party in long:
        yield failed("disclosure.party_too_long", length=len(named[party]), max=most, what=party)
    missing = [party for party, name in named.items() if not name]
    if missing:
        yield from _missing(missing, params, context)
    elif not long:
        yield passed()


def _missing(missing: list[str], params: JsonObject, context: Context) -> Iterator[Verdict]:
    if not isinstance(context.country, str):
        raise CannotJudge("check.context_missing", what="country")
    places = {context.country, *targeted(context.ad_group)}
    inside = sorted(place for place in places if place is not None and place in params["countries"])
    if inside:
        evidence = {"countries": inside}
        yield from (failed(f"disclosure.{party}_missing", evidence, countries=", ".join(inside)) for party in missing)
    elif None in places:
        raise CannotJudge("disclosure.place_unknown")
    else:
        yield not_applicable("disclosure.not_in_union")
