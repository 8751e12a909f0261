"""A world whose policy a test writes itself, and requests that go by it."""

from __future__ import annotations

from typing import Any

from accounts import services as accounts
from accounts.models import UserGroup
from approvals import services
from approvals.models import ApprovalRequest, Decision, Stage
from tests.builders import ROOT, World

EVERYTHING = ["structure", "creative", "copy", "destination", "identity", "targeting", "schedule", "budget", "bid", "tracking", "disclosure"]
CONTENT = ["structure", "creative", "copy", "destination", "identity", "targeting", "tracking", "disclosure"]
BUDGET = ["schedule", "budget", "bid"]


def stage(key: str = "content", sections: list[str] | None = None, quorum: int = 1, **more: Any) -> dict[str, Any]:
    permission = more.pop("permission", "approve_budget" if key == "budget" else "approve_content")
    return {"key": key, "title": key.title(), "permission": permission, "sections": sections or CONTENT, "quorum": quorum} | more


def govern(world: World, *stages: dict[str, Any], condition: str = "", key: str | None = None) -> None:
    """Make these the stages of the world's one policy; with `key`, of another one beside it."""
    scope = world.organisation
    services.publish_policy(
        actor=ROOT, key=key or f"policy-{scope.slug}", title="By the test", stages=stages, scope=scope, condition=condition
    )


def group(world: World, title: str, *members: str) -> UserGroup:
    made = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title=title)
    for name in members:
        accounts.add_member(actor=ROOT, group=made, user=world.user(name))
    return made


def states(request: ApprovalRequest) -> dict[str, str]:
    return dict(Stage.objects.filter(request=request).order_by("position").values_list("key", "state"))


def said(request: ApprovalRequest) -> list[tuple[str, str, str, bool]]:
    """What was decided, in order: stage, person, verdict, whether it was carried over."""
    rows = Decision.objects.filter(request=request).select_related("stage", "decided_by").order_by("id")
    return [(row.stage.key, row.name, row.verdict, row.carried_from_id is not None) for row in rows]


def again(request: ApprovalRequest) -> ApprovalRequest:
    return ApprovalRequest.objects.select_related("ad_account__brand", "submitted_by").get(pk=request.pk)
