"""Granting and revoking at once: what was taken away stays away (R-57)."""

from __future__ import annotations

import pytest
from django.db.models import Q

from accounts import services
from accounts.models import RoleGrant
from accounts.permissions import grants_of
from approvals import queries
from core import clock
from governance import checks
from tests import builders
from tests.concurrency.racing import Interruption, at_once, errors, locks_off

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]


@pytest.fixture
def ann(world):
    return world.add_person("ann", "publisher")


def revoke(ann):
    grant = RoleGrant.objects.get(user=ann, role="publisher").pk
    return lambda: services.revoke_role(actor=builders.ROOT, grant=grant)


def grant(world, ann, role="auditor"):
    return lambda: services.grant_role(actor=builders.ROOT, role=role, principal=ann, scope=world.brand)


def held(world, ann) -> set[str]:
    grants = grants_of(ann)
    return {code for code in ("view", "publish", "audit", "submit") if grants.allows(code, world.account)}


def test_a_role_revoked_while_another_is_given_does_not_come_back(world, ann, monkeypatch):
    # The grant has read what the person holds, and is about to write it down again.
    revocation = Interruption(monkeypatch, "accounts.projection:_wanted", revoke(ann))
    grant(world, ann)()
    assert not isinstance(revocation.end(), Exception)
    assert not revocation.was_in_between
    assert held(world, ann) == {"view", "audit"}


def test_a_role_given_while_another_is_revoked_sees_that(world, ann, monkeypatch):
    giving = Interruption(monkeypatch, "accounts.projection:_wanted", grant(world, ann))
    revoke(ann)()
    assert not isinstance(giving.end(), Exception)
    assert held(world, ann) == {"view", "audit"}


def test_control_without_the_lock_the_revoked_role_comes_back(world, ann, monkeypatch):
    """Only the lock of the principal protects."""
    revocation = Interruption(monkeypatch, "accounts.projection:_wanted", revoke(ann))
    with locks_off():
        grant(world, ann)()
    assert not isinstance(revocation.end(), Exception)
    assert revocation.was_in_between
    assert RoleGrant.objects.get(user=ann, role="publisher").revoked_at is not None
    assert "publish" in held(world, ann), "taken away, and still there"


def test_two_roles_given_at_once_are_both_held(world, ann, rendezvous, monkeypatch):
    rendezvous.before(monkeypatch, "accounts.projection:_wanted")
    assert errors(at_once(grant(world, ann), grant(world, ann, "submitter"))) == []
    assert held(world, ann) == {"view", "publish", "audit", "submit"}


def test_r37_of_two_workers_one_claims_the_checks(world):
    """A guarded UPDATE without any lock before it."""
    request = world.request(at="awaiting_checks")
    now, mine = clock.now(), Q(pk__in=queries.check_run_ids(request.pk))
    assert sorted(at_once(*[lambda: checks.claim(mine, now)] * 4)) == [0, 0, 0, 3]
