"""Guards in the database for what was seen, heard and read in media: it is evidence, too."""

from typing import Final

from core.triggers import Unique, VendorSQL, insert_only

GUARDS: Final[list[VendorSQL]] = insert_only(
    "campaigns_media_analysis", "campaigns_mediaanalysis", Unique(["sha256", "kind", "analyser"])
)
