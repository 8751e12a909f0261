"""How the objects of `publishing` are named in the log."""

from __future__ import annotations

from accounts.subjects import audit_scope
from audit.recording import Subject
from publishing.models import Publication


def of_publication(publication: Publication) -> Subject:
    """Needs the revision and the ad account's brand and organisation loaded."""
    label = f"{publication.operation} {publication.revision.name}"
    return Subject("publication", str(publication.pk), label, audit_scope(publication.ad_account))
