"""Media by content: every file lies under the SHA-256 of its bytes, once, read-only, and is checked before
each use.

root/ab/cd/<sha256>     the bytes (ab, cd: the first four hex digits)
root/incoming/<random>  uploads under way; never read by anyone
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from campaigns.media.errors import MediaAltered, MediaMissing, refusal

DEFAULT_MAX_BYTES = 500 * 1024 * 1024
_CHUNK = 1 << 20
_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EMLINK}
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class Readable(Protocol):
    """What `put` needs of a stream: an open binary file, an uploaded file, a socket's file."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store. `created` is False when the same bytes were there already."""

    sha256: str
    size_bytes: int
    created: bool


class MediaStore:
    """A content-addressed directory. Safe for any number of processes; nothing in it is ever overwritten."""

    def __init__(self, root: Path | str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self.root = Path(root)
        self.max_bytes = max_bytes

    def put(self, stream: Readable) -> Stored:
        """Keep the bytes of a stream.

        Raises MediaEmpty, MediaTooLarge (over `max_bytes`), MediaAltered when the store holds other bytes
        under this content's id, and whatever the stream or the disk raises. In every failing case nothing is
        left behind.
        """
        with self._incoming() as (temporary, target):
            digest, size = _copy_hashing(stream, target, self.max_bytes)
            if size == 0:
                raise refusal("empty")
            os.fchmod(target.fileno(), 0o444)
            target.flush()
            os.fsync(target.fileno())
            created = self._publish(temporary, self.path_of(digest))
        if not created:
            self.open_verified(digest).close()
        return Stored(digest, size, created)

    def path_of(self, sha256: str) -> Path:
        """Where the content lies or would lie. For messages and back-ups; use `open_verified` to read."""
        if not _SHA256.match(sha256):
            raise ValueError(f"not a SHA-256 in lower-case hex: {sha256[:80]!r}")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def exists(self, sha256: str) -> bool:
        """Whether there is a file under this id. Says nothing of its bytes."""
        return self.path_of(sha256).is_file()

    def open_verified(self, sha256: str) -> IO[bytes]:
        """An open file at position 0 whose bytes were just hashed. Raises MediaAltered, MediaMissing."""
        file = self._open(sha256)
        try:
            _require(sha256, _hash(file))
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def open_snapshot(self, sha256: str) -> IO[bytes]:
        """As `open_verified`, on a private copy: what is read later is what was hashed, even if the store is
        changed meanwhile. For handing the bytes to the channel. Costs the file's size in the temporary
        directory.
        """
        with self._open(sha256) as source:
            copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
            try:
                _require(sha256, _copy_hashing(source, copy, None)[0])
                copy.seek(0)
            except BaseException:
                copy.close()
                raise
        return copy

    def remove_abandoned(self, before: float) -> int:
        """Delete uploads that a killed process left unfinished, last written before a POSIX time. Returns how
        many.
        """
        removed = 0
        for path in self._incoming_directory().iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed

    def _open(self, sha256: str) -> IO[bytes]:
        path = self.path_of(sha256)
        try:
            # A link put in a file's place is not followed, a pipe is not waited for.
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise MediaMissing(sha256) from error
        except OSError as error:
            if path.is_symlink():
                raise MediaAltered(sha256, "symbolic link") from error
            raise
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise MediaAltered(sha256, "not a regular file")
        return os.fdopen(fd, "rb")

    def _incoming_directory(self) -> Path:
        directory = self.root / "incoming"
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    @contextmanager
    def _incoming(self) -> Iterator[tuple[Path, IO[bytes]]]:
        path = self._incoming_directory() / secrets.token_hex(16)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(fd, "wb") as target:
                yield path, target
        finally:
            path.unlink(missing_ok=True)

    def _publish(self, temporary: Path, final: Path) -> bool:
        """Give finished bytes their name, atomically and never over another file. False when the name is
        taken.
        """
        _make_directories(final.parent, self.root)
        try:
            # link, not rename: rename would replace what is there.
            os.link(temporary, final)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            if final.exists():
                return False
            os.rename(temporary, final)  # who races us here brings the same bytes
        _sync_directory(final.parent)
        return True


def _make_directories(directory: Path, root: Path) -> None:
    if directory.is_dir():
        return
    directory.mkdir(parents=True, exist_ok=True)
    for parent in (directory.parent, root):
        _sync_directory(parent)


def _sync_directory(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _copy_hashing(source: Readable, target: IO[bytes], max_bytes: int | None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if max_bytes is not None and size > max_bytes:
            raise refusal("bytes", {"limit": max_bytes})
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size


def _hash(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _require(expected: str, found: str) -> None:
    if found != expected:
        raise MediaAltered(expected, found)
