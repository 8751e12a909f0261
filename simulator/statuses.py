"""`secondary_status` of every level, computed from all levels (facts 4.6).

`operation_status` says what somebody switched; `secondary_status` says what follows from
the object, its parents, its children, the clock, the review and the account.
"""

from datetime import datetime, timedelta

from simulator import clock
from simulator.model import DISABLE, Advertiser, Entity, Identity, Level
from simulator.store import Store
from simulator.words import words

# primary_status values that /get/ can filter by (facts 4.6)
PRIMARY_FILTERS = words(
    """STATUS_ALL STATUS_NOT_DELETE STATUS_DELETE STATUS_DELIVERY_OK STATUS_DISABLE STATUS_NOT_DELIVERY
    STATUS_TIME_DONE STATUS_RF_CLOSED STATUS_FROZEN STATUS_DELIVERY_PARTIAL"""
)
_DELIVERING = ("_DELIVERY_OK", "_REVIEW_PARTIALLY_APPROVED", "CAMPAIGN_STATUS_ENABLE")


class StatusReader:
    """Computes statuses within one request; parents are looked up once."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now
        self._review_seconds = int(store.setting("review_seconds", 0))
        self._parents: dict[str, Entity | None] = {}
        self._advertisers: dict[str, Advertiser | None] = {}
        self._identities: dict[str, list[Identity]] = {}

    def secondary(self, entity: Entity) -> str:
        """The `secondary_status` of any object."""
        if entity.level == "campaign":
            return self._campaign(entity)
        if entity.level == "adgroup":
            return self._adgroup(entity)
        return self._ad(entity)

    def is_gone(self, entity: Entity) -> bool:
        """Deleted itself or below a deleted parent."""
        return entity.is_deleted or any(parent.is_deleted for parent in self._above(entity))

    def _above(self, entity: Entity) -> list[Entity]:
        found = []
        if entity.level == "ad":
            found.append(self._parent("adgroup", entity.adgroup_id))
        if entity.level != "campaign":
            found.append(self._parent("campaign", entity.campaign_id))
        return [parent for parent in found if parent is not None]

    def _parent(self, level: Level, entity_id: str) -> Entity | None:
        if entity_id not in self._parents:
            self._parents[entity_id] = self._store.find(level, entity_id)
        return self._parents[entity_id]

    def _advertiser(self, advertiser_id: str) -> Advertiser | None:
        if advertiser_id not in self._advertisers:
            self._advertisers[advertiser_id] = self._store.advertiser(advertiser_id)
        return self._advertisers[advertiser_id]

    def _campaign(self, campaign: Entity) -> str:
        if campaign.is_deleted:
            return "CAMPAIGN_STATUS_DELETE"
        if campaign.operation_status == DISABLE:
            return "CAMPAIGN_STATUS_DISABLE"
        account = self._advertiser(campaign.advertiser_id)
        if account is not None and account.status == "STATUS_LIMIT":
            return "ADVERTISER_ACCOUNT_PUNISH"
        if account is not None and account.status == "STATUS_CONTRACT_PENDING":
            return "ADVERTISER_CONTRACT_PENDING"
        if account is not None and account.status != "STATUS_ENABLE":
            return "CAMPAIGN_STATUS_ADVERTISER_AUDIT"
        return "CAMPAIGN_STATUS_ENABLE"

    def _adgroup(self, group: Entity) -> str:
        return "ADGROUP_STATUS_" + (
            self._switched_off(group) or self._adgroup_schedule_over(group) or self._adgroup_review(group)
        )

    def _switched_off(self, entity: Entity) -> str | None:
        """The part of the status that deletion and switches on any level decide."""
        parents = self._above(entity)
        if entity.is_deleted:
            return "DELETE"
        for parent in parents:
            if parent.is_deleted:
                return f"{parent.level.upper()}_DELETE"
        if entity.level == "adgroup" and not self._live_ads(entity):
            return "CREATE"  # "No creatives", also when it is switched off (facts 1.5)
        if entity.internal.get("quota_limited"):
            return "ADGROUP_QUOTA_LIMIT"
        if entity.operation_status == DISABLE:
            return "DISABLE"
        for parent in parents:
            if parent.operation_status == DISABLE:
                return f"{parent.level.upper()}_DISABLE"
        return None

    def _live_ads(self, group: Entity) -> list[Entity]:
        return [ad for ad in self._store.children(group) if not ad.is_deleted]

    def _adgroup_schedule_over(self, group: Entity) -> str | None:
        return "TIME_DONE" if self._schedule(group) == "over" else None

    def _adgroup_review(self, group: Entity) -> str:
        states = {self.review(ad) for ad in self._live_ads(group)}
        if states == {"rejected"}:
            return "AUDIT_DENY"
        if "approved" not in states:
            return "REAUDIT" if "reaudit" in states else "AUDIT"
        if self._schedule(group) == "ahead":
            return "NOT_START"
        if "rejected" in states:
            return "REVIEW_PARTIALLY_APPROVED"
        return "DELIVERY_OK" if states == {"approved"} else "PARTIAL_AUDIT_DELIVERY_OK"

    def _schedule(self, group: Entity) -> str:
        start = clock.parsed(group.fields.get("schedule_start_time") or "")
        end = clock.parsed(group.fields.get("schedule_end_time") or "")
        if end is not None and end <= self._now:
            return "over"
        return "ahead" if start is not None and start > self._now else "running"

    def review(self, ad: Entity) -> str:
        """`audit`, `reaudit`, `approved` or `rejected` at this moment."""
        review = ad.internal.get("review", {})
        state = str(review.get("state", "audit"))
        if state not in ("audit", "reaudit"):
            return state
        since = datetime.fromisoformat(review["since"]) if review else ad.created_at
        is_over = since + timedelta(seconds=self._review_seconds) <= self._now
        return "approved" if is_over else state

    def _ad(self, ad: Entity) -> str:
        if not self._switched_off(ad) and not self._has_identity(ad):
            return "AD_STATUS_CREATOR_AUTHORIZATION_REVOKED"
        group = self._parent("adgroup", ad.adgroup_id)
        schedule = self._schedule(group) if group is not None else "running"
        review = self.review(ad)
        return "AD_STATUS_" + (
            self._switched_off(ad)
            or ("DONE" if schedule == "over" else None)
            or {"rejected": "AUDIT_DENY", "audit": "AUDIT", "reaudit": "REAUDIT"}.get(review)
            or ("NOT_START" if schedule == "ahead" else "DELIVERY_OK")
        )

    def _has_identity(self, ad: Entity) -> bool:
        wanted = (ad.fields.get("identity_type"), ad.fields.get("identity_id"))
        if wanted[1] is None:
            return True
        account = ad.advertiser_id
        if account not in self._identities:
            self._identities[account] = self._store.identities(account)
        return any(
            (known.identity_type, known.identity_id) == wanted and known.is_available
            for known in self._identities[account]
        )


def primary(secondary: str) -> str:
    """The `primary_status` a `secondary_status` belongs to (facts 4.6)."""
    if secondary.endswith("_DELETE"):
        return "STATUS_DELETE"
    if secondary.endswith("_DISABLE"):
        return "STATUS_DISABLE"
    if secondary.endswith(("_TIME_DONE", "AD_STATUS_DONE")):
        return "STATUS_TIME_DONE"
    if secondary.endswith("_FROZEN"):
        return "STATUS_FROZEN"
    if secondary.endswith(_DELIVERING):
        return "STATUS_DELIVERY_OK"
    return "STATUS_NOT_DELIVERY"
