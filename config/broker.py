"""The embedded broker: kombu's folder of files, with messages that are whole or not there.

kombu creates a message under its final name and fills it afterwards. A reader that looks in between, or after the writer
was killed there, takes an empty file for a message; it is no JSON, and the error ends the whole worker. Here a message
gets its name when it is complete, and a file that is no message is dropped with a line in the log: whatever the broker
loses, the sweeps find again in the database.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Final
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)

PART: Final = ".part"
"""The end of the name of a message that is being written: no queue is called so."""


_Base: Any = filesystem.Channel  # its published types are of another version


class Channel(_Base):
    """Reads and writes whole files."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        _write(Path(self.data_folder_out), f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg", payload)

    def _get(self, queue: str) -> Any:
        while True:  # each turn takes a file away, and without one Empty is raised
            try:
                return super()._get(queue)
            except ValueError as error:
                logger.warning("a message of %s could not be read and is dropped: %s", queue, error)

    def get_table(self, exchange: str) -> list[Any]:
        try:
            return list(super().get_table(exchange))
        except ValueError as error:
            logger.warning("the bindings of %s could not be read and are made anew: %s", exchange, error)
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        file = self._exchange_file(exchange)
        file.parent.mkdir(parents=True, exist_ok=True)
        with _alone(file.with_suffix(".lock")):
            known = self.get_table(exchange)
            if bound not in known:
                _write(file.parent, file.name, [bound, *known])


class Transport(filesystem.Transport):
    """What `filesystem://` means here (config.celery)."""

    Channel = Channel


def _write(folder: Path, name: str, content: Any) -> None:
    """A file that is there whole or not at all. Raises ChannelError."""
    part = folder / f"{uuid4()}{PART}"
    try:
        part.write_bytes(dumps(content).encode())
        part.replace(folder / name)
    except OSError as error:
        raise ChannelError(f"Cannot write {folder / name}") from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def clear_unfinished(folder: Path) -> None:
    """Remove what killed writers left. Only where nobody writes."""
    for each in folder.glob(f"*{PART}"):
        each.unlink(missing_ok=True)
