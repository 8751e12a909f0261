"""Models of `campaigns`: drafts, media, revisions."""

from campaigns.models.drafts import Ad, AdGroup, AdMedia, Campaign, Draft
from campaigns.models.media import MediaAnalysis, MediaAsset
from campaigns.models.revisions import Revision

__all__ = ["Ad", "AdGroup", "AdMedia", "Campaign", "Draft", "MediaAnalysis", "MediaAsset", "Revision"]
