"""German texts of the findings, by what they are about; see governance.messages."""

from __future__ import annotations

from governance.messages.de import analyses, budgets, common, copy, custom, destinations, media
from governance.messages.de.labels import LABELS

__all__ = ["LABELS", "MESSAGES", "TITLES"]

TITLES: dict[str, str] = {
    **analyses.TITLES, **budgets.TITLES, **copy.TITLES, **custom.TITLES, **destinations.TITLES, **media.TITLES,
}  # fmt: skip
MESSAGES: dict[str, str] = {
    **analyses.MESSAGES, **budgets.MESSAGES, **common.MESSAGES, **copy.MESSAGES, **custom.MESSAGES, **destinations.MESSAGES,
    **media.MESSAGES,
}  # fmt: skip
