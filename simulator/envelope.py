"""The answer of the Marketing API: one envelope, HTTP 200 also for business errors.

Source: facts 4.2 (codes and meanings), `business_api_client.tiktok_business.tiktok_code`.
"""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

OK = 0
PARTIAL_OK = 20001
INVALID_PARAMS = 40000
NO_PERMISSION = 40001
PARAM_ERROR = 40002
NOT_EXIST = 40007
NOT_IMPLEMENTED = 40008
TOO_MANY_IDS = 40011
NO_UPDATE = 40012
DUPLICATED_REQUEST = 40050
VIDEO_ID_INVALID = 40053
AGE_NOT_ALLOWED = 40065
TOKEN_MISSING = 40104
TOKEN_INVALID = 40105
NOT_ON_ALLOW_LIST = 40118
ADVERTISER_NOT_EXIST = 40300
ROUTE_NOT_FOUND = 40400
AD_NUMBER_LIMIT = 40502
SIGNATURE_MISMATCH = 40900
VIDEO_TRANSCODING = 40901
FILE_NOT_EXIST = 40905
FILE_EMPTY = 40906
FILE_TOO_LARGE = 40907
FILE_TYPE_ERROR = 40908
DUPLICATED_NAME = 40911


class ApiError(Exception):
    """A refusal: `code` of the facts, a message that names the field, and optional data."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data or {}


def invalid(name: str, problem: str) -> ApiError:
    """The refusal of one parameter, in the API's own form `field: problem`."""
    return ApiError(PARAM_ERROR, f"{name}: {problem}")


@dataclass(frozen=True)
class Partial:
    """Data of an answer in which some objects succeeded and some did not (code 20001)."""

    data: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What goes over the wire: status, bytes, content type and further headers."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def new_request_id(now: datetime) -> str:
    """An id as TikTok's: the time in seconds, then random hex."""
    return f"{now:%Y%m%d%H%M%S}{secrets.token_hex(9).upper()}"


def json_answer(value: object, status: int = 200) -> Answer:
    """Any value as JSON, outside the envelope (control endpoints)."""
    return Answer(status, json.dumps(value, ensure_ascii=False).encode())


def enveloped(code: int, message: str, data: object, request_id: str, status: int = 200) -> Answer:
    """The envelope `{code, message, request_id, data}`."""
    return json_answer({"code": code, "message": message, "request_id": request_id, "data": data}, status)
