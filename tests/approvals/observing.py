"""What a refused act may leave behind: one refusal event, and nothing else in any table of the domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from audit.models import AuditEvent
from core.errors import ImprimaturError, Invalid

PACKAGES = ("accounts", "campaigns", "governance", "approvals", "publishing")


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables of the domain, as the database has them."""
    found = {}
    with connection.cursor() as cursor:
        for package in PACKAGES:
            for model in apps.get_app_config(package).get_models():
                if model._meta.managed:
                    table = model._meta.db_table
                    cursor.execute(f"SELECT * FROM {table}")
                    found[table] = sorted(cursor.fetchall(), key=repr)
    return found


def assert_refused(error: type[ImprimaturError], act: Callable[[], Any], **extra: Any) -> ImprimaturError:
    """`act` is refused with exactly this error, changes nothing, and leaves its refusal in the log (but for bad input)."""
    before, events = everything(), set(AuditEvent.objects.values_list("pk", flat=True))
    with pytest.raises(ImprimaturError) as caught:
        act()
    assert type(caught.value) is error, caught.value
    assert everything() == before
    new = list(AuditEvent.objects.exclude(pk__in=events))
    if issubclass(error, Invalid):
        assert new == []
    else:
        assert [(each.outcome, caught.value.code in each.canonical) for each in new] == [("refused", True)]
    for name, value in extra.items():
        assert caught.value.extra[name] == value
    return caught.value
