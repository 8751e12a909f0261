"""One document sent twice at once: the lock of the key serialises publishing, and what is said then is not said again (R-55)."""

from __future__ import annotations

from typing import Any

import pytest

from governance.models import RuleSet
from governance.sameness import AlreadySaid
from governance.services import publish_rule_set
from tests import builders
from tests.concurrency.racing import all_on, at_once, errors, locks_off

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
EMOJI = {"rule": "text.emoji", "mode": "hard", "params": {}}


def publishing(world, **options):
    said = {"key": "tone", "title": "Tone", "rules": [EMOJI], "scope": world.organisation, **options}
    return lambda: publish_rule_set(actor=builders.ROOT, **said)


@pytest.mark.parametrize(("layers", "met"), [(all_on, False), (locks_off, True)], ids=["all on", "control: no lock"])
def test_of_two_that_send_one_document_one_makes_a_version(world, rendezvous, monkeypatch, layers, met):
    publishing(world, rules=[])()
    save = RuleSet.save

    def met_before_saving(self: RuleSet, **how: Any) -> None:
        """Both have looked whether it is said already, before either says it."""
        rendezvous.meet()
        save(self, **how)

    monkeypatch.setattr(RuleSet, "save", met_before_saving)
    with layers():
        results = at_once(*[publishing(world, unless_same=True)] * 2)
    assert rendezvous.met == met
    (lost,) = errors(results)
    assert isinstance(lost, AlreadySaid) is not met
    assert RuleSet.objects.filter(key="tone").count() == 2
