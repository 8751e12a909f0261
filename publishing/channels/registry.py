"""The channel of this installation."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from publishing.channels.base import Channel
from publishing.channels.tiktok import TikTokChannel


@lru_cache(maxsize=1)
def channel() -> Channel:
    """TikTok, at the configured host. Raises ChannelMisconfigured when the host cannot be used."""
    return TikTokChannel(settings.TIKTOK_HOST, allow_production=settings.TIKTOK_ALLOW_PRODUCTION)
