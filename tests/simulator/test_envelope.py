"""Doors: paths, methods, tokens, accounts, bodies. Business errors are HTTP 200."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.simulator import accounts
from tests.simulator.client import Client, Refused
from tests.simulator_process import SimulatorProcess

CAMPAIGN_GET = f"/open_api/v1.3/campaign/get/?advertiser_id={accounts.EURO}"
CAMPAIGN_CREATE = "/open_api/v1.3/campaign/create/"


def raw(
    simulator: SimulatorProcess, path: str, data: bytes | None = None, token: str | None = accounts.TOKEN
) -> tuple[int, Any]:
    """Status and JSON of a plain HTTP request."""
    headers = {"Content-Type": "application/json"} | ({"Access-Token": token} if token else {})
    request = urllib.request.Request(simulator.url + path, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_success_has_the_four_keys(simulator):
    status, envelope = raw(simulator, CAMPAIGN_GET)
    assert status == 200
    assert envelope.keys() == {"code", "message", "request_id", "data"}
    assert (envelope["code"], envelope["message"]) == (0, "OK")
    assert len(envelope["request_id"]) == 32


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/open_api/v1.3/campaign/nothing/", None, 404),
        ("/open_api/v1.2/campaign/get/", None, 404),
        ("/open_api/v1.3/campaign/get", None, 404),
        (CAMPAIGN_CREATE, None, 405),
        (CAMPAIGN_GET, b"{}", 405),
    ],
    ids=["unknown", "version", "no trailing slash", "GET of a POST", "POST of a GET"],
)
def test_only_wrong_paths_and_methods_are_http_errors(simulator, path, data, status):
    assert raw(simulator, path, data)[0] == status


@pytest.mark.parametrize(("token", "code"), [(None, 40104), ("wrong", 40105), (accounts.OTHER_TOKEN, 40001)], ids=str)
def test_tokens_are_judged_with_http_200(simulator, token, code):
    status, envelope = raw(simulator, CAMPAIGN_GET, token=token)
    assert (status, envelope["code"], envelope["data"]) == (200, code, {})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", 40000),
        (b"[]", 40000),
        (b'{"advertiser_id": NaN}', 40000),
        (b"\xff\xfe", 40000),
        (b"[" * 100_000, 40000),
        (b'{"campaign_name": "\\ud800"}', 40000),
        (b"{}", 40002),
        (b'{"advertiser_id": 7000000000000000101}', 40002),
        (f'{{"advertiser_id": "{accounts.UNKNOWN}"}}'.encode(), 40300),
        (f'{{"advertiser_id": "{accounts.FOREIGN}"}}'.encode(), 40001),
    ],
    ids=[
        "cut",
        "list",
        "NaN",
        "no text",
        "deep",
        "half a surrogate",
        "no account",
        "account as number",
        "unknown",
        "foreign",
    ],
)
def test_bodies_are_judged(simulator, body, code):
    status, envelope = raw(simulator, CAMPAIGN_CREATE, body)
    assert (status, envelope["code"]) == (200, code)


@pytest.mark.parametrize(
    "query", ["&filtering={", "&filtering=[]", "&fields=campaign_id", "&page=0", "&page_size=1001"]
)
def test_queries_are_judged(simulator, query):
    assert raw(simulator, CAMPAIGN_GET + query)[1]["code"] == 40002


def test_account_names_are_found_through_the_sdk(client):
    (account,) = client.call(client.advertisers.advertiser_info, [accounts.YEN], client.token)["list"]
    assert (account["currency"], account["status"]) == ("JPY", "STATUS_ENABLE")


@pytest.mark.parametrize(("wanted", "code"), [(accounts.UNKNOWN, 40300), (accounts.FOREIGN, 40001)])
def test_accounts_of_others_are_not_told(client, wanted, code):
    with pytest.raises(Refused) as refused:
        client.call(client.advertisers.advertiser_info, [wanted], client.token)
    assert refused.value.code == code


def test_a_token_sees_nothing_of_another_token_s_account(simulator):
    theirs = Client(simulator.url, accounts.OTHER_TOKEN)
    theirs.account = accounts.FOREIGN
    campaign_id = theirs.create_campaign()["campaign_id"]
    ours = Client(simulator.url)
    with pytest.raises(Refused) as refused:
        ours.switch("campaign", "ENABLE", campaign_id)
    assert refused.value.code == 40007
    assert theirs.one("campaign", campaign_id)["operation_status"] == "DISABLE"


def test_identities_are_listed_with_their_fields(client):
    data = client.call(client.identities.identity_get, client.account, client.token, identity_type="TT_USER")
    found = {identity["identity_id"]: identity for identity in data["identity_list"]}
    assert found[accounts.HANDLE]["available_status"] == "AVAILABLE"
    assert found[accounts.LOST]["available_status"] == "NO_VALID_BIND_ACCOUNT"
    assert data["page_info"]["total_number"] == len(found) == 4


def test_a_business_center_identity_needs_the_center(client):
    def get(**more: Any) -> Any:
        method = client.identities.identity_get
        return client.call(method, client.account, client.token, identity_type="BC_AUTH_TT", **more)

    with pytest.raises(Refused, match="40002: identity_authorized_bc_id"):
        get()
    assert len(get(identity_authorized_bc_id=accounts.BC)["identity_list"]) == 1
    assert get(identity_authorized_bc_id="1")["identity_list"] == []


def test_a_custom_identity_can_be_created_and_is_listed(client):
    made = client.post(client.identities.identity_create, {"display_name": "Haus"})
    data = client.call(client.identities.identity_get, client.account, client.token, identity_type="CUSTOMIZED_USER")
    assert made["identity_id"] in {identity["identity_id"] for identity in data["identity_list"]}
