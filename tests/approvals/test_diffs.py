"""R-09: the difference between two revisions, field by field."""

from __future__ import annotations

from approvals.diffs import Change, diff, leaves

DAILY_80 = {"mode": "daily", "amount": {"minor": 8000, "currency": "USD"}, "optimization": False}
DAILY_240 = {"mode": "daily", "amount": {"minor": 24000, "currency": "USD"}, "optimization": False}


def test_r09_only_what_differs_is_told():
    base = {"budget": DAILY_80, "structure": {"name": "A", "objective": "traffic"}}
    head = {"budget": DAILY_240, "structure": {"name": "A", "objective": "traffic"}}
    assert diff(base, head) == [Change("budget", "amount", DAILY_80["amount"], DAILY_240["amount"])]


def test_r09_equal_revisions_have_no_difference():
    assert diff({"budget": DAILY_80}, {"budget": dict(DAILY_80)}) == []


def test_r09_without_a_base_every_field_that_says_something_is_new():
    head = {"copy": {"text": "Hi", "call_to_action": None, "hashtags": ["a"]}}
    assert diff(None, head) == [Change("copy", "text", None, "Hi"), Change("copy", "hashtags", None, ["a"])]


def test_r09_named_things_are_compared_whole():
    one = {"identity": {"page": {"id": "1", "external_id": "x"}}, "creative": {"media": [{"sha256": "a", "kind": "video"}]}}
    two = {"identity": {"page": {"id": "2", "external_id": "x"}}, "creative": {"media": [{"sha256": "b", "kind": "video"}]}}
    assert [(change.section, change.path) for change in diff(one, two)] == [("identity", "page"), ("creative", "media")]


def test_r09_what_is_gone_is_told_too():
    base = {"tracking": {"pixel": "1"}, "schedule": {"start": "s", "extra": "e"}}
    head = {"schedule": {"start": "s"}}
    assert diff(base, head) == [Change("schedule", "extra", "e", None), Change("tracking", "pixel", "1", None)]


def test_nested_fields_have_dotted_paths():
    section = {"placement": {"type": "selected", "apps": ["tiktok"]}, "audience": {"gender": "all"}}
    assert list(leaves(section)) == [("placement.type", "selected"), ("placement.apps", ["tiktok"]), ("audience.gender", "all")]
