"""The door as clients see it: JSON in, JSON out, a bearer token per person."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import builders
from tests.builders import World

PROBLEM = "application/problem+json"
V1 = "/api/v1/"


@dataclass
class Answer:
    """A status with its parsed body and headers."""

    status: int
    body: Any
    headers: Any
    type: str

    @property
    def fields(self) -> dict[str, str]:
        """Of a problem: field → code."""
        return {each["field"]: each["code"] for each in self.body.get("errors", [])}


@dataclass
class Api:
    """A client with one person's token. Nothing is parsed leniently: a problem must be one, JSON must be JSON."""

    token: str | None
    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))

    def send(self, method: str, path: str, data: Any = b"", content_type: str = "application/json", **headers: str) -> Answer:
        url = path if path.startswith(("/", "http")) else V1 + path
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None and "Authorization" not in named:
            named["Authorization"] = f"Bearer {self.token}"
        response = self.client.generic(method, url, data, content_type, headers=named)
        assert response.headers.get("X-Request-ID"), "every answer carries its request id"
        kind = response.headers.get("Content-Type", "")
        text = kind.startswith(("text/csv", "application/yaml"))
        body: Any = response.content.decode() if text else json.loads(response.content) if response.content else None
        if response.status_code >= 400:
            assert kind == PROBLEM, (kind, response.content[:300])
            assert {"type", "title", "status", "detail", "code"} <= set(body)
            assert body["status"] == response.status_code
        return Answer(response.status_code, body, response.headers, kind)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps({} if body is None else body, default=str).encode()
        return self.send("POST", path, raw, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("PATCH", path, json.dumps(body, default=str).encode(), **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.send("DELETE", path, **headers)

    def upload(self, account: Any, content: bytes | Path, name: str = "film.mp4", **headers: str) -> Answer:
        """POST media/ as a browser or curl would."""
        from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

        raw = content.read_bytes() if isinstance(content, Path) else content
        form = {"ad_account": str(account), "file": SimpleUploadedFile(name, raw)}
        return self.send("POST", "media/", encode_multipart(BOUNDARY, form), MULTIPART_CONTENT, **headers)


@pytest.fixture
def world(db: None) -> World:
    """The usual organisation."""
    return builders.organisation()


@pytest.fixture
def api(world: World) -> Api:
    """The door for the submitter."""
    return Api(world.token("submitter"))


@pytest.fixture
def boss(world: World) -> Api:
    """The door for an access manager of the whole organisation."""
    world.add_person("boss", "access_manager", scope=world.organisation)
    return door(world, "boss")


@pytest.fixture
def second(world: World) -> Api:
    """The door for another access manager of the whole organisation."""
    world.add_person("second", "access_manager", scope=world.organisation)
    return door(world, "second")


def door(world: World, name: str) -> Api:
    """The door for a person of the world."""
    return Api(world.token(name))


def policy(**terms: Any) -> dict[str, Any]:
    """A version of the access policy, whole; what is not said demands nothing."""
    return {"two_managers": False, "second_factor_roles": [], "forbidden_pairs": [], **terms}
