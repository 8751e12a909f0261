"""Drafts that nobody has saved, to be looked at as if they were: nothing is locked and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import permissions
from accounts.models import AdAccount
from campaigns.inputs import AdGroupInput, AdInput, CampaignInput
from campaigns.models import AdGroup, Campaign
from campaigns.services import ad_groups, ads, campaigns
from campaigns.snapshots import Head, head_of
from core.actor import Actor
from core.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to sketch, at least one of the three; what lies between two of them is given as well. `parent` is saved: the ad
    account of a campaign, the campaign of an ad group, the ad group of an ad, whichever is topmost."""

    parent: UUID
    campaign: CampaignInput | None = None
    ad_group: AdGroupInput | None = None
    ad: AdInput | None = None


@dataclass(frozen=True, slots=True)
class Sketch:
    """What was sketched, parents first, with the sections of all that is above it, and how many ads the ad group would hold."""

    account: AdAccount
    heads: list[Head]
    sections: Mapping[str, Mapping[str, Any]]
    ads_in_group: int

    def parents_of(self, head: Head) -> dict[str, Mapping[str, Any]]:
        """The sections of its campaign and of its ad group."""
        above = {"campaign": (), "ad_group": ("campaign",), "ad": ("campaign", "ad_group")}[head.type]
        return {kind: self.sections[kind] for kind in above}


def sketch(actor: Actor, wanted: Wanted, now: datetime) -> Sketch:
    """Sketch what is wanted, below what is saved as its draft is now. Raises NotFound, Forbidden (needs `submit` on the ad
    account), Invalid."""
    account, campaign, group = _above(wanted)
    permissions.check(actor, "submit", account)
    above = [head_of(each) for each in (campaign, group) if each is not None]
    heads, members = [], 0 if group is None else group.ads.count()
    if wanted.campaign is not None:
        with _within("campaign"):
            campaign = campaigns.sketched(actor, account, wanted.campaign, now)
        heads.append(head_of(campaign))
    if wanted.ad_group is not None and campaign is not None:
        with _within("ad_group"):
            group = ad_groups.sketched(actor, campaign, wanted.ad_group, now)
        heads.append(head_of(group))
    if wanted.ad is not None and group is not None:
        with _within("ad"):
            heads.append(head_of(*ads.sketched(actor, group, wanted.ad, now)))
        members += 1
    return Sketch(account, heads, {head.type: head.content["sections"] for head in (*above, *heads)}, members)


@contextmanager
def _within(kind: str) -> Iterator[None]:
    """What is wrong names its field below what it is wrong in: two of them may have a budget."""
    try:
        yield
    except Invalid as error:
        raise Invalid([replace(each, field=f"{kind}.{each.field}") for each in error.errors]) from error


def _above(wanted: Wanted) -> tuple[AdAccount, Campaign | None, AdGroup | None]:
    """What is saved above the topmost that is wanted. Raises NotFound."""
    if wanted.campaign is not None:
        return _found(AdAccount.objects.select_related("brand__organisation"), wanted.parent), None, None
    placed = "ad_account__brand__organisation"
    if wanted.ad_group is not None:
        campaign: Campaign = _found(Campaign.objects.select_related(placed), wanted.parent)
        return campaign.ad_account, campaign, None
    group: AdGroup = _found(AdGroup.objects.select_related(placed, "campaign__ad_account"), wanted.parent)
    return group.ad_account, group.campaign, group


def _found(rows: Any, identifier: UUID) -> Any:
    row = rows.filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    return row
