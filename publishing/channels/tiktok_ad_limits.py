"""The ad's part of what TikTok's API cannot express (see tiktok_limits). Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import say
from publishing.channels import tiktok_words as words
from publishing.channels.base import Parents, Problem

CAPTION_LIMIT = 100
DISCLAIMER_LIMIT = 90

_NOT_BOOKABLE = {
    "brand_takeover": _("Brand takeovers are reserved with TikTok, not booked by API."),
    "top_view": _("TopView is reserved with TikTok, not booked by API."),
    "branded_hashtag_challenge": _("Hashtag challenges are arranged with TikTok, not booked by API."),
    "branded_effect": _("Branded effects are arranged with TikTok, not booked by API."),
    "carousel": _("TikTok demands music for a carousel, which a revision does not carry."),
    "video_shopping": _("Video shopping needs a catalogue, which a revision does not carry."),
}


def ad_problems(sections: Any, parents: Parents) -> Iterator[Problem]:
    """Why this ad cannot be booked."""
    structure = sections["structure"]
    if structure["format"] in _NOT_BOOKABLE:
        yield Problem("structure.format", "format_not_bookable", _NOT_BOOKABLE[structure["format"]])
        return
    if structure["format"] not in words.FORMATS:
        unknown = say(_("TikTok has no format “{format}”."), format=structure["format"])
        yield Problem("structure.format", "value_unknown", unknown)
        return
    if not structure["name"].strip():
        yield Problem("structure.name", "name_missing", _("A name is needed."))
    if "effect" in sections["creative"]:
        yield Problem("creative.effect", "effect_unused", _("TikTok takes an effect with a branded effect only."))
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
            yield Problem("creative.media", "media_unused", _("An existing post brings its own video."))
        if not sections["creative"]["spark_post"]:
            detail = _("A Spark ad shows an existing post. To show a file as a TikTok account choose in-feed.")
            yield Problem("creative.spark_post", "post_missing", detail)
        return
    if sections["creative"]["spark_post"] is not None:
        yield Problem("creative.spark_post", "post_unused", _("Only a Spark ad can show an existing post."))
    allowed = [["image"]] if sections["structure"]["format"] == "single_image" else [["video"], ["image", "video"]]
    if kinds not in allowed:
        one_image = _("TikTok takes here: One image.")
        detail = one_image if len(allowed) == 1 else _("TikTok takes here: One video, and at most one image as its cover.")
        yield Problem("creative.media", "media_count", detail)


def _identity(sections: Any) -> Iterator[Problem]:
    kind = identity_type(sections)
    if kind is None:
        if not sections["copy"]["display_name"]:
            yield Problem("identity.page", "identity_missing", _("Choose a page, or give a display name."))
        return
    usable = words.PULL_IDENTITIES if pulls(sections) else words.PUSH_IDENTITIES | {words.CUSTOM_IDENTITY}
    if kind not in usable:
        detail = say(_("TikTok does not take an identity of type {kind} for this ad."), kind=kind)
        yield Problem("identity.page.identity_type", "identity_not_bookable", detail)


def _copy(sections: Any) -> Iterator[Problem]:
    copy = sections["copy"]
    if pulls(sections):
        if copy["text"] or copy["hashtags"]:
            yield Problem("copy.text", "text_unused", _("TikTok shows the post's own caption, not this text."))
    elif not copy["text"].strip():
        yield Problem("copy.text", "text_missing", _("A text is needed."))
    elif weighted_length(caption(sections)) > CAPTION_LIMIT:
        too_long = say(_("Text and hashtags: at most {most} characters."), most=CAPTION_LIMIT)
        yield Problem("copy.text", "text_too_long", too_long)
    if copy["hashtags"] and identity_type(sections) not in words.PULL_IDENTITIES:
        yield Problem("copy.hashtags", "hashtags_not_bookable", _("Only a TikTok account's post takes hashtags."))
    if copy["call_to_action"] is not None and copy["call_to_action"] not in words.CALLS_TO_ACTION:
        detail = say(_("“{value}” cannot be booked for this kind of ad."), value=copy["call_to_action"])
        yield Problem("copy.call_to_action", "value_unknown", detail)


def weighted_length(text: str) -> int:
    """TikTok counts Chinese, Japanese and Korean characters twice."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _disclosure(disclosure: Any) -> Iterator[Problem]:
    if disclosure["ai_generated"] is None:
        detail = _("Say whether the ad was made with AI: TikTok would record “not declared”.")
        yield Problem("disclosure.ai_generated", "disclosure_missing", detail)
    if weighted_length(disclosure["disclaimer"]) > DISCLAIMER_LIMIT:
        too_long = say(_("At most {most} characters."), most=DISCLAIMER_LIMIT)
        yield Problem("disclosure.disclaimer", "disclaimer_too_long", too_long)


def _placement(sections: Any, placement: Any) -> Iterator[Problem]:
    if not words.on_tiktok(placement):
        if sections["disclosure"]["disclaimer"]:
            yield Problem("disclosure.disclaimer", "disclaimer_unused", _("Disclaimers show on TikTok only."))
        return
    if sections["structure"]["format"] == "single_image":
        detail = _("TikTok shows no single images; they run on Pangle and Global App Bundle only.")
        yield Problem("structure.format", "format_not_bookable", detail)
    if identity_type(sections) in (None, words.CUSTOM_IDENTITY):
        detail = _("On TikTok an ad speaks as a TikTok account; custom identities are refused since 2026.")
        yield Problem("identity.page", "identity_not_bookable", detail)
    if sections["copy"]["call_to_action"] is None:
        yield Problem("copy.call_to_action", "call_to_action_missing", _("TikTok needs a call to action."))


def _objective(sections: Any, objective: str) -> Iterator[Problem]:
    if sections["copy"]["call_to_action"] == "view_profile" and objective != "engagement":
        yield Problem("copy.call_to_action", "value_unknown", _("“view_profile” is for engagement only."))
    if objective in ("traffic", "lead_generation") and not sections["destination"]["landing_page_url"]:
        yield Problem("destination.landing_page_url", "landing_page_missing", _("This objective needs a landing page."))
