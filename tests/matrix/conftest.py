"""One target and one set of principals for all rows, in a transaction that is rolled back when they are through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from tests.matrix import principals, target
from tests.matrix.cells import Table
from tests.matrix.watching import undone

DAY = 24 * 3600


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
