"""examples/submit_ad.py against a running installation: it submits, shows how far it is, and says why not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import settings
from tests.flows.stack import ROOT, Client, Stack, stack
from tests.processes import eventually

pytestmark = [pytest.mark.slow, pytest.mark.database]
EXAMPLE = ROOT / "examples" / "submit_ad.py"


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    with stack("postgresql" if settings.ON_POSTGRESQL else "sqlite") as started:
        yield started


@pytest.fixture(scope="module")
def machine(running: Stack) -> Client:
    return running.client("planner@demo.example", "example")


def start(url: str, token: str, *arguments: str) -> subprocess.Popen[str]:
    """The example as its user starts it: any Python, no packages (-I: nothing of this repository is importable)."""
    env = {**os.environ, "IMPRIMATUR_URL": url, "IMPRIMATUR_TOKEN": token}
    command = [sys.executable, "-I", str(EXAMPLE), *arguments]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def newest(client: Client, status: str, known: set[str]) -> dict[str, Any] | None:
    rows = client("GET", f"approval-requests/?status={status}").body["results"]
    return next((row for row in rows if row["id"] not in known), None)


def known(client: Client) -> set[str]:
    return {row["id"] for row in client("GET", "approval-requests/?page_size=200").body["results"]}


def decide(client: Client, request: dict[str, Any], stage: str, verdict: str, comment: str = "") -> None:
    body = {"verdict": verdict, "digest": request["digest"], "stage": stage, "comment": comment}
    answer = client("POST", f"approval-requests/{request['id']}/decisions/", body)
    assert answer.status == 201, answer.body


def test_it_is_short() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 120


def test_from_nothing_to_published(running: Stack, machine: Client) -> None:
    before = known(machine)
    process = start(running.url, machine.token)
    request = eventually("the request is in review", lambda: newest(machine, "in_review", before))
    decide(running.client("brand@demo.example", "example"), request, "content", "approve")
    decide(running.client("finance@demo.example", "example"), request, "budget", "approve")
    code, out, err = end(process)
    assert (code, err) == (0, ""), f"{out}\n{err}"
    lines = out.splitlines()
    for line in ("request is approved", "submitted 3 items", "enable ad is published"):
        assert any(line in each for each in lines), out
    assert len(lines) == len(set(lines)), "what is known is not said twice"


def test_a_rejection_is_told_with_its_reason(running: Stack, machine: Client) -> None:
    before = known(machine)
    process = start(running.url, machine.token)
    request = eventually("the request is in review", lambda: newest(machine, "in_review", before))
    decide(running.client("brand@demo.example", "rejects"), request, "content", "reject", "Not in autumn.")
    code, out, _err = end(process)
    assert code == 1
    assert "request is rejected" in out
    assert "Not in autumn." in out


def test_blocked_by_checks(running: Stack, machine: Client) -> None:
    code, out, _err = end(start(running.url, machine.token, "--landing-page", "https://elsewhere.example/"))
    assert code == 1
    assert "request is blocked" in out
    assert "elsewhere.example" in out


def test_a_file_that_is_no_film(running: Stack, machine: Client, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_text("This is no film.")
    code, _out, err = end(start(running.url, machine.token, str(film)))
    assert code == 1
    assert "media_not_recognised" in err
    assert "file:" in err


def test_without_a_valid_token(running: Stack) -> None:
    code, _out, err = end(start(running.url, "impr_" + "0" * 64))
    assert code == 1
    assert "invalid_token" in err


def test_nobody_answers() -> None:
    code, _out, err = end(start("http://127.0.0.1:9", "x"))
    assert code == 2
    assert "does not answer" in err
