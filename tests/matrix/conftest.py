"""One target and one set of principals for all rows, in a transaction that is rolled back when they are through."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
from django.test import override_settings

from tests import settings
from tests.matrix import principals, target
from tests.matrix.cells import Table
from tests.matrix.watching import undone

DAY = 24 * 3600


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`make test` runs the suite on both databases side by side; there each row is asked on one of them. Every other run,
    `make matrix` among them, asks all rows on its database."""
    if os.environ.get("IMPRIMATUR_TEST_SIDE_BY_SIDE") != "1":
        return
    here = [item for item in items if item.path.name != "test_matrix.py" or _belongs(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(here)])
    items[:] = here


def _belongs(item: pytest.Item) -> bool:
    return crc32(item.name.encode()) % 2 == int(settings.ON_POSTGRESQL)


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In the place of pytest-django's, which is anew for each test: what is made here lasts for the module."""
    # No run is so slow that pages ask again who it is: all sessions are from its beginning.
    with override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=DAY), django_db_blocker.unblock(), undone():
        yield


@pytest.fixture(scope="module")
def table(db: None) -> Table:
    """The whole matrix, ready to be asked. Making it takes seconds, so that one is made a module and process."""
    built = target.build()
    return Table(built, principals.assemble(built))
