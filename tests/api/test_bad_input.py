"""Bad input is answered with a problem that names the field, and nothing of it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from approvals.models import ApprovalRequest, Decision
from audit.models import AuditEvent
from campaigns.models import Ad, AdGroup, AdMedia, Campaign, MediaAsset, Revision
from tests import builders
from tests.api.conftest import Answer, Api, door
from tests.api.test_whole_way import bodies
from tests.builders import World

Case = tuple[str, Any, str | None]
"""Path of the field, bad value, code (None: any, somewhere below the path)."""

COUNTED = (Campaign, AdGroup, Ad, AdMedia, MediaAsset, Revision, ApprovalRequest, Decision, AuditEvent)
UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"
MALFORMED: tuple[Any, ...] = ("not-a-uuid", "'; DROP TABLE", "", 5, True, None, [], {}, "0" * 5000, "\x00")
LONG = "x" * 100_000
HTML = '<script>alert("1")</script><img src=x onerror=alert(1)>'


def rows() -> dict[str, int]:
    """How much is written."""
    return {model.__name__: model._default_manager.count() for model in COUNTED}


def set_at(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of `body` with `value` at a dotted path."""
    copied: dict[str, Any] = json.loads(json.dumps(body))
    *parents, last = path.split(".")
    place = copied
    for name in parents:
        place = place.setdefault(name, {})
    place[last] = value
    return copied


def refused(send: Callable[[], Answer], field: str, code: str | None = None) -> Answer:
    """The answer names the field (and the code), and no row of any kind was written."""
    before = rows()
    answer = send()
    assert answer.status == 400, answer.body
    assert any(name == field or name.startswith(f"{field}.") for name in answer.fields), answer.body
    if code is not None:
        assert answer.fields.get(field) == code, answer.body
    assert rows() == before, "something was written"
    return answer


CAMPAIGN: list[Case] = [
    ("budget.amount", "-1.00", "negative_amount"),
    ("budget.amount", "9" * 50, "amount_too_large"),
    ("budget.amount", "-" + "9" * 50, "negative_amount"),
    ("budget.amount", "0." + "0" * 50, "invalid_amount"),
    ("budget.amount", "50.001", "too_precise"),
    ("budget.amount", "NaN", "invalid_amount"),
    ("budget.amount", "Infinity", "invalid_amount"),
    ("budget.amount", "1e3", "invalid_amount"),
    ("budget.amount", "1_000", "invalid_amount"),
    ("budget.amount", "٥٠", "invalid_amount"),
    ("budget.amount", " 50", "invalid_amount"),
    ("budget.amount", "50\n", "invalid_amount"),
    ("budget.amount", 50, "invalid_amount"),
    ("budget.amount", 50.0, "invalid_amount"),
    ("budget.amount", True, "invalid_amount"),
    ("budget.amount", None, "required"),
    ("budget.amount", {}, "invalid_amount"),
    ("budget.mode", "hourly", "invalid_choice"),
    ("budget.mode", 1, "invalid_choice"),
    ("budget.mode", None, "null"),
    ("budget", {}, None),
    ("budget", [], None),
    ("budget", "daily", None),
    ("budget.limit", "1", "unknown_field"),
    ("objective", "world_domination", "invalid_choice"),
    ("objective", "TRAFFIC", "invalid_choice"),
    ("objective", "\ud800", "invalid_choice"),
    ("name", "", "blank"),
    ("name", "\u200b\u2060", "blank"),
    ("name", "\u3164 \u2800", "blank"),
    ("name", "\u0301", "blank"),
    ("name", "two\u2028lines", "blank"),
    ("name", "   \x00", "null_characters_not_allowed"),
    ("name", "half \ud800 pair", "surrogate_characters_not_allowed"),
    ("name", LONG, "max_length"),
    ("name", 5, "invalid"),
    ("name", None, "null"),
    ("budget_optimization", "yes", "invalid"),
    ("budget_optimization", 1, "invalid"),
    ("budget", {"mode": "dynamic_daily", "amount": "80.00"}, None),
    ("schedule.starts_at", "tomorrow", "invalid"),
    ("schedule.starts_at", "2026-12-01T00:00:00", "naive"),
    ("schedule", {"starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-02T00:00:00Z"}, None),
    ("schedule.start", "2026-12-01T00:00:00Z", "unknown_field"),
    ("special_industries", ["gambling"], None),
    ("special_industries", "housing", "not_a_list"),
    ("special_industries", ["housing"] * 1000, "max_length"),
    ("ad_acount", "typo", "unknown_field"),
    ("version", 7, "unknown_field"),
]
AD_GROUP: list[Case] = [
    ("budget.amount", "-0.01", "negative_amount"),
    ("schedule.start", "tomorrow", "invalid"),
    ("schedule.start", "2026-12-01T00:00:00", "naive"),
    ("schedule.start", "0001-01-01T00:00:00+14:00", "out_of_range"),
    ("schedule.start", "9999-12-31T23:59:59-12:00", "out_of_range"),
    ("schedule.start", 1767225600, "invalid"),
    ("schedule.end", "2001-01-01T00:00:00Z", "before_start"),
    ("schedule.dayparting", "2" * 336, "invalid"),
    ("schedule.dayparting", "1" * 335, "invalid"),
    ("schedule.dayparting", "1" * 335 + "\n", "invalid"),
    ("bidding.strategy", "magic", "invalid_choice"),
    ("bidding.amount", "9" * 50, "amount_too_large"),
    ("bidding.amount", "1.234", "too_precise"),
    ("pacing", "warp", "invalid_choice"),
    ("optimization_goal", "fame", "invalid_choice"),
    ("placement.type", "billboard", "invalid_choice"),
    ("placement.apps", ["myspace"], None),
    ("targeting.age_groups", ["0_99"], None),
    ("targeting.locations", [7], None),
    ("targeting.locations", ["\x00"], None),
    ("targeting.locations", ["1"] * 1001, "max_length"),
    ("targeting.gender", "x", "invalid_choice"),
    ("targeting.deep", {"a": {"b": [1]}}, "unknown_field"),
    ("campaign", "nonsense", "invalid"),
]
AD: list[Case] = [
    ("format", "hologram", "invalid_choice"),
    ("text", LONG, "max_length"),
    ("text", "\x00", "null_characters_not_allowed"),
    ("text", "\udfff", "surrogate_characters_not_allowed"),
    ("call_to_action", "buy_everything", "invalid_choice"),
    ("landing_page_url", "https://x.example/" + LONG, "max_length"),
    ("display_name", "y" * 101, "max_length"),
    ("hashtags", [LONG], None),
    ("hashtags", "autumn", "not_a_list"),
    ("media", [UNKNOWN_ID], None),
    ("media", ["nonsense"], None),
    ("media", [UNKNOWN_ID] * 51, "max_length"),
    ("page", UNKNOWN_ID, "unknown"),
    ("page", "nonsense", "invalid"),
    ("disclosure.ai_generated", "no", "invalid"),
    ("disclosure.disclaimer", "z" * 501, "max_length"),
    ("disclosure.payer", "z" * 256, "max_length"),
    ("disclosure.beneficiary", 5, "invalid"),
    ("effect.name", "z" * 101, "max_length"),
    ("effect.icon", UNKNOWN_ID, "unknown"),
    ("effect.icon", "nonsense", "invalid"),
    ("effect.colour", "red", "unknown_field"),
    ("spark_authorization.proof", "z" * 501, "max_length"),
    ("spark_authorization.expires_at", "soon", "invalid"),
    ("spark_post", "s" * 201, "max_length"),
    ("ad_group", 5, "invalid"),
]


@pytest.fixture
def parents(world: World) -> tuple[str, str]:
    """A campaign and an ad group to hang bad input below."""
    campaign = world.campaign()
    return str(campaign.pk), str(world.ad_group(campaign).pk)


def each(subtests: pytest.Subtests, cases: Sequence[Case], send: Callable[[str, Any], Answer]) -> None:
    """Every case of a table by itself, in one world."""
    for path, value, code in cases:
        with subtests.test(path, value=repr(value)[:40]):
            refused(partial(send, path, value), path, code)


def test_campaign(world: World, api: Api, subtests: pytest.Subtests) -> None:
    body = bodies(world)[0]
    each(subtests, CAMPAIGN, lambda path, value: api.post("campaigns/", set_at(body, path, value)))


def test_campaign_edit(api: Api, parents: tuple[str, str], subtests: pytest.Subtests) -> None:
    """Editing is no less strict than drafting."""

    def send(path: str, value: Any) -> Answer:
        whole = {"budget": {"mode": "daily", "amount": "1.00"}} if path.startswith("budget.") else {}
        return api.patch(f"campaigns/{parents[0]}/", set_at(whole, path, value))

    each(subtests, CAMPAIGN, send)
    refused(lambda: api.patch(f"campaigns/{parents[0]}/", {"budget": {"amount": "1.00"}}), "budget.mode", "required")


def test_ad_group(world: World, api: Api, parents: tuple[str, str], subtests: pytest.Subtests) -> None:
    body = {**bodies(world)[1], "campaign": parents[0]}
    each(subtests, AD_GROUP, lambda path, value: api.post("ad-groups/", set_at(body, path, value)))


def test_ad(world: World, api: Api, parents: tuple[str, str], subtests: pytest.Subtests) -> None:
    body = {**bodies(world)[2], "ad_group": parents[1]}
    each(subtests, AD, lambda path, value: api.post("ads/", set_at(body, path, value)))


def test_missing_field(world: World, api: Api) -> None:
    for name in ("ad_account", "name", "objective", "budget"):
        body = {key: value for key, value in bodies(world)[0].items() if key != name}
        refused(partial(api.post, "campaigns/", body), name, "required")


def test_malformed_parent_id(world: World, api: Api, subtests: pytest.Subtests) -> None:
    cases: list[Case] = [("ad_account", value, None) for value in MALFORMED]
    each(subtests, cases, lambda path, value: api.post("campaigns/", {**bodies(world)[0], path: value}))


def test_unknown_parents_are_not_found(world: World, api: Api, parents: tuple[str, str]) -> None:
    campaign, group, ad = bodies(world)
    for path, body in (
        ("campaigns/", {**campaign, "ad_account": UNKNOWN_ID}),
        ("ad-groups/", {**group, "campaign": UNKNOWN_ID}),
        ("ads/", {**ad, "ad_group": UNKNOWN_ID}),
        ("approval-requests/", {"campaign": UNKNOWN_ID}),
        ("approval-requests/", {"items": [{"type": "ad", "id": UNKNOWN_ID}]}),
        ("approval-requests/?dry_run=true", {"campaign": UNKNOWN_ID}),
    ):
        before = rows()
        answer = api.post(path, body)
        assert (answer.status, answer.body["code"]) == (404, "not_found"), path
        assert {**rows(), "AuditEvent": 0} == {**before, "AuditEvent": 0}


def test_21st_ad_of_a_group(world: World, api: Api, parents: tuple[str, str]) -> None:
    body = {**bodies(world)[2], "ad_group": parents[1]}
    for number in range(20):
        assert api.post("ads/", {**body, "name": f"Ad {number}"}).status == 201
    answer = refused(partial(api.post, "ads/", body), "ad_group", "full")
    assert "20" in answer.body["errors"][0]["detail"]


def test_html_is_kept_as_it_is(world: World, api: Api, parents: tuple[str, str]) -> None:
    """Text is text: stored untouched, answered as JSON, never as HTML."""
    answer = api.post("ads/", {**bodies(world)[2], "ad_group": parents[1], "text": HTML, "name": HTML})
    assert (answer.status, answer.body["text"], answer.body["name"]) == (201, HTML, HTML)
    assert answer.type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# --- bodies -------------------------------------------------------------------------------------------------------------------

RAW = [
    (b"{", "invalid_json"),
    (b"nonsense", "invalid_json"),
    (b"[]", "invalid_json"),
    (b'"text"', "invalid_json"),
    (b"null", "invalid_json"),
    (b"\xff\xfe{}", "invalid_json"),
    (b'{"name": NaN}', "invalid_json"),
    (b'{"name": Infinity}', "invalid_json"),
    (b'{"name": -Infinity}', "invalid_json"),
    (b'{"name": 1' + b"0" * 5000 + b"}", "invalid_json"),
    (b'{"name": "a", "name": "b"}', "duplicate_name"),
    (b'{"budget": {"mode": "daily", "mode": "lifetime"}}', "duplicate_name"),
    (b"[" * 100_000, "invalid_json"),
    (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "invalid_json"),
]


def test_body_that_is_no_json_object(api: Api, subtests: pytest.Subtests) -> None:
    before = rows()
    for raw, code in RAW:
        with subtests.test(raw=repr(raw[:40])):
            for path in ("campaigns/", "approval-requests/"):
                answer = api.post(path, raw)
                assert (answer.status, answer.body["code"]) == (400, code)
    assert rows() == before


def test_empty_body_is_an_empty_object(api: Api) -> None:
    refused(lambda: api.post("campaigns/", b""), "name", "required")


def test_half_pair_as_a_name(api: Api) -> None:
    """The answer names what it can: a half pair has no UTF-8."""
    answer = api.post("campaigns/", b'{"\\ud800": 1}')
    assert answer.status == 400
    assert "?" in answer.fields


def test_body_too_large(api: Api) -> None:
    before = rows()
    answer = api.post("campaigns/", b'{"name": "' + b"x" * 3_000_000 + b'"}')
    assert (answer.status, answer.body["code"]) == (413, "too_large")
    assert rows() == before


def test_other_content_type(api: Api) -> None:
    answer = api.send("POST", "campaigns/", b"name=x", "application/x-www-form-urlencoded")
    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


# --- files --------------------------------------------------------------------------------------------------------------------


def files() -> dict[str, tuple[bytes, str, str]]:
    whole = builders.video().read_bytes()
    return {
        "truncated video": (whole[: len(whole) // 2], "film.mp4", "media_truncated"),
        "text called .mp4": (b"This is no film at all.\n" * 100, "film.mp4", "media_not_recognised"),
        "0 bytes": (b"", "film.mp4", "media_empty"),
        "html called .jpg": (HTML.encode(), "picture.jpg", "media_not_recognised"),
    }


@pytest.mark.parametrize("name", ["truncated video", "text called .mp4", "0 bytes", "html called .jpg"])
def test_file_that_cannot_be_taken(world: World, api: Api, name: str) -> None:
    content, filename, code = files()[name]
    answer = refused(lambda: api.upload(world.account.pk, content, filename), "file", code)
    assert answer.body["code"] == code
    assert answer.body["reason"]


def test_upload_without_its_parts(world: World, api: Api) -> None:
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    refused(lambda: api.send("POST", "media/", encode_multipart(BOUNDARY, {}), MULTIPART_CONTENT), "file", "required")
    form = {"ad_account": str(world.account.pk), "file": "text instead of a file"}
    refused(lambda: api.send("POST", "media/", encode_multipart(BOUNDARY, form), MULTIPART_CONTENT), "file", "invalid")
    refused(lambda: api.upload("nonsense", b"x"), "ad_account", "invalid")
    assert api.post("media/", {}).status == 415
    assert api.send("POST", "media/", b"garbage", MULTIPART_CONTENT).status == 400
    assert api.send("POST", "media/", b"garbage", "multipart/form-data").status == 400


def test_file_too_large(world: World, api: Api, settings: Any) -> None:
    """Far too large is turned away before it is read; a little too large when it is stored."""
    content = builders.video().read_bytes()
    before = rows()
    settings.MEDIA_MAX_BYTES = len(content) - 1
    assert refused(lambda: api.upload(world.account.pk, content), "file", "media_too_large").status == 400
    settings.MEDIA_MAX_BYTES = 10
    answer = api.upload(world.account.pk, content + b"x" * 100_000)
    assert (answer.status, answer.body["code"]) == (413, "too_large")
    assert rows() == before


def test_upload_to_an_unknown_account(api: Api) -> None:
    before = rows()
    answer = api.upload(UNKNOWN_ID, builders.video())
    assert answer.status == 404
    assert {**rows(), "AuditEvent": 0} == {**before, "AuditEvent": 0}


# --- requests ------------------------------------------------------------------------------------------------------------------

SUBMISSIONS: list[tuple[Any, str, str | None]] = [
    ({}, "items", "required"),
    ({"items": []}, "items", "empty"),
    ({"items": [{"type": "ad"}]}, "items.0.id", "required"),
    ({"items": [{"type": "planet", "id": UNKNOWN_ID}]}, "items.0.type", "invalid_choice"),
    ({"items": "all"}, "items", None),
    ({"items": [5]}, "items.0", None),
    ({"items": [{"type": "ad", "id": UNKNOWN_ID}], "campaign": UNKNOWN_ID}, "items", "required"),
    ({"campaign": "x"}, "campaign", "invalid"),
    ({"campaign": UNKNOWN_ID, "note": LONG}, "note", "max_length"),
    ({"campaign": UNKNOWN_ID, "note": "\x00"}, "note", "null_characters_not_allowed"),
    ({"campaign": UNKNOWN_ID, "publish": "now"}, "publish", "invalid_choice"),
    ({"campaign": UNKNOWN_ID, "publish_at": "soon"}, "publish_at", "invalid"),
    ({"campaign": UNKNOWN_ID, "approved": True}, "approved", "unknown_field"),
]


def test_submission(api: Api, subtests: pytest.Subtests) -> None:
    for body, field, code in SUBMISSIONS:
        for query in ("", "?dry_run=true"):
            with subtests.test(field, body=repr(body)[:60], query=query):
                refused(partial(api.post, f"approval-requests/{query}", body), field, code)


DECISIONS: list[Case] = [
    ("verdict", "maybe", "invalid_choice"),
    ("verdict", None, "null"),
    ("digest", "d" * 65, "max_length"),
    ("stage", "heaven", "unknown"),
    ("stage", "\x00", "null_characters_not_allowed"),
    ("comment", LONG, "max_length"),
    ("comment", "\ud800", "surrogate_characters_not_allowed"),
    ("on_behalf_of", "ceo", "invalid"),
]


def test_decision(world: World, subtests: pytest.Subtests) -> None:
    request, reviewer = world.request(), door(world, "content")
    body = {"verdict": "approve", "digest": request.digest, "stage": "content"}
    path = f"approval-requests/{request.pk}/decisions/"
    each(subtests, DECISIONS, lambda field, value: reviewer.post(path, {**body, field: value}))
    refused(lambda: reviewer.post(path, {**body, "verdict": "reject"}), "comment", "required")
    assert reviewer.get(f"approval-requests/{request.pk}/").body["status"] == "in_review"


# --- addresses and parameters --------------------------------------------------------------------------------------------------

LISTINGS = (
    "brands", "ad-accounts", "pages", "media", "campaigns", "ad-groups", "ads", "approval-requests", "check-runs",
    "findings", "clearances", "publications", "drift-findings", "audit-events", "organisations", "users", "service-accounts",
    "groups", "roles", "role-grants", "access-changes", "access-policies", "api-tokens",
)  # fmt: skip


def test_unknown_and_malformed_ids(api: Api, subtests: pytest.Subtests) -> None:
    for name in LISTINGS:
        for identifier in (UNKNOWN_ID, "nonsense", "1", "%00", UNKNOWN_ID.upper(), f"{UNKNOWN_ID}0"):
            with subtests.test(name, identifier=identifier):
                answer = api.get(f"{name}/{identifier}/")
                assert (answer.status, answer.body["code"]) == (404, "not_found")


PARAMETERS = (
    ("colour=blue", "colour"), ("page_size=0", "page_size"), ("page_size=201", "page_size"), ("page_size=ten", "page_size"),
    ("page_size=²", "page_size"), ("cursor=nonsense", "cursor"), ("cursor=%00", "cursor"), ("cursor=", "cursor"),
    ("page_size=1&page_size=2", "page_size"),
    ("fields=colour", "fields"), ("fields=", "fields"), ("fields=id,,name", "fields"),
    ("cursor=bm9ib2R5IQ", "cursor"),
)  # fmt: skip


def test_malformed_parameters(api: Api, subtests: pytest.Subtests) -> None:
    for name in LISTINGS:
        for query, field in PARAMETERS:
            with subtests.test(name, query=query):
                answer = api.get(f"{name}/?{query}")
                assert answer.status == 400
                assert field in answer.fields


FILTERS = [
    ("campaigns", "ad_account", "nonsense"), ("campaigns", "ad_account", ""), ("campaigns", "objective", "fame"), ("ads", "ad_group", "%00"),
    ("ads", "format", "hologram"), ("media", "kind", "smell"), ("media", "sha256", "a" * 65), ("media", "sha256", "%00"),
    ("approval-requests", "status", "nice"), ("approval-requests", "awaiting", "you"),
    ("approval-requests", "ad_account", "1"), ("findings", "result", "meh"), ("check-runs", "approval_request", "x"),
    ("publications", "status", "x"), ("audit-events", "subject", "ad"), ("audit-events", "subject", ":1"),
    ("audit-events", "since", "yesterday"), ("audit-events", "since", "0001-01-01T00:00:00%2B14:00"),
    ("audit-events", "until", "2026-01-01T00:00:00"), ("audit-events", "actor", "%00"),
    ("role-grants", "user", "x"), ("role-grants", "group", "1"), ("role-grants", "role", "%00"), ("role-grants", "state", "live"),
    ("role-grants", "scope", "brand"), ("role-grants", "scope", "planet:1"), ("role-grants", "scope", f"ad:{UNKNOWN_ID}"),
    ("role-grants", "scope", "brand:%00"), ("users", "is_active", "yes"), ("users", "group", "x"), ("users", "email", "%00"),
    ("service-accounts", "owner", "x"), ("groups", "title", "%00"), ("roles", "is_built_in", "1"), ("access-policies", "state", "x"),
    ("api-tokens", "user", "x"), ("api-tokens", "is_revoked", "1"), ("ad-accounts", "page", "x"),
]  # fmt: skip


def test_malformed_filter(world: World, subtests: pytest.Subtests) -> None:
    auditor = door(world, "auditor")
    for name, field, value in FILTERS:
        with subtests.test(name, field=field, value=value):
            answer = auditor.get(f"{name}/?{field}={value}")
            assert answer.status == 400
            assert field in answer.fields


def test_address_that_does_not_exist(api: Api) -> None:
    for path in ("/api/", "/api/v1/", "/api/v2/ads/", "/api/v1/adz/", "/api/v1/ads", "/api/v1/ads/x/y/z/"):
        assert api.get(path).status == 404, path
        assert api.post(path).status == 404, path


def test_method_that_does_not_exist(api: Api) -> None:
    for method, path in (("DELETE", "ads/"), ("PUT", "ads/"), ("POST", "findings/"), ("OPTIONS", "ads/"), ("GET", f"approval-requests/{UNKNOWN_ID}/revoke/")):
        answer = api.send(method, path)
        assert (answer.status, answer.body["code"]) == (405, "method_not_allowed"), path
        assert answer.headers["Allow"]
