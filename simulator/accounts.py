"""/advertiser/info/, /identity/get/ and /identity/create/ (facts 1.2, 1.7)."""

from typing import Any

from simulator import checks
from simulator.ad_rules import IDENTITY_TYPES
from simulator.call import Call
from simulator.envelope import ADVERTISER_NOT_EXIST, NO_PERMISSION, NOT_EXIST, ApiError, invalid
from simulator.model import Advertiser, Identity
from simulator.paging import page_of
from simulator.store import Store

_MAX_PAGE = 100
_DEFAULT_PAGE = 20


def advertiser_shown(advertiser: Advertiser) -> dict[str, Any]:
    """An ad account as the API shows it."""
    return {
        "advertiser_id": advertiser.advertiser_id,
        "name": advertiser.name,
        "currency": advertiser.currency,
        "timezone": advertiser.timezone,
        "display_timezone": advertiser.timezone,
        "country": advertiser.country,
        "status": advertiser.status,
        "role": "ROLE_ADVERTISER",
        "advertiser_account_type": "AUCTION",
        "can_use_custom_identity": False,
    }


def advertiser_info(store: Store, token: str, params: dict[str, Any]) -> dict[str, Any]:
    """Ad accounts by id; each must exist (40300) and be granted to the token (40001)."""
    ids = checks.required(params, "advertiser_ids")
    checks.kind("advertiser_ids", ids, "strings")
    fields = params.get("fields")
    shown = [advertiser_shown(granted(store, token, advertiser_id)) for advertiser_id in ids]
    if fields:
        shown = [{key: item[key] for key in item if key in fields} for item in shown]
    return {"list": shown}


def granted(store: Store, token: str, advertiser_id: str) -> Advertiser:
    """The ad account, if it exists and the token may use it."""
    advertiser = store.advertiser(advertiser_id)
    if advertiser is None:
        raise ApiError(ADVERTISER_NOT_EXIST, f"advertiser_id: {advertiser_id} does not exist.")
    if advertiser_id not in store.accounts_of_token(token):
        raise ApiError(NO_PERMISSION, f"No permission to operate advertiser {advertiser_id}.")
    return advertiser


def identity_get(call: Call) -> dict[str, Any]:
    """The account's identities, optionally of one type; 20 a page, at most 100."""
    wanted = call.params.get("identity_type")
    bc_id = call.params.get("identity_authorized_bc_id")
    checks.one_of("identity_type", wanted, IDENTITY_TYPES)
    if wanted == "BC_AUTH_TT" and not bc_id:
        raise invalid("identity_authorized_bc_id", checks.MISSING)
    found = [
        identity
        for identity in call.store.identities(call.account)
        if wanted in (None, identity.identity_type)
        and bc_id in (None, identity.fields.get("identity_authorized_bc_id"))
    ]
    return page_of(
        call.params,
        found,
        _identity_shown,
        key="identity_list",
        default_size=_DEFAULT_PAGE,
        maximum=_MAX_PAGE,
    )


def _identity_shown(identity: Identity) -> dict[str, Any]:
    return {
        "identity_id": identity.identity_id,
        "identity_type": identity.identity_type,
        **identity.fields,
    }


def identity_create(call: Call) -> dict[str, Any]:
    """Create a CUSTOMIZED_USER identity (display name up to 100 characters)."""
    name = checks.required_str(call.params, "display_name")
    checks.text_length("display_name", name, 100)
    image = call.params.get("image_uri")
    if image is not None and call.store.medium(str(image)) is None:
        raise ApiError(NOT_EXIST, f"image_uri: image {image} does not exist.")
    fields = {"display_name": name, "available_status": "AVAILABLE", "image_uri": image}
    identity = Identity(call.account, "CUSTOMIZED_USER", call.store.new_id(), fields)
    call.store.put_identity(identity)
    call.store.record(
        "identity.created",
        level="identity",
        entity_id=identity.identity_id,
        advertiser_id=call.account,
        request_id=call.request_id,
        details=fields,
    )
    return {"identity_id": identity.identity_id}
