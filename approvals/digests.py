"""The digest of a request: pure. It covers the digests of its items as a tree (R-26) and how they are to be published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from approvals.models import ApprovalRequest
from campaigns.models import Revision
from core import clock
from core.canonical import digest

FORMAT: Final = "imprimatur.request/1"


@dataclass(frozen=True, slots=True)
class Node:
    """One item: its entity, the digest of its revision, and the entity it hangs below."""

    type: str
    id: UUID
    digest: str
    parent: UUID | None


def parent_in(content: Mapping[str, Any]) -> UUID | None:
    """The entity that a content hangs below, as the content itself says."""
    structure = content["sections"]["structure"]
    parent = structure.get("ad_group") or structure.get("campaign")
    return UUID(parent) if parent else None


def node_of(revision: Revision) -> Node:
    """The node of a stored revision."""
    return Node(revision.entity_type, revision.entity_id, revision.digest, parent_in(revision.content))


def publish_content(mode: str, at: datetime | None, *, late_is_fine: bool) -> dict[str, Any]:
    """How it is to be published, as it is hashed. That it may go out late is there where it was said alone."""
    late = {"late_is_fine": True} if late_is_fine else {}
    return {"mode": str(mode), "at": at and clock.rfc3339(at), **late}


def planned(request: ApprovalRequest) -> tuple[Any, ...]:
    """When and how a request is to be published: what its digest covers beside its items."""
    return request.publish, request.publish_at, request.late_is_fine


def published(request: ApprovalRequest) -> dict[str, Any]:
    """The same, as it is hashed."""
    return publish_content(request.publish, request.publish_at, late_is_fine=request.late_is_fine)


def request_digest(nodes: Iterable[Node], publish: Mapping[str, Any]) -> str:
    """SHA-256 over the tree; items in their order, children below their parent if that is among them (docs/revisions.md)."""
    nodes = list(nodes)
    entries: dict[UUID, dict[str, Any]] = {
        node.id: {"type": node.type, "id": str(node.id), "digest": node.digest, "children": []} for node in nodes
    }
    roots: list[dict[str, Any]] = []
    for node in nodes:
        siblings = entries[node.parent]["children"] if node.parent in entries else roots
        siblings.append(entries[node.id])
    return digest({"format": FORMAT, "items": roots, "publish": dict(publish)})
