"""The published document, its reader, and the health addresses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from config.all_guards import ALL
from core.triggers import missing


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_document_is_valid_and_without_warnings(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_document_is_3_1_and_complete(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    wanted = {
        "media": "get post", "campaigns": "get post", "ad-groups": "get post", "ads": "get post", "approval-requests": "get post",
        "publications": "get post", "check-runs": "get", "findings": "get", "clearances": "get", "drift-findings": "get",
        "audit-events": "get", "organisations": "get post", "brands": "get post", "ad-accounts": "get post", "pages": "get post",
        "users": "get post", "service-accounts": "get post", "groups": "get post", "roles": "get post",
        "role-grants": "get post", "access-changes": "get", "access-policies": "get post", "api-tokens": "get post",
    }  # fmt: skip
    for name, verbs in wanted.items():
        assert set(document["paths"][f"/api/v1/{name}/"]) == set(verbs.split()), name
        assert f"/api/v1/{name}/{{id}}/" in document["paths"]
    for name in (
        "campaigns", "ad-groups", "ads", "organisations", "brands", "ad-accounts", "pages", "users", "service-accounts", "groups", "roles",
    ):  # fmt: skip
        assert "patch" in document["paths"][f"/api/v1/{name}/{{id}}/"]
    for name in ("role-grants", "api-tokens"):
        assert "delete" in document["paths"][f"/api/v1/{name}/{{id}}/"]
    asked = {"access/explain/": "get", "access/holders/": "get", "access/review/": "get post", "access-policy/": "get"}
    asked |= {"groups/{group}/members/": "get post", "groups/{group}/members/{user}/": "delete"}
    assert {path: " ".join(sorted(document["paths"][f"/api/v1/{path}"])) for path in asked} == asked


def test_listings_document_csv(document: dict[str, Any]) -> None:
    """Every listing, and nothing else."""
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            names = {parameter["name"] for parameter in operation["parameters"]}
            kinds = {kind for status, body in operation["responses"].items() if status < "300" for kind in body.get("content", {})}
            assert ("text/csv" in kinds) == ("cursor" in names), (verb, path)


def test_every_operation_documents_its_problems(document: dict[str, Any]) -> None:
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            refusals = {status: body for status, body in operation["responses"].items() if status >= "400"}
            assert {"400", "401", "404"} <= set(refusals), (verb, path)
            assert verb == "get" or {"403", "409", "412", "413", "415"} <= set(refusals), (verb, path)
            for body in refusals.values():
                assert body["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            names = {parameter["name"] for parameter in operation["parameters"]}
            assert "X-Request-ID" in names
            assert ("Idempotency-Key" in names) == (verb == "post")
            assert ("If-Match" in names) == (verb == "patch" and path.split("/")[3] in ("campaigns", "ad-groups", "ads"))
            assert operation["security"] == [{"bearer": []}]


def test_docs_are_served_by_us_alone() -> None:
    """Nothing inline and nothing from elsewhere: the content security policy lets it through as it is."""
    page = Client().get("/api/v1/docs/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "<script>" not in text
    assert "cdn" not in text
    assert "//unpkg" not in text
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]
    script = Client().get("/api/v1/docs/?script=")
    assert script.status_code == 200
    assert "/api/v1/openapi.json" in script.content.decode()


def test_healthz_asks_nothing() -> None:
    """Not even the database: this test has none, and any statement would fail."""
    assert Client().get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_says_what_is_missing(settings: Any) -> None:
    settings.READINESS_CHECKS = ["config.health.guards"]
    ready = Client().get("/readyz")
    assert ready.status_code == 200, ready.content
    assert [each["name"] for each in ready.json()["checks"]] == ["database", "migrations", "guards"]
    victim = next(guard for guard in ALL if guard.name.startswith("audit"))
    with connection.cursor() as cursor:
        for statement in getattr(victim, f"{connection.vendor}_drop"):
            cursor.execute(statement)
    assert missing(ALL, connection) == [victim.name]
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "not_ready"
    assert victim.name in str(answer.json())


@pytest.mark.django_db
def test_readyz_asks_for_a_worker(settings: Any) -> None:
    assert settings.READINESS_CHECKS == ["config.health.guards", "config.health.worker"]
    names = [each["name"] for each in Client().get("/readyz").json()["checks"]]
    assert names == ["database", "migrations", "guards", "worker"]
