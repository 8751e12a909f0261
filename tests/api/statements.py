"""Counting SQL statements as the database sees them: savepoints count, the frame of a transaction does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.test.utils import CaptureQueriesContext

UNCOUNTED = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass
class Statements:
    """What was sent, in order."""

    sql: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sql)

    def __str__(self) -> str:
        return "\n".join(f"{number:3} {text[:170]}" for number, text in enumerate(self.sql, 1))


@contextmanager
def statements() -> Iterator[Statements]:
    """Everything that is sent inside the block. Not inside a transaction: services open their own, as they do for real."""
    found = Statements()
    with CaptureQueriesContext(connection) as captured:
        yield found
    found.sql = [each["sql"] for each in captured.captured_queries if not each["sql"].startswith(UNCOUNTED)]
