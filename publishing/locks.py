"""Row locks of `publishing`: after the request, before the log (product.md)."""

from __future__ import annotations

from django.db.models import QuerySet

from publishing.models import Publication


def publications() -> QuerySet[Publication]:
    """Publications, locked alone and in the order of their keys."""
    locked = Publication.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("clearance__revocation", "revision", "ad_account__brand__organisation").order_by("pk")
