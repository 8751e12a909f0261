"""GET of campaigns, ad groups and ads: `filtering`, `fields`, paging (facts 4.4)."""

from collections.abc import Callable
from typing import Any

from simulator import adgroups, ads, campaigns, checks, clock
from simulator.call import Call
from simulator.envelope import TOO_MANY_IDS, ApiError, invalid
from simulator.model import Entity, Level
from simulator.paging import page_of
from simulator.statuses import PRIMARY_FILTERS, StatusReader, primary

MAX_IDS = 100
_SHOWN: dict[Level, Callable[[Call, Entity], dict[str, Any]]] = {
    "campaign": campaigns.shown,
    "adgroup": adgroups.shown,
    "ad": ads.shown,
}
_COMMON = {"campaign_ids", "primary_status", "secondary_status", "objective_type"} | {
    "optimization_goal", "buying_types", "campaign_system_origins",
    "creation_filter_start_time", "creation_filter_end_time",
}  # fmt: skip
_FILTERS: dict[Level, set[str]] = {
    "campaign": _COMMON
    | {"campaign_name", "campaign_type", "campaign_product_source", "sales_destination"}
    | {"is_smart_performance_campaign", "split_test_enabled", "creative_campaign_type"},
    "adgroup": _COMMON
    | {"adgroup_ids", "adgroup_name", "bid_strategy", "billing_events", "promotion_type"}
    | {"creative_material_mode", "split_test_enabled"},
    "ad": _COMMON | {"adgroup_ids", "ad_ids", "ad_name", "modified_after", "destination"} | {"creative_material_mode"},
}


def lister(level: Level) -> Callable[[Call], dict[str, Any]]:
    """The GET endpoint of a level."""

    def get(call: Call) -> dict[str, Any]:
        return _listed(call, level)

    return get


def _listed(call: Call, level: Level) -> dict[str, Any]:
    filtering = call.params.get("filtering", {})
    checks.kind("filtering", filtering, "object")
    _check_filtering(level, filtering)
    reader = call.reader()
    found = [
        entity
        for entity in _candidates(call, level, filtering)
        if _matches(call, entity, filtering) and _has_status(reader, entity, filtering)
    ]
    return page_of(call.params, found, lambda entity: _trimmed(call, _SHOWN[level](call, entity)))


def _check_filtering(level: Level, filtering: dict[str, Any]) -> None:
    for name in filtering:
        if name not in _FILTERS[level]:
            raise invalid(f"filtering.{name}", "Unknown field.")
    for name in ("campaign_ids", "adgroup_ids", "ad_ids"):
        ids = filtering.get(name)
        if ids is None:
            continue
        checks.kind(f"filtering.{name}", ids, "strings")
        if len(ids) > MAX_IDS:
            raise ApiError(TOO_MANY_IDS, f"filtering.{name}: At most {MAX_IDS} ids.")
    checks.one_of("filtering.primary_status", filtering.get("primary_status"), PRIMARY_FILTERS)
    for name in ("creation_filter_start_time", "creation_filter_end_time", "modified_after"):
        if name in filtering and clock.parsed(str(filtering[name])) is None:
            raise invalid(f"filtering.{name}", "Not a valid datetime.")


def _candidates(call: Call, level: Level, filtering: dict[str, Any]) -> list[Entity]:
    """By the object's own ids where they are given, otherwise the whole account."""
    ids = filtering.get(f"{level}_ids")
    if ids is None:
        return call.store.of_account(level, call.account)
    found = [call.store.find(level, entity_id) for entity_id in dict.fromkeys(ids)]
    return [entity for entity in found if entity and entity.advertiser_id == call.account]


def _matches(call: Call, entity: Entity, filtering: dict[str, Any]) -> bool:
    in_tree = all(
        filtering.get(f"{name}_ids") is None or getattr(entity, f"{name}_id") in filtering[f"{name}_ids"]
        for name in ("campaign", "adgroup")
        if name != entity.level
    )
    return in_tree and _in_time(entity, filtering) and _has_values(call, entity, filtering)


def _in_time(entity: Entity, filtering: dict[str, Any]) -> bool:
    created = clock.wire(entity.created_at)
    return (
        str(filtering.get("creation_filter_start_time", "")) <= created
        and created <= str(filtering.get("creation_filter_end_time", "9"))
        and str(filtering.get("modified_after", "")) <= clock.wire(entity.modified_at)
    )


def _has_values(call: Call, entity: Entity, filtering: dict[str, Any]) -> bool:
    name = f"{entity.level}_name"
    if filtering.get(name) and str(filtering[name]) not in str(entity.fields[name]):
        return False  # a part of the name is enough
    billing_events = filtering.get("billing_events")
    if billing_events is not None and entity.fields.get("billing_event") not in billing_events:
        return False
    objective = filtering.get("objective_type")
    campaign = call.store.find("campaign", entity.campaign_id) if objective else None
    if campaign is not None and campaign.fields["objective_type"] != objective:
        return False
    return all(
        entity.fields.get(key) == filtering[key]
        for key in ("campaign_type", "campaign_product_source", "promotion_type")
        if key in filtering
    )


def _has_status(reader: StatusReader, entity: Entity, filtering: dict[str, Any]) -> bool:
    wanted = filtering.get("primary_status", "STATUS_NOT_DELETE")
    if filtering.get("secondary_status") not in (None, reader.secondary(entity)):
        return False
    if wanted == "STATUS_ALL":
        return True
    if wanted == "STATUS_NOT_DELETE":
        return not reader.is_gone(entity)
    return bool(primary(reader.secondary(entity)) == wanted)


def _trimmed(call: Call, shown: dict[str, Any]) -> dict[str, Any]:
    fields = call.params.get("fields")
    if fields:
        shown = {name: value for name, value in shown.items() if name in fields}
    if "NULL_FIELD" in (call.params.get("exclude_field_types_in_response") or []):
        shown = {name: value for name, value in shown.items() if value is not None}
    return shown
