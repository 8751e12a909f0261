"""Ids grow with time and do not repeat; times have one form."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine

from core import clock, ids
from core.ids import uuid7


def test_version_and_variant_of_rfc_9562():
    for identifier in (uuid7() for _ in range(1000)):
        assert identifier.version == 7
        assert identifier.variant == "specified in RFC 4122"


def test_ids_carry_the_milliseconds_and_sort_by_them(monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)  # other tests may have given ids of a later time
    made = []
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False) as traveller:
        for _ in range(300):
            made.append((time.time_ns() // 1_000_000, uuid7()))
            traveller.shift(timedelta(milliseconds=1))
    assert [identifier.int >> 80 for _, identifier in made] == [milliseconds for milliseconds, _ in made]
    assert sorted(made, key=lambda each: str(each[1])) == made


def test_ids_grow_within_one_millisecond_and_when_the_clock_is_set_back(monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)
    made = []
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False) as traveller:
        made += [uuid7() for _ in range(1000)]
        traveller.move_to(datetime(2026, 11, 1, tzinfo=UTC), tick=False)
        made += [uuid7() for _ in range(1000)]
        traveller.move_to(datetime(2026, 12, 2, tzinfo=UTC), tick=False)
        made += [uuid7() for _ in range(10)]
    assert sorted(made, key=str) == made
    assert len(set(made)) == len(made)
    assert made[-1].int >> 80 == int(datetime(2026, 12, 2, tzinfo=UTC).timestamp() * 1000)


def test_ids_of_one_millisecond_and_of_several_threads_are_distinct():
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False), ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: uuid7(), range(20_000)))
    assert len(set(made)) == len(made)


def test_now_is_aware_and_utc():
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 12, 1, tzinfo=UTC), "2026-12-01T00:00:00Z"),
        (datetime(2026, 12, 1, 1, 2, 3, 40, tzinfo=UTC), "2026-12-01T01:02:03.000040Z"),
        (datetime(2026, 12, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026-11-30T23:00:00Z"),
    ],
)
def test_rfc3339(moment, text):
    assert clock.rfc3339(moment) == text


def test_a_naive_time_has_no_form():
    with pytest.raises(ValueError, match="naive"):
        clock.rfc3339(datetime(2026, 12, 1))  # noqa: DTZ001
