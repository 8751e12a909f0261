"""A container's health check: `python config/probe.py <url>` ends with 0 when the url answers 200.

The request names a host that the service accepts, as people do who come through the proxy. The standard library alone.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request


def main(url: str) -> int:
    host = os.environ.get("IMPRIMATUR_ALLOWED_HOSTS", "").split(",")[0].lstrip(".*") or "localhost"
    request = urllib.request.Request(url, headers={"Host": host})  # noqa: S310 - the container's own address
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310
            return 0 if answer.status == 200 else 1
    except urllib.error.URLError as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
