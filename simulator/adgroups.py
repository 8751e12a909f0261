"""/adgroup/create/, /adgroup/update/ and /adgroup/quota/ (facts 1.1, 1.5, 2, 4.5)."""

from typing import Any

from simulator import adgroup_rules as rules
from simulator import adgroup_targeting as targeting
from simulator import checks
from simulator.call import Call, echo, ignored_names
from simulator.campaigns import operation_status, reject_immutable
from simulator.envelope import NO_UPDATE, PARAM_ERROR, ApiError
from simulator.known_fields import ADGROUP_FIELDS, ADGROUP_IMMUTABLE
from simulator.model import DISABLE, ENABLE, Entity
from simulator.repeats import reject_repeat, remember

MAX_ADGROUPS = 999
DEFAULT_QUOTA = 5_000
ALWAYS_ON = "1" * 336
_DEFAULTS: dict[str, Any] = {
    "placement_type": "PLACEMENT_TYPE_NORMAL",
    "gender": "GENDER_UNLIMITED",
    "bid_type": "BID_TYPE_NO_BID",
    "brand_safety_type": "NO_BRAND_SAFETY",
    "creative_material_mode": "CUSTOM",
    "comment_disabled": False,
    "video_download_disabled": False,
    "share_disabled": False,
}


def create(call: Call) -> dict[str, Any]:
    """Create an ad group; ENABLED unless the caller says otherwise."""
    reject_repeat(call, "adgroup/create")
    campaign = call.changeable("campaign", checks.required_str(call.params, "campaign_id"))
    sent = checks.typed(call.params, ADGROUP_FIELDS)
    fields = {name: value for name, value in sent.items() if value is not None}
    rules.require_basics(fields, campaign)
    fields = _DEFAULTS | fields
    status = operation_status(call.params)
    complete(call, fields, campaign)
    _check_room(call, campaign, fields)
    group = _new_group(call, campaign, fields, status)
    _limit_by_quota(call, group)
    call.create(group, ignored_names(call.params, "adgroup"))
    remember(call, "adgroup/create")
    return shown(call, group)


def complete(call: Call, fields: dict[str, Any], campaign: Entity) -> None:
    """Check all fields together and fill in what the API derives. Changes `fields`."""
    rules.check_choices(call.advertiser, fields, campaign)
    rules.check_placements(call.advertiser, fields, campaign)
    rules.check_schedule(fields)
    rules.check_budget(call.advertiser, fields, campaign)
    rules.check_bid(call.advertiser, fields, campaign)
    targeting.check(fields)
    fields["dayparting"] = fields.get("dayparting") or ALWAYS_ON


def shown(call: Call, group: Entity) -> dict[str, Any]:
    """An ad group as the API shows it."""
    return echo(group, call.reader(), call.store) | {"scheduled_budget": 0.0}


def _new_group(call: Call, campaign: Entity, fields: dict[str, Any], status: str) -> Entity:
    group_id = call.store.new_id()
    return Entity("adgroup", group_id, call.account, campaign.id, group_id, status, call.now, call.now, fields)


def _check_room(call: Call, campaign: Entity, fields: dict[str, Any]) -> None:
    siblings = [group for group in call.store.children(campaign) if not group.is_deleted]
    if len(siblings) >= MAX_ADGROUPS:
        raise ApiError(PARAM_ERROR, f"A campaign can have up to {MAX_ADGROUPS} ad groups.")
    if campaign.fields["budget_optimize_on"] and siblings:
        rules.check_like_first(fields, siblings[0].fields)


def quota(call: Call) -> dict[str, Any]:
    """The quota of switched-on ad groups and how much of it is used."""
    return {"total_adgroup_quota": _quota(call), "used_adgroup_quota": _used(call)}


def _quota(call: Call) -> int:
    return int(call.advertiser.settings.get("adgroup_quota", DEFAULT_QUOTA))


def _used(call: Call) -> int:
    groups = call.store.of_account("adgroup", call.account)
    return sum(group.operation_status == ENABLE for group in groups)


def _limit_by_quota(call: Call, group: Entity) -> None:
    """Beyond the quota creation succeeds and the group ends up off (facts 1.1)."""
    if group.operation_status == ENABLE and _used(call) >= _quota(call):
        group.operation_status = DISABLE
        group.internal["quota_limited"] = True


def update(call: Call) -> dict[str, Any]:
    """Change the fields sent, leave the others; null clears a field."""
    group = call.changeable("adgroup", checks.required_str(call.params, "adgroup_id"))
    campaign = call.owned("campaign", group.campaign_id)
    sent = checks.typed(call.params, ADGROUP_FIELDS)
    reject_immutable(sent, group.fields, ADGROUP_IMMUTABLE)
    wanted = {name: value for name, value in sent.items() if name not in ADGROUP_IMMUTABLE}
    if not wanted:
        raise ApiError(NO_UPDATE, "There is nothing to update.")
    fields = {name: value for name, value in (group.fields | wanted).items() if value is not None}
    rules.require_basics(fields, campaign)
    fields = _DEFAULTS | fields
    complete(call, fields, campaign)
    rules.check_change(group, fields)
    call.change(group, fields, ignored_names(call.params, "adgroup"))
    return shown(call, group)
