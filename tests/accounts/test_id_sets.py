"""Sets of ids that are given back to the database as they came."""

from __future__ import annotations

from collections.abc import Set
from uuid import UUID, uuid4

import pytest

from accounts.id_sets import IdSet, Listed, among
from accounts.models import AdAccount
from tests import builders

IDS = [uuid4() for _ in range(3)]


@pytest.mark.parametrize("text", [",".join(map(str, IDS)), ",".join(each.hex for each in IDS)], ids=["postgresql", "sqlite"])
def test_a_set_like_others(text: str) -> None:
    ids: Set[UUID] = IdSet(text)
    assert (len(ids), set(ids)) == (3, set(IDS))
    assert ids == set(IDS)
    assert ids != set(IDS[:2])
    assert IDS[1] in ids
    assert uuid4() not in ids
    assert str(IDS[1]) not in ids
    assert ids | {UUID(int=1)} == {*IDS, UUID(int=1)}
    assert ids & frozenset(IDS[:1]) == set(IDS[:1])


def test_an_empty_set() -> None:
    assert not IdSet("")
    assert list(IdSet("")) == []
    assert UUID(int=0) not in IdSet("")


@pytest.mark.django_db
def test_among_on_either_database() -> None:
    world = builders.organisation()
    own, other = world.account.pk, world.second_account.pk
    listed = IdSet(AdAccount.objects.filter(pk=own).aggregate(ids=Listed("pk"))["ids"])
    for ids in (listed, [own], frozenset({own, uuid4()})):
        assert [row.pk for row in AdAccount.objects.filter(among("pk", ids))] == [own]
        assert [row.pk for row in AdAccount.objects.exclude(among("pk", ids))] == [other]
        assert [row.pk for row in world.brand.ad_accounts.filter(among("pk", ids) | among("pk", [other])).order_by("pk")] == sorted([own, other])
    assert not AdAccount.objects.filter(among("pk", IdSet(""))).exists()
    assert AdAccount.objects.aggregate(ids=Listed("pk")) != {"ids": None}
    assert AdAccount.objects.none().aggregate(ids=Listed("pk")) == {"ids": None}
