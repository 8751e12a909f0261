"""Of what one wants mail: chosen by oneself, kept in the log, documented defaults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings

from accounts.actors import actor_for
from audit.models import AuditEvent
from core.actor import Channel
from core.errors import Forbidden, Invalid
from notices import queries
from notices.kinds import DEFAULTS, Delivery, Kind
from notices.models import Preference
from notices.services import set_preference
from tests.builders import World


def test_whoever_chose_nothing_has_the_defaults(world: World):
    assert queries.preferences(world.actor("content")) == DEFAULTS


def test_a_choice_holds_and_what_it_was_before_stands_in_the_log(world: World):
    actor = world.actor("content")
    set_preference(actor=actor, kind="review_asked", delivery="daily")
    set_preference(actor=actor, kind="review_asked", delivery="off")
    assert queries.preferences(world.actor("content"))["review_asked"] == "off"
    assert queries.preferences(world.actor("budget"))["review_asked"] == "immediate"
    events = AuditEvent.objects.filter(action="notices.preference.set").order_by("pk")
    told = [json.loads(event.canonical)["payload"] for event in events]
    assert told == [
        {"kind": "review_asked", "before": "immediate", "delivery": "daily"},
        {"kind": "review_asked", "before": "daily", "delivery": "off"},
    ]
    assert {event.subject_id for event in events} == {str(world.people["content"].pk)}


@pytest.mark.parametrize(("kind", "delivery", "field"), [("weather", "off", "kind"), ("rejected", "weekly", "delivery")])
def test_what_there_is_not_cannot_be_chosen(world: World, kind: str, delivery: str, field: str):
    with pytest.raises(Invalid) as caught:
        set_preference(actor=world.actor("content"), kind=kind, delivery=delivery)
    assert [each.field for each in caught.value.errors] == [field]
    assert not Preference.objects.exists()


def test_r33_a_machine_chooses_nothing(world: World):
    with pytest.raises(Forbidden):
        set_preference(actor=actor_for(world.machine, Channel.API), kind="rejected", delivery="off")
    assert not Preference.objects.exists()


def test_the_defaults_are_documented():
    text = Path(settings.BASE_DIR, "docs", "notifications.md").read_text()
    for kind in Kind:
        words = {Delivery.IMMEDIATE: "at once", Delivery.DAILY: "once a day"}[DEFAULTS[kind]]
        (line,) = [line for line in text.splitlines() if line.startswith(f"| `{kind.value}` ")]
        assert line.endswith(f"| {words} |"), line
