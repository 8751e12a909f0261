"""Every word of a stage that a version of a policy changes is told in a sentence, in both languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import translation

from approvals.policy_differences import ORDER, Names, difference, sentences

BASE: dict[str, Any] = {"key": "money", "title": "Money", "permission": "approve_budget", "sections": ["budget"], "quorum": 1, "step": 1}
SOMEBODY = "01a22e17-a1e4-771f-aa3c-2ee111a58b19"
CHANGES: dict[str, Any] = {
    "title": "Finance", "permission": "approve_legal", "sections": ["budget", "bid"], "quorum": 2, "step": 2, "groups": [SOMEBODY],
    "people": [SOMEBODY], "everyone": True, "carries": True, "automatic": True, "reauthenticate": True, "blind": True,
    "checklist": [{"key": "sum", "text": "The sum is right"}], "deadline_hours": 8, "authority": True,
}  # fmt: skip
TOGETHER: dict[str, dict[str, Any]] = {
    "each_group": {"groups": [SOMEBODY, SOMEBODY[::-1].replace("-", "")], "each_group": True},
    "remind_before_hours": {"deadline_hours": 8, "remind_before_hours": 2},
    "escalate_to_groups": {"deadline_hours": 8, "escalate_to_groups": [SOMEBODY]},
    "escalate_to_people": {"deadline_hours": 8, "escalate_to_people": [SOMEBODY]},
}
"""What goes only with something else."""


@dataclass
class Version:
    title: str = "Policy"
    condition: str = ""
    stages: list[dict[str, Any]] = field(default_factory=list)


def told(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    names = Names(groups={SOMEBODY: "Finance Germany"}, people={SOMEBODY: "Ann"})
    return sentences(difference(Version(stages=[before]), Version(stages=[after])), names)


def test_every_word_is_among_these():
    assert {*CHANGES, *TOGETHER, "key"} == set(ORDER)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("changed", [*({name: value} for name, value in CHANGES.items()), *TOGETHER.values()], ids=str)
def test_r55_a_change_is_told_both_ways(changed, language):
    if "each_group" in changed:
        changed = changed | {"groups": [SOMEBODY, SOMEBODY.replace("0", "1")], "quorum": 2}
    with translation.override(language):
        there, back = told(BASE, {**BASE, **changed}), told({**BASE, **changed}, BASE)
    assert there
    assert back
    assert there != back
    assert not [each for each in (*there, *back) if "None" in each or SOMEBODY in each]


def test_r25_that_a_stage_asks_for_authority_is_told():
    assert told(BASE, {**BASE, "authority": True}) == ["Whoever decides “Money” needs a limit that covers what the request can spend."]
