"""One authorised call of an endpoint, and the writing of objects that they all share."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from simulator import clock
from simulator.envelope import NOT_EXIST, PARAM_ERROR, ApiError
from simulator.known_fields import AD_FIELDS, ADGROUP_FIELDS, CAMPAIGN_FIELDS
from simulator.model import Advertiser, Entity, Level
from simulator.statuses import StatusReader
from simulator.store import Store

FIELDS_OF = {"campaign": CAMPAIGN_FIELDS, "adgroup": ADGROUP_FIELDS, "ad": AD_FIELDS}


@dataclass(frozen=True)
class Upload:
    """A file that arrived, already measured: path, name, MD5 and what is in it."""

    path: Path
    name: str
    signature: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Call:
    """Everything an endpoint may use. `params` are the body or the parsed query."""

    store: Store
    advertiser: Advertiser
    params: dict[str, Any]
    now: datetime
    request_id: str
    base_url: str
    upload: Upload | None = None

    @property
    def account(self) -> str:
        """The id of the ad account the call is about."""
        return self.advertiser.advertiser_id

    def reader(self) -> StatusReader:
        """A status reader at this call's time."""
        return StatusReader(self.store, self.now)

    def owned(self, level: Level, entity_id: str) -> Entity:
        """An object of this ad account, 40007 when there is none."""
        entity = self.store.find(level, entity_id)
        if entity is None or entity.advertiser_id != self.account:
            raise ApiError(NOT_EXIST, f"{level}_id: {level} {entity_id} does not exist.")
        return entity

    def changeable(self, level: Level, entity_id: str) -> Entity:
        """An object that neither is deleted nor lies below a deleted one."""
        entity = self.owned(level, entity_id)
        if self.reader().is_gone(entity):
            raise ApiError(PARAM_ERROR, f"{level}_id: {level} {entity_id} is deleted and cannot change.")
        return entity

    def create(self, entity: Entity, ignored: list[str]) -> None:
        """Store a new object and log it, with the fields that were silently dropped."""
        self.store.put(entity)
        self.store.record(
            f"{entity.level}.created",
            level=entity.level,
            entity_id=entity.id,
            advertiser_id=self.account,
            request_id=self.request_id,
            details={
                "operation_status": entity.operation_status,
                "fields": entity.fields,
                "ignored": ignored,
            },
        )

    def change(self, entity: Entity, fields: dict[str, Any], ignored: list[str]) -> None:
        """Store new fields of an object and log what differs."""
        changes = difference(entity.fields, fields)
        entity.fields = fields
        entity.modified_at = self.now
        self.store.put(entity)
        self.store.record(
            f"{entity.level}.updated",
            level=entity.level,
            entity_id=entity.id,
            advertiser_id=self.account,
            request_id=self.request_id,
            details={"changes": changes, "ignored": ignored},
        )


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """`{field: [before, after]}` of the fields that differ."""
    return {
        name: [before.get(name), after.get(name)]
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }


def ignored_names(body: dict[str, Any], level: Level) -> list[str]:
    """The names in a body that the API does not know and drops without a word."""
    spoken = {"advertiser_id", "request_id", "operation_status", f"{level}_id"}
    return sorted(body.keys() - FIELDS_OF[level].keys() - spoken)


def spent(entity: Entity) -> Decimal:
    """Current spend of an object, in units of the account's currency."""
    return Decimal(str(entity.internal.get("spend", "0")))


def echo(entity: Entity, reader: StatusReader, store: Store) -> dict[str, Any]:
    """An object as the API shows it; fields never set are null."""
    shown: dict[str, Any] = {
        "advertiser_id": entity.advertiser_id,
        "campaign_id": entity.campaign_id,
    }
    if entity.level != "campaign":
        shown["adgroup_id"] = entity.adgroup_id
        shown |= _parent_names(entity, store)
    if entity.level == "ad":
        shown["ad_id"] = entity.id
    shown |= dict.fromkeys(FIELDS_OF[entity.level]) | entity.fields
    shown |= {"campaign_id": entity.campaign_id, "operation_status": entity.operation_status}
    if not store.setting("omit_secondary_status", False):  # TikTok's sandbox omits it
        shown["secondary_status"] = reader.secondary(entity)
    return shown | {
        "create_time": clock.wire(entity.created_at),
        "modify_time": clock.wire(entity.modified_at),
        "is_new_structure": True,
    }


def _parent_names(entity: Entity, store: Store) -> dict[str, Any]:
    names: dict[str, Any] = {}
    campaign = store.find("campaign", entity.campaign_id)
    if campaign is not None:
        names["campaign_name"] = campaign.fields.get("campaign_name")
    if entity.level == "ad":
        group = store.find("adgroup", entity.adgroup_id)
        names["adgroup_name"] = group.fields.get("adgroup_name") if group else None
    return names
