"""The doors of v1.3: which path, which method, who may, and what answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from simulator import accounts, adgroups, ads, campaigns, checks, files, media
from simulator.call import Call, Upload
from simulator.envelope import (
    INVALID_PARAMS,
    OK,
    PARTIAL_OK,
    ROUTE_NOT_FOUND,
    SIGNATURE_MISMATCH,
    TOKEN_INVALID,
    TOKEN_MISSING,
    Answer,
    ApiError,
    Partial,
    enveloped,
    invalid,
    new_request_id,
)
from simulator.listing import lister
from simulator.store import Store
from simulator.switching import switcher
from simulator.wire import Form, Request, parsed_json, read_form
from simulator.words import words

PREFIX = "/open_api/v1.3/"
_JSON_QUERY = words("filtering fields exclude_field_types_in_response video_ids image_ids advertiser_ids")


@dataclass(frozen=True)
class Route:
    """One endpoint; `upload` names the medium that its form carries."""

    method: Literal["GET", "POST"]
    answer: Callable[[Call], object]
    upload: Literal["video", "image"] | None = None


ROUTES: dict[str, Route] = {
    "campaign/create/": Route("POST", campaigns.create),
    "campaign/get/": Route("GET", lister("campaign")),
    "campaign/update/": Route("POST", campaigns.update),
    "campaign/status/update/": Route("POST", switcher("campaign")),
    "adgroup/create/": Route("POST", adgroups.create),
    "adgroup/get/": Route("GET", lister("adgroup")),
    "adgroup/update/": Route("POST", adgroups.update),
    "adgroup/status/update/": Route("POST", switcher("adgroup")),
    "adgroup/quota/": Route("GET", adgroups.quota),
    "ad/create/": Route("POST", ads.create),
    "ad/get/": Route("GET", lister("ad")),
    "ad/update/": Route("POST", ads.update),
    "ad/status/update/": Route("POST", switcher("ad")),
    "file/video/ad/upload/": Route("POST", files.upload_video, upload="video"),
    "file/video/ad/info/": Route("GET", files.video_info),
    "file/video/ad/search/": Route("GET", files.video_search),
    "file/image/ad/upload/": Route("POST", files.upload_image, upload="image"),
    "file/image/ad/info/": Route("GET", files.image_info),
    "identity/get/": Route("GET", accounts.identity_get),
    "identity/create/": Route("POST", accounts.identity_create),
}
_ADVERTISER_INFO = "advertiser/info/"


def answer(store: Store, request: Request) -> Answer:
    """Answer one call of the Marketing API. Business errors are HTTP 200."""
    name = request.path.removeprefix(PREFIX)
    with store.transaction():
        request_id = new_request_id(store.now())
    method = "GET" if name == _ADVERTISER_INFO else getattr(ROUTES.get(name), "method", None)
    if method is None:
        return enveloped(ROUTE_NOT_FOUND, "Path not found.", {}, request_id, 404)
    if method != request.method:
        return enveloped(ROUTE_NOT_FOUND, "Method not allowed.", {}, request_id, 405)
    try:
        data = _authorised(store, request, name, request_id)
    except ApiError as error:
        return enveloped(error.code, error.message, error.data, request_id)
    if isinstance(data, Partial):
        return enveloped(PARTIAL_OK, "Partial success", data.data, request_id)
    return enveloped(OK, "OK", data, request_id)


def _authorised(store: Store, request: Request, name: str, request_id: str) -> object:
    token = request.headers.get("access-token", "")
    if not token:
        raise ApiError(TOKEN_MISSING, "Access token is empty.")
    with store.transaction():
        if not store.accounts_of_token(token):
            raise ApiError(TOKEN_INVALID, "Access token is incorrect or has been revoked.")
    if name == _ADVERTISER_INFO:
        with store.transaction():
            return accounts.advertiser_info(store, token, _query(request))
    route = ROUTES[name]
    if route.upload is not None:
        return _uploaded(store, request, route, token, request_id)
    params = _query(request) if route.method == "GET" else request.json_body()
    return _called(store, request, route, token, request_id, params, None)


def _called(
    store: Store,
    request: Request,
    route: Route,
    token: str,
    request_id: str,
    params: dict[str, Any],
    upload: Upload | None,
) -> object:
    with store.transaction():
        advertiser = accounts.granted(store, token, checks.required_str(params, "advertiser_id"))
        call = Call(store, advertiser, params, store.now(), request_id, request.base_url, upload)
        return route.answer(call)


def _query(request: Request) -> dict[str, Any]:
    params: dict[str, Any] = dict(request.query())
    for name in _JSON_QUERY & params.keys():
        try:
            params[name] = parsed_json(params[name])
        except (ValueError, RecursionError) as error:
            raise invalid(name, "Not valid JSON.") from error
    for name in ("fields", "exclude_field_types_in_response"):
        if name in params:
            checks.kind(name, params[name], "strings")
    return params


def _uploaded(store: Store, request: Request, route: Route, token: str, request_id: str) -> object:
    """Read and measure the file before the state is locked; nothing is kept on refusal."""
    kind = route.upload or "video"
    if not request.is_multipart:
        raise ApiError(INVALID_PARAMS, "Content-Type must be multipart/form-data.")
    form = read_form(request, store.media_folder)
    try:
        file = form.files.get(f"{kind}_file")
        files.check_form(kind, form.values, file is not None)
        with store.transaction():
            accounts.granted(store, token, checks.required_str(form.values, "advertiser_id"))
        upload = _measured(kind, form)
        return _called(store, request, route, token, request_id, dict(form.values), upload)
    finally:
        form.discard()


def _measured(kind: str, form: Form) -> Upload:
    file = form.files[f"{kind}_file"]
    given = form.values[f"{kind}_signature"].lower()
    found = media.signature(file.path)
    if given != found:
        # Refused before the bytes are opened: they are not what the sender meant to send.
        raise ApiError(SIGNATURE_MISMATCH, f"{kind}_signature: MD5 does not match the file.")
    return Upload(file.path, file.name, found, media.probe(kind, file.path))
