"""The store keeps every content once, under its hash, whole or not at all, and never hands out other bytes."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from campaigns.media import demo, storage
from campaigns.media.errors import MediaAltered, MediaEmpty, MediaMissing, MediaTooLarge
from campaigns.media.probe import probe
from campaigns.media.storage import MediaStore, Stored

CONTENT = b"an ad" * 1000
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


def files(store: MediaStore) -> list[str]:
    return sorted(str(p.relative_to(store.root)) for p in store.root.rglob("*") if not p.is_dir())


def swap(store: MediaStore, content: bytes) -> Path:
    """What somebody with access to the disk does."""
    path = store.path_of(SHA)
    path.chmod(0o644)
    path.write_bytes(content)
    return path


def test_content_lies_under_its_hash_and_cannot_be_written(store: MediaStore) -> None:
    assert store.put(io.BytesIO(CONTENT)) == Stored(SHA, len(CONTENT), created=True)
    assert files(store) == [f"{SHA[:2]}/{SHA[2:4]}/{SHA}"]
    assert stat.S_IMODE(store.path_of(SHA).stat().st_mode) == 0o444
    with store.open_verified(SHA) as file:
        assert file.read() == CONTENT
        assert not file.writable()


def test_the_same_content_is_kept_once_and_never_overwritten(store: MediaStore) -> None:
    store.put(io.BytesIO(CONTENT))
    before = store.path_of(SHA).stat()
    assert store.put(io.BytesIO(CONTENT)).created is False
    after = store.path_of(SHA).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert len(files(store)) == 1


@pytest.mark.parametrize(
    "other", [b"", CONTENT[:-1], CONTENT + b"x", CONTENT.replace(b"d", b"c", 1), b"another"]
)
def test_a_swapped_file_is_not_handed_out(other: bytes, store: MediaStore) -> None:
    store.put(io.BytesIO(CONTENT))
    swap(store, other)
    for use in (store.open_verified, store.open_snapshot):
        with pytest.raises(MediaAltered) as caught:
            use(SHA)
        assert caught.value.code == "media_altered"
        assert caught.value.extra["sha256"] == SHA
        assert caught.value.extra["found"] == hashlib.sha256(other).hexdigest()


def test_uploading_again_neither_hides_nor_mends_a_swapped_file(store: MediaStore) -> None:
    store.put(io.BytesIO(CONTENT))
    path = swap(store, b"another")
    with pytest.raises(MediaAltered):
        store.put(io.BytesIO(CONTENT))
    assert path.read_bytes() == b"another"
    assert len(files(store)) == 1


def test_a_link_or_a_directory_in_the_file_s_place_is_not_followed(store: MediaStore, tmp_path: Path) -> None:
    store.put(io.BytesIO(CONTENT))
    path = store.path_of(SHA)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(CONTENT)
    path.unlink()
    path.symlink_to(elsewhere)
    with pytest.raises(MediaAltered):
        store.open_verified(SHA)
    path.unlink()
    path.mkdir()
    with pytest.raises(MediaAltered):
        store.open_verified(SHA)


def test_a_snapshot_is_what_was_hashed_even_when_the_file_is_swapped_later(store: MediaStore) -> None:
    store.put(io.BytesIO(CONTENT))
    with store.open_snapshot(SHA) as file:
        swap(store, b"another")
        assert file.read() == CONTENT


def test_what_was_never_stored_is_missing(store: MediaStore) -> None:
    assert store.exists(SHA) is False
    with pytest.raises(MediaMissing) as caught:
        store.open_verified(SHA)
    assert caught.value.code == "media_missing"


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", SHA.upper(), SHA[:-1], SHA + "0", SHA + "\n", "/" + SHA[1:]]
)
def test_only_a_hash_names_a_file(name: str, store: MediaStore) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        store.open_verified(name)


class Aborting(io.RawIOBase):
    """A client that goes away after some bytes."""

    def __init__(self, after: int) -> None:
        self.left = after

    def read(self, size: int = -1, /) -> bytes:
        if self.left <= 0:
            raise ConnectionResetError("client went away")
        self.left -= 1
        return b"x" * 100_000


@pytest.mark.parametrize("after", [0, 1, 30])
def test_an_aborted_upload_leaves_nothing(after: int, store: MediaStore) -> None:
    with pytest.raises(ConnectionResetError):
        store.put(Aborting(after))
    assert files(store) == []


def test_a_full_disk_leaves_nothing(store: MediaStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(io.BytesIO(CONTENT))
    assert files(store) == []


def test_an_empty_upload_is_refused(store: MediaStore) -> None:
    with pytest.raises(MediaEmpty):
        store.put(io.BytesIO())
    assert files(store) == []


def test_the_cap_is_exact_and_reads_no_further(tmp_path: Path) -> None:
    exact = MediaStore(tmp_path, max_bytes=len(CONTENT))
    assert exact.put(io.BytesIO(CONTENT)).size_bytes == len(CONTENT)
    small = MediaStore(tmp_path / "small", max_bytes=150_000)
    endless = Aborting(after=5)
    with pytest.raises(MediaTooLarge) as caught:
        small.put(endless)
    assert (caught.value.errors[0].field, caught.value.extra["limit"]) == ("file", 150_000)
    assert endless.left == 3
    assert files(small) == []


@pytest.mark.race
def test_many_writers_of_the_same_content_make_one_file(store: MediaStore) -> None:
    start = Barrier(8)

    def write(_: int) -> Stored:
        start.wait()
        return store.put(io.BytesIO(CONTENT))

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(write, range(8)))
    assert {r.sha256 for r in results} == {SHA}
    assert [r.created for r in results].count(True) == 1
    assert len(files(store)) == 1


def test_a_disk_without_hard_links_serves_too(store: MediaStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(source: Path, target: Path) -> None:
        raise OSError(next(iter(storage._NO_HARD_LINKS)), "not supported")

    monkeypatch.setattr(os, "link", no_links)
    assert [store.put(io.BytesIO(CONTENT)).created for _ in range(2)] == [True, False]
    assert files(store) == [f"{SHA[:2]}/{SHA[2:4]}/{SHA}"]


def test_what_a_killed_process_left_is_removed_once_it_is_old(store: MediaStore) -> None:
    store.put(io.BytesIO(CONTENT))
    old, fresh = store.root / "incoming" / "old", store.root / "incoming" / "fresh"
    for path, written in ((old, 1000), (fresh, 3000)):
        path.write_bytes(b"half")
        os.utime(path, (written, written))
    assert store.remove_abandoned(before=2000) == 1
    assert (old.exists(), fresh.exists(), store.exists(SHA)) == (False, True, True)


def test_from_upload_to_facts(store: MediaStore, tmp_path: Path) -> None:
    demo.make_video(tmp_path / "ad", 90, 160, seconds=1)
    with (tmp_path / "ad").open("rb") as upload:
        stored = store.put(upload)
    with store.open_verified(stored.sha256) as file:
        facts = probe(file, sha256=stored.sha256)
    assert (facts.sha256, facts.size_bytes) == (stored.sha256, stored.size_bytes)
    assert facts == probe(store.path_of(stored.sha256))
