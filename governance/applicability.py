"""Which versions of rule sets judge a revision: pure. All that match do (R-11); what is not known matches (R-03)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from governance.contract import Context, JsonObject, Subject
from governance.places import targeted


class Narrowed(Protocol):
    """What a rule set is bound to beside its scope; an empty list narrows nothing."""

    markets: Collection[str]
    formats: Collection[str]
    objectives: Collection[str]


def applies(bound: Narrowed, subject: Subject, context: Context) -> bool:
    """Whether a rule set judges this revision. A rule set for formats is about ads alone."""
    if bound.formats and subject.type != "ad":
        return False
    return (
        _matches(bound.formats, _structure(subject.sections, "format"))
        and _matches(bound.objectives, _objective(subject, context))
        and any_market(bound.markets, subject, context)
    )


def any_market(wanted: Collection[str], subject: Subject, context: Context) -> bool:
    """Whether the ad account's country or any targeted one is among the markets. Of a campaign the account's alone is known:
    its ad groups are judged each by itself."""
    if _matches(wanted, context.country):
        return True
    if subject.type == "campaign":
        return False
    places = targeted(subject.sections if subject.type == "ad_group" else context.ad_group)
    return None in places or not places.isdisjoint(wanted)


def _matches(wanted: Collection[str], found: Any) -> bool:
    return not wanted or not isinstance(found, str) or found in wanted


def _objective(subject: Subject, context: Context) -> Any:
    campaign = subject.sections if subject.type == "campaign" else context.campaign
    return None if campaign is None else _structure(campaign, "objective")


def _structure(sections: JsonObject, name: str) -> Any:
    structure = sections.get("structure")
    return structure.get(name) if isinstance(structure, dict) else None
