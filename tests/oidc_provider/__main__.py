"""`python -m tests.oidc_provider <folder>`: reads setup.json there, serves, prints the address once it listens."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: the test's own output is enough."""


def not_yet(*_: Any) -> Any:
    """The address has to be known before Django is set up; nobody is told it before."""
    raise NotImplementedError


def main(folder: Path) -> None:
    os.environ |= {"PROVIDER_FOLDER": str(folder), "DJANGO_SETTINGS_MODULE": "tests.oidc_provider.settings"}
    with make_server("127.0.0.1", 0, not_yet, server_class=Threads, handler_class=Quiet) as server:
        os.environ["PROVIDER_URL"] = f"http://127.0.0.1:{server.server_port}"
        import django

        django.setup()
        prepare(json.loads((folder / "setup.json").read_text()))
        from django.core.wsgi import get_wsgi_application

        server.set_app(get_wsgi_application())
        print(os.environ["PROVIDER_URL"], flush=True)
        server.serve_forever()


def prepare(setup: dict[str, str]) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    Application.objects.create(
        client_id=setup["client_id"], client_secret=setup["client_secret"], redirect_uris=setup["redirect_uri"],
        client_type="confidential", authorization_grant_type="authorization-code", algorithm="RS256", skip_authorization=True,
    )  # fmt: skip
    for name in setup["people"]:
        User.objects.create_user(name, password=setup["password"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
