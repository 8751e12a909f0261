"""/campaign|adgroup|ad/status/update/: ENABLE, DISABLE, DELETE (facts 1.3, 4.5)."""

from collections.abc import Callable
from typing import Any

from simulator import checks
from simulator.call import Call
from simulator.envelope import TOO_MANY_IDS, ApiError, Partial, invalid
from simulator.model import DELETE, DISABLE, ENABLE, Entity, Level

MAX_IDS = {"campaign": 20, "adgroup": 20, "ad": 20}
_OPERATIONS = (ENABLE, DISABLE, DELETE)


def switcher(level: Level) -> Callable[[Call], dict[str, Any] | Partial]:
    """The status endpoint of a level."""

    def update(call: Call) -> dict[str, Any] | Partial:
        return _switched(call, level)

    return update


def _switched(call: Call, level: Level) -> dict[str, Any] | Partial:
    ids = _ids(call, level)
    operation = checks.required(call.params, "operation_status")
    checks.one_of("operation_status", operation, _OPERATIONS)
    partial = level == "adgroup" and call.params.get("allow_partial_success") is True
    done, errors = [], []
    for entity_id in ids:
        try:
            _switch(call, call.changeable(level, entity_id), operation)
            done.append(entity_id)
        except ApiError as error:
            if not partial:
                raise
            errors.append({"adgroup_id": entity_id, "error_message": error.message})
    data = {f"{level}_ids": done, "status": operation}
    return Partial(data | {"error_list": errors}) if errors else data


def _ids(call: Call, level: Level) -> list[str]:
    name = f"{level}_ids"
    ids = checks.required(call.params, name)
    checks.kind(name, ids, "strings")
    if len(ids) > MAX_IDS[level]:
        raise ApiError(TOO_MANY_IDS, f"{name}: At most {MAX_IDS[level]} ids.")
    return list(dict.fromkeys(ids))


def _switch(call: Call, entity: Entity, operation: str) -> None:
    if entity.level == "adgroup" and operation != DELETE:
        campaign = call.owned("campaign", entity.campaign_id)
        if campaign.fields["objective_type"] == "RF_REACH":
            raise invalid("operation_status", "Not supported for Reach & Frequency ad groups.")
    if operation == ENABLE and entity.internal.get("quota_limited"):
        raise invalid("operation_status", "The quota of active ad groups is used up.")
    before = entity.operation_status
    if before == operation:
        return
    entity.operation_status = operation
    entity.modified_at = call.now
    call.store.put(entity)
    call.store.record(
        f"{entity.level}.{operation.lower()}d",
        level=entity.level,
        entity_id=entity.id,
        advertiser_id=call.account,
        request_id=call.request_id,
        details={"changes": {"operation_status": [before, operation]}},
    )
