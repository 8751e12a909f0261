"""From a draft to the content of a revision: pure, one function a kind. Every field of a draft stands in exactly one
section; `tests/campaigns/test_content.py` holds that. The form is described in docs/revisions.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from campaigns.models import Ad, AdGroup, Campaign, MediaAsset
from core import clock
from core.canonical import canonical_text, digest, digest_of_text
from core.money import Money

FORMAT = "imprimatur.revision/1"


def _amount(minor: int | None, currency: str) -> dict[str, Any] | None:
    return None if minor is None else Money(minor, currency).content()


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else clock.rfc3339(moment)


def _given(**fields: Any) -> dict[str, Any]:
    """What is said. A field that came later stands in a content only when it says something: a draft that does not use it
    keeps the digest it had before."""
    return {name: value for name, value in fields.items() if value not in (None, "", {})}


def _together(**fields: Any) -> dict[str, Any]:
    """All of the fields when one of them says something, else nothing."""
    return fields if any(value not in (None, "") for value in fields.values()) else {}


def _content(kind: str, draft: Campaign | AdGroup | Ad, sections: dict[str, Any]) -> dict[str, Any]:
    return {"format": FORMAT, "type": kind, "id": str(draft.pk), "sections": sections}


def campaign_content(campaign: Campaign) -> dict[str, Any]:
    """The content of a campaign; needs its ad account loaded."""
    account = campaign.ad_account
    return _content("campaign", campaign, {
        "structure": {
            "name": campaign.name,
            "ad_account": {"id": str(account.pk), "channel": account.channel, "external_id": account.external_id},
            "objective": campaign.objective,
            "special_industries": list(campaign.special_industries),
        },
        "budget": {
            "mode": campaign.budget_mode,
            "amount": _amount(campaign.budget_minor, account.currency),
            "optimization": campaign.budget_optimization,
        },
        **_given(schedule=_together(starts_at=_time(campaign.starts_at), ends_at=_time(campaign.ends_at))),
    })  # fmt: skip


def ad_group_content(group: AdGroup) -> dict[str, Any]:
    """The content of an ad group; needs its ad account loaded."""
    currency = group.ad_account.currency
    return _content("ad_group", group, {
        "structure": {"name": group.name, "campaign": str(group.campaign_id)},
        "targeting": {"placement": group.placement, "audience": group.targeting},
        "budget": {"mode": group.budget_mode, "amount": _amount(group.budget_minor, currency)},
        "schedule": {"start": _time(group.start), "end": _time(group.end), "dayparting": group.dayparting},
        "bid": {
            "strategy": group.bid_strategy,
            "amount": _amount(group.bid_minor, currency),
            "pacing": group.pacing,
            "optimization_goal": group.optimization_goal,
        },
    })  # fmt: skip


def ad_content(ad: Ad, media: Sequence[MediaAsset]) -> dict[str, Any]:
    """The content of an ad and its media in order; needs its page and the icon of its effect loaded."""
    page = ad.page and {
        "id": str(ad.page.pk),
        "external_id": ad.page.external_id,
        "identity_type": ad.page.identity_type,
    }
    return _content("ad", ad, {
        "structure": {"name": ad.name, "ad_group": str(ad.ad_group_id), "format": ad.format},
        "creative": {
            "media": [{"sha256": asset.sha256, "kind": asset.kind} for asset in media],
            "spark_post": ad.spark_post or None,
            **_given(
                effect=_together(name=ad.effect_name, icon=ad.effect_icon and ad.effect_icon.sha256),
                spark_authorization=_together(proof=ad.spark_proof, expires_at=_time(ad.spark_expires_at)),
            ),
        },
        "copy": {
            "text": ad.text,
            "call_to_action": ad.call_to_action or None,
            "display_name": ad.display_name,
            "hashtags": list(ad.hashtags),
        },
        "destination": {"landing_page_url": ad.landing_page_url},
        "identity": {"page": page},
        "disclosure": {
            "ai_generated": ad.ai_generated, "disclaimer": ad.disclaimer, **_given(payer=ad.payer, beneficiary=ad.beneficiary),
        },
    })  # fmt: skip


def speaks_as(content: Mapping[str, Any]) -> UUID | None:
    """The page that an ad of this content speaks as; None for all else."""
    page = content["sections"].get("identity", {}).get("page")
    return None if page is None else UUID(page["id"])


def section_digests(content: dict[str, Any]) -> dict[str, str]:
    """The SHA-256 of each section's canonical form."""
    return {name: digest(value) for name, value in content["sections"].items()}


def sections_changed(base: dict[str, str] | None, head: dict[str, str]) -> list[str]:
    """Names of the sections of `head` that are new or differ from `base`, in the order of `head`; then those that are gone."""
    gone = [name for name in base or {} if name not in head]
    return [*(name for name, value in head.items() if base is None or base.get(name) != value), *gone]


def seal(content: dict[str, Any]) -> tuple[str, str]:
    """The canonical text of a content and its digest."""
    text = canonical_text(content)
    return text, digest_of_text(text)
