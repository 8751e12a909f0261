"""The bytes of an upload over HTTP, with an expiry and simple ranges for video players."""

import re

from simulator.envelope import Answer, json_answer
from simulator.media import CONTENT_TYPES
from simulator.store import Store
from simulator.wire import Request

_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{8}")
_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")
_DIGITS = re.compile(r"\d{1,12}")


def media_answer(store: Store, request: Request) -> Answer:
    """The file of an upload: 404 when unknown, 403 when its address has expired."""
    name = request.path.rsplit("/", 1)[-1]
    with store.transaction():
        kinds = {medium.path: medium.fields["format"] for medium in store.media()}
        now = store.now().timestamp()
    expires = request.query().get("expires")
    if not _NAME.fullmatch(name) or name not in kinds:
        return json_answer({"error": "Not found."}, 404)
    if expires is not None and not (_DIGITS.fullmatch(expires) and int(expires) > now):
        return json_answer({"error": "The address has expired."}, 403)
    data = (store.media_folder / name).read_bytes()
    return _ranged(data, CONTENT_TYPES[kinds[name]], request.headers.get("range", ""))


def _ranged(data: bytes, content_type: str, wanted: str) -> Answer:
    headers = {"Accept-Ranges": "bytes", "Content-Security-Policy": "sandbox"}
    match = _RANGE.fullmatch(wanted)
    if match is None:
        return Answer(200, data, content_type, headers)
    start = int(match.group(1))
    end = min(int(match.group(2) or len(data) - 1), len(data) - 1)
    if start > end:
        headers["Content-Range"] = f"bytes */{len(data)}"
        return Answer(416, b"", content_type, headers)
    headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
    return Answer(206, data[start : end + 1], content_type, headers)
