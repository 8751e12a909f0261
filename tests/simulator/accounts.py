"""The ad accounts, tokens and identities of the simulator's tests, and bodies that are right."""

from typing import Any

TOKEN = "token-of-the-team"
OTHER_TOKEN = "token-of-somebody-else"
EURO = "7000000000000000101"
YEN = "7000000000000000102"
DOLLAR = "7000000000000000103"
SMALL = "7000000000000000104"
FOREIGN = "7000000000000000105"
UNKNOWN = "7999999999999999999"

HANDLE = "7100000000000000001"
BC_HANDLE = "7100000000000000002"
BC = "7200000000000000001"
CUSTOM = "7100000000000000003"
LOST = "7100000000000000004"
POLITICS = "7100000000000000005"
CODE = "7100000000000000006"
PULL_ONLY = "7100000000000000007"

_IDENTITIES: list[dict[str, Any]] = [
    {"identity_id": HANDLE, "identity_type": "TT_USER", "display_name": "Schuhhaus"},
    {
        "identity_id": BC_HANDLE,
        "identity_type": "BC_AUTH_TT",
        "display_name": "Schuhhaus BC",
        "identity_authorized_bc_id": BC,
    },
    {"identity_id": CUSTOM, "identity_type": "CUSTOMIZED_USER", "display_name": "Custom"},
    {
        "identity_id": LOST,
        "identity_type": "TT_USER",
        "display_name": "Lost",
        "available_status": "NO_VALID_BIND_ACCOUNT",
    },
    {"identity_id": POLITICS, "identity_type": "TT_USER", "display_name": "Party", "is_gpppa": True},
    {"identity_id": CODE, "identity_type": "AUTH_CODE", "display_name": "Creator"},
    {"identity_id": PULL_ONLY, "identity_type": "TT_USER", "display_name": "Pull", "can_push_video": False},
]


def _account(advertiser_id: str, currency: str, country: str, **more: Any) -> dict[str, Any]:
    return {
        "advertiser_id": advertiser_id,
        "name": f"Account {currency} {country}",
        "currency": currency,
        "timezone": "Etc/GMT",
        "country": country,
        "access_tokens": [TOKEN],
        "identities": _IDENTITIES,
    } | more


FIXTURE: dict[str, Any] = {
    "advertisers": [
        _account(EURO, "EUR", "DE"),
        _account(YEN, "JPY", "JP"),
        _account(
            DOLLAR,
            "USD",
            "US",
            allow_lists=[
                *("GLOBAL_APP_BUNDLE", "RF_REACH", "SEARCH_CAMPAIGN", "ENGAGED_VIEW_FIFTEEN"),
                "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
            ],
        ),
        _account(SMALL, "EUR", "DE", ads_per_adgroup=2, adgroup_quota=1),
        _account(FOREIGN, "EUR", "AT", access_tokens=[OTHER_TOKEN]),
    ]
}


def campaign(**more: Any) -> dict[str, Any]:
    """A campaign that TikTok takes; None removes a field."""
    return _without_none(
        {
            "campaign_name": "Sommer 2026",
            "objective_type": "TRAFFIC",
            "budget_mode": "BUDGET_MODE_DAY",
            "budget": 50.0,
            "operation_status": "DISABLE",
        }
        | more
    )


def adgroup(parent_id: str, **more: Any) -> dict[str, Any]:
    """An ad group that TikTok takes in a TRAFFIC campaign; None removes a field."""
    return _without_none(
        {
            "campaign_id": parent_id,
            "adgroup_name": "Deutschland 18+",
            "promotion_type": "WEBSITE",
            "placement_type": "PLACEMENT_TYPE_NORMAL",
            "placements": ["PLACEMENT_TIKTOK"],
            "location_ids": ["2921044"],
            "age_groups": ["AGE_18_24", "AGE_25_34"],
            "budget_mode": "BUDGET_MODE_DAY",
            "budget": 20.0,
            "pacing": "PACING_MODE_SMOOTH",
            "schedule_type": "SCHEDULE_FROM_NOW",
            "schedule_start_time": "2025-01-01 00:00:00",
            "optimization_goal": "CLICK",
            "billing_event": "CPC",
            "bid_type": "BID_TYPE_NO_BID",
            "operation_status": "DISABLE",
        }
        | more
    )


def creative(video: str, cover: str, **more: Any) -> dict[str, Any]:
    """A video ad that TikTok takes; None removes a field."""
    return _without_none(
        {
            "ad_name": "Sneaker hochkant",
            "ad_format": "SINGLE_VIDEO",
            "identity_type": "TT_USER",
            "identity_id": HANDLE,
            "video_id": video,
            "image_ids": [cover],
            "ad_text": "Leicht durch den Sommer.",
            "call_to_action": "LEARN_MORE",
            "landing_page_url": "https://schuhe.example/sommer",
            "operation_status": "DISABLE",
        }
        | more
    )


def _without_none(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
