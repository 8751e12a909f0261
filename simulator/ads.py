"""/ad/create/ and /ad/update/ (facts 1.6, 4.5). Ads are the `creatives` of a request.

All creatives of a request succeed or none does (facts 9: unverified, assumed).
"""

from typing import Any

from simulator import ad_rules as rules
from simulator import checks
from simulator.call import Call, echo, ignored_names
from simulator.campaigns import operation_status
from simulator.envelope import AD_NUMBER_LIMIT, TOO_MANY_IDS, ApiError, invalid
from simulator.known_fields import AD_FIELDS, AD_PATCHABLE
from simulator.model import Entity

MAX_CREATIVES = 20
ADS_PER_ADGROUP = 50
ADS_PER_ADGROUP_SPECIAL = 20  # RF_REACH, and PRODUCT_SALES from STORE (facts 0.4)
# A change of these alone does not bring the ad back into review (facts 7).
_NOT_REVIEWED = frozenset({"ad_name", "landing_page_url"})


def create(call: Call) -> dict[str, Any]:
    """Create up to 20 ads in one ad group; ENABLED unless the caller says otherwise."""
    group, campaign = _parents(call)
    creatives = _creatives(call)
    _check_room(call, group, campaign, len(creatives))
    context = rules.Context(call.store, call.advertiser, group, campaign, call.now)
    made = [_create_one(call, context, creative, f"creatives.{index}.") for index, creative in enumerate(creatives)]
    return _answer(call, made)


def _parents(call: Call) -> tuple[Entity, Entity]:
    group = call.changeable("adgroup", checks.required_str(call.params, "adgroup_id"))
    return group, call.owned("campaign", group.campaign_id)


def _creatives(call: Call) -> list[dict[str, Any]]:
    creatives = checks.required(call.params, "creatives")
    checks.kind("creatives", creatives, "objects")
    if len(creatives) > MAX_CREATIVES:
        raise ApiError(TOO_MANY_IDS, f"creatives: At most {MAX_CREATIVES} ads a request.")
    return list(creatives)


def _check_room(call: Call, group: Entity, campaign: Entity, more: int) -> None:
    is_special = campaign.fields["objective_type"] == "RF_REACH" or (
        campaign.fields["objective_type"] == "PRODUCT_SALES" and group.fields.get("product_source") == "STORE"
    )
    usual = ADS_PER_ADGROUP_SPECIAL if is_special else ADS_PER_ADGROUP
    limit = int(call.advertiser.settings.get("ads_per_adgroup", usual))
    existing = sum(not ad.is_deleted for ad in call.store.children(group))
    if existing + more > limit:
        raise ApiError(AD_NUMBER_LIMIT, f"An ad group can have up to {limit} ads.")


def _create_one(call: Call, context: rules.Context, creative: dict[str, Any], prefix: str) -> Entity:
    sent = checks.typed(creative, AD_FIELDS, prefix)
    given = {name: value for name, value in sent.items() if value is not None}
    if "ad_name" not in given:
        raise invalid(prefix + "ad_name", checks.MISSING)
    fields = rules.complete(context, given)
    ad_id = call.store.new_id()
    fields["ad_name"] = fields["ad_name"] or ad_id
    group = context.group
    ad = Entity(
        "ad", ad_id, call.account, group.campaign_id, group.id,
        operation_status(creative), call.now, call.now, fields,
        {"review": {"state": "audit", "since": call.now.isoformat()}},
    )  # fmt: skip
    call.create(ad, ignored_names(creative, "ad"))
    return ad


def _answer(call: Call, ads: list[Entity]) -> dict[str, Any]:
    return {
        "ad_ids": [ad.id for ad in ads],
        "creatives": [shown(call, ad) for ad in ads],
        "need_audit": True,
    }


def shown(call: Call, ad: Entity) -> dict[str, Any]:
    """An ad as the API shows it."""
    return echo(ad, call.reader(), call.store)


def update(call: Call) -> dict[str, Any]:
    """Replace ads whole, or with `patch_update` only the few fields that it allows."""
    group, campaign = _parents(call)
    is_patch = call.params.get("patch_update", False)
    checks.kind("patch_update", is_patch, "bool")
    context = rules.Context(call.store, call.advertiser, group, campaign, call.now)
    changed = [
        _update_one(call, context, creative, f"creatives.{index}.", is_patch)
        for index, creative in enumerate(_creatives(call))
    ]
    return _answer(call, changed)


def _update_one(call: Call, context: rules.Context, creative: dict[str, Any], prefix: str, is_patch: bool) -> Entity:
    checks.kind(prefix + "ad_id", checks.required(creative, "ad_id", prefix), "str")
    ad = call.changeable("ad", creative["ad_id"])
    if ad.adgroup_id != context.group.id:
        raise invalid(prefix + "ad_id", "The ad does not belong to the ad group.")
    sent = checks.typed(creative, AD_FIELDS, prefix)
    given = {name: value for name, value in sent.items() if value is not None}
    if is_patch:
        _only_patchable(creative, prefix)
        given = ad.fields | given
    given.setdefault("ad_name", ad.fields["ad_name"])
    fields = rules.complete(context, given)
    fields["ad_name"] = fields["ad_name"] or ad.id
    rules.check_change(ad.fields, fields)
    _review_again(call, ad, fields)
    call.change(ad, fields, ignored_names(creative, "ad"))
    return ad


def _only_patchable(creative: dict[str, Any], prefix: str) -> None:
    for name in creative:
        if name in AD_FIELDS and name not in AD_PATCHABLE:
            raise invalid(prefix + name, "Not supported with patch_update.")


def _review_again(call: Call, ad: Entity, fields: dict[str, Any]) -> None:
    changed = {name for name in ad.fields.keys() | fields.keys() if ad.fields.get(name) != fields.get(name)}
    if changed - _NOT_REVIEWED:
        ad.internal["review"] = {"state": "reaudit", "since": call.now.isoformat()}
