"""What the channel answers when it does not do it, what a killed worker leaves behind, and that nothing happens twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection, connections

from core import clock
from core.actor import Channel, system
from core.errors import Conflict
from publishing import performing, services, tasks
from publishing.channels.registry import channel
from publishing.errors import LeaseLost
from publishing.models import Publication
from publishing.services.dispatching import FIRST_DELAY, LONGEST_DELAY, MAX_ATTEMPTS, backoff
from tests.publishing.studio import Studio, carry_out_then_die, die

WORKER = system(Channel.TASK)
LONG = 2 * 3600.0


def later(time_machine: Any, seconds: float = LONG) -> None:
    time_machine.move_to(clock.now() + timedelta(seconds=seconds))


# --- error families --------------------------------------------------------------------------------------------------------

REFUSED: dict[str, dict[str, Any]] = {
    "invalid": {"code": 40002},
    "forbidden": {"code": 40001},
    "credentials": {"code": 40105},
    "not_found": {"code": 40007},
    "misconfigured": {"code": 40006},
    "http_403": {"http_status": 403},
    "http_404": {"http_status": 404},
}
RETRIED: dict[str, dict[str, Any]] = {"rate_limited": {"code": 40100}, "conflict": {"code": 40202}, "http_429": {"http_status": 429}}
UNCONFIRMED: dict[str, dict[str, Any]] = {
    "internal": {"code": 50000},
    "partial": {"code": 20001},
    "duplicate": {"code": 40050},
    "http_500": {"http_status": 500},
    "http_502_after": {"http_status": 502, "when": "after"},
    "code_after": {"code": 50002, "when": "after"},
    "broken_before": {"disconnect": "before"},
    "broken_after": {"disconnect": "after"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_r37_a_refusal_of_the_channel_is_final_and_cancels_the_rest(studio: Studio, name: str, time_machine: Any) -> None:
    studio.simulator.fault("campaign/create", **REFUSED[name])
    request = studio.approved()
    studio.publish(request)
    assert studio.states(request) == ["refused", *["cancelled"] * 5]
    assert studio.outcomes(studio.first(request)) == ["refused"]
    later(time_machine)
    studio.publish(request)
    tasks.sweep()
    assert studio.writes() == []


@pytest.mark.parametrize("name", RETRIED)
def test_r37_what_passes_is_retried_after_a_while(studio: Studio, name: str, time_machine: Any) -> None:
    studio.simulator.fault("campaign/create", **RETRIED[name])
    request = studio.approved()
    studio.publish(request)
    first = studio.first(request)
    assert first.state == "queued"
    assert first.not_before > clock.now()
    sent = len(studio.calls)
    studio.publish(request)
    tasks.sweep()
    assert len(studio.calls) == sent, "it did not wait"
    later(time_machine)
    tasks.sweep()
    assert studio.ended(request) == {"published"}
    assert studio.outcomes(first) == ["retried", "published"]


@pytest.mark.parametrize(
    ("level", "name"),
    [
        *(("ad", name) for name in UNCONFIRMED),
        *((level, f"broken_{moment}") for level in ("campaign", "adgroup") for moment in ("before", "after")),
    ],
)
def test_r37_no_clear_answer_to_a_creation_looks_first_and_leaves_one_object(
    studio: Studio, level: str, name: str, time_machine: Any
) -> None:
    studio.simulator.fault(f"{level}/create", **UNCONFIRMED[name])
    request = studio.approved()
    studio.publish(request)
    unsure = next(row for row in studio.rows(request) if row.state != "published")
    assert unsure.state == "unconfirmed"
    later(time_machine)
    before = len(studio.calls)
    studio.publish(request)
    assert studio.ended(request) == {"published"}, [row.reason for row in studio.rows(request)]
    assert {row.reason for row in studio.rows(request)} == {""}, "what went wrong before stays with its attempt"
    looked = [path for path in studio.calls[before:] if path.startswith(f"{level}/")]
    assert looked[0] == f"{level}/get", "it did not look first"
    assert [len(studio.on_channel(each)) for each in ("campaign", "ad_group", "ad")] == [1, 1, 1]
    assert studio.outcomes(unsure) == ["unconfirmed", "published"]
    studio.assert_never_without_clearance()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_r37_a_read_timeout_on_creation_leaves_one_object(
    studio: Studio, moment: str, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel(), "_timeout", (2, 0.5))
    studio.simulator.fault("ad/create", timeout=moment, seconds=5)
    request = studio.approved()
    studio.publish(request)
    assert studio.states(request)[2] == "unconfirmed"
    assert len(studio.on_channel("ad")) == (1 if moment == "after" else 0)
    later(time_machine)
    monkeypatch.setattr(channel(), "_timeout", (2, 20))
    tasks.sweep()
    assert studio.ended(request) == {"published"}
    assert len(studio.on_channel("ad")) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_r37_no_answer_to_enabling_is_found_out_by_reading(studio: Studio, moment: str, time_machine: Any) -> None:
    studio.simulator.fault("ad/status/update", disconnect=moment)
    request = studio.approved()
    studio.publish(request)
    assert studio.states(request)[-1] == "unconfirmed"
    later(time_machine)
    studio.publish(request)
    assert studio.ended(request) == {"published"}
    assert studio.writes().count("ad.enabled") == 1


def test_r37_no_answer_to_a_read_is_retried(studio: Studio, time_machine: Any) -> None:
    studio.simulator.fault("campaign/get", disconnect="before")
    request = studio.approved()
    studio.publish(request)
    assert studio.states(request)[0] == "queued"
    later(time_machine)
    studio.publish(request)
    assert studio.ended(request) == {"published"}
    assert studio.writes().count("campaign.created") == 1


def test_r37_two_objects_of_one_name_are_for_a_person_to_look_at(studio: Studio, time_machine: Any) -> None:
    studio.simulator.fault("campaign/create", disconnect="after")
    request = studio.approved()
    studio.publish(request)
    row = studio.first(request)
    work = performing.prepare(row)
    channel().create_disabled(work.account, work.content, work.parents, work.media, "another-key")
    later(time_machine)
    studio.publish(request)
    assert studio.states(request)[0] == "refused"
    assert "a person has to look" in studio.first(request).reason
    assert studio.enabled() == []


def test_it_gives_up_after_many_tries_with_growing_pauses(studio: Studio, time_machine: Any) -> None:
    studio.simulator.fault("campaign/create", code=40202, times=MAX_ATTEMPTS)
    request = studio.approved()
    for _ in range(MAX_ATTEMPTS):
        studio.publish(request)
        later(time_machine)
    assert studio.states(request) == ["failed", *["cancelled"] * 5]
    assert studio.outcomes(studio.first(request)) == [*["retried"] * (MAX_ATTEMPTS - 1), "failed"]
    studio.publish(request)
    tasks.sweep()
    assert studio.writes() == []


def test_backoff_doubles_up_to_an_hour() -> None:
    assert [backoff(n) / FIRST_DELAY for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert backoff(30) == LONGEST_DELAY


# --- killed workers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seam", [die, carry_out_then_die], ids=["before_sending", "after_sending"])
@pytest.mark.parametrize("steps", [0, 2, 5])
def test_r37_a_killed_worker_leaves_a_lease_and_nothing_happens_twice(
    studio: Studio, seam: Any, steps: int, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = studio.admitted()
    for _ in range(steps):
        assert studio.step(request)
    with monkeypatch.context() as killed:
        killed.setattr(performing, "carry_out", seam)
        with pytest.raises(SystemExit):
            studio.publish(request)
    assert studio.states(request)[steps] == "dispatching"
    sent = len(studio.calls)
    studio.publish(request)
    tasks.sweep()
    assert len(studio.calls) == sent, "the lease was not respected"
    later(time_machine, configured.LEASE_SECONDS + 1)
    tasks.sweep()
    assert studio.ended(request) == {"published"}
    assert studio.outcomes(studio.rows(request)[steps]) == ["lost", "published"]
    for action in ("campaign.created", "adgroup.created", "ad.created", "ad.enabled"):
        assert studio.writes().count(action) == 1


def test_a_worker_that_lost_its_lease_concludes_nothing(studio: Studio, time_machine: Any) -> None:
    request = studio.admitted()
    row = studio.first(request)
    begun = services.begin(actor=WORKER, publication=row.pk)
    assert begun is not None
    later(time_machine, configured.LEASE_SECONDS + 1)
    services.recover(actor=WORKER, publication=row.pk)
    again = services.begin(actor=WORKER, publication=row.pk)
    assert again is not None
    outcome = performing.Outcome("123", True)
    with pytest.raises(LeaseLost):
        services.conclude(actor=WORKER, publication=row.pk, attempt=begun[1].pk, outcome=outcome)
    with pytest.raises(LeaseLost):
        services.miss(actor=WORKER, publication=row.pk, attempt=begun[1].pk, error=Conflict("late"))
    assert studio.states(request)[0] == "dispatching"
    assert not studio.on_channel("campaign")


def test_a_running_lease_is_not_taken_away(studio: Studio, time_machine: Any) -> None:
    """Two workers saw the same lease run out; the second must not take the first one's new lease."""
    request = studio.admitted()
    row = studio.first(request)
    services.begin(actor=WORKER, publication=row.pk)
    later(time_machine, configured.LEASE_SECONDS + 1)
    services.recover(actor=WORKER, publication=row.pk)
    services.begin(actor=WORKER, publication=row.pk)
    with pytest.raises(Conflict):
        services.recover(actor=WORKER, publication=row.pk)
    assert studio.states(request)[0] == "dispatching"


CHILD = "import django; django.setup(); from publishing import tasks; tasks.publish_request({request!r})"


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
def test_r37_kill_9_of_a_worker_process_in_the_middle_of_a_creation(
    committed_studio: Studio, moment: str, time_machine: Any
) -> None:
    studio = committed_studio
    request = studio.approved()
    studio.simulator.fault("ad/create", timeout=moment, seconds=600)
    child = subprocess.Popen([sys.executable, "-c", CHILD.format(request=str(request.pk))], env=_environment())
    try:
        _until(child, lambda: "dispatching" in studio.states(request)[2:3])
        _until(child, lambda: not studio.simulator.state()["faults"])
        _until(child, lambda: len(studio.on_channel("ad")) == (1 if moment == "after" else 0))
    finally:
        child.kill()
        child.wait()
    assert studio.states(request) == ["published", "published", "dispatching", "queued", "queued", "queued"]
    studio.publish(request)
    assert studio.states(request)[2] == "dispatching"
    later(time_machine, configured.LEASE_SECONDS + 1)
    tasks.sweep()
    assert studio.ended(request) == {"published"}
    assert [len(studio.on_channel(each)) for each in ("campaign", "ad_group", "ad")] == [1, 1, 1]
    studio.assert_never_without_clearance()


def _environment() -> dict[str, str]:
    """For a worker process on this test's database, media and simulator."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = "postgres://{USER}@{HOST}:{PORT}/{NAME}".format(**database)
    ours = {
        "DJANGO_SETTINGS_MODULE": "config.settings", "IMPRIMATUR_DEBUG": "1", "IMPRIMATUR_DATABASE_URL": url,
        "IMPRIMATUR_VAR_DIR": str(configured.VAR_DIR), "IMPRIMATUR_TIKTOK_HOST": configured.TIKTOK_HOST,
    }  # fmt: skip
    return {**os.environ, **ours}


def _until(child: subprocess.Popen[bytes], happened: Any) -> None:
    """Ask until it is true while the child runs; fails when it ends by itself."""
    for _ in range(600):
        if happened():
            return
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.1)
            raise AssertionError(f"the worker ended with {child.returncode}")
    raise AssertionError("waited in vain")


# --- several workers -------------------------------------------------------------------------------------------------------


@pytest.mark.race
def test_r37_a_task_played_several_times_at_once_publishes_once(committed_studio: Studio) -> None:
    studio = committed_studio
    request = studio.approved()
    workers, start = 4, threading.Barrier(4)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            start.wait(10)
            studio.publish(request)
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    studio.publish(request)
    assert studio.states(request) == ["published"] * 6
    assert Publication.objects.count() == 6
    assert [studio.outcomes(row) for row in studio.rows(request)] == [["published"]] * 6
    for action in ("campaign.created", "adgroup.created", "ad.created", "campaign.enabled", "ad.enabled"):
        assert studio.writes().count(action) == 1
