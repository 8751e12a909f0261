"""The state that ads are listed by is that of their latest request, whoever writes, and nobody writes it otherwise."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from approvals.models import AdState
from approvals.queries import visible_ads_standing
from approvals.states import AdStatus, RequestState
from campaigns import services as campaigns
from core.triggers import refusal
from tests import builders
from tests.builders import World
from tests.guards.attack import type_sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.organisation()


def state(tree: builders.Tree) -> str:
    return AdState.objects.get(ad=tree.ad).state


def test_every_state_of_a_request_is_one_of_an_ad() -> None:
    assert set(AdStatus.values) == {"draft", *RequestState.values}


@pytest.mark.parametrize("at", builders.STATES)
def test_an_ad_stands_as_its_request(world: World, at: str) -> None:
    request = world.request(at=at)
    row = AdState.objects.get(request=request)
    assert (row.state, row.ad_account_id) == (request.state, request.ad_account_id)
    assert AdState.objects.count() == 1


def test_a_draft_and_the_latest_of_several_requests(world: World) -> None:
    tree, other = world.tree(), world.tree()
    assert (state(tree), state(other)) == ("draft", "draft")
    first = world.request(at="changes_requested", tree=tree)
    assert state(tree) == "changes_requested"
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Cold days are here"})
    assert state(tree) == "changes_requested"
    second = world.submit(tree).request
    first.refresh_from_db()
    assert (first.state, state(tree)) == ("superseded", "awaiting_checks")
    world.check(second)
    assert (state(tree), state(other)) == ("in_review", "draft")


def test_r57_ads_are_listed_by_state_where_they_may_be_seen(world: World) -> None:
    other = builders.organisation("Other")
    mine, theirs = world.request(), other.request()
    for place, request in ((world, mine), (other, theirs)):
        found = visible_ads_standing(place.actor("submitter"), "in_review")
        assert [ad.approval.request_id for ad in found] == [request.pk]
        assert not visible_ads_standing(place.actor("submitter"), "draft").exists()


@pytest.mark.parametrize("change", ["state = 'approved'", "state = 'draft'", "request_id = NULL"])
def test_nobody_writes_it_otherwise(world: World, change: str) -> None:
    world.request()
    before = list(AdState.objects.values())
    with pytest.raises(DatabaseError) as caught:
        type_sql(f"UPDATE approvals_adstate SET {change}")
    refused = refusal(caught.value)
    assert refused is not None
    assert refused.guard == "approvals_ad_state_follows"
    assert list(AdState.objects.values()) == before


def test_the_migration_fills_what_the_triggers_would_have_written(world: World) -> None:
    from importlib import import_module

    from tests.flushing import without_guards

    tree = world.tree()
    world.submit(world.tree_of[world.request(at="changes_requested").pk])
    world.request(at="rejected")
    before = list(AdState.objects.order_by("pk").values())
    assert {row["state"] for row in before} == {"draft", "awaiting_checks", "rejected"}
    assert str(tree.ad.pk) in map(str, (row["ad_id"] for row in before))
    with without_guards(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM approvals_adstate")
        cursor.execute(import_module("approvals.migrations.0004_ad_states").FILL)
    assert list(AdState.objects.order_by("pk").values()) == before
