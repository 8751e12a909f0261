"""The text in pictures: put together by itself, and read in whole files by the real engine in its confined child."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageDraw

from campaigns.media import demo, reading
from campaigns.media.blocks import Line, blocks
from campaigns.media.confined import Limits
from campaigns.media.errors import MediaProbeFailed, MediaRefused
from campaigns.media.reading import can_read, read
from tests.lettered import captioned, filmed, font, lettered, tilted
from tests.settings import ROOT

# --- blocks ----------------------------------------------------------------------------------------------------------


def at(text: str, left: float, top: float, width: float = 100, height: float = 20) -> Line:
    return Line(text, left, top, left + width, top + height)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], []),
        ([at("one", 0, 0)], ["one"]),
        ([at("beste", 0, 0), at("Wahl", 0, 25)], ["beste\nWahl"]),
        ([at("Wahl", 0, 25), at("beste", 0, 0)], ["beste\nWahl"]),
        ([at("Wahl", 110, 3), at("beste", 0, 0)], ["beste Wahl"]),
        ([at("beste", 0, 0), at("Wahl", 0, 49)], ["beste\nWahl"]),
        ([at("beste", 0, 0), at("Wahl", 0, 51)], ["beste", "Wahl"]),
        ([at("beste", 0, 0), at("Wahl", 139, 0)], ["beste Wahl"]),
        ([at("beste", 0, 0), at("Wahl", 141, 0)], ["beste", "Wahl"]),
        ([at("left", 0, 0), at("right", 300, 0), at("below", 0, 25), at("too", 300, 25)], ["left\nbelow", "right\ntoo"]),
        ([at("a", 0, 0), at("c", 0, 60), at("b", 0, 30)], ["a\nb\nc"]),
        ([at("GRATIS", 0, 0, 300, 100), at("heute", 20, 110)], ["GRATIS\nheute"]),
        ([at("second", 300, 400), at("first", 0, 5)], ["first", "second"]),
    ],
)
def test_lines_are_put_together_as_people_read_them(lines: list[Line], expected: list[str]) -> None:
    assert blocks(lines) == expected


# --- stills ----------------------------------------------------------------------------------------------------------


def said(path: Path) -> list[str]:
    """The blocks that are read in a still."""
    found = read(path)
    assert (found["pictures"], found["read"]) == (1, 1)
    assert found["reader"].startswith("rapidocr ")
    return [block for each in found["texts"] for block in each["blocks"]]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_words_umlauts_and_signs_are_read(kind: str, tmp_path: Path) -> None:
    lettered(
        ("Größe für 9,99 €", 150, 56), ("ÄÖÜ äöü ß", 350, 56), ("100 % natürlich", 550, 56), ("kleingedruckt: ohne Gewähr", 800, 14),
        ("Die beste\nWahl", 1000, 60),
    ).save(tmp_path / "still", format=kind)  # fmt: skip
    assert said(tmp_path / "still") == [
        "Größe für 9,99 €", "ÄÖÜ äöü ß", "100 % natürlich", "kleingedruckt: ohne Gewähr", "Die beste\nWahl",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [8, 20, 90, 180])
def test_turned_words_are_read(degrees: float, tmp_path: Path) -> None:
    tilted("Wunder gratis", degrees).save(tmp_path / "still", format="PNG")
    assert "gratis" in " ".join(said(tmp_path / "still"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "ground", "ink", "height"),
    [((160, 160), "white", "black", 24), ((1600, 300), "#fe2c55", "white", 90), ((4000, 3000), "black", "#ffff00", 200)],
)
def test_small_and_large_pictures_are_read(size: tuple[int, int], ground: str, ink: str, height: int, tmp_path: Path) -> None:
    lettered(("gratis", size[1] // 3, height), size=size, ground=ground, ink=ink).save(tmp_path / "still", format="PNG")
    assert said(tmp_path / "still") == ["gratis"]


@pytest.mark.slow
def test_a_still_is_read_as_it_is_seen(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[274] = 6
    lettered(("Jetzt gratis", 300, 60)).transpose(Image.Transpose.ROTATE_90).save(tmp_path / "still", format="JPEG", exif=turned)
    assert said(tmp_path / "still") == ["Jetzt gratis"]
    clear = Image.new("RGBA", (600, 300), (0, 0, 0, 0))
    ImageDraw.Draw(clear).text((60, 100), "gratis", font=font(70), fill="black")
    clear.save(tmp_path / "clear", format="PNG")
    assert said(tmp_path / "clear") == ["gratis"], "what is transparent is white"


@pytest.mark.slow
def test_where_nothing_is_written_nothing_is_read(tmp_path: Path) -> None:
    Image.new("RGB", (720, 1280), "#336699").save(tmp_path / "still", format="PNG")
    assert read(tmp_path / "still")["texts"] == []


# --- films -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_words_of_a_film_are_read_with_the_second_they_are_seen(tmp_path: Path) -> None:
    film = filmed(tmp_path / "film", captioned([(1, "Neu"), (3, "Jetzt gratis"), (5, ""), (6, "Größe")]), 8)
    found = read(film)
    assert (found["pictures"], found["read"]) == (8, 4), "what is seen twice is read once"
    assert found["texts"] == [
        {"at_ms": 1000, "blocks": ["Neu"]}, {"at_ms": 3000, "blocks": ["Jetzt gratis"]}, {"at_ms": 6000, "blocks": ["Größe"]},
    ]  # fmt: skip


@pytest.mark.slow
def test_a_line_of_small_print_is_another_picture(tmp_path: Path) -> None:
    def look(at: float) -> Image.Image:
        return lettered(("Herbstmode", 300, 60), *([("Nur heute gratis", 1200, 16)] if at >= 2 else []))

    found = read(filmed(tmp_path / "film", look, 4))
    assert [each["at_ms"] for each in found["texts"]] == [0, 2000]
    assert found["texts"][1]["blocks"] == ["Herbstmode", "Nur heute gratis"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("encoder", "muxer"), [("mpeg4", "avi"), ("mpeg2video", "mpegts"), ("libvpx", "webm"), ("mjpeg", "mov")]
)
def test_every_kind_of_film_is_read(encoder: str, muxer: str, tmp_path: Path) -> None:
    film = filmed(tmp_path / "film", captioned([(0, "Neu"), (1, "gratis")], (360, 640)), 2, encoder, muxer, keys=12)
    assert "gratis" in [block for each in read(film)["texts"] for block in each["blocks"]]


@pytest.mark.slow
def test_few_pictures_are_read_of_a_long_film(tmp_path: Path) -> None:
    size = (90, 160)

    def look(at: float) -> Image.Image:
        return Image.new("RGB", size, (round(at * 2) % 256, 0, 0))

    found = read(filmed(tmp_path / "film", look, 100))
    assert found["pictures"] == 16
    longer = read(filmed(tmp_path / "longer", look, 130, keys=100))
    assert longer["pictures"] == 13, "of a film of more than two minutes only key pictures are looked at"


def hurried(film: Path) -> Path:
    """The same film with headers that say it lasts a second."""
    raw = bytearray(film.read_bytes())
    for name, at in ((b"mvhd", 16), (b"mdhd", 16), (b"tkhd", 20)):
        begin = raw.index(name) + 4
        scale = int.from_bytes(raw[begin + 12 : begin + 16], "big") if name != b"tkhd" else 1000
        raw[begin + at : begin + at + 4] = scale.to_bytes(4, "big")
    film.write_bytes(raw.replace(b"edts", b"free"))
    with av.open(str(film)) as container:
        assert container.duration is not None
        assert container.duration <= 2 * 1_000_000
    return film


@pytest.mark.slow
def test_r03_a_film_is_read_to_its_end_whatever_its_header_says(tmp_path: Path) -> None:
    film = hurried(filmed(tmp_path / "film", captioned([(0, "Neu"), (30, "gratis")], (360, 640)), 40))
    found = read(film)
    assert "gratis" in [block for each in found["texts"] for block in each["blocks"]]
    assert found["pictures"] == 16


@pytest.mark.slow
def test_r03_a_long_film_of_one_key_picture_is_read_to_its_end(tmp_path: Path) -> None:
    film = filmed(tmp_path / "film", captioned([(0, ""), (90, "gratis")], (180, 320)), 130, keys=100_000)
    assert "gratis" in [block for each in read(film)["texts"] for block in each["blocks"]]


@pytest.mark.slow
def test_colour_alone_is_another_picture(tmp_path: Path) -> None:
    def look(at: float) -> Image.Image:
        return lettered(("gratis" if at >= 1 else "", 400, 90), size=(360, 640), ground="#008200", ink="#ff0000")

    assert "gratis" in [block for each in read(filmed(tmp_path / "film", look, 3))["texts"] for block in each["blocks"]]


def test_r03_a_film_of_two_picture_tracks_is_not_read(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "film"), "w", format="mp4") as out:
        tracks = [out.add_stream("mpeg4", rate=10) for _ in range(2)]
        for track in tracks:
            track.width, track.height, track.pix_fmt = 90, 160, "yuv420p"  # type: ignore[attr-defined]
        for number in range(10):
            for track in tracks:
                frame: Any = av.VideoFrame.from_image(Image.new("RGB", (90, 160)))  # type: ignore[no-untyped-call]
                frame.pts, frame.time_base = number, Fraction(1, 10)
                out.mux(track.encode(frame))  # type: ignore[attr-defined]
        for track in tracks:
            out.mux(track.encode(None))  # type: ignore[attr-defined]
    with pytest.raises(MediaRefused) as refusal:
        read(tmp_path / "film")
    assert "more than one picture track" in str(refusal.value)


# --- limits ----------------------------------------------------------------------------------------------------------

MEASURE = """
import json, sys
from campaigns.media.reading import read
from tests.campaigns.test_media_fuzz import most_memory
print(json.dumps([read(sys.argv[1]), most_memory()]))
"""


@pytest.mark.slow
def test_a_reading_stays_within_half_a_gibibyte(tmp_path: Path) -> None:
    noise = Image.effect_noise((540, 960), 90).resize((1080, 1920)).convert("RGB")

    def look(at: float) -> Image.Image:
        picture = noise.rotate(at * 20)
        ImageDraw.Draw(picture).text((90, 500), f"Nummer {at:.1f}", font=font(90), fill="white", stroke_width=9, stroke_fill="black")
        return picture

    film = filmed(tmp_path / "film", look, 3, "mpeg4")
    # In a small process of its own: on Linux what a process is started from counts as memory that it had.
    told = subprocess.run([sys.executable, "-c", MEASURE, str(film)], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    found, most = json.loads(told)
    assert found["read"] == 3
    assert 100 * 1024**2 < most <= 512 * 1024**2


ALONE = """
import sys

def watch(event, given):
    writes = event == "open" and (given[1] or "r")[:1] in "wax"
    outside = ("socket.connect", "socket.get", "socket.send", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "shutil.")
    if writes or event.startswith(outside):
        print("NOT ALONE", event, given)

sys.addaudithook(watch)
from PIL import Image
from campaigns.media.ocr import lines
print(lines(Image.open(sys.argv[1]).convert("RGB"))[0].text)
"""


@pytest.mark.slow
def test_the_engine_asks_no_network_starts_nothing_and_writes_nothing(tmp_path: Path) -> None:
    lettered(("Jetzt gratis", 300, 60)).save(tmp_path / "still", format="PNG")
    command = [sys.executable, "-B", "-c", ALONE, str(tmp_path / "still")]
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout == "Jetzt gratis\n"


@pytest.mark.slow
def test_a_reading_without_time_or_room_ends_in_a_refusal(tmp_path: Path) -> None:
    demo.make_image(tmp_path / "still")
    with pytest.raises(MediaRefused) as late:
        read(tmp_path / "still", limits=Limits(wall_seconds=0.0))
    assert late.value.reason == "timeout"
    if sys.platform != "darwin":
        Image.new("RGBA", (6000, 6000)).save(tmp_path / "large", format="PNG")
        with pytest.raises(MediaRefused) as large:
            read(tmp_path / "large", limits=Limits(memory_bytes=600 * 1024 * 1024))
        assert large.value.reason == "memory"


@pytest.mark.slow
def test_a_reader_that_cannot_be_loaded_accuses_no_file(tmp_path: Path) -> None:
    demo.make_image(tmp_path / "still")
    with pytest.raises(MediaProbeFailed):
        read(tmp_path / "still", limits=Limits(memory_bytes=150 * 1024 * 1024))


def test_whether_the_extra_is_there_is_known_without_loading_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert can_read()
    assert "rapidocr" not in sys.modules
    monkeypatch.setattr(reading, "_PACKAGES", ("rapidocr", "a_package_that_nobody_has"))
    assert not can_read()
