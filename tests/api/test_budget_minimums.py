"""The table of minimum budgets through the door: everybody who sees anything reads it, nobody writes it (R-23)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import clock
from core.money import Money
from governance.models import BudgetMinimum
from governance.services import set_minimum
from governance.services.minimums import Minimum
from tests import builders
from tests.api.conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return builders.organisation()


def test_r23_whoever_sees_anything_reads_the_minimums_in_force(world):
    ahead: date = clock.now().date() + timedelta(days=30)
    line = Minimum("tiktok", "campaign", "daily", Money(6_000, "EUR"), ahead, "TikTok, next month", "product_sales")
    set_minimum(actor=builders.ROOT, line=line)
    asked = "budget-minimums/?currency=EUR&entity_type=campaign&mode=daily"
    reader = Api(world.token("submitter"))
    (later,) = reader.get(f"{asked}&in_force=false").body["results"]
    (today,) = reader.get(f"{asked}&in_force=true").body["results"]
    assert today["minimum"] == {"amount": "50.00", "currency": "EUR"}
    assert (today["objective"], today["ends_on"]) == (None, None)
    assert (later["minimum"]["amount"], later["objective"], later["starts_on"]) == ("60.00", "product_sales", ahead.isoformat())
    assert later["source"] == "TikTok, next month"
    assert reader.get(f"budget-minimums/{later['id']}/").body == later


def test_r23_nobody_writes_the_table_through_the_api(world):
    known = BudgetMinimum.objects.count()
    row = BudgetMinimum.objects.filter(currency="EUR").latest("pk")
    manager = Api(world.token("policy_manager"))
    assert manager.post("budget-minimums/", {}).status == 405
    assert manager.post(f"budget-minimums/{row.pk}/", {}).status == 405
    assert BudgetMinimum.objects.count() == known


@pytest.mark.parametrize("query", ["currency=EURO", "entity_type=ad", "mode=unlimited", "in_force=maybe", "colour=red"])
def test_r23_a_senseless_filter_is_refused(world, query):
    assert Api(world.token("submitter")).get(f"budget-minimums/?{query}").status == 400
