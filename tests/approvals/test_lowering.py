"""Whether something only spends less (R-04): the code, and the guards in the database, say the same."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals import guards_lowering
from approvals.lowering import is_lower
from campaigns.content import seal, section_digests
from campaigns.vocabulary import SECTIONS
from core.dialects import POSTGRESQL, SQLITE
from tests import settings as tests

TIMES = st.sampled_from([None, "2026-12-01T00:00:00Z", "2026-12-05T12:00:00Z", "2026-12-31T00:00:00Z"])
AMOUNTS = st.one_of(
    st.none(), st.fixed_dictionaries({"minor": st.integers(0, 4).map(lambda each: each * 1000), "currency": st.sampled_from(["USD", "EUR"])})
)  # fmt: skip
GROUP = st.fixed_dictionaries({
    "structure": st.fixed_dictionaries({"name": st.sampled_from(["a", "b"])}),
    "targeting": st.fixed_dictionaries({"audience": st.sampled_from([["1"], ["1", "2"]])}),
    "budget": st.fixed_dictionaries({"mode": st.sampled_from(["daily", "lifetime"]), "amount": AMOUNTS}),
    "schedule": st.fixed_dictionaries({"start": TIMES, "end": TIMES, "dayparting": st.sampled_from([None, "10"])}),
    "bid": st.fixed_dictionaries({
        "strategy": st.sampled_from(["cap", "lowest"]), "amount": AMOUNTS, "pacing": st.just("x"), "optimization_goal": st.just("y"),
    }),
})  # fmt: skip
CAMPAIGN = st.fixed_dictionaries(
    {
        "structure": st.fixed_dictionaries({"name": st.sampled_from(["a", "b"])}),
        "budget": st.fixed_dictionaries({"mode": st.just("daily"), "amount": AMOUNTS, "optimization": st.booleans()}),
    },
    optional={"schedule": st.fixed_dictionaries({"starts_at": TIMES, "ends_at": TIMES})},
)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two contents that differ in a few places, so that what only spends less is among them."""
    kind: Any = draw(st.sampled_from([GROUP, CAMPAIGN]))
    before: dict[str, Any] = draw(kind)
    other: dict[str, Any] = draw(kind)
    after = deepcopy(before)
    for section in draw(st.sets(st.sampled_from(sorted(other)), max_size=2)):
        fields = draw(st.sets(st.sampled_from(sorted(other[section])), max_size=2))
        after.setdefault(section, dict.fromkeys(other[section])).update({name: other[section][name] for name in fields})
    return before, after


def in_the_database(before: dict[str, Any], after: dict[str, Any]) -> bool:
    d = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    cast = "::jsonb" if connection.vendor == "postgresql" else ""
    row = f"(SELECT 1 AS id, %s AS canonical, %s{cast} AS sections)"
    values = []
    for sections in (after, before):
        text, _digest = seal({"sections": sections})
        values += [text, seal(section_digests({"sections": sections}))[0]]
    less = guards_lowering._less(d).replace("%", "%%")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {row} v CROSS JOIN {row} b WHERE COALESCE({less}, FALSE)", values)
        return cursor.fetchone() is not None


@pytest.mark.django_db
@settings(
    max_examples=tests.EXAMPLES or 400, deadline=None, derandomize=not tests.EXAMPLES, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(pair=pairs())
def test_r04_code_and_guards_agree(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert in_the_database(*pair) == is_lower(*pair), pair


def test_r04_the_guards_know_every_field_of_what_may_be_lowered(world: Any) -> None:
    """A field that is added to these sections has to be compared, or anything could change in it."""
    tree = world.tree()
    from campaigns.content import ad_group_content, campaign_content

    fields: dict[str, set[str]] = {}
    campaign = campaign_content(tree.campaign)["sections"] | {"schedule": {"starts_at": 1, "ends_at": 1}}
    for sections in (campaign, ad_group_content(tree.ad_group)["sections"]):
        for name in guards_lowering.LOWERED:
            fields.setdefault(name, set()).update(sections.get(name, ()))
    assert fields == {
        "budget": {"mode", "amount", "optimization"}, "bid": {"strategy", "amount", "pacing", "optimization_goal"},
        "schedule": {"start", "end", "dayparting", "starts_at", "ends_at"},
    }  # fmt: skip
    assert set(guards_lowering.LOWERED) < set(SECTIONS)
