"""Text that goes into CSV: what a spreadsheet would take for a formula gets an apostrophe in front."""

from __future__ import annotations

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BREAKS: Final = ("\t", "\r", "\n")


def inert(text: str) -> str:
    """The text, so that no spreadsheet computes with it, also behind blanks. Without NUL, which none can read."""
    clean = text.replace("\x00", "")
    return f"'{clean}" if clean.startswith(_BREAKS) or clean.lstrip().startswith(_FORMULA) else clean
