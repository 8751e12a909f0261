"""Guards in the database for `campaigns`: revisions and media are evidence, and a digest is what it says."""

from typing import Final

from core.dialects import Dialect
from core.triggers import Check, Unique, guard, insert_only


def _revision_digest(d: Dialect) -> list[Check]:
    lie = f"NEW.digest <> {d.sha256('NEW.canonical')}"
    return [Check("campaigns_revision_digest", lie, "the digest is not the hash of the content (R-02)")]


GUARDS: Final = [
    *insert_only(
        "campaigns_revision", "campaigns_revision", Unique(["entity_id", "number"]), Unique(["entity_id", "digest"]),
    ),
    *insert_only("campaigns_media", "campaigns_mediaasset", Unique(["ad_account_id", "sha256"])),
    guard("campaigns_revision_digest", "campaigns_revision", "INSERT", _revision_digest),
]  # fmt: skip
