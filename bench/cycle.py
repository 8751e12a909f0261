"""One whole approval cycle through the services, with everything on. Needs Django set up.

draft the ad → submit it → run its checks → approve the content → approve the finance stage, which clears it. Five
transactions, as in floor_cycle.pgb; every step loads its people afresh, as a request would. Every tenth cycle first drafts
a new campaign and ad group (two more transactions, counted).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import AdAccount, Brand, Page, User
from approvals import services as approvals
from approvals import tasks
from approvals.services.submitting import Submission
from campaigns import services as campaigns
from campaigns.intake import receive_media
from campaigns.media.demo import make_video
from campaigns.models import AdGroup, MediaAsset
from core import clock, wake
from core.actor import Actor, Channel, system
from governance.defaults import brand_rules, seed_platform_rules
from governance.services import publish_rule_set

ADS_A_GROUP = 10
DOMAIN = "shop.example"
STAGES: list[dict[str, Any]] = [
    {
        "key": "content", "title": "Content", "permission": "approve_content", "quorum": 1,
        "sections": ["creative", "copy", "identity", "disclosure", "targeting"],
    },
    {
        "key": "finance", "title": "Finance", "permission": "approve_budget", "quorum": 1,
        "sections": ["structure", "destination", "budget", "bid", "schedule"],
    },
]  # fmt: skip
SILENT = ("approvals.request.submitted", "approvals.request.approved", "publishing.publication.queued")


@dataclass
class Place:
    """An organisation of its own for one process, so that streams share nothing but the server."""

    brand: Brand
    account: AdAccount
    page: Page
    media: MediaAsset
    people: dict[str, uuid.UUID]

    def actor(self, name: str) -> Actor:
        """Read afresh: nothing is remembered from an earlier step."""
        return actor_for(User.objects.get(pk=self.people[name]), Channel.API)


def build(folder: Path) -> Place:
    """Make the place through the services: people by role on the brand, policy with two stages, the seed's rules."""
    for topic in SILENT:
        wake.listen(topic, lambda subject: None)  # the steps are taken here, so nobody has to be woken
    root, tag = system(Channel.COMMAND), uuid.uuid4().hex[:12]
    organisation = accounts.create_organisation(actor=root, name=f"Bench {tag}", slug=f"bench-{tag}")
    brand = accounts.create_brand(actor=root, organisation=organisation, name="Bench")
    page = accounts.create_page(actor=root, brand=brand, external_id=tag, identity_type="TT_USER", handle="bench")
    account = accounts.create_ad_account(
        actor=root, brand=brand, external_id=tag, name="Bench", currency="USD", timezone="UTC", country="US", pages=[page]
    )
    people = {}
    for role in ("submitter", "content_approver", "budget_approver"):
        person = accounts.create_person(
            actor=root, organisation=organisation, email=f"{role}@{tag}.example", name=role, password="correct horse battery"
        )
        accounts.grant_role(actor=root, role=role, principal=person, scope=brand)
        people[role] = person.pk
    rules = [*seed_platform_rules(), *brand_rules([DOMAIN], ["miracle"])]
    publish_rule_set(actor=root, key=f"rules-{tag}", title="Rules", rules=rules, scope=organisation)
    approvals.publish_policy(actor=root, key=f"policy-{tag}", title="Two stages", stages=STAGES, scope=organisation)
    video = folder / "bench.mp4"
    make_video(video, seconds=9, title="Bench")
    with video.open("rb") as stream:
        submitter = actor_for(User.objects.get(pk=people["submitter"]), Channel.API)
        media = receive_media(actor=submitter, ad_account=account.pk, stream=stream, name=video.name)
    return Place(brand, account, page, media, people)


class Cycle:
    """Call it for one cycle. Raises whatever a step raises, and AssertionError when an ad was not cleared."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.count = 0
        self.group: AdGroup | None = None

    def __call__(self) -> None:
        if self.count % ADS_A_GROUP == 0:
            self.group = self._new_group()
            self._carry(tuple((kind, row.pk) for kind, row in (("campaign", self.group.campaign), ("ad_group", self.group))))
        self.count += 1
        assert self.group is not None
        place = self.place
        ad = campaigns.draft_ad(actor=place.actor("submitter"), ad_group=self.group.pk, values=self._ad())
        self._carry((("ad", ad.pk),))

    def _carry(self, items: tuple[tuple[str, UUID], ...]) -> None:
        """Submit, check, decide twice. The parents go this way once for ADS_A_GROUP ads."""
        place = self.place
        submission = Submission(items=items, publish="manual")
        request = approvals.submit(actor=place.actor("submitter"), submission=submission).request
        tasks.check_request(str(request.pk))
        for role, stage in (("content_approver", "content"), ("budget_approver", "finance")):
            decision = approvals.decide(
                actor=place.actor(role), request=request.pk, stage=stage, digest=request.digest, verdict="approve"
            )
        assert decision.request.state == "approved", decision.request.state

    def _ad(self) -> Any:
        place = self.place
        return {
            "name": f"Film {self.count}", "format": "in_feed", "media": [place.media.pk], "text": "Warm jackets are here",
            "call_to_action": "learn_more", "landing_page_url": f"https://{DOMAIN}/autumn", "display_name": "Bench",
            "hashtags": ["autumn"], "page": place.page.pk, "disclosure": {"ai_generated": False, "disclaimer": ""},
        }  # fmt: skip

    def _new_group(self) -> AdGroup:
        actor = self.place.actor("submitter")
        campaign = campaigns.draft_campaign(actor=actor, ad_account=self.place.account.pk, values={
            "name": "Autumn", "objective": "traffic", "budget": {"mode": "daily", "amount": "80.00"},
        })  # fmt: skip
        start = clock.now().replace(microsecond=0) + timedelta(days=1)
        return campaigns.draft_ad_group(actor=actor, campaign=campaign.pk, values={
            "name": "Everybody", "placement": {"type": "selected", "apps": ["tiktok"]},
            "targeting": {"locations": ["2921044"], "age_groups": ["18_24"], "gender": "all", "languages": ["de"]},
            "budget": {"mode": "daily", "amount": "30.00"}, "schedule": {"start": start, "end": start + timedelta(days=10)},
            "bidding": {"strategy": "lowest_cost", "amount": None}, "pacing": "standard", "optimization_goal": "click",
        })  # fmt: skip
