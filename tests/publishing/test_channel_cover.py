"""The cover of a video: its first frame, upright, in the video's own shape, the same bytes each time."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from publishing.channels.base import ChannelInvalid
from publishing.channels.cover import MAX_PIXELS, _fitting, first_frame_jpeg
from tests.publishing.channel_media import make_image, make_video


def cover(path: Path) -> Image.Image:
    image = Image.open(io.BytesIO(first_frame_jpeg(path)))
    assert image.format == "JPEG"
    return image


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(part - wanted) < 40 for part, wanted in zip(pixel, colour, strict=True))


def test_the_cover_is_the_first_frame_in_the_videos_shape(tmp_path: Path) -> None:
    image = cover(make_video(tmp_path / "v.mp4"))
    assert image.size == (180, 320)
    assert near(image.getpixel((5, 5)), (255, 255, 255))
    assert near(image.getpixel((170, 310)), (254, 0, 0))


def test_the_same_video_gives_the_same_bytes(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4")
    assert first_frame_jpeg(path) == first_frame_jpeg(path)
    assert first_frame_jpeg(make_video(tmp_path / "w.mp4", colour="green")) != first_frame_jpeg(path)


def test_a_video_that_is_turned_gives_an_upright_cover(tmp_path: Path) -> None:
    flat = make_video(tmp_path / "flat.mp4", (320, 180))
    turned = tmp_path / "turned.mp4"
    _with_rotation(flat, turned)
    image = cover(turned)
    assert image.size == (180, 320)
    assert near(image.getpixel((175, 5)), (255, 255, 255)), "the corner at the top left turns to the top right"
    assert near(image.getpixel((5, 315)), (254, 0, 0))


def _with_rotation(source: Path, target: Path) -> None:
    """Patch the matrix of the video track's header: a quarter turn clockwise, as phones write it."""
    data = bytearray(source.read_bytes())
    at = data.find(b"tkhd") + 4
    matrix = at + (40 if data[at] == 0 else 52)
    one = 1 << 16
    for index, value in enumerate([0, one, 0, -one, 0, 0, 180 * one, 0, 1 << 30]):
        data[matrix + 4 * index : matrix + 4 * index + 4] = value.to_bytes(4, "big", signed=True)
    target.write_bytes(data)


def test_pixels_that_are_not_square_are_made_square(tmp_path: Path) -> None:
    assert cover(make_video(tmp_path / "v.mp4", (160, 180), ratio=Fraction(2, 1))).size == (320, 180)


def test_a_cover_is_never_larger_than_tiktok_takes() -> None:
    assert _fitting(1440, 2560) == (1440, 2560)
    for width, height in ((2160, 3840), (4096, 4096), (7680, 4320)):
        fitted = _fitting(width, height)
        assert fitted[0] * fitted[1] <= MAX_PIXELS
        assert abs(fitted[0] / fitted[1] - width / height) < 0.001


@pytest.mark.parametrize("content", [b"", b"not a video", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64])
def test_what_cannot_be_decoded_has_no_cover(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(content)
    with pytest.raises(ChannelInvalid):
        first_frame_jpeg(path)


def test_a_truncated_video_has_no_cover(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ChannelInvalid):
        first_frame_jpeg(path)


def test_a_picture_is_its_own_first_frame(tmp_path: Path) -> None:
    assert cover(make_image(tmp_path / "i.jpg", (64, 64))).size == (64, 64)
