"""English texts of the findings, by what they are about; see governance.messages."""

from __future__ import annotations

from governance.messages.en import analyses, budgets, common, copy, destinations, media
from governance.messages.en.labels import LABELS

__all__ = ["LABELS", "MESSAGES", "TITLES"]

TITLES: dict[str, str] = {**analyses.TITLES, **budgets.TITLES, **copy.TITLES, **destinations.TITLES, **media.TITLES}
MESSAGES: dict[str, str] = {
    **analyses.MESSAGES, **budgets.MESSAGES, **common.MESSAGES, **copy.MESSAGES, **destinations.MESSAGES, **media.MESSAGES,
}  # fmt: skip
