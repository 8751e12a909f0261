"""Guards in the database for `publishing`: nothing is queued or sent without a valid clearance of exactly this digest (R-01).

Pausing is free (R-04): it needs the clearance that made the entity live, but neither its window nor its standing, so
that what was revoked can still be stopped (R-32).
"""

from __future__ import annotations

from typing import Final

from approvals.guards import moved, speaks_unlinked
from approvals.guards_lowering import lowers
from core.dialects import Dialect
from core.triggers import Check, Unique, along, fixed, guard, stays
from publishing.states import Operation
from publishing.transitions import PUBLICATION

PUBLICATIONS, ATTEMPTS = "publishing_publication", "publishing_publicationattempt"
OBJECTS, MEDIA, DRIFT = "publishing_channelobject", "publishing_channelmedia", "publishing_driftfinding"
CLOCK_SKEW_SECONDS: Final = 5
"""How far the clock of the process that issued a clearance may be ahead of the database's."""


def _authority(d: Dialect, name: str, when: str) -> list[Check]:
    """When `when` (SQL) holds, the clearance of NEW must be in its window, neither revoked, suspended nor superseded, its request approved."""
    window = (
        "SELECT 1 FROM approvals_clearance c WHERE c.id = NEW.clearance_id"
        f" AND c.valid_from <= {d.now(CLOCK_SKEW_SECONDS)} AND c.valid_until > {d.now()}"
    )
    asked = f"{when} AND NEW.operation <> 'pause'"
    return [
        Check(
            f"{name}_window", f"{asked} AND NOT EXISTS ({window})",
            "the clearance is outside its window; submit a new request (R-21)",
        ),
        Check(
            f"{name}_revoked",
            f"{asked} AND EXISTS (SELECT 1 FROM approvals_revocation v WHERE v.clearance_id = NEW.clearance_id)",
            "the clearance was revoked; submit a new request (R-32)",
        ),
        Check(
            f"{name}_recalled",
            f"{asked} AND EXISTS (SELECT 1 FROM approvals_lacking_stage v WHERE v.request_id = NEW.request_id)",
            "the approval needed the vote of an account that was compromised; submit a new request (R-32)",
        ),
        Check(
            f"{name}_approved",
            f"{asked} AND NOT EXISTS"
            " (SELECT 1 FROM approvals_approvalrequest r WHERE r.id = NEW.request_id AND r.state = 'approved')",
            "the request is not approved, or no longer",
        ),
        Check(
            f"{name}_place",
            f"{asked} AND {moved(d, 'NEW.request_id')}",
            "the ad account moved to another brand since the approval; submit a new request there",
        ),
        Check(
            f"{name}_page",
            f"{asked} AND {speaks_unlinked(d)}",
            "the ad speaks as a page that is not linked to its ad account any more; submit a new request with another page",
        ),
        Check(
            f"{name}_suspended",
            f"{asked} AND NOT {lowers('NEW.request_id')} AND EXISTS (SELECT 1 FROM approvals_requestitem i"
            " WHERE i.entity_id = NEW.entity_id AND i.is_open AND i.request_id <> NEW.request_id)",
            "a newer request of the same entity is open; it has to be decided first (R-10)",
        ),
        Check(
            f"{name}_superseded",
            f"{asked} AND EXISTS (SELECT 1 FROM approvals_clearance c JOIN approvals_clearance n"
            " ON n.entity_id = c.entity_id AND n.issued_at > c.issued_at"
            " LEFT JOIN approvals_revocation v ON v.clearance_id = n.id"
            " WHERE c.id = NEW.clearance_id AND v.id IS NULL)",
            "a newer revision of the same entity was cleared since; that one is published instead (R-10)",
        ),
    ]  # fmt: skip


def _publication_insert(d: Dialect) -> list[Check]:
    operations = ", ".join(f"'{operation}'" for operation in Operation)
    clearance = (
        "SELECT 1 FROM approvals_clearance c JOIN campaigns_revision v ON v.id = c.revision_id"
        " WHERE c.id = NEW.clearance_id AND c.digest = NEW.digest AND v.digest = NEW.digest"
        " AND c.revision_id = NEW.revision_id AND c.request_id = NEW.request_id AND c.ad_account_id = NEW.ad_account_id"
        " AND c.entity_type = NEW.entity_type AND c.entity_id = NEW.entity_id"
    )
    amount = (
        "SELECT 1 FROM approvals_clearance c WHERE c.id = NEW.clearance_id AND"
        " (NEW.amount_minor <= c.limit_minor OR NEW.amount_minor IS NULL"
        " AND (c.limit_minor IS NULL OR NEW.operation IN ('enable', 'pause')))"
    )
    return [
        Check(
            "publishing_publication_queued", f"NEW.state <> 'queued' OR NEW.operation NOT IN ({operations})",
            "a publication begins as queued, with a known operation; use the gate",
        ),
        Check(
            "publishing_publication_clearance", f"NOT EXISTS ({clearance})",
            "no clearance covers exactly this digest, entity, request and ad account (R-01)",
        ),
        Check(
            "publishing_publication_amount", f"NOT EXISTS ({amount})",
            "the amount is beyond the clearance's money limit",
        ),
        *_authority(d, "publishing_publication", "TRUE"),
    ]  # fmt: skip


def _publication_update(d: Dialect) -> list[Check]:
    return [
        fixed(
            "publishing_publication_fixed", d, "what a publication publishes is fixed; use the gate",
            "id", "request_id", "clearance_id", "revision_id", "digest", "ad_account_id", "entity_type", "entity_id",
            "operation", "amount_minor", "position", "requested_by", "queued_at",
        ),
        along(
            "publishing_publication_steps", PUBLICATION,
            "a publication moves only along its transition table (docs/states.md)",
        ),
        *_authority(d, "publishing_publication", "NEW.state = 'dispatching' AND OLD.state <> 'dispatching'"),
    ]  # fmt: skip


def _dispatching(of: str) -> str:
    """Whether a publication (`p`) of which `of` (SQL) holds is being carried out at this moment."""
    return f"EXISTS (SELECT 1 FROM {PUBLICATIONS} p WHERE p.state = 'dispatching' AND {of})"


OF_THE_OBJECT: Final = "p.ad_account_id = NEW.ad_account_id AND p.entity_type = NEW.entity_type AND p.entity_id = NEW.entity_id"


def _attempt_insert(d: Dialect) -> list[Check]:
    return [
        Check(
            "publishing_attempt_dispatching", f"NOT {_dispatching('p.id = NEW.publication_id')}",
            "an attempt is begun only by dispatching its publication",
        ),
    ]  # fmt: skip


def _attempt_update(d: Dialect) -> list[Check]:
    return [
        fixed("publishing_attempt_fixed", d, "an attempt is of one publication", "id", "publication_id", "number", "started_at"),
        Check("publishing_attempt_final", "OLD.finished_at IS NOT NULL", "a finished attempt is evidence and never changes"),
    ]


def _object_insert(d: Dialect) -> list[Check]:
    creation = f"p.operation = 'create' AND NEW.live_digest IN ('', p.digest) AND {OF_THE_OBJECT}"
    return [
        Check(
            "publishing_channel_object_dispatching", f"NOT {_dispatching(creation)}",
            "what an entity is on the channel is written down only while its creation is dispatching",
        ),
    ]  # fmt: skip


def _object_update(d: Dialect) -> list[Check]:
    own = f"NEW.live_digest IN (OLD.live_digest, '', p.digest) AND {OF_THE_OBJECT}"
    below = f"NEW.live_digest = '' AND NOT ({d.changed('enabled', 'confirmed_at')}) AND p.ad_account_id = NEW.ad_account_id"
    return [
        fixed(
            "publishing_channel_object_fixed", d, "which object of the channel an entity is never changes",
            "id", "ad_account_id", "entity_type", "entity_id", "external_id",
        ),
        Check(
            "publishing_channel_object_confirmed",
            f"{d.changed('live_digest', 'enabled', 'confirmed_at')} AND NOT {_dispatching(f'({own} OR {below})')}",
            "what is live is written down only while a publication of the entity is dispatching; what differs, by what is below too",
        ),
    ]  # fmt: skip


def _media_insert(d: Dialect) -> list[Check]:
    ad = "p.entity_type = 'ad' AND p.ad_account_id = NEW.ad_account_id"
    return [
        Check(
            "publishing_channel_media_dispatching", f"NOT {_dispatching(ad)}",
            "what was uploaded is written down only while an ad of the ad account is dispatching",
        ),
    ]  # fmt: skip


def _media_update(d: Dialect) -> list[Check]:
    return [
        fixed(
            "publishing_channel_media_fixed", d, "which uploaded file some bytes are never changes",
            "id", "ad_account_id", "media_id", "external_id", "cover_external_id", "uploaded_at",
        ),
    ]  # fmt: skip


def _drift_insert(d: Dialect) -> list[Check]:
    mine = "p.id = NEW.publication_id AND p.ad_account_id = NEW.ad_account_id"
    return [
        Check(
            "publishing_drift_dispatching", f"NEW.publication_id IS NOT NULL AND NOT {_dispatching(mine)}",
            "what a publication found is written down only while it is dispatching",
        ),
    ]  # fmt: skip


def _drift_update(d: Dialect) -> list[Check]:
    return [
        fixed(
            "publishing_drift_fixed", d, "what was found on the channel is evidence and never changes",
            "id", "ad_account_id", "publication_id", "entity_type", "entity_id", "field", "cleared", "live", "found_at",
        ),
    ]  # fmt: skip


GUARDS: Final = [
    guard("publishing_publication_insert", PUBLICATIONS, "INSERT", _publication_insert),
    guard("publishing_publication_update", PUBLICATIONS, "UPDATE", _publication_update),
    *stays(
        "publishing_publication", PUBLICATIONS, "publications are evidence and are never removed; cancel it",
        Unique(["clearance_id", "operation"], "held.state NOT IN ('cancelled', 'refused', 'failed')"),
    ),
    guard("publishing_attempt_insert", ATTEMPTS, "INSERT", _attempt_insert),
    guard("publishing_attempt_update", ATTEMPTS, "UPDATE", _attempt_update),
    *stays("publishing_attempt", ATTEMPTS, "attempts are evidence and are never removed", Unique(["publication_id", "number"])),
    guard("publishing_channel_object_insert", OBJECTS, "INSERT", _object_insert),
    guard("publishing_channel_object_update", OBJECTS, "UPDATE", _object_update),
    *stays(
        "publishing_channel_object", OBJECTS, "what exists on the channel is never forgotten",
        Unique(["entity_id"]), Unique(["ad_account_id", "entity_type", "external_id"]),
    ),
    guard("publishing_channel_media_insert", MEDIA, "INSERT", _media_insert),
    guard("publishing_channel_media_update", MEDIA, "UPDATE", _media_update),
    *stays(
        "publishing_channel_media", MEDIA, "what was uploaded to the channel is never forgotten", Unique(["ad_account_id", "media_id"]),
    ),
    guard("publishing_drift_insert", DRIFT, "INSERT", _drift_insert),
    guard("publishing_drift_update", DRIFT, "UPDATE", _drift_update),
    *stays("publishing_drift", DRIFT, "what was found on the channel is evidence and is never removed"),
]  # fmt: skip
