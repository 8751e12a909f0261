"""Rules of one ad (facts 1.6, 1.7 and 3.2)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator import checks
from simulator.ad_media import check_media
from simulator.adgroup_rules import runs_on_tiktok
from simulator.envelope import NOT_EXIST, NOT_ON_ALLOW_LIST, ApiError, invalid
from simulator.model import Advertiser, Entity, Identity
from simulator.store import Store
from simulator.words import words

FORMATS = words("SINGLE_VIDEO SINGLE_IMAGE CAROUSEL_ADS CATALOG_CAROUSEL LIVE_CONTENT")
CAROUSELS = frozenset({"CAROUSEL_ADS", "CATALOG_CAROUSEL"})
IDENTITY_TYPES = words("CUSTOMIZED_USER AUTH_CODE TT_USER BC_AUTH_TT TTS_TT")
CALLS_TO_ACTION = words(
    """APPLY_NOW BOOK_NOW CALL_NOW CONTACT_US DOWNLOAD_NOW EXPERIENCE_NOW GET_QUOTE GET_SHOWTIMES
    GET_TICKETS_NOW INSTALL_NOW INTERESTED LEARN_MORE LISTEN_NOW ORDER_NOW PLAY_GAME PREORDER_NOW
    READ_MORE SEND_MESSAGE SHOP_NOW SIGN_UP SUBSCRIBE VIEW_NOW VISIT_STORE WATCH_NOW"""
)
_RESERVED_CALLS = frozenset(["JOIN_THIS_HASHTAG", "SHOOT_WITH_THIS_EFFECT", "VIEW_VIDEO_WITH_THIS_EFFECT"])
_LANDING_OBJECTIVES = frozenset({"TRAFFIC", "WEB_CONVERSIONS", "LEAD_GENERATION"})
_SPARK_PUSH = frozenset({"TT_USER", "BC_AUTH_TT"})
_MAX_UTM = 14
_DEFAULTS: dict[str, Any] = {
    "aigc_disclosure_type": "NOT_DECLARED",
    "creative_authorized": False,
}


@dataclass(frozen=True)
class Context:
    """What the rules of an ad look at besides its own fields."""

    store: Store
    advertiser: Advertiser
    group: Entity
    campaign: Entity
    now: datetime

    @property
    def on_tiktok(self) -> bool:
        """Whether the ad can appear on TikTok itself."""
        return runs_on_tiktok(self.group.fields)

    @property
    def objective(self) -> str:
        """The objective of the ad's campaign."""
        return str(self.campaign.fields["objective_type"])


def complete(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """All fields of an ad with the API's defaults, or the refusal of the first bad one."""
    fields = _DEFAULTS | given
    checks.text_length("ad_name", fields["ad_name"], 512, minimum=0)
    checks.one_of("ad_format", checks.required(fields, "ad_format"), FORMATS)
    if fields["ad_format"] == "SINGLE_IMAGE" and context.on_tiktok:
        raise invalid("ad_format", "SINGLE_IMAGE is not supported for the placement TikTok.")
    identity = _identity(context, fields)
    check_media(context.store, context.advertiser.advertiser_id, fields, context.now)
    _check_spark(fields, identity)
    _check_text(fields)
    _check_call_to_action(context, fields)
    _check_destination(context, fields)
    _check_disclaimer(context, fields)
    _check_small_choices(fields)
    return fields


def _identity(context: Context, fields: dict[str, Any]) -> Identity | None:
    identity_type = fields.get("identity_type")
    if identity_type is None and not context.on_tiktok:
        checks.required(fields, "display_name")
        return None
    checks.one_of("identity_type", checks.required(fields, "identity_type"), IDENTITY_TYPES)
    checks.required(fields, "identity_id")
    if identity_type == "CUSTOMIZED_USER" and context.on_tiktok:
        raise invalid(
            "identity_type",
            "CUSTOMIZED_USER is no longer supported for the placement TikTok. Use a Spark Ads identity.",
        )
    if identity_type == "BC_AUTH_TT":
        checks.required(fields, "identity_authorized_bc_id")
    return _known_identity(context, fields)


def _known_identity(context: Context, fields: dict[str, Any]) -> Identity:
    for identity in context.store.identities(context.advertiser.advertiser_id):
        if (identity.identity_type, identity.identity_id) != (
            fields["identity_type"],
            fields["identity_id"],
        ):
            continue
        bc_id = identity.fields.get("identity_authorized_bc_id")
        if bc_id is not None and fields.get("identity_authorized_bc_id") != bc_id:
            raise invalid("identity_authorized_bc_id", "Does not own the identity.")
        if not identity.is_available:
            status = identity.fields.get("available_status")
            raise invalid("identity_id", f"The identity is not available ({status}).")
        return identity
    raise ApiError(NOT_EXIST, f"identity_id: identity {fields['identity_id']} does not exist.")


def _check_spark(fields: dict[str, Any], identity: Identity | None) -> None:
    is_pull = bool(fields.get("tiktok_item_id"))
    if identity is None or identity.identity_type == "CUSTOMIZED_USER":
        if is_pull:
            raise invalid("tiktok_item_id", "Needs a Spark Ads identity.")
        return
    if identity.fields.get("is_gpppa"):
        raise invalid("identity_id", "Government and politics accounts cannot be used.")
    if identity.identity_type == "AUTH_CODE":
        checks.required(fields, "tiktok_item_id")
    wanted = "can_pull_video" if is_pull else "can_push_video"
    if fields["ad_format"] == "SINGLE_VIDEO" and identity.fields.get(wanted) is False:
        raise invalid("identity_id", f"The identity does not allow this ({wanted}).")
    if identity.identity_type in _SPARK_PUSH and not is_pull:
        fields.setdefault("dark_post_status", "ON")
        checks.one_of("dark_post_status", fields["dark_post_status"], ("ON", "OFF"))


def _check_text(fields: dict[str, Any]) -> None:
    if fields.get("tiktok_item_id"):
        fields.pop("ad_text", None)  # the post speaks with its own caption
        return
    if fields["ad_format"] in ("SINGLE_VIDEO", "SINGLE_IMAGE", "CAROUSEL_ADS"):
        checks.required(fields, "ad_text")
    checks.text_length("ad_text", fields.get("ad_text"), 100)
    checks.text_length("display_name", fields.get("display_name"), 40)
    checks.text_length("app_name", fields.get("app_name"), 40)


def _check_call_to_action(context: Context, fields: dict[str, Any]) -> None:
    if fields.get("call_to_action_id"):
        fields.pop("call_to_action", None)  # the id wins if both are sent
        return
    action = fields.get("call_to_action")
    if action is None and context.on_tiktok:
        raise invalid("call_to_action", checks.MISSING)
    allowed = set(CALLS_TO_ACTION)
    if context.objective == "ENGAGEMENT":
        allowed.add("VIEW_PROFILE")
    if fields["ad_format"] == "LIVE_CONTENT":
        allowed.add("WATCH_LIVE")
    if context.objective == "RF_REACH":
        allowed |= _RESERVED_CALLS
    checks.one_of("call_to_action", action, allowed)


def _check_destination(context: Context, fields: dict[str, Any]) -> None:
    to_app = str(context.group.fields.get("promotion_type", "")).startswith("APP_")
    has_any = any(fields.get(name) for name in ("landing_page_url", "page_id", "deeplink"))
    if context.objective in _LANDING_OBJECTIVES and not to_app and not has_any:
        raise invalid("landing_page_url", checks.MISSING)
    for name in ("landing_page_url", "impression_tracking_url", "click_tracking_url"):
        checks.web_url(name, fields.get(name))
    parameters = fields.get("utm_params", [])
    if len(parameters) > _MAX_UTM:
        raise invalid("utm_params", f"At most {_MAX_UTM} parameters.")
    for parameter in parameters:
        _short("utm_params.key", parameter.get("key"), 100)
        _short("utm_params.value", parameter.get("value"), 600)


def _short(name: str, value: object, maximum: int) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= maximum:
        raise invalid(name, f"Must be a string of 1 to {maximum} characters.")


def _check_disclaimer(context: Context, fields: dict[str, Any]) -> None:
    kind = fields.get("disclaimer_type")
    checks.one_of("disclaimer_type", kind, ("TEXT_ONLY", "TEXT_LINK"))
    if kind is None:
        return
    home = context.advertiser.country in ("US", "CA")
    if not home and not context.advertiser.allows("DISCLAIMER"):
        raise ApiError(NOT_ON_ALLOW_LIST, "disclaimer_type: Not on the allow-list.")
    if not context.on_tiktok:
        raise invalid("disclaimer_type", "Only supported for the placement TikTok.")
    if kind == "TEXT_ONLY":
        text = checks.required(fields, "disclaimer_text").get("text")
        _short("disclaimer_text.text", text, 90)
        return
    items = checks.required(fields, "disclaimer_clickable_texts")
    for item in items:
        _short("disclaimer_clickable_texts.text", item.get("text"), 40)
        checks.web_url("disclaimer_clickable_texts.url", checks.required(item, "url"))
    if len(items) > 3 or sum(len(item["text"]) for item in items) > 40:
        raise invalid("disclaimer_clickable_texts", "At most 3 texts, together 40 characters.")


def _check_small_choices(fields: dict[str, Any]) -> None:
    checks.one_of(
        "aigc_disclosure_type",
        fields["aigc_disclosure_type"],
        ("SELF_DISCLOSURE", "NOT_DECLARED"),
    )
    for name in ("carousel_image_index", "page_image_index"):
        if fields.get(name) is not None and not 0 <= fields[name] <= 9:
            raise invalid(name, "Must be between 0 and 9.")
    if len(fields.get("tracking_offline_event_set_ids", [])) > 50:
        raise invalid("tracking_offline_event_set_ids", "At most 50 ids.")
    if fields["ad_format"] == "CAROUSEL_ADS" and fields.get("card_id"):
        raise invalid("card_id", "Not supported for standard carousel ads.")


def check_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What an update may not change: the carousel formats, and a disclaimer once set."""
    old, new = before["ad_format"], after["ad_format"]
    if old != new and (old in CAROUSELS or new in CAROUSELS):
        raise invalid("ad_format", "Cannot be changed after creation.")
    kept = before.get("disclaimer_type")
    if kept is not None and after.get("disclaimer_type") != kept:
        raise invalid("disclaimer_type", "Cannot be removed or changed once set.")
