"""Models of `campaigns`: drafts, media, revisions."""

from campaigns.models.drafts import Ad, AdGroup, AdMedia, Campaign, Draft
from campaigns.models.media import MediaAsset
from campaigns.models.revisions import Revision

__all__ = ["Ad", "AdGroup", "AdMedia", "Campaign", "Draft", "MediaAsset", "Revision"]
