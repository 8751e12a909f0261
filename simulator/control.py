"""/_simulator/…: what the real API has not, for tests and for people who look.

POST bodies are JSON with that content type: a web page of another origin cannot send it
unasked, so a browser cannot be tricked into changing the simulator.
"""

from collections.abc import Callable
from typing import Any

from simulator import faults, fixture
from simulator.call import difference
from simulator.envelope import Answer, json_answer
from simulator.model import Entity
from simulator.statuses import StatusReader
from simulator.store import Store

_SETTINGS: dict[str, type] = {
    "review_seconds": int,
    "transcoding_seconds": int,
    "omit_secondary_status": bool,
}


class ControlError(ValueError):
    """A control request that cannot be served; answered with HTTP 400."""


def state(store: Store) -> dict[str, Any]:
    """Everything, with both statuses of every object. Tokens are not part of it."""
    reader = StatusReader(store, store.now())
    objects = [
        _object(reader, entity)
        for advertiser in store.advertisers()
        for level in ("campaign", "adgroup", "ad")
        for entity in reversed(store.of_account(_level(level), advertiser.advertiser_id))
    ]
    return {
        "seq": store.last_seq(),
        "now": store.now().isoformat(),
        "settings": {name: store.setting(name, kind()) for name, kind in _SETTINGS.items()},
        "advertisers": [vars(advertiser) for advertiser in store.advertisers()],
        "identities": [vars(identity) for identity in store.identities()],
        "campaigns": [item for item in objects if item["level"] == "campaign"],
        "adgroups": [item for item in objects if item["level"] == "adgroup"],
        "ads": [item for item in objects if item["level"] == "ad"],
        "media": [vars(medium) | {"created_at": medium.created_at.isoformat()} for medium in store.media()],
        "faults": [spec for _, spec in store.faults()],
    }


def _object(reader: StatusReader, entity: Entity) -> dict[str, Any]:
    return vars(entity) | {
        "created_at": entity.created_at.isoformat(),
        "modified_at": entity.modified_at.isoformat(),
        "secondary_status": reader.secondary(entity),
    }


def _level(name: object) -> Any:
    if name not in ("campaign", "adgroup", "ad"):
        raise ControlError("level must be campaign, adgroup or ad")
    return name


def _entity(store: Store, body: dict[str, Any]) -> Entity:
    entity = store.find(_level(body.get("level")), str(body.get("id")))
    if entity is None:
        raise ControlError(f"no {body.get('level')} {body.get('id')}")
    return entity


def order_fault(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    """POST faults: order one fault."""
    problem = faults.problem(body)
    if problem is not None:
        raise ControlError(problem)
    return {"fault": store.add_fault(body)}


def tamper(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    """POST tamper: change an object behind the API's back, as in Ads Manager. No checks.

    Body: `{"level", "id", "set": {field: value}, "unset": [field]}`; the level may also be
    advertiser, identity, video or image. `operation_status` may be among the fields.
    """
    changed = _tamper_other(store, body) or _tamper_object(store, body)
    store.record(
        f"{body['level']}.tampered",
        level=str(body["level"]),
        entity_id=str(body["id"]),
        source="ads_manager",
        details={"changes": changed},
    )
    return {"changes": changed}


def _edited(before: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    wanted, unset = body.get("set", {}), body.get("unset", [])
    if not isinstance(wanted, dict) or not isinstance(unset, list):
        raise ControlError("set must be an object, unset a list")
    return {name: value for name, value in (before | wanted).items() if name not in unset}


def _tamper_object(store: Store, body: dict[str, Any]) -> dict[str, list[Any]]:
    entity = _entity(store, body)
    before = entity.fields | {"operation_status": entity.operation_status}
    after = _edited(before, body)
    entity.operation_status = after.pop("operation_status", entity.operation_status)
    entity.fields, entity.modified_at = after, store.now()
    store.put(entity)
    return difference(before, after | {"operation_status": entity.operation_status})


def _tamper_other(store: Store, body: dict[str, Any]) -> dict[str, list[Any]] | None:
    level, wanted_id = body.get("level"), str(body.get("id"))
    if level in ("video", "image"):
        medium = store.medium(wanted_id)
        if medium is None:
            raise ControlError(f"no {level} {wanted_id}")
        before, medium.fields = medium.fields, _edited(medium.fields, body)
        store.put_medium(medium)
        return difference(before, medium.fields)
    if level == "identity":
        for identity in store.identities():
            if identity.identity_id == wanted_id:
                before, identity.fields = identity.fields, _edited(identity.fields, body)
                store.put_identity(identity)
                return difference(before, identity.fields)
        raise ControlError(f"no identity {wanted_id}")
    if level == "advertiser":
        return _tamper_advertiser(store, body, wanted_id)
    return None


def _tamper_advertiser(store: Store, body: dict[str, Any], wanted_id: str) -> dict[str, list[Any]]:
    advertiser = store.advertiser(wanted_id)
    if advertiser is None:
        raise ControlError(f"no advertiser {wanted_id}")
    before = dict(vars(advertiser))
    after = _edited(before, body)
    if after.keys() != before.keys():
        raise ControlError(f"an advertiser has the fields {sorted(before)}")
    store.put_advertiser(type(advertiser)(**after))
    return difference(before, after)


def review(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    """POST review: TikTok's verdict on an ad, `{"id", "verdict": "approved"|"rejected"}`."""
    verdict = body.get("verdict")
    if verdict not in ("approved", "rejected"):
        raise ControlError("verdict must be approved or rejected")
    entity = _entity(store, body | {"level": "ad"})
    entity.internal["review"] = {"state": verdict, "since": store.now().isoformat()}
    store.put(entity)
    store.record(
        f"ad.review_{verdict}",
        level="ad",
        entity_id=entity.id,
        advertiser_id=entity.advertiser_id,
        source="control",
    )
    return {"review": verdict}


def spend(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    """POST spend: what an object has spent so far, `{"level", "id", "amount": "12.50"}`."""
    entity = _entity(store, body)
    entity.internal["spend"] = str(body.get("amount", "0"))
    store.put(entity)
    return {"spend": entity.internal["spend"]}


def settings(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    """POST settings: seconds of review and transcoding, and the sandbox's omission."""
    for name, value in body.items():
        if name not in _SETTINGS or type(value) is not _SETTINGS[name]:
            raise ControlError(f"settings: {sorted(_SETTINGS)} with their types")
        store.set_setting(name, value)
    return {name: store.setting(name, kind()) for name, kind in _SETTINGS.items()}


def move_clock(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    """POST clock: let time pass, `{"advance_seconds": 11}`."""
    seconds = body.get("advance_seconds")
    if not isinstance(seconds, int):
        raise ControlError("advance_seconds must be an integer")
    offset = int(store.setting("clock_offset_seconds", 0)) + seconds
    store.set_setting("clock_offset_seconds", offset)
    return {"now": store.now().isoformat()}


def declare(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    """POST advertisers: one ad account of a fixture, or a whole fixture."""
    declared = body if "advertisers" in body else {"advertisers": [body]}
    return {"advertiser_ids": fixture.apply(store, declared)}


POSTS: dict[str, Callable[[Store, dict[str, Any]], dict[str, Any]]] = {
    "faults": order_fault,
    "tamper": tamper,
    "review": review,
    "spend": spend,
    "settings": settings,
    "clock": move_clock,
    "advertisers": declare,
}


def post(store: Store, name: str, body: dict[str, Any]) -> Answer:
    """Serve one control request, all or nothing; HTTP 400 with the reason if it is wrong."""
    try:
        with store.transaction():
            return json_answer(POSTS[name](store, body))
    except (ControlError, fixture.FixtureError) as error:
        return json_answer({"error": str(error)}, 400)
