"""One ad on the page: its media as people would see them, its text, button and statuses."""

from html import escape
from typing import Any
from urllib.parse import quote

from simulator.model import Entity, Medium
from simulator.page_words import label, status_chips
from simulator.statuses import StatusReader
from simulator.store import Store


def tile(store: Store, reader: StatusReader, ad: Entity) -> str:
    """The tile of an ad."""
    secondary = reader.secondary(ad)
    fields = ad.fields
    return (
        f'<article class="ad"><div class="screen">{_screen(store, fields)}</div><div class="words">'
        f'<h5><span class="kind">{escape(_speaker(store, ad))}</span>{escape(str(fields["ad_name"]))}</h5>'
        f'<div class="chips">{status_chips(ad, secondary)}</div>'
        f"{_copy(fields)}<code>{escape(ad.id)}</code></div></article>"
    )


def _speaker(store: Store, ad: Entity) -> str:
    for identity in store.identities(ad.advertiser_id):
        if identity.identity_id == ad.fields.get("identity_id"):
            return str(identity.fields.get("display_name", ""))
    return str(ad.fields.get("display_name") or "Ad")


def _copy(fields: dict[str, Any]) -> str:
    parts = []
    if fields.get("ad_text"):
        parts.append(f'<p class="copy">{escape(str(fields["ad_text"]))}</p>')
    if fields.get("call_to_action"):
        parts.append(f'<span class="call">{escape(label(str(fields["call_to_action"])))}</span>')
    if fields.get("landing_page_url"):
        parts.append(f'<span class="link">{escape(str(fields["landing_page_url"]))}</span>')
    if fields.get("aigc_disclosure_type") == "SELF_DISCLOSURE":
        parts.append('<span class="chip off">AI-generated</span>')
    return "".join(parts)


def _screen(store: Store, fields: dict[str, Any]) -> str:
    """The video with its cover, or the first image; a Spark post has neither here."""
    if fields.get("tiktok_item_id"):
        return f"Post<br>{escape(str(fields['tiktok_item_id']))}"
    images = [_address(store, image_id) for image_id in fields.get("image_ids", [])[:1]]
    cover = images[0] if images else None
    video = _address(store, str(fields.get("video_id") or ""))
    if video is not None:
        poster = f' poster="{cover}"' if cover else ""
        return f'<video src="{video}"{poster} controls muted loop playsinline preload="metadata"></video>'
    return f'<img src="{cover}" alt="Image of the ad">' if cover else "no media"


def _address(store: Store, medium_id: str) -> str | None:
    medium: Medium | None = store.medium(medium_id)
    return None if medium is None else f"/_simulator/media/{quote(medium.path)}"
