"""The real services on their whole way: the guards let through everything that is meant to be, and are not in the way."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction

from approvals.models import ApprovalRequest, Clearance
from core import clock
from core.errors import ImprimaturError
from publishing import gate
from publishing.models import Publication
from tests import builders
from tests.guards.attack import assert_refused, everything, type_sql, update

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("state", builders.STATES)
def test_services_reach_every_state_under_the_guards(state):
    world = builders.organisation()
    assert world.request(at=state)._state.adding is False


def test_the_gate_publishes_what_is_cleared_and_sql_cannot_widen_it():
    world = builders.organisation()
    request = world.request(at="approved", publish="manual")
    with transaction.atomic():
        gate.admit(request, "test", clock.now())
    rows = list(Publication.objects.filter(request=request))
    assert len(rows) == 6  # campaign, ad group and ad: created, then switched on
    assert Clearance.objects.filter(request=request).count() == 3
    for row in rows:
        assert_refused("publishing_publication_fixed", *update(row, "amount_minor = 99999999"))


def test_r13_vote_of_somebody_who_lost_the_role_meanwhile_does_not_clear():
    """Whether a service notices or only the guard: nothing is cleared."""
    world = builders.organisation()
    request = world.request(at="content_approved")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_active = FALSE WHERE id = %s", [world.people["content"].pk.hex])
    with suppress(ImprimaturError, DatabaseError):
        world.decide(request, "budget")
    assert ApprovalRequest.objects.get(pk=request.pk).state != "approved"
    assert not Clearance.objects.exists()


@pytest.mark.parametrize(
    "change", ["is_current = FALSE", "version = 0", "key = 'away-' || key", "organisation_id = NULL, created_by = 'x'"]
)
def test_r12_no_update_takes_policies_and_rules_away(change):
    """Once a column said which version is current, and two ordinary statements switched off all of them."""
    world = builders.organisation()
    before = everything()
    for table in ("approvals_approvalpolicy", "governance_ruleset"):
        with pytest.raises(DatabaseError):
            type_sql(f"UPDATE {table} SET {change}")
    assert everything() == before
    fresh = world.submit(world.tree(text=f"A {builders.FORBIDDEN} jacket"))
    assert [stage.key for stage in fresh.stages] == ["content", "budget"]
    world.check(fresh.request)
    fresh.request.refresh_from_db()
    assert fresh.request.state == "blocked"
    assert ("text.forbidden_word", "fail") in world.failures(fresh.request)
