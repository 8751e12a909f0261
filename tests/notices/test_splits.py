"""Who is told that parts of a bundle were sent back (R-27)."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from accounts import services as accounts
from approvals import services
from campaigns import services as campaigns
from core import clock
from tests.builders import ROOT, World
from tests.notices.seeing import told


def test_r27_who_worked_on_what_went_back_is_told_and_who_is_asked_for_the_rest(world: World) -> None:
    with time_machine.travel(clock.now() - timedelta(hours=24)):
        for name in ("writer", "other"):
            world.add_person(name, "submitter")
        for name in ("content", "budget"):
            accounts.grant_role(actor=ROOT, role="operator", principal=world.user(name), scope=world.brand)
    tree = world.tree()
    second = world.ad(tree.ad_group, name="Second film")
    for name, ad in (("writer", second), ("other", tree.ad)):
        campaigns.edit_ad(actor=world.actor(name), ad=ad.pk, version=None, values={"text": f"By {name}"})
    request = world.request(tree=tree)
    told(world)
    services.split(
        actor=world.actor("content"), request=request.pk, digest=request.digest, returned=[second.pk], comment="The old price."
    )
    assert {each for each in told(world) if each[1] != "review_asked"} == {
        ("submitter", "changes_requested", "submitted"), ("writer", "changes_requested", "contributed"),
    }  # fmt: skip
