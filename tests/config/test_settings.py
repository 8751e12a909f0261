"""docs/settings.md says all there is to say about the environment, and its production example holds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from simulator.fixture import DEMO
from tests.architecture.sources import PACKAGES, ROOT, sources

DOCUMENT = ROOT / "docs" / "settings.md"
VARIABLE = re.compile(r"\bIMPRIMATUR_[A-Z_]*[A-Z]\b")
READ = re.compile(r"""(?:env(?:\.\w+)?\(|required\(|environ(?:\.get)?[(\[])\s*["'](IMPRIMATUR_[A-Z_]+)["']""")


def documented() -> set[str]:
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `IMPRIMATUR_")]
    return {VARIABLE.findall(row)[0] for row in rows}


def production_example() -> dict[str, str]:
    block = re.search(r"```sh\n(IMPRIMATUR_.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert block is not None
    return dict(line.split("=", 1) for line in block[1].splitlines())


def check(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "SYSTEMROOT"}}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments], cwd=ROOT, env={**kept, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_every_variable_that_is_read_is_documented_and_the_other_way_round():
    files = [*sources(*PACKAGES), ROOT / "tests" / "settings.py"]
    read = {name for path in files for name in READ.findall(path.read_text())}
    assert read == documented()


def test_only_settings_read_the_environment():
    """One place decides. The simulator is a program of its own, and the container's probe knows no Django."""
    own = {"config/settings.py", "config/supervision.py", "config/probe.py", "config/celery.py", "config/wsgi.py"}
    packages = [package for package in PACKAGES if package != "simulator"]
    readers = {str(path.relative_to(ROOT)) for path in sources(*packages) if "os.environ" in path.read_text()}
    assert readers <= own


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"IMPRIMATUR_OIDC_ONLY": "1"}, "would let nobody in"),
        ({"IMPRIMATUR_OIDC_ISSUER": "https://id.example.com"}, "IMPRIMATUR_OIDC_CLIENT_ID"),
        (
            {
                "IMPRIMATUR_OIDC_ISSUER": "http://id.example.com", "IMPRIMATUR_OIDC_CLIENT_ID": "a",
                "IMPRIMATUR_OIDC_CLIENT_SECRET": "b", "IMPRIMATUR_OIDC_ORGANISATION": "c",
            },
            "must be an https address",
        ),
        ({"IMPRIMATUR_OIDC_GROUPS": "[1]"}, "titles of user groups"),
        ({"IMPRIMATUR_LOCKOUT_FAILURES": "0"}, "at least 1"),
    ],
)  # fmt: skip
def test_half_a_single_sign_on_does_not_start(more: dict[str, str], words: str):
    done = check({**production_example(), **more})
    assert done.returncode != 0
    assert words in done.stderr


@pytest.mark.slow
def test_production_example_passes_the_deployment_check():
    done = check(production_example(), "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["IMPRIMATUR_SECRET_KEY", "IMPRIMATUR_TIKTOK_HOST", "IMPRIMATUR_TIKTOK_ACCESS_TOKEN"])
def test_secret_without_value_stops_the_start(name):
    environment = production_example()
    del environment[name]
    done = check(environment)
    assert done.returncode != 0
    assert f"Set {name} in the environment" in done.stderr


@pytest.mark.slow
def test_embedded_parts_are_pointed_out_to_a_deployment():
    environment = production_example()
    del environment["IMPRIMATUR_DATABASE_URL"], environment["IMPRIMATUR_BROKER_URL"]
    done = check(environment, "--deploy", "--fail-level", "WARNING")
    assert done.returncode != 0
    assert "imprimatur.W001" in done.stderr
    assert "imprimatur.W002" in done.stderr


@pytest.mark.slow
def test_production_host_needs_to_be_allowed():
    environment = production_example()
    del environment["IMPRIMATUR_TIKTOK_ALLOW_PRODUCTION"]
    done = check(environment)
    assert done.returncode != 0
    assert "imprimatur.E001" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("changed", [{"IMPRIMATUR_LEASE_SECONDS": "300"}, {"IMPRIMATUR_TASK_SOFT_LIMIT": "300"}])
def test_a_lease_outlives_the_worker_that_holds_it(changed):
    done = check(production_example() | changed)
    assert done.returncode != 0
    assert "IMPRIMATUR_TASK_HARD_LIMIT < IMPRIMATUR_LEASE_SECONDS must hold" in done.stderr


def test_containers_take_every_secret_from_outside():
    """docker-compose.yml names no secret's value and gives none a default."""
    text = Path(ROOT, "docker-compose.yml").read_text()
    secret = re.compile(r"\$\{([A-Z_]*(?:PASSWORD|SECRET|TOKEN)[A-Z_]*)(:[?-])?")
    uses = secret.findall(text)
    assert {name for name, _ in uses} == {
        "IMPRIMATUR_SECRET_KEY", "IMPRIMATUR_TIKTOK_ACCESS_TOKEN", "POSTGRES_PASSWORD", "REDIS_PASSWORD"
    }  # fmt: skip
    assert not [name for name, sign in uses if sign == ":-"]
    assert {name for name, sign in uses if sign == ":?"} == {name for name, _ in uses}
    known = set(VARIABLE.findall(text)) - {"IMPRIMATUR_PORT"}
    assert known <= documented()


def compose_example() -> dict[str, str]:
    lines = Path(ROOT, "compose.env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def composed() -> dict[str, Any]:
    """docker-compose.yml with the example's values put in, and `secret` where it leaves them open."""
    text = Path(ROOT, "docker-compose.yml").read_text()
    given = {name: value or "secret" for name, value in compose_example().items()}
    filled = re.sub(r"\$\{(\w+)[^}]*\}", lambda found: given[found[1]], text)
    return cast(dict[str, Any], yaml.safe_load(filled))


def test_the_containers_example_names_all_that_is_asked_for_and_holds_no_secret():
    text = Path(ROOT, "docker-compose.yml").read_text()
    example = compose_example()
    assert set(re.findall(r"\$\{(\w+)", text)) == set(example)
    required = set(re.findall(r"\$\{(\w+):\?", text))
    described = DOCUMENT.read_text() + Path(ROOT, "README.md").read_text() + Path(ROOT, "compose.env.example").read_text()
    assert required <= set(re.findall(r"\w+", described))
    assert {name for name, value in example.items() if not value} == {
        "IMPRIMATUR_SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"
    }  # fmt: skip


def test_the_containers_example_suits_the_simulator_and_a_browser_without_https():
    services = composed()["services"]
    web = services["web"]["environment"]
    assert "simulator" in services["simulator"]["profiles"]
    assert web["IMPRIMATUR_TIKTOK_HOST"] == "http://simulator:8899"
    assert all(web["IMPRIMATUR_TIKTOK_ACCESS_TOKEN"] in one["access_tokens"] for one in DEMO["advertisers"])
    assert [str(web[f"IMPRIMATUR_{name}"]) for name in ("SSL_REDIRECT", "SECURE_COOKIES", "BEHIND_PROXY")] == ["0"] * 3
    assert {"mkdir", "$$TMPDIR"} <= set(services["migrate"]["command"].replace('"', " ").split())
    for service in ("web", "worker"):
        kept = [volume.split(":")[1] for volume in services[service]["volumes"]]
        assert services[service]["environment"]["TMPDIR"].startswith(tuple(kept)), "uploads go to disk, not to memory"


def test_an_installation_s_containers_file_stays_out_of_git_and_of_the_image():
    for name in (".gitignore", ".dockerignore"):
        assert ".env" in Path(ROOT, name).read_text().splitlines()


@pytest.mark.parametrize("words", [("create_api_token", "x@example.com", "--name", "x"), ("grant_role", "--help"), ("migrate",)])
@pytest.mark.parametrize(("known", "lacking", "why"), [
    ({}, "IMPRIMATUR_SECRET_KEY", "shared secret"),
    ({"IMPRIMATUR_SECRET_KEY": "x" * 60}, "IMPRIMATUR_TIKTOK_HOST", "platform that nobody chose"),
])  # fmt: skip
def test_a_command_that_lacks_a_setting_says_so_in_a_line(known: dict[str, str], lacking: str, why: str, words: tuple[str, ...]):
    """Whoever tries the README beside `make run` meets this first."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env={**kept, **known}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(f"Set {lacking} in the environment")
    assert why in done.stderr
    assert "IMPRIMATUR_DEBUG=1" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"IMPRIMATUR_LANDING_PAGES_SECONDS": "240"}, "IMPRIMATUR_LANDING_PAGES_SECONDS < IMPRIMATUR_TASK_SOFT_LIMIT must hold"),
        ({"IMPRIMATUR_LANDING_PAGES_READ_SECONDS": "0"}, "are above zero"),
        ({"IMPRIMATUR_LANDING_PAGES_OPENED": "10.1.2.3:443,shop.example.com:443"}, "not 'shop.example.com:443'"),
        ({"IMPRIMATUR_LANDING_PAGES_REFUSED": "203.0.113.7/24"}, "IMPRIMATUR_LANDING_PAGES_REFUSED takes networks"),
    ],
)
def test_wrong_settings_of_landing_pages_do_not_start(changed: dict[str, str], words: str):
    done = check(production_example() | changed)
    assert done.returncode != 0
    assert words in done.stderr
