"""Which rule sets judge a revision: by the account's country and by where the audience is (R-03, R-11)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pytest

from governance.applicability import applies
from governance.places import COUNTRY_OF, EEA, EU, MUST_NAME_PARTIES, country_of, targeted
from tests.governance.builders import ad, ad_group, campaign, context


@dataclass
class Bound:
    """What a rule set is bound to."""

    markets: Collection[str] = field(default_factory=list)
    formats: Collection[str] = field(default_factory=list)
    objectives: Collection[str] = field(default_factory=list)


US, GERMANY, AUSTRIA, BERLIN = "6252001", "2921044", "2782113", "2950159"


def shown_in(*locations: Any):
    return ad_group(targeting={"audience": {"locations": list(locations)}})


@pytest.mark.parametrize(
    ("country", "locations", "markets", "expected"),
    [
        ("US", [US], ["DE"], False),
        ("US", [US, GERMANY], ["DE"], True),
        ("US", [US, GERMANY], ["AT", "DE"], True),
        ("US", [US, AUSTRIA], ["DE"], False),
        ("DE", [US], ["DE"], True),
        ("US", ["DE"], ["DE"], True),
        ("US", [BERLIN], ["DE"], True),
        ("US", [BERLIN], ["FR"], True),
        ("US", [], ["DE"], True),
        ("US", [7], ["DE"], True),
        (None, [US], ["DE"], True),
        ("US", [US], [], True),
    ],
)
def test_r11_markets_are_where_the_audience_is(country, locations, markets, expected):
    group = shown_in(*locations)
    around = context(country=country, ad_group=group.sections)
    assert applies(Bound(markets), group, around) is expected
    assert applies(Bound(markets), ad(), around) is expected


def test_r03_an_ad_whose_ad_group_is_not_known_is_judged_by_every_market():
    assert applies(Bound(["FR"]), ad(), context(country="US", ad_group=None))
    assert applies(Bound(["FR"]), ad_group(targeting=...), context(country="US"))


def test_of_a_campaign_the_accounts_country_counts():
    assert applies(Bound(["DE"]), campaign(), context(country="DE"))
    assert not applies(Bound(["FR"]), campaign(), context(country="DE"))


def test_the_table_of_countries_is_whole():
    assert (len(EU), len(EEA), len(MUST_NAME_PARTIES - EEA)) == (27, 30, 8)
    assert set(COUNTRY_OF.values()) >= MUST_NAME_PARTIES
    assert len(set(COUNTRY_OF.values())) == len(COUNTRY_OF)
    assert [country_of(each) for each in (US, GERMANY, AUSTRIA, "FR", "XX", BERLIN)] == ["US", "DE", "AT", "FR", None, None]
    assert targeted(None) == frozenset({None})
