"""The embedded broker: a message is there whole or not at all, and what is no message ends nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from queue import Empty
from threading import Barrier, Thread
from typing import Any

import pytest
from kombu import Connection
from kombu.transport import filesystem

import config  # noqa: F401 - says what filesystem:// means
from config.broker import Channel, Transport, clear_unfinished
from tests.architecture.sources import ROOT

TORN = (b"", b'{"body": "W1sib', b"\xff\xfe", b"null,")


@pytest.fixture
def options(tmp_path: Path) -> dict[str, str]:
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    return {
        "data_folder_in": str(tmp_path / "messages"), "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "control"),
    }  # fmt: skip


@pytest.fixture
def channel(options: dict[str, str]) -> Any:
    with Connection("filesystem://localhost", transport_options=options) as connection:
        assert isinstance(connection.transport, Transport)
        yield connection.channel()


def put_torn(tmp_path: Path, number: int, content: bytes) -> Path:
    path = tmp_path / "messages" / f"{number}_torn.celery.msg"
    path.write_bytes(content)
    return path


def test_a_torn_file_is_why_the_worker_ended(tmp_path: Path, options: dict[str, str]) -> None:
    """kombu's own transport, as it was used: a test of the cause, without which the others would prove nothing."""
    put_torn(tmp_path, 1, b"")
    with Connection("filesystem://localhost", transport=filesystem.Transport, transport_options=options) as connection:
        plain = filesystem.Channel(connection.transport.__class__(connection))
        with pytest.raises(ValueError):
            plain._get("celery")


@pytest.mark.parametrize("content", TORN)
def test_a_torn_file_is_dropped_and_the_next_message_read(
    tmp_path: Path, channel: Any, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    torn = put_torn(tmp_path, 0, content)
    channel._put("celery", {"body": "whole"})
    assert channel._get("celery") == {"body": "whole"}
    assert not torn.exists()
    assert "dropped" in caplog.text
    with pytest.raises(Empty):
        channel._get("celery")


def test_nobody_reads_a_message_that_is_being_written(channel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    write = Path.write_bytes

    def slowly(path: Path, content: bytes) -> int:
        write(path, content[: len(content) // 2])
        with pytest.raises(Empty):
            channel._get("celery")
        looked.append(path)
        return write(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", slowly)
        channel._put("celery", {"body": "x" * 1000})
    assert len(looked) == 1
    assert channel._get("celery") == {"body": "x" * 1000}


def test_bindings_survive_a_torn_table_and_several_who_bind(tmp_path: Path, channel: Any) -> None:
    (tmp_path / "control" / "fan.exchange").write_bytes(b"")
    assert channel.get_table("fan") == []
    start = Barrier(8)

    def bind(number: int) -> None:
        start.wait(10)
        channel._queue_bind("fan", "", "", f"queue{number}")

    threads = [Thread(target=bind, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert {row[2] for row in channel.get_table("fan")} == {f"queue{number}" for number in range(8)}


def test_what_killed_writers_left_is_cleared(tmp_path: Path, channel: Channel) -> None:
    part = tmp_path / "messages" / "x.part"
    part.write_bytes(b"{")
    with pytest.raises(Empty):
        channel._get("celery")
    clear_unfinished(tmp_path / "messages")
    assert not part.exists()
    clear_unfinished(tmp_path / "nowhere")


@pytest.mark.slow
def test_a_worker_outlives_a_torn_file(tmp_path: Path) -> None:
    messages = tmp_path / "queue" / "messages"
    messages.mkdir(parents=True)
    (tmp_path / "queue" / "control").mkdir()
    torn = messages / "1_torn.celery.msg"
    torn.write_bytes(b"")
    environment = {**os.environ, "IMPRIMATUR_DEBUG": "1", "IMPRIMATUR_VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment.pop("IMPRIMATUR_BROKER_URL", None)
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--without-gossip", "--without-mingle"]
    with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out) as worker:
        try:
            until = time.monotonic() + 60
            while torn.exists() and worker.poll() is None and time.monotonic() < until:
                time.sleep(0.1)
            time.sleep(2)
            assert not torn.exists(), log.read_text()
            assert worker.poll() is None, log.read_text()
        finally:
            worker.terminate()
    assert "Unrecoverable" not in log.read_text()
