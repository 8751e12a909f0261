"""What comes over the wire: one request, its query, its JSON or multipart body."""

import json
import mmap
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn
from urllib.parse import parse_qs, urlsplit

from simulator.envelope import INVALID_PARAMS, ApiError

MAX_JSON_BYTES = 10 * 1024 * 1024
MAX_UPLOAD_BYTES = 520 * 1024 * 1024  # 500 MB of video (facts 3.1) and its envelope
_CHUNK = 1024 * 1024
_DISPOSITION = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')


@dataclass(frozen=True)
class Request:
    """One HTTP request; `body` is a file at its start."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: IO[bytes]
    base_url: str

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.target).path

    def query(self) -> dict[str, str]:
        """The query parameters as text; the last of a repeated name counts."""
        found = parse_qs(urlsplit(self.target).query, keep_blank_values=True)
        return {name: values[-1] for name, values in found.items()}

    def json_body(self) -> dict[str, Any]:
        """The JSON object of the body, 40000 when it is not one."""
        return as_object(self.body.read())

    @property
    def is_multipart(self) -> bool:
        """Whether the body is a form with files."""
        return self.headers.get("content-type", "").startswith("multipart/form-data")


@dataclass(frozen=True)
class UploadedFile:
    """A file part, copied to a temporary file that the receiver moves or deletes."""

    name: str
    path: Path
    size: int


@dataclass
class Form:
    """The parts of a multipart body."""

    values: dict[str, str] = field(default_factory=dict)
    files: dict[str, UploadedFile] = field(default_factory=dict)

    def discard(self) -> None:
        """Delete what the receiver did not move away."""
        for file in self.files.values():
            file.path.unlink(missing_ok=True)


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)  # NaN and Infinity are no JSON


def parsed_json(text: str | bytes) -> object:
    """Strict JSON; ValueError otherwise."""
    value: object = json.loads(text, parse_constant=_no_constant)
    json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    return value


def as_object(text: str | bytes) -> dict[str, Any]:
    """A JSON object, 40000 when the text is anything else."""
    try:
        value = parsed_json(text)
    except (ValueError, RecursionError) as error:
        raise ApiError(INVALID_PARAMS, "The request body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise ApiError(INVALID_PARAMS, "The request body must be a JSON object.")
    return value


def read_form(request: Request, folder: Path) -> Form:
    """Split a multipart body without holding it in memory; 40000 when it is broken."""
    match = _BOUNDARY.search(request.headers.get("content-type", ""))
    if match is None:
        raise ApiError(INVALID_PARAMS, "The multipart body has no boundary.")
    with tempfile.TemporaryFile(dir=folder) as spool:
        shutil.copyfileobj(request.body, spool, _CHUNK)
        if spool.tell() == 0:
            raise ApiError(INVALID_PARAMS, "The multipart body is empty.")
        spool.flush()
        with mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _split(data, b"--" + match.group(1).encode("latin-1"), folder)


def _split(data: mmap.mmap, delimiter: bytes, folder: Path) -> Form:
    form = Form()
    start = data.find(delimiter)
    while start >= 0:
        start += len(delimiter)
        end = data.find(b"\r\n" + delimiter, start)
        if data[start : start + 2] == b"--":
            return form
        if end < 0:
            break
        _take_part(form, data, start + 2, end, folder)
        start = end + 2
    form.discard()
    raise ApiError(INVALID_PARAMS, "The multipart body is truncated.")


def _take_part(form: Form, data: mmap.mmap, start: int, end: int, folder: Path) -> None:
    blank = data.find(b"\r\n\r\n", start, end)
    if blank < 0:
        return
    headers = data[start:blank].decode("utf-8", "replace")
    names = dict(_DISPOSITION.findall(headers))
    content = blank + 4
    if "name" not in names:
        return
    if "filename" in names:
        file = _copied(data, content, end, names["filename"], folder)
        form.files[names["name"]] = file
    else:
        form.values[names["name"]] = data[content:end].decode("utf-8", "replace")


def _copied(data: mmap.mmap, start: int, end: int, name: str, folder: Path) -> UploadedFile:
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as target:
        for offset in range(start, end, _CHUNK):
            target.write(data[offset : min(offset + _CHUNK, end)])
    return UploadedFile(name, Path(target.name), end - start)
