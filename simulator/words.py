"""Enumerations written as words in a text: shorter to read than a column of quotes."""


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())
