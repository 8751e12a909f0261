"""Listings with grants by five groups on a thousand ad accounts: statements and plans. How fast they are, `make bench` says."""

from __future__ import annotations

import pytest

from accounts import services as accounts
from accounts.models import AdAccount, RoleGrant
from bench import peer_listing
from core import clock
from tests.api.conftest import Api
from tests.api.statements import statements
from tests.builders import ROOT, World


def _groups(world: World, groups: int, each: int) -> Api:
    """A person in so many groups with grants on so many ad accounts each, all of their own."""
    name, now = f"p{groups}", clock.now()
    person = world.add_person(name)
    for number in range(groups):
        group = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title=f"{name} {number}")
        accounts.add_member(actor=ROOT, user=person, group=group)
        rows = [
            AdAccount(brand=world.brand, external_id=f"{name}-{number}-{n}", name=str(n), currency="USD", timezone="UTC", country="US")
            for n in range(each)
        ]
        AdAccount.objects.bulk_create(rows)
        given = {"role_id": "content_approver", "group": group, "granted_at": now, "since": now, "granted_by": "test"}
        RoleGrant.objects.bulk_create(RoleGrant(ad_account=row, **given) for row in rows)
    return Api(world.token(name))


@pytest.mark.parametrize("path", ["ads/", "ads/?status=in_review", "approval-requests/?status=in_review", "ad-accounts/"])
def test_statements_do_not_depend_on_groups_and_grants(world: World, path: str) -> None:
    counts = []
    for groups, each in ((1, 1), (5, 200)):
        api = _groups(world, groups, each)
        api.get("brands/")
        with statements() as counted:
            assert api.get(path).status == 200
        counts.append(len(counted))
    assert counts[0] == counts[1] <= 4, str(counted)


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.postgresql_only
@pytest.mark.slow
def test_no_plan_scans_the_ads() -> None:
    """The benchmark's own rows and questions, at twenty thousand ads; it would end here as it ends there."""
    listing = peer_listing.Listing(20_000, peer_listing.fill(20_000))
    del listing.contenders[peer_listing.NAIVE]
    for name in listing.tokens:
        listing.door(name, "")  # a token's first use is written down
    facts = peer_listing.facts(listing)
    assert {name: fact["sql"] for name, fact in facts.items() if fact["sql"] > 4} == {}
    assert all(fact["plans"] for fact in facts.values())
    page = listing.rows("thousand", "in_review")
    assert len(page) == peer_listing.PAGE
    assert page == listing.naive("thousand", "in_review")
    assert listing.count("thousand", "approved") == 1000


def test_a_plan_that_scans_is_noticed() -> None:
    plan = "Limit  (cost=0.00..1.00)\n  ->  Parallel Seq Scan on {}  (cost=0.00..1.00 rows=9)"
    assert peer_listing.scanned(plan.format("campaigns_ad"), 10_000) == ["campaigns_ad"]
    assert peer_listing.scanned(plan.format("approvals_adstate"), 10_000) == []
    assert peer_listing.scanned(plan.format("approvals_adstate"), 100_000) == ["approvals_adstate"]
    assert peer_listing.scanned(plan.format("campaigns_admedia"), 100_000) == []


WALK = """Limit  (cost=0.42..9.00 rows=50)
  ->  {above}  (cost=0.42..9.00 rows=50)
        ->  Index Only Scan Backward using ads_pk on campaigns_ad  (cost=0.42..9.00 rows=50)
              {condition}
"""


@pytest.mark.parametrize(
    ("plan", "found"),
    [
        (WALK.format(above="Nested Loop", condition="Heap Fetches: 0"), []),  # the newest fifty: the LIMIT ends it
        (WALK.format(above="Sort", condition="Heap Fetches: 0"), ["campaigns_ad"]),
        (WALK.format(above="HashAggregate", condition="Filter: x"), ["campaigns_ad"]),
        (WALK.format(above="Sort", condition="Index Cond: (id = 1)"), []),
        (WALK.format(above="Nested Loop", condition="Heap Fetches: 0").replace("Limit", "Append"), ["campaigns_ad"]),
        ("Aggregate  (cost=1)\n  ->  Limit  (cost=1)\n        ->  Index Scan using ads_pk on campaigns_ad a  (cost=1)", []),
        ("Bitmap Heap Scan on campaigns_ad  (cost=1)\n  ->  Bitmap Index Scan on ads  (cost=1)\n        Index Cond: (x = 1)", []),
        ("Bitmap Heap Scan on campaigns_ad  (cost=1)\n  ->  Bitmap Index Scan on ads  (cost=1)", ["campaigns_ad"]),
    ],
)  # fmt: skip
def test_walking_a_whole_index_is_a_scan_unless_a_limit_ends_it(plan: str, found: list[str]) -> None:
    assert peer_listing.scanned(plan, 10_000) == found
