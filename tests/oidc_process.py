"""Starting the OpenID Connect provider of tests/oidc_provider, and being a browser at it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

ROOT = Path(__file__).resolve().parent.parent
CLIENT_ID, CLIENT_SECRET = "imprimatur-under-test", "a secret between the two"
PEOPLE = ("ann", "bob", "eve")
PASSWORD = "the provider's password"


@dataclass
class Provider:
    """A running provider."""

    url: str
    folder: Path

    @property
    def issuer(self) -> str:
        return f"{self.url}/o"

    def says(self, who: str, /, **claims: Any) -> None:
        """From now on the provider says this about a person, and no more."""
        file = self.folder / "claims.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), who: claims}))

    def vouches(self, who: str, address: str, /, **more: Any) -> None:
        """The usual: a verified address."""
        self.says(who, **{"email": address, "email_verified": True, "name": who.title(), **more})

    def sign_in(self, address: str, name: str) -> str:
        """Follow an authorisation address as a person's browser would; where the provider sends it back to."""
        with requests.Session() as browser:
            browser.trust_env = False
            answer = browser.get(address, allow_redirects=False)
            for _ in range(5):
                where = urljoin(self.url, answer.headers.get("Location", ""))
                if not where.startswith(self.url):
                    return where
                answer = browser.get(where, allow_redirects=False)
                if answer.status_code == 200:
                    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', answer.text)
                    assert token is not None, answer.text
                    form = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
                    answer = browser.post(where, form, allow_redirects=False)
        raise AssertionError(f"the provider never sent the browser back: {answer.status_code} {answer.text[:500]}")


@contextmanager
def provider(folder: Path, redirect_uri: str) -> Iterator[Provider]:
    """A provider that knows PEOPLE and one client."""
    setup = {
        "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uri": redirect_uri, "people": PEOPLE,
        "password": PASSWORD,
    }  # fmt: skip
    (folder / "setup.json").write_text(json.dumps(setup))
    (folder / "claims.json").write_text("{}")
    command = [sys.executable, "-m", "tests.oidc_provider", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline().strip()
            assert line.startswith("http://"), f"the provider did not start: {line!r}"
            yield Provider(line, folder)
        finally:
            process.terminate()
            process.wait(timeout=10)
