"""The official SDK against the simulator, with refusals as one exception that has a code."""

import hashlib
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import business_api_client as sdk
from business_api_client.tiktok_business.tiktok_exceptions import TiktokSDKError

from tests.simulator import accounts

TIMEOUT = (5, 20)


class Refused(Exception):
    """A business error: its `code`, `message`, and the `data` that the SDK drops."""

    def __init__(self, envelope: dict[str, Any]) -> None:
        super().__init__(f"{envelope['code']}: {envelope['message']}")
        self.code: int = envelope["code"]
        self.message: str = envelope["message"]
        self.data: Any = envelope["data"]


class Client:
    """Every call a test makes, through the SDK; `account` is the default ad account."""

    def __init__(self, url: str, token: str = accounts.TOKEN) -> None:
        configuration = sdk.Configuration()
        configuration.host = url
        self.client = sdk.ApiClient(configuration)
        self.token = token
        self.account = accounts.EURO
        self.campaigns = sdk.CampaignCreationApi(self.client)
        self.adgroups = sdk.AdgroupApi(self.client)
        self.ads = sdk.AdApi(self.client)
        self.files = sdk.FileApi(self.client)
        self.identities = sdk.IdentityApi(self.client)
        self.advertisers = sdk.AccountManagementApi(self.client)

    def call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The `data` of an answer, or Refused."""
        try:
            return method(*args, _request_timeout=TIMEOUT, **kwargs)["data"]
        except TiktokSDKError as error:
            raise Refused(json.loads(self.client.last_response.data)) from error

    def post(self, method: Callable[..., Any], body: dict[str, Any]) -> Any:
        """A POST with a dict body; the ad account is filled in unless the body has one."""
        return self.call(method, self.token, body={"advertiser_id": self.account} | body)

    def create_campaign(self, **more: Any) -> Any:
        """A valid campaign with changes; the whole answer."""
        return self.post(self.campaigns.campaign_create, accounts.campaign(**more))

    def create_adgroup(self, parent_id: str, **more: Any) -> Any:
        """A valid ad group with changes; the whole answer."""
        return self.post(self.adgroups.adgroup_create, accounts.adgroup(parent_id, **more))

    def create_ads(self, adgroup_id: str, *creatives: dict[str, Any]) -> Any:
        """Ads of one request; the whole answer."""
        body = {"adgroup_id": adgroup_id, "creatives": list(creatives)}
        return self.post(self.ads.ad_create, body)

    def upload(self, kind: str, path: Path, **more: Any) -> Any:
        """Upload a file under a fresh name; the medium as answered."""
        method = self.files.ad_video_upload if kind == "video" else self.files.ad_image_upload
        form = {
            "advertiser_id": self.account,
            "file_name": f"{uuid.uuid4().hex}{path.suffix}",
            "upload_type": "UPLOAD_BY_FILE",
            f"{kind}_file": str(path),
            f"{kind}_signature": hashlib.md5(path.read_bytes()).hexdigest(),
        }
        form = {name: value for name, value in (form | more).items() if value is not None}
        data = self.call(method, self.token, **form)
        return data[0] if kind == "video" else data

    def get(self, level: str, **more: Any) -> Any:
        """A page of campaigns, ad groups or ads."""
        method = {
            "campaign": self.campaigns.campaign_get,
            "adgroup": self.adgroups.adgroup_get,
            "ad": self.ads.ad_get,
        }[level]
        return self.call(method, self.account, self.token, **more)

    def one(self, level: str, entity_id: str) -> Any:
        """One object as read back, deleted ones included."""
        filtering = {f"{level}_ids": [entity_id], "primary_status": "STATUS_ALL"}
        (found,) = self.get(level, filtering=filtering)["list"]
        return found

    def switch(self, level: str, operation: str, *ids: str, **more: Any) -> Any:
        """ENABLE, DISABLE or DELETE objects."""
        method = {
            "campaign": self.campaigns.campaign_status_update,
            "adgroup": self.adgroups.adgroup_status_update,
            "ad": self.ads.ad_status_update,
        }[level]
        return self.post(method, {f"{level}_ids": list(ids), "operation_status": operation} | more)

    def status(self, level: str, entity_id: str) -> str:
        """The `secondary_status` of one object."""
        return str(self.one(level, entity_id)["secondary_status"])
