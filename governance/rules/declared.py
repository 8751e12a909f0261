"""What parameters that several rules have take."""

from __future__ import annotations

from typing import Final

from babel import Locale

from governance.contract import Param
from governance.parameters import a_text, some_texts, whole
from governance.places import COUNTRIES
from governance.rules.vocabulary import FORMATS


def _spoken() -> set[str]:
    """Languages that have two letters (ISO 639-1)."""
    return {str(each) for each in Locale("en").languages if len(str(each)) == 2}


SOME_FORMATS: Final = some_texts(len(FORMATS), choices=FORMATS)
KINDS_OF_MEDIA: Final = some_texts(2, choices=("video", "image"))
NOTE: Final = a_text()
"""Where the numbers of a row are from."""
WORDS: Final = some_texts(10_000)
DOMAINS: Final = some_texts(1_000, 260)
LANGUAGES: Final = some_texts(200, choices=sorted(_spoken()), called="languages such as de")
MARKETS: Final = some_texts(300, choices=sorted(COUNTRIES), called="countries in two capital letters such as DE")
"""What does not exist would never match, and the line would never say anything."""
DOLLARS: Final = whole("US dollars", 0, 10**9, optional=True)
THOUSANDTHS: Final = whole("thousandths", 0, 1_000, optional=True)
MILLIONTHS: Final = whole("millionths", 0, 1_000_000, optional=True)


def at_most_characters(most: int = 10_000) -> Param:
    """A number of characters, or no limit."""
    return whole("characters", 0, most, optional=True)
