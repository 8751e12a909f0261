"""Ready-made rule sets: documents without a scope, to be bound where they are wanted. What stands in them is said there, line by
line, with its source; they are a beginning and no legal advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Words
from governance.documents import Document, read

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A set by its name, which also is the name of its file and, behind that of a scope, its key."""

    name: str
    title: Words
    description: Words

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.yaml"


READY_MADE: Final[Mapping[str, ReadyMade]] = {
    each.name: each
    for each in (
        ReadyMade(
            "tiktok-platform", _("TikTok: what the platform enforces"),
            _("Formats, files, texts, budgets, bids and schedules as TikTok takes them."),
        ),
        ReadyMade(
            "tiktok-best-practice", _("TikTok: recommendations"),
            _("Ideal lengths, sound, end dates and signs that a caption shows badly. Reviewers are warned, nothing is blocked."),
        ),
        ReadyMade(
            "eu", _("European Union and EEA"),
            _("Payer and beneficiary named, AI content declared, no advertising to minors; for audiences in the EU and the EEA."),
        ),
        ReadyMade(
            "alcohol", _("Alcohol"),
            _("No minors in the audience, and none of the claims forbidden for alcoholic drinks, in English and German."),
        ),
        ReadyMade(
            "finance", _("Financial products"),
            _("No minors in the audience, and none of the claims forbidden for financial products, in English and German."),
        ),
    )
}  # fmt: skip
"""In the order in which they are shown."""


@cache
def document(name: str) -> Document:
    """The document of a set; the same for everybody, so it is read once a process. Raises NotFound."""
    if name not in READY_MADE:
        raise NotFound()
    return read(READY_MADE[name].path.read_text(encoding="utf-8"))
