"""TikTok as a channel (R-40): Marketing API v1.3 through the official SDK."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from publishing.channels import tiktok_limits, tiktok_payload, tiktok_readback
from publishing.channels.base import (
    ChannelAccount,
    ChannelError,
    ChannelNotFound,
    ChannelUnconfirmed,
    Content,
    Difference,
    EntityType,
    MediaIds,
    MediaKind,
    NotBookable,
    Parents,
    Problem,
    RemoteIdentity,
    RemoteObject,
    UploadedMedia,
)
from publishing.channels.tiktok_ad_limits import identity_type
from publishing.channels.tiktok_client import TIMEOUT, TikTokClient, checked_host, client_for
from publishing.channels.tiktok_errors import NOTHING_TO_UPDATE
from publishing.channels.tiktok_media import MediaUploads

_PAGE_SIZE = 100
_METHODS = {
    "campaign": ("CampaignCreationApi", "campaign"),
    "ad_group": ("AdgroupApi", "adgroup"),
    "ad": ("AdApi", "ad"),
}


class TikTokChannel:
    """Implements base.Channel. Cheap to make; the connection is made on first use and shared in the process.

    `host` is scheme and host of the API; production (business-api.tiktok.com) is refused unless allowed by name.
    Raises ChannelMisconfigured for a host that cannot be used.
    """

    def __init__(
        self,
        host: str,
        *,
        allow_production: bool = False,
        timeout: tuple[float, float] = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._host = checked_host(host, allow_production=allow_production)
        self._allow_production = allow_production
        self._timeout = timeout
        self._sleep = sleep

    @property
    def _client(self) -> TikTokClient:
        return client_for(self._host, allow_production=self._allow_production, timeout=self._timeout)

    def validate(self, account: ChannelAccount, content: Content, parents: Parents) -> list[Problem]:
        """See base.Channel."""
        return tiktok_limits.problems_of(account, content, parents)

    def remote_name(self, content: Content) -> str:
        """See base.Channel."""
        return tiktok_limits.remote_name(content)

    def upload_media(
        self, account: ChannelAccount, sha256: str, kind: MediaKind, path: Path, name: str
    ) -> UploadedMedia:
        """See base.Channel."""
        return MediaUploads(self._client, self._sleep).upload(account, sha256, kind, path, name)

    def confirm_media(
        self, account: ChannelAccount, sha256: str, kind: MediaKind, path: Path, uploaded: UploadedMedia
    ) -> None:
        """See base.Channel. TikTok names the MD5 of what it holds."""
        MediaUploads(self._client, self._sleep).confirm(account, sha256, kind, path, uploaded)

    def create_disabled(
        self, account: ChannelAccount, content: Content, parents: Parents, media_ids: MediaIds, correlation: str
    ) -> str:
        """See base.Channel."""
        bc_id = self._authorized_bc_id(account, content)
        body = tiktok_payload.create_body(account, content, parents, media_ids, correlation, bc_id)
        data = self._write(content["type"], "create", account, body)
        field = tiktok_readback.ID_FIELDS[content["type"]]
        ids = data.get("ad_ids") if content["type"] == "ad" else [data.get(field)]
        if not ids or not ids[0]:
            raise ChannelUnconfirmed("TikTok created it and named no id.", ambiguous=True)
        return str(ids[0])

    def read(self, account: ChannelAccount, type: EntityType, external_id: str) -> RemoteObject:
        """See base.Channel."""
        filtering = {f"{tiktok_readback.ID_FIELDS[type]}s": [external_id]}
        for remote in self._list(account, type, filtering):
            if remote.external_id == external_id:
                return remote
        raise ChannelNotFound(f"TikTok has no {type.replace('_', ' ')} {external_id} in this account.")

    def find(
        self, account: ChannelAccount, type: EntityType, parent_external_id: str | None, name: str
    ) -> list[RemoteObject]:
        """See base.Channel. TikTok's own name filter is not exact, so that the names are compared here."""
        filtering: dict[str, Any] = {f"{_METHODS[type][1]}_name": name}
        if type != "campaign":
            filtering["campaign_ids" if type == "ad_group" else "adgroup_ids"] = [parent_external_id]
        return [
            remote
            for remote in self._list(account, type, filtering)
            if remote.name == name and (type == "campaign" or remote.parent_external_id == parent_external_id)
        ]

    def enable(self, account: ChannelAccount, type: EntityType, external_id: str) -> None:
        """See base.Channel."""
        self._switch(account, type, external_id, "ENABLE")

    def pause(self, account: ChannelAccount, type: EntityType, external_id: str) -> None:
        """See base.Channel."""
        self._switch(account, type, external_id, "DISABLE")

    def update(
        self, account: ChannelAccount, content: Content, external_id: str, parents: Parents, media_ids: MediaIds
    ) -> None:
        """See base.Channel."""
        bc_id = self._authorized_bc_id(account, content)
        body = tiktok_payload.update_body(account, content, external_id, parents, media_ids, bc_id)
        remote = self.read(account, content["type"], external_id)
        differences = self.compare(account, content, remote, parents, media_ids, None)
        fixed = [Problem(d.field, "immutable", _("TikTok never changes this.")) for d in differences if _fixed(d, remote)]
        if fixed:
            raise NotBookable(fixed)
        self._write_or_nothing(content["type"], "update", account, body)

    def compare(
        self,
        account: ChannelAccount,
        content: Content,
        remote: RemoteObject,
        parents: Parents,
        media_ids: MediaIds,
        enabled: bool | None,
    ) -> list[Difference]:
        """See base.Channel."""
        return tiktok_readback.compare(account, content, remote, parents, media_ids, enabled)

    def identities(self, account: ChannelAccount) -> list[RemoteIdentity]:
        """See base.Channel."""
        client, found = self._client, []
        for page in range(1, 10_000 // _PAGE_SIZE + 1):
            data = client.call(
                *("IdentityApi", "identity_get", account.advertiser_id, account.access_token),
                page=page,
                page_size=_PAGE_SIZE,
            )
            found += [_identity(item) for item in data.get("identity_list") or []]
            if page >= _pages(data):
                break
        return found

    def _authorized_bc_id(self, account: ChannelAccount, content: Content) -> str | None:
        """The business centre through which a BC_AUTH_TT page may be used; only TikTok knows it."""
        if content.get("type") != "ad" or tiktok_limits.problems_of(account, content, {}):
            return None
        if identity_type(content["sections"]) != "BC_AUTH_TT":
            return None
        wanted = content["sections"]["identity"]["page"]["external_id"]
        for identity in self.identities(account):
            if identity.external_id == wanted and identity.identity_type == "BC_AUTH_TT":
                return identity.authorized_bc_id
        return None

    def _list(self, account: ChannelAccount, type: EntityType, filtering: dict[str, Any]) -> Iterator[RemoteObject]:
        api, noun = _METHODS[type]
        page, pages = 0, 1
        while page < pages:
            page += 1
            data = self._client.call(
                *(api, f"{noun}_get", account.advertiser_id, account.access_token),
                filtering=filtering,
                page=page,
                page_size=_PAGE_SIZE,
            )
            pages = _pages(data)
            for item in data.get("list") or []:
                yield tiktok_readback.remote_object(type, account.currency, item)

    def _switch(self, account: ChannelAccount, type: EntityType, external_id: str, status: str) -> None:
        ids = f"{tiktok_readback.ID_FIELDS[type]}s"
        body = {"advertiser_id": account.advertiser_id, ids: [external_id], "operation_status": status}
        self._write_or_nothing(type, "status_update", account, body)

    def _write_or_nothing(self, type: EntityType, verb: str, account: ChannelAccount, body: dict[str, Any]) -> None:
        try:
            self._write(type, verb, account, body)
        except ChannelError as error:
            if error.channel_code != NOTHING_TO_UPDATE:
                raise

    def _write(self, type: EntityType, verb: str, account: ChannelAccount, body: dict[str, Any]) -> dict[str, Any]:
        api, noun = _METHODS[type]
        data = self._client.call(api, f"{noun}_{verb}", account.access_token, body=body)
        return data if isinstance(data, dict) else {}


def _pages(data: dict[str, Any]) -> int:
    return int((data.get("page_info") or {}).get("total_page") or 0)


def _fixed(difference: Difference, remote: RemoteObject) -> bool:
    """Whether an update cannot repair this. Special industries may be dropped, a disclaimer never."""
    if difference.field == "structure.special_industries":
        return bool(difference.cleared)
    if difference.field == "disclosure.disclaimer":
        return difference.cleared is None
    return difference.field in tiktok_readback.IMMUTABLE[remote.type]


def _identity(item: dict[str, Any]) -> RemoteIdentity:
    bc_id = item.get("identity_authorized_bc_id")
    return RemoteIdentity(
        external_id=str(item.get("identity_id")),
        identity_type=str(item.get("identity_type")),
        display_name=str(item.get("display_name") or ""),
        available=item.get("available_status") in (None, "AVAILABLE") and not item.get("is_gpppa"),
        authorized_bc_id=str(bc_id) if bc_id else None,
        raw=item,
    )
