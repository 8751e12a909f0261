"""The corpus: how each file is made, what is expected of it, and whether it is so."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from PIL import Image

from campaigns.media.analysis import analyse
from campaigns.media.errors import MediaRefused
from campaigns.media.probe import probe
from governance.rules.colours import distance, lab
from tests.media_corpus.films import CODINGS, COLOUR, Film, films, picture, write

Expected = dict[str, Any]
"""`facts` and `analysis` of a whole file, or `refused`: the codes of which it has to end in one; null for any end."""

STILLS: Final = {"JPEG": ("jpg", "mjpeg"), "PNG": ("png", "png"), "GIF": ("gif", "gif"), "WEBP": ("webp", "webp")}
_FOREIGN: Final = {
    "empty": b"", "text": b"An ad, honestly.\n" * 99, "zeros": bytes(9999), "pdf": b"%PDF-1.7\n" + bytes(99),
    "random": random.Random(5).randbytes(20_000), "html": b"<!doctype html><video src=a.mp4></video>",
    "playlist": b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n", "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "riff": b"RIFF\xff\xff\xff\x7fAVI LIST" + bytes(99),
}  # fmt: skip
_CUT: Final = ["media_truncated", "media_not_recognised", "media_unsupported"]


@dataclass(frozen=True, slots=True)
class Item:
    """One file of the corpus."""

    name: str
    make: Callable[[Path], object]
    expected: Expected


def items() -> Iterator[Item]:
    """The whole corpus; nothing is made yet."""
    for film in films():
        yield Item(str(film), partial(write, film=film), _of_film(film))
    yield from _stills()
    yield from _broken()
    for name, data in _FOREIGN.items():
        yield Item(f"foreign-{name}", partial(_put, data=data), {"refused": [*_CUT, "media_empty"]})


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _of_film(film: Film) -> Expected:
    coding, turned = film.coding, film.turn in (90, 270)
    width, height = (film.height, film.width) if turned else (film.width, film.height)
    facts = {
        "kind": "video", "container": coding.container, "codec": coding.codec, "width": width, "height": height,
        "duration_ms": film.seconds * 1000, "has_audio": film.heard,
    }  # fmt: skip
    sides = ("left", "right") if turned else ("top", "bottom")
    analysis = {"share": _share(film.look), "sides": dict.fromkeys(sides, 125) if film.look == "barred" else {}}
    analysis |= {"colour": None if film.look == "black" else COLOUR, "sound": film.sound if film.heard else None}
    return {"facts": facts, "analysis": {**analysis, "sound_codec": coding.sound_codec or None}}


def _share(look: str) -> int:
    return {"plain": 0, "barred": 250, "black": 1000}[look]


def _stills() -> Iterator[Item]:
    for kind, (container, codec) in STILLS.items():
        for size in ((720, 1280), (640, 640), (1200, 628), (33, 77)):
            for look in ("plain", "barred"):
                film = Film(CODINGS[0], *size, 1, look, "tone")
                expected = _of_film(film)
                expected["facts"] |= {"kind": "image", "container": container, "codec": codec, "duration_ms": None, "has_audio": None}
                expected["analysis"] |= {"sound": None, "sound_codec": None}
                name = f"still-{container}-{size[0]}x{size[1]}-{look}"
                yield Item(name, partial(_write_still, film=film, kind=kind), expected)


def _write_still(path: Path, film: Film, kind: str) -> None:
    picture(film, 0.5).save(path, format=kind)


# --- broken ----------------------------------------------------------------------------------------------------------


@cache
def whole(number: int) -> bytes:
    """The bytes of a small whole film in a coding, or of a still where there are no more codings."""
    if number >= len(CODINGS):
        out = io.BytesIO()
        Image.effect_noise((320, 200), 60).convert("RGB").save(out, format=list(STILLS)[number - len(CODINGS)])
        return out.getvalue()
    coding = CODINGS[number]
    size = (176, 144) if coding.codec == "h263" else (96, 160)
    with TemporaryDirectory() as directory:
        path = Path(directory) / "whole"
        write(path, Film(coding, *size, 2, "plain", "tone"))
        return path.read_bytes()


SEEDS: Final = len(CODINGS) + len(STILLS)


def _cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def _hole(data: bytes, at: float) -> bytes:
    start = int(len(data) * at)
    return data[:start] + bytes(len(data) // 10) + data[start + len(data) // 10 :]


def _noise(data: bytes, at: float) -> bytes:
    start, length = int(len(data) * at), len(data) // 10
    return data[:start] + random.Random(at).randbytes(length) + data[start + length :]


def _swapped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[middle:] + data[:middle]


_WAYS: Final[dict[str, tuple[Callable[[bytes], bytes], bool]]] = {
    "cut-10": (partial(_cut, share=0.1), True),
    "cut-60": (partial(_cut, share=0.6), True),
    "cut-97": (partial(_cut, share=0.97), True),
    "hole-start": (partial(_hole, at=0.0), False),
    "hole-middle": (partial(_hole, at=0.5), False),
    "noise-start": (partial(_noise, at=0.01), False),
    "noise-middle": (partial(_noise, at=0.5), False),
    "noise-end": (partial(_noise, at=0.9), False),
    "swapped": (_swapped, False),
    "twice": (lambda data: data + data, False),
    "behind-text": (lambda data: b"A note before the film.\n" + data, False),
}
"""How a file is broken, and whether it then has to be refused; other damage may be of no consequence."""


def _broken() -> Iterator[Item]:
    for number in range(SEEDS):
        endless = number < len(CODINGS) and CODINGS[number].container in ("mpeg", "ts")
        for way, (change, fatal) in _WAYS.items():
            refused = _CUT if fatal and not endless else None
            name = f"broken-{CODINGS[number]}-{way}" if number < len(CODINGS) else f"broken-still-{number}-{way}"
            yield Item(name, partial(_write_broken, number=number, change=change), {"refused": refused})


def _write_broken(path: Path, number: int, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(whole(number)))


# --- whether it is so ------------------------------------------------------------------------------------------------


def differences(path: Path, expected: Expected) -> list[str]:
    """What the probe and the analyser say otherwise than expected. Both always end; other exceptions are faults of ours."""
    facts, refused = _end(probe, path)
    analysis, _ = _end(analyse, path)
    if "refused" in expected:
        codes = expected["refused"]
        return [] if codes is None or refused in codes else [f"refused as {refused}, expected one of {codes}"]
    if facts is None or analysis is None:
        return [f"refused as {refused}"]
    return [*_wrong_facts(facts.as_dict(), expected["facts"]), *_wrong_analysis(analysis, expected["analysis"])]


def _end(ask: Callable[[Path], Any], path: Path) -> tuple[Any, str | None]:
    try:
        return ask(path), None
    except MediaRefused as refused:
        return None, refused.code


def _wrong_facts(found: dict[str, Any], expected: dict[str, Any]) -> Iterator[str]:
    for name, value in expected.items():
        near = name == "duration_ms" and value is not None and abs(found[name] - value) <= 150
        if found[name] != value and not near:
            yield f"{name}: {found[name]}, expected {value}"


def _wrong_analysis(found: dict[str, Any], expected: dict[str, Any]) -> Iterator[str]:
    for name, value in {"share": expected["share"], **expected["sides"]}.items():
        if abs(found["bars"][name] - value) > 30:
            yield f"bars {name}: {found['bars'][name]}, expected {value}"
    if expected["colour"]:
        near = sum(each["permille"] for each in found["colours"] if distance(lab(each["hex"]), lab(expected["colour"])) < 20)
        if near < 350:
            yield f"colour {expected['colour']}: {near} thousandths, expected 350 or more"
    yield from _wrong_sound(found["sound"], expected)


def _wrong_sound(found: dict[str, Any] | None, expected: dict[str, Any]) -> Iterator[str]:
    if found is None or expected["sound"] is None:
        if found is not expected["sound"]:
            yield f"sound: {found}, expected {expected['sound']}"
        return
    if found["codec"] != expected["sound_codec"]:
        yield f"sound is {found['codec']}, expected {expected['sound_codec']}"
    told = {
        "silence": found["silent_permille"] >= 990 and found["loudness_tenths"] is None,
        "tone": found["silent_permille"] <= 100 and -250 <= (found["loudness_tenths"] or 0) <= -130 and found["clipped_ppm"] == 0,
        "clipped": found["clipped_ppm"] > 1000 and (found["loudness_tenths"] or -999) > -60,
    }
    if not told[expected["sound"]]:
        yield f"sound: {found}, expected {expected['sound']}"
