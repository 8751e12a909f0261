"""Votes that are lent and cast: what the tests of delegations and absences share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine

from accounts import services as accounts
from accounts.models import Delegation
from approvals import services
from approvals.models import ApprovalRequest, Decision
from campaigns.vocabulary import SECTIONS
from core import clock
from core.actor import Actor
from tests.builders import ROOT, World

AGO = timedelta(hours=3)


def stage(key: str = "content", permission: str = "approve_content", quorum: int = 1, **more: Any) -> dict[str, Any]:
    """A stage that reads everything."""
    return {"key": key, "title": key.title(), "permission": permission, "sections": list(SECTIONS), "quorum": quorum, **more}


def policy(world: World, *stages: dict[str, Any]) -> None:
    """The organisation asks for these stages alone."""
    services.publish_policy(actor=ROOT, key="policy-acme", title="Own", stages=list(stages), scope=world.organisation)


def lend(
    world: World, whose: str = "content", to: str = "dee", *, actor: Actor | None = None, days: float = 5, ago: timedelta = AGO,
    **more: Any,
) -> Delegation:  # fmt: skip
    """`to` stands in for `whose`, since a while ago."""
    with time_machine.travel(clock.now() - ago):
        return accounts.delegate(
            actor=actor or ROOT, delegator=world.people[whose], deputy=world.people[to], scope=more.pop("scope", world.brand),
            permissions=more.pop("permissions", ["approve_content"]), expires_at=clock.now() + timedelta(days=days), **more,
        )  # fmt: skip


def add(world: World, name: str, *roles: str) -> None:
    """A person with these roles (content approver unless said), who was there long before."""
    with time_machine.travel(clock.now() - 2 * AGO):
        world.add_person(name, *(roles or ("content_approver",)))


def decide(
    world: World, request: ApprovalRequest, who: str, whose: str | None = None, verdict: str = "approve", key: str = "content"
) -> Decision:
    """A decision of somebody, maybe in another's name."""
    return services.decide(
        actor=world.actor(who), request=request.pk, stage=key, digest=request.digest, verdict=verdict,
        comment="" if verdict in ("approve", "abstain") else "Change it.",
        on_behalf_of=None if whose is None else world.people[whose].pk,
    )  # fmt: skip


def states(request: ApprovalRequest) -> list[str]:
    """Of its stages, in order."""
    return list(request.stages.values_list("state", flat=True))


def nothing_decided(request: ApprovalRequest) -> bool:
    return not Decision.objects.filter(request=request).exists()
