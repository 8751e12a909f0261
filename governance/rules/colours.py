"""Colours as people tell them apart: sRGB (IEC 61966-2-1) to CIELAB under D65, and the difference of 1976 (CIE 15)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

Lab = tuple[float, float, float]

_WHITE: Final = (0.95047, 1.0, 1.08883)
"""The tristimulus values of D65, for Y = 1."""
_TO_XYZ: Final = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_DELTA: Final = 6 / 29


@lru_cache(maxsize=4096)
def lab(name: str) -> Lab:
    """L*, a*, b* of a colour written `#rrggbb`."""
    linear = [_linear(int(name[at : at + 2], 16) / 255) for at in (1, 3, 5)]
    x, y, z = (
        _f(sum(weight * part for weight, part in zip(row, linear, strict=True)) / white)
        for row, white in zip(_TO_XYZ, _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: Lab, other: Lab) -> float:
    """The difference of two colours (CIE 1976): about 2 is just seen, 20 is another shade, 50 another colour."""
    return math.dist(one, other)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _f(ratio: float) -> float:
    return math.cbrt(ratio) if ratio > _DELTA**3 else ratio / (3 * _DELTA**2) + 4 / 29
