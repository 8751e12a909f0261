"""What the simulator stores: advertisers, identities, objects, media."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Level = Literal["campaign", "adgroup", "ad"]
LEVELS: tuple[Level, ...] = ("campaign", "adgroup", "ad")

ENABLE = "ENABLE"
DISABLE = "DISABLE"
DELETE = "DELETE"


@dataclass
class Advertiser:
    """One ad account. `settings` holds what is the simulator's own (limits, allow lists)."""

    advertiser_id: str
    name: str
    currency: str
    timezone: str
    country: str
    status: str = "STATUS_ENABLE"
    settings: dict[str, Any] = field(default_factory=dict)

    def allows(self, feature: str) -> bool:
        """Whether TikTok put this account on the allow-list of a feature."""
        return feature in self.settings.get("allow_lists", [])


@dataclass
class Identity:
    """A profile ads speak as; `fields` are those of `/identity/get/` (facts 1.7)."""

    advertiser_id: str
    identity_type: str
    identity_id: str
    fields: dict[str, Any]

    @property
    def is_available(self) -> bool:
        """Whether TikTok still lets the account use it."""
        return self.fields.get("available_status") == "AVAILABLE"


@dataclass
class Entity:
    """A campaign, ad group or ad.

    `fields` is what the API echoes; `internal` is the simulator's own knowledge:
    `review` {"state", "since", "reason"}, `spend` (text of a decimal), `quota_limited`.
    """

    level: Level
    id: str
    advertiser_id: str
    campaign_id: str
    adgroup_id: str
    operation_status: str
    created_at: datetime
    modified_at: datetime
    fields: dict[str, Any]
    internal: dict[str, Any] = field(default_factory=dict)

    @property
    def is_deleted(self) -> bool:
        """Deleted itself (its parents may be deleted besides)."""
        return self.operation_status == DELETE


@dataclass
class Medium:
    """An uploaded video or image; `fields` are those of its info endpoint."""

    kind: Literal["video", "image"]
    id: str
    advertiser_id: str
    file_name: str
    signature: str
    path: str
    created_at: datetime
    fields: dict[str, Any]
