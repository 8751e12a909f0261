"""A share of the corpus of media (`python -m tests.media_corpus`) is what it was made to be; `make fuzz` goes through all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import settings
from tests.media_corpus.items import Item, differences, items

pytestmark = pytest.mark.slow
STEP = 1 if settings.EXAMPLES else 19
ALL = list(items())


@pytest.mark.parametrize("item", ALL[::STEP], ids=lambda item: item.name)
def test_a_file_of_the_corpus_is_what_it_was_made_to_be(item: Item, tmp_path: Path) -> None:
    item.make(tmp_path / "file")
    assert differences(tmp_path / "file", item.expected) == []


def test_names_in_the_corpus_are_used_once() -> None:
    assert len({item.name for item in ALL}) == len(ALL) > 400
