"""The ad's part of what TikTok's API cannot express (see tiktok_limits). Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from publishing.channels import tiktok_words as words
from publishing.channels.base import Parents, Problem

CAPTION_LIMIT = 100
DISCLAIMER_LIMIT = 90

_NOT_BOOKABLE = {
    "brand_takeover": "Brand takeovers are reserved with TikTok, not booked by API.",
    "top_view": "TopView is reserved with TikTok, not booked by API.",
    "branded_hashtag_challenge": "Hashtag challenges are arranged with TikTok, not booked by API.",
    "branded_effect": "Branded effects are arranged with TikTok, not booked by API.",
    "carousel": "TikTok demands music for a carousel, which a revision does not carry.",
    "video_shopping": "Video shopping needs a catalogue, which a revision does not carry.",
}


def ad_problems(sections: Any, parents: Parents) -> Iterator[Problem]:
    """Why this ad cannot be booked."""
    structure = sections["structure"]
    if structure["format"] in _NOT_BOOKABLE:
        yield Problem("structure.format", "format_not_bookable", _NOT_BOOKABLE[structure["format"]])
        return
    if structure["format"] not in words.FORMATS:
        yield Problem("structure.format", "value_unknown", f"TikTok has no format “{structure['format']}”.")
        return
    if not structure["name"].strip():
        yield Problem("structure.name", "name_missing", "A name is needed.")
    yield from _media(sections)
    yield from _identity(sections)
    yield from _copy(sections)
    yield from _disclosure(sections["disclosure"])
    group = parents.get(structure["ad_group"])
    if group is not None:
        yield from _placement(sections, group.content["sections"]["targeting"]["placement"])
        campaign = parents.get(group.content["sections"]["structure"]["campaign"])
        if campaign is not None:
            yield from _objective(sections, campaign.content["sections"]["structure"]["objective"])


def pulls(sections: Any) -> bool:
    """Whether the ad shows an existing post (Spark pull) and not an uploaded file.

    A file shown as a TikTok account is an in-feed ad here: to TikTok the two bodies would be one and the same.
    """
    return bool(sections["structure"]["format"] == "spark_ad")


def caption(sections: Any) -> str:
    """The text as TikTok shows it: a post's caption carries its hashtags. Hashtags keep their order."""
    tags = ["#" + tag.removeprefix("#") for tag in sections["copy"]["hashtags"]]
    return " ".join([sections["copy"]["text"], *tags])


def identity_type(sections: Any) -> str | None:
    """TikTok's identity type of the page, None without a page."""
    page = sections["identity"]["page"]
    return str(page["identity_type"]).upper() if page else None


def _media(sections: Any) -> Iterator[Problem]:
    kinds = sorted(item["kind"] for item in sections["creative"]["media"])
    if pulls(sections):
        if kinds:
            yield Problem("creative.media", "media_unused", "An existing post brings its own video.")
        if not sections["creative"]["spark_post"]:
            detail = "A Spark ad shows an existing post. To show a file as a TikTok account choose in-feed."
            yield Problem("creative.spark_post", "post_missing", detail)
        return
    if sections["creative"]["spark_post"] is not None:
        yield Problem("creative.spark_post", "post_unused", "Only a Spark ad can show an existing post.")
    allowed = [["image"]] if sections["structure"]["format"] == "single_image" else [["video"], ["image", "video"]]
    if kinds not in allowed:
        detail = "One image." if allowed == [["image"]] else "One video, and at most one image as its cover."
        yield Problem("creative.media", "media_count", f"TikTok takes here: {detail}")


def _identity(sections: Any) -> Iterator[Problem]:
    kind = identity_type(sections)
    if kind is None:
        if not sections["copy"]["display_name"]:
            yield Problem("identity.page", "identity_missing", "Choose a page, or give a display name.")
        return
    usable = words.PULL_IDENTITIES if pulls(sections) else words.PUSH_IDENTITIES | {words.CUSTOM_IDENTITY}
    if kind not in usable:
        detail = f"TikTok does not take an identity of type {kind} for this ad."
        yield Problem("identity.page.identity_type", "identity_not_bookable", detail)


def _copy(sections: Any) -> Iterator[Problem]:
    copy = sections["copy"]
    if pulls(sections):
        if copy["text"] or copy["hashtags"]:
            yield Problem("copy.text", "text_unused", "TikTok shows the post's own caption, not this text.")
    elif not copy["text"].strip():
        yield Problem("copy.text", "text_missing", "A text is needed.")
    elif weighted_length(caption(sections)) > CAPTION_LIMIT:
        yield Problem("copy.text", "text_too_long", f"Text and hashtags: at most {CAPTION_LIMIT} characters.")
    if copy["hashtags"] and identity_type(sections) not in words.PULL_IDENTITIES:
        yield Problem("copy.hashtags", "hashtags_not_bookable", "Only a TikTok account's post takes hashtags.")
    if copy["call_to_action"] is not None and copy["call_to_action"] not in words.CALLS_TO_ACTION:
        detail = f"“{copy['call_to_action']}” cannot be booked for this kind of ad."
        yield Problem("copy.call_to_action", "value_unknown", detail)


def weighted_length(text: str) -> int:
    """TikTok counts Chinese, Japanese and Korean characters twice."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _disclosure(disclosure: Any) -> Iterator[Problem]:
    if disclosure["ai_generated"] is None:
        detail = "Say whether the ad was made with AI: TikTok would record “not declared”."
        yield Problem("disclosure.ai_generated", "disclosure_missing", detail)
    if weighted_length(disclosure["disclaimer"]) > DISCLAIMER_LIMIT:
        yield Problem("disclosure.disclaimer", "disclaimer_too_long", f"At most {DISCLAIMER_LIMIT} characters.")


def _placement(sections: Any, placement: Any) -> Iterator[Problem]:
    if not words.on_tiktok(placement):
        if sections["disclosure"]["disclaimer"]:
            yield Problem("disclosure.disclaimer", "disclaimer_unused", "Disclaimers show on TikTok only.")
        return
    if sections["structure"]["format"] == "single_image":
        detail = "TikTok shows no single images; they run on Pangle and Global App Bundle only."
        yield Problem("structure.format", "format_not_bookable", detail)
    if identity_type(sections) in (None, words.CUSTOM_IDENTITY):
        detail = "On TikTok an ad speaks as a TikTok account; custom identities are refused since 2026."
        yield Problem("identity.page", "identity_not_bookable", detail)
    if sections["copy"]["call_to_action"] is None:
        yield Problem("copy.call_to_action", "call_to_action_missing", "TikTok needs a call to action.")


def _objective(sections: Any, objective: str) -> Iterator[Problem]:
    if sections["copy"]["call_to_action"] == "view_profile" and objective != "engagement":
        yield Problem("copy.call_to_action", "value_unknown", "“view_profile” is for engagement only.")
    if objective in ("traffic", "lead_generation") and not sections["destination"]["landing_page_url"]:
        yield Problem("destination.landing_page_url", "landing_page_missing", "This objective needs a landing page.")
