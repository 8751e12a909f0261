"""Declared ad accounts: who exists, in which currency, with which tokens and identities.

A fixture is a JSON object `{"advertisers": [{...}]}`; see `docs/simulator.md`.
"""

from pathlib import Path
from typing import Any

from simulator.currencies import RATIOS
from simulator.model import Advertiser, Identity
from simulator.store import Store
from simulator.wire import as_object

_REQUIRED = ("advertiser_id", "name", "currency", "timezone", "country")
_SETTINGS = ("allow_lists", "ads_per_adgroup", "adgroup_quota")
_KNOWN = {*_REQUIRED, *_SETTINGS, "status", "access_tokens", "identities"}

DEMO: dict[str, Any] = {
    "advertisers": [
        {
            "advertiser_id": "7000000000000000011",
            "name": "Demo Europe",
            "currency": "EUR",
            "timezone": "Europe/Berlin",
            "country": "DE",
            "access_tokens": ["demo-token"],
            "identities": [
                {
                    "identity_id": "7100000000000000011",
                    "identity_type": "TT_USER",
                    "display_name": "Demo Europe",
                }
            ],
        },
        {
            "advertiser_id": "7000000000000000022",
            "name": "Demo Japan",
            "currency": "JPY",
            "timezone": "Asia/Tokyo",
            "country": "JP",
            "access_tokens": ["demo-token"],
            "identities": [
                {
                    "identity_id": "7100000000000000022",
                    "identity_type": "BC_AUTH_TT",
                    "identity_authorized_bc_id": "7200000000000000022",
                    "display_name": "Demo Japan",
                }
            ],
        },
    ]
}


class FixtureError(ValueError):
    """The declaration cannot be used; the text says why."""


def read(path: Path) -> dict[str, Any]:
    """A fixture file. Raises FixtureError, OSError, or ApiError for broken JSON."""
    return as_object(path.read_bytes())


def apply(store: Store, declared: dict[str, Any]) -> list[str]:
    """Declare the accounts of a fixture, replacing what they were; returns their ids."""
    advertisers = declared.get("advertisers")
    if not isinstance(advertisers, list):
        raise FixtureError("a fixture needs a list `advertisers`")
    return [_declare(store, advertiser) for advertiser in advertisers]


def _declare(store: Store, declared: dict[str, Any]) -> str:
    _check(declared)
    advertiser = Advertiser(
        **{name: declared[name] for name in _REQUIRED},
        status=declared.get("status", "STATUS_ENABLE"),
        settings={name: declared[name] for name in _SETTINGS if name in declared},
    )
    store.put_advertiser(advertiser)
    store.set_tokens(advertiser.advertiser_id, declared.get("access_tokens", []))
    for identity in declared.get("identities", []):
        store.put_identity(_identity(advertiser.advertiser_id, identity))
    store.record(
        "advertiser.declared",
        level="advertiser",
        entity_id=advertiser.advertiser_id,
        advertiser_id=advertiser.advertiser_id,
        source="control",
        details={"name": advertiser.name, "currency": advertiser.currency},
    )
    return advertiser.advertiser_id


def _check(declared: dict[str, Any]) -> None:
    missing = [name for name in _REQUIRED if not isinstance(declared.get(name), str)]
    if missing:
        raise FixtureError(f"an advertiser needs the texts {', '.join(missing)}")
    if declared.keys() - _KNOWN:
        raise FixtureError(f"unknown keys of an advertiser: {sorted(declared.keys() - _KNOWN)}")
    if declared["currency"] not in RATIOS:
        raise FixtureError(f"unknown currency {declared['currency']}")


def _identity(advertiser_id: str, declared: dict[str, Any]) -> Identity:
    for name in ("identity_id", "identity_type", "display_name"):
        if not isinstance(declared.get(name), str):
            raise FixtureError(f"an identity needs the text {name}")
    keys = {"identity_id", "identity_type"}
    fields = {
        "available_status": "AVAILABLE",
        "can_push_video": True,
        "can_pull_video": True,
        "is_gpppa": False,
        "ads_only_mode": False,
        **{name: value for name, value in declared.items() if name not in keys},
    }
    return Identity(advertiser_id, declared["identity_type"], declared["identity_id"], fields)
