"""Small real videos and images, made on the spot."""

from pathlib import Path

import av
from PIL import Image


def video(path: Path, width: int = 90, height: int = 160, frames: int = 30) -> Path:
    """A real video of `frames` tenths of a second; the container follows the suffix."""
    codec = {".mp4": "libx264", ".mov": "libx264", ".3gp": "libx264", ".webm": "libvpx"}.get(path.suffix, "mpeg4")
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(frames):
            picture = Image.new("RGB", (width, height), (index * 5 % 255, 60, 120))
            for packet in stream.encode(av.VideoFrame.from_image(picture)):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def image(path: Path, width: int = 90, height: int = 160) -> Path:
    """A real image; the format follows the suffix."""
    Image.new("RGB", (width, height), (180, 40, 90)).save(path)
    return path
