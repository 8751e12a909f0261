"""One target and one set of principals for all rows, in a transaction that is rolled back when they are through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from tests.matrix import principals, target
from tests.matrix.cells import Table
from tests.matrix.watching import undone

DAY = timedelta(days=1)
NO_RUN_IS_SO_SLOW = {"ACCOUNT_REAUTHENTICATION_TIMEOUT": DAY.total_seconds(), "AXES_COOLOFF_TIME": DAY}
"""That pages ask again who it is, or that a lock-out passes: all are from its beginning."""


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In the place of pytest-django's, which is anew for each test: what is made here lasts for the module."""
    with override_settings(**NO_RUN_IS_SO_SLOW), django_db_blocker.unblock(), undone():
        yield


@pytest.fixture(scope="module")
def table(db: None) -> Table:
    """The whole matrix, ready to be asked. Making it takes seconds, so that one is made a module and process."""
    built = target.build()
    return Table(built, principals.assemble(built))
