"""The outer shape of a file: what its first bytes promise, and whether its end is there.

Nothing is accepted on the strength of this; it chooses the reader and finds files that were cut off, which
the decoders read without complaint up to the cut.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from campaigns.media.refused import Refused

HEAD = 64
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_MAX_BOXES = 100_000

_STILLS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"GIF87a": "gif", b"GIF89a": "gif"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
_FOREIGN_STILLS = {
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"8BPS": "PSD",
    b"\x00\x00\x00\x0cjP  ": "JPEG 2000",
}
_FOREIGN_FILES = {
    b"%PDF-": "PDF",
    b"ID3": "MP3",
    b"OggS": "Ogg",
    b"fLaC": "FLAC",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "WMV",
    b"FLV\x01": "FLV",
}
# Boxes of the ISO base media format and of QuickTime that stand at the outermost level, and the film header.
_BOXES = {
    b"ftyp",
    b"moov",
    b"mdat",
    b"mvhd",
    b"free",
    b"skip",
    b"wide",
    b"moof",
    b"mfra",
    b"sidx",
    b"styp",
    b"uuid",
    b"meta",
    b"pnot",
    b"udta",
}


def still_format(head: bytes) -> str | None:
    """jpg, png, gif or webp when the file starts like one."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return _by_start(head, _STILLS)


def refuse_foreign(head: bytes) -> None:
    """Refuse by name what is a proper file, but of a type that no ad has."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        raise Refused("still_format", format="AVIF" if head[8:11] == b"avi" else "HEIC")
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        raise Refused("still_format", format="BMP")
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        raise Refused("file_format", format="WAV")
    if name := _by_start(head, _FOREIGN_STILLS):
        raise Refused("still_format", format=name)
    if name := _by_start(head, _FOREIGN_FILES):
        raise Refused("file_format", format=name)


def _by_start(head: bytes, table: dict[bytes, str]) -> str | None:
    return next((name for start, name in table.items() if head.startswith(start)), None)


def refuse_cut_off(file: IO[bytes], head: bytes) -> None:
    """Refuse a file of the mp4 family, avi or mkv/webm whose own outline says that bytes are missing at its
    end.
    """
    if head[4:8] in _BOXES:
        cut = _boxes_cut_off(file)
    elif head[:4] == b"RIFF":
        cut = _riff_cut_off(file, head)
    elif head[:4] == _EBML:
        cut = _segment_cut_off(file)
    else:
        cut = False
    file.seek(0)
    if cut:
        raise Refused("cut_off")


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _riff_cut_off(file: IO[bytes], head: bytes) -> bool:
    declared = int.from_bytes(head[4:8], "little")
    unknown = declared in (0, 0xFFFFFFFF)  # written by recorders that cannot seek back
    return len(head) < 12 or (not unknown and declared + 8 > _size(file))


def _boxes_cut_off(file: IO[bytes]) -> bool:
    """Walk the outermost boxes: one reaches over the end, or the index (moov) never came."""
    end = _size(file)
    boxes = list(_boxes(file, 0, end))
    return any(box.end > end for box in boxes) or all(box.kind != b"moov" for box in boxes)


def _segment_cut_off(file: IO[bytes]) -> bool:
    """A Matroska or WebM file is a header element and one segment (RFC 9559, 5.1.1; sizes: RFC 8794, 4 and
    6.2).
    """
    file.seek(4)
    length = _element_size(file)
    file.seek(length or 0, os.SEEK_CUR)
    if length is None or file.read(4) != _SEGMENT:
        return file.tell() >= _size(file)
    rest = _element_size(file)
    return rest is not None and file.tell() + rest > _size(file)


def _element_size(file: IO[bytes]) -> int | None:
    """The variable-length size at this place; None when it is unknown (all ones: written live) or missing."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    width = 8 - first[0].bit_length()
    body = bytes([first[0] & (0x7F >> width)]) + file.read(width)
    value = int.from_bytes(body, "big")
    return None if value == (1 << 7 * (width + 1)) - 1 else value


def announced_seconds(file: IO[bytes], head: bytes) -> float:
    """The length in the film's own header (mvhd, ISO 14496-12, 8.2.2); 0.0 where there is none. Readers
    ignore it, people and channels are shown it.
    """
    if head[4:8] not in _BOXES:
        return 0.0
    for film in _boxes(file, 0, _size(file)):
        for box in _boxes(file, film.body, film.end) if film.kind == b"moov" else ():
            if box.kind == b"mvhd":
                file.seek(box.body)
                return _film_seconds(file.read(32))
    return 0.0


def _film_seconds(header: bytes) -> float:
    wide = header[:1] == b"\x01"
    scale, length = (header[20:24], header[24:32]) if wide else (header[12:16], header[16:20])
    unknown = not length.strip(b"\xff") or not any(scale)
    return 0.0 if unknown else int.from_bytes(length, "big") / int.from_bytes(scale, "big")


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its type, where its content begins and where the box ends (byte offsets in the file)."""

    kind: bytes
    body: int
    end: int


def _boxes(file: IO[bytes], position: int, end: int) -> Iterator[Box]:
    """The boxes next to each other from a position on; stops at what is none (padding, tags of some tool)."""
    for _ in range(_MAX_BOXES):
        file.seek(position)
        header = file.read(16)
        kind, length = header[4:8], _box_length(header, end - position)
        if kind not in _BOXES or length < 8:
            return
        yield Box(kind, position + (16 if header[:4] == b"\0\0\0\1" else 8), position + length)
        position += length
        if position >= end:
            return


def _box_length(header: bytes, rest: int) -> int:
    """Length in bytes; 0 when there is no whole box header (size 0 means to the end of the file)."""
    short = int.from_bytes(header[:4], "big")
    if len(header) < 8:
        return 0
    if short == 1:
        return int.from_bytes(header[8:16], "big") if len(header) == 16 else 0
    return rest if short == 0 else short


def still_cut_off(file: IO[bytes], still: str) -> bool:
    """Whether a picture's end mark is missing."""
    end = _size(file)
    file.seek(0)
    head = file.read(12)
    file.seek(max(0, end - 65536))
    tail = file.read()
    if still == "webp":
        return len(head) < 12 or int.from_bytes(head[4:8], "little") + 8 > end
    return {"jpg": b"\xff\xd9", "png": b"IEND\xaeB`\x82", "gif": b";"}[still] not in tail
