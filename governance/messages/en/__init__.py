"""English texts of the findings, by what they are about; see governance.messages."""

from __future__ import annotations

from governance.messages.en import budgets, common, copy, custom, destinations, media
from governance.messages.en.labels import LABELS

__all__ = ["LABELS", "MESSAGES", "TITLES"]

TITLES: dict[str, str] = {**budgets.TITLES, **copy.TITLES, **custom.TITLES, **destinations.TITLES, **media.TITLES}
MESSAGES: dict[str, str] = {
    **budgets.MESSAGES, **common.MESSAGES, **copy.MESSAGES, **custom.MESSAGES, **destinations.MESSAGES, **media.MESSAGES,
}  # fmt: skip
