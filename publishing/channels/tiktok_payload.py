"""Revision contents as bodies of TikTok's Marketing API v1.3. Pure.

Plain dicts, never the SDK's models: those send defaults nobody approved (operation_status ENABLE, NOT_DECLARED on
every update). Every create says operation_status DISABLE (R-36). Everything of a content is mapped or refused
(`NotBookable`); the two ids that are only our own keys of something named by its external id in the same object
(`structure.ad_account.id`, `identity.page.id`) are not sent, nor is what TikTok has no field for and what holds on our side:
the campaign's flight (an ad group outside it is refused), the creator's permission, payer and beneficiary (at TikTok they
belong to the account).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from publishing.channels import tiktok_words as words
from publishing.channels.base import (
    ChannelAccount,
    Content,
    MediaIds,
    NotBookable,
    Parents,
    Problem,
)
from publishing.channels.tiktok_ad_limits import caption, identity_type, pulls
from publishing.channels.tiktok_limits import problems_of, remote_name
from publishing.channels.tiktok_money import number

Body = dict[str, Any]


def request_key(correlation: str) -> str:
    """TikTok's request_id: text of a 64-bit integer, the same for the same correlation. It is remembered for seconds."""
    digest = hashlib.sha256(correlation.encode()).digest()
    return str(int.from_bytes(digest[:8]) >> 1)


def create_body(
    account: ChannelAccount,
    content: Content,
    parents: Parents,
    media_ids: MediaIds,
    correlation: str,
    authorized_bc_id: str | None = None,
) -> Body:
    """The body of /campaign/create/, /adgroup/create/ or /ad/create/. Raises NotBookable."""
    _refuse(account, content, parents, media_ids)
    head = {"advertiser_id": account.advertiser_id}
    if content["type"] == "campaign":
        body = {**head, **_campaign(content), "request_id": request_key(correlation)}
        return {**body, "operation_status": "DISABLE"}
    if content["type"] == "ad_group":
        body = {**head, **_ad_group(content, parents), "request_id": request_key(correlation)}
        return {**body, "operation_status": "DISABLE"}
    creative = {**_creative(content, parents, media_ids, authorized_bc_id), "operation_status": "DISABLE"}
    return {**head, "adgroup_id": _parent_id(content, parents), "creatives": [creative]}


def update_body(
    account: ChannelAccount,
    content: Content,
    external_id: str,
    parents: Parents,
    media_ids: MediaIds,
    authorized_bc_id: str | None = None,
) -> Body:
    """The body of the update call: what may change, complete, without the switch. Raises NotBookable."""
    _refuse(account, content, parents, media_ids)
    head = {"advertiser_id": account.advertiser_id}
    if content["type"] == "campaign":
        changeable = {k: v for k, v in _campaign(content).items() if k in _CAMPAIGN_CHANGEABLE}
        return {**head, "campaign_id": external_id, **changeable}
    if content["type"] == "ad_group":
        full = {**_cleared_targeting(content), **_ad_group(content, parents)}
        changeable = {k: v for k, v in full.items() if k not in _AD_GROUP_IMMUTABLE}
        return {**head, "adgroup_id": external_id, **changeable}
    creative = {"ad_id": external_id, **_creative(content, parents, media_ids, authorized_bc_id)}
    return {**head, "adgroup_id": _parent_id(content, parents), "creatives": [creative]}


_CAMPAIGN_CHANGEABLE = frozenset({"campaign_name", "budget", "special_industries"})
_AD_GROUP_IMMUTABLE = frozenset(
    {
        *("campaign_id", "budget_mode", "placement_type", "placements", "optimization_goal", "billing_event"),
        *("promotion_type", "promotion_target_type", "bid_display_mode", "creative_material_mode"),
        *("search_result_enabled", "video_download_disabled"),
    }
)
"""What the SDK's AdgroupUpdateBody does not take or TikTok never lets change."""


def _refuse(account: ChannelAccount, content: Content, parents: Parents, media_ids: MediaIds) -> None:
    problems = problems_of(account, content, parents)
    if not problems:
        problems = [*_parent_problems(content, parents), *_media_problems(content, media_ids)]
    if problems:
        raise NotBookable(problems)


def _parent_key(content: Content) -> str | None:
    structure = content["sections"]["structure"]
    key: str | None = structure.get({"ad_group": "campaign", "ad": "ad_group"}.get(content["type"], ""))
    return key


def _parent_problems(content: Content, parents: Parents) -> list[Problem]:
    key = _parent_key(content)
    if key is None:
        return []
    missing = key not in parents or not parents[key].external_id
    if not missing and content["type"] == "ad":
        missing = parents[key].content["sections"]["structure"]["campaign"] not in parents
    detail = _("The parent is not on the channel yet, or not the one that was approved (R-27).")
    return [Problem("structure", "parent_missing", detail)] if missing else []


def _media_problems(content: Content, media_ids: MediaIds) -> list[Problem]:
    media = content["sections"]["creative"]["media"] if content["type"] == "ad" else []
    detail = _("This file is not on the channel yet.")
    return [
        Problem(f"creative.media[{index}]", "media_missing", detail)
        for index, item in enumerate(media)
        if item["sha256"] not in media_ids
    ]


def _parent_id(content: Content, parents: Parents) -> str:
    return parents[str(_parent_key(content))].external_id


def _campaign(content: Content) -> Body:
    structure, budget = content["sections"]["structure"], content["sections"]["budget"]
    body: Body = {
        "campaign_name": remote_name(content),
        "objective_type": words.OBJECTIVES[structure["objective"]],
        "special_industries": [words.SPECIAL_INDUSTRIES[name] for name in structure["special_industries"]],
        "budget_mode": words.BUDGET_MODES[budget["mode"]],
        "budget_optimize_on": budget["optimization"],
    }
    if budget["amount"] is not None:
        body["budget"] = number(budget["amount"])
    return body


def _ad_group(content: Content, parents: Parents) -> Body:
    sections = content["sections"]
    campaign = parents[sections["structure"]["campaign"]]
    body: Body = {
        "campaign_id": campaign.external_id,
        "adgroup_name": remote_name(content),
        **words.PROMOTIONS[campaign.content["sections"]["structure"]["objective"]],
        **words.AD_GROUP_FIXED,
        **_targeting(sections["targeting"]),
        **_schedule(sections["schedule"]),
        **_bid(sections["bid"]),
    }
    if campaign.content["sections"]["budget"]["optimization"]:
        return body  # TikTok distributes the campaign's budget and ignores one here (Doc:CBO)
    return {
        **body,
        "budget_mode": words.BUDGET_MODES[sections["budget"]["mode"]],
        "budget": number(sections["budget"]["amount"]),
    }


def _targeting(targeting: Mapping[str, Any]) -> Body:
    placement, audience = targeting["placement"], targeting["audience"]
    body: Body = {
        "placement_type": words.PLACEMENT_TYPES[placement["type"]],
        "location_ids": list(audience["locations"]),
        "age_groups": [words.AGE_GROUPS[age] for age in audience["age_groups"]],
        "gender": words.GENDERS[audience["gender"]],
    }
    if placement["type"] == "selected":
        body["placements"] = [words.PLACEMENTS[app] for app in placement["apps"]]
    if audience["languages"]:
        body["languages"] = list(audience["languages"])
    if audience["interests"]:
        body["interest_category_ids"] = list(audience["interests"])
    if words.on_tiktok(placement):
        body["brand_safety_type"] = words.BRAND_SAFETY
    return body


def _cleared_targeting(content: Content) -> Body:
    """What an update must spell out to take a limit back; left out, TikTok would keep the old one."""
    return {"languages": [], "interest_category_ids": [], "dayparting": words.ALWAYS_ON}


def _schedule(schedule: Mapping[str, Any]) -> Body:
    body: Body = {
        "schedule_type": "SCHEDULE_START_END" if schedule["end"] else "SCHEDULE_FROM_NOW",
        "schedule_start_time": _time(schedule["start"]),
    }
    if schedule["end"]:
        body["schedule_end_time"] = _time(schedule["end"])
    if schedule["dayparting"] is not None:
        body["dayparting"] = schedule["dayparting"]
    return body


def _time(rfc3339: str) -> str:
    """TikTok's `YYYY-MM-DD HH:MM:SS`, UTC."""
    return rfc3339.replace("T", " ").removesuffix("Z")


def _bid(bid: Mapping[str, Any]) -> Body:
    billing = words.billing_event(bid["optimization_goal"])
    body: Body = {
        "optimization_goal": words.GOALS[bid["optimization_goal"]],
        "billing_event": billing,
        "bid_type": words.BID_STRATEGIES[bid["strategy"]],
        "pacing": words.PACINGS[bid["pacing"]],
    }
    if billing == "CPV":
        body["bid_display_mode"] = "CPV"
    if bid["amount"] is not None:
        body["conversion_bid_price" if billing == "OCPM" else "bid_price"] = number(bid["amount"])
    return body


def _creative(content: Content, parents: Parents, media_ids: MediaIds, authorized_bc_id: str | None) -> Body:
    sections = content["sections"]
    copy, disclaimer = sections["copy"], sections["disclosure"]["disclaimer"]
    body: Body = {
        "ad_name": remote_name(content),
        "ad_format": words.FORMATS[sections["structure"]["format"]],
        "aigc_disclosure_type": "SELF_DISCLOSURE" if sections["disclosure"]["ai_generated"] else "NOT_DECLARED",
        "creative_authorized": False,
        **_identity(sections, authorized_bc_id),
        **_media(sections, media_ids),
    }
    texts = {
        "ad_text": "" if pulls(sections) else caption(sections),
        "call_to_action": words.CALLS_TO_ACTION.get(copy["call_to_action"] or "", ""),
        "display_name": copy["display_name"],
        "landing_page_url": sections["destination"]["landing_page_url"],
    }
    body.update({key: value for key, value in texts.items() if value})
    if disclaimer:
        body.update(disclaimer_type="TEXT_ONLY", disclaimer_text={"text": disclaimer})
    return body


def _identity(sections: Mapping[str, Any], authorized_bc_id: str | None) -> Body:
    kind = identity_type(sections)
    if kind is None:
        return {}
    body: Body = {"identity_type": kind, "identity_id": sections["identity"]["page"]["external_id"]}
    if kind == "BC_AUTH_TT":
        if not authorized_bc_id:
            detail = _("TikTok names no business centre that may use this page.")
            raise NotBookable([Problem("identity.page", "business_centre_missing", detail)])
        body["identity_authorized_bc_id"] = authorized_bc_id
    if kind in words.PUSH_IDENTITIES and not pulls(sections):
        body["dark_post_status"] = "ON"
    return body


def _media(sections: Mapping[str, Any], media_ids: MediaIds) -> Body:
    """The file, and as cover the image that was approved or else the one made of the video's first frame."""
    if pulls(sections):
        return {"tiktok_item_id": sections["creative"]["spark_post"]}
    by_kind = {item["kind"]: media_ids[item["sha256"]] for item in sections["creative"]["media"]}
    video, image = by_kind.get("video"), by_kind.get("image")
    if video is None:
        return {"image_ids": [image.external_id] if image else []}
    cover = image.external_id if image else video.cover_external_id
    return {"video_id": video.external_id, "image_ids": [cover] if cover else []}
