"""Settings of looking at landing pages. From the environment only; docs/landing-pages.md says what they mean together.

Read by config/settings.py.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

# The demo's brands live under .example, which no name server knows.
LANDING_PAGES_FETCHED: bool = env.bool("IMPRIMATUR_LANDING_PAGES", default=not env.bool("IMPRIMATUR_DEBUG", default=False))
# To connect, to wait for the next byte, for everything.
LANDING_PAGES_SECONDS: tuple[float, float, float] = (
    env.float("IMPRIMATUR_LANDING_PAGES_CONNECT_SECONDS", default=5.0),
    env.float("IMPRIMATUR_LANDING_PAGES_READ_SECONDS", default=10.0),
    env.float("IMPRIMATUR_LANDING_PAGES_SECONDS", default=20.0),
)
if not all(seconds > 0 for seconds in LANDING_PAGES_SECONDS):
    raise ImproperlyConfigured("The seconds of IMPRIMATUR_LANDING_PAGES_… are above zero.")


def opened(entry: str) -> tuple[IPv4Address | IPv6Address, int]:
    """Address and port of `10.1.2.3:443` or `[fd00::1]:443`. Raises ImproperlyConfigured."""
    address, colon, port = entry.strip().rpartition(":")
    try:
        if colon and port.isascii() and port.isdecimal() and 0 < int(port) < 65_536:
            return ip_address(address.removeprefix("[").removesuffix("]")), int(port)
    except ValueError:
        pass
    raise ImproperlyConfigured(f"IMPRIMATUR_LANDING_PAGES_OPENED takes addresses with ports, such as 10.1.2.3:443, not {entry!r}.")


def refused(entry: str) -> IPv4Network | IPv6Network:
    """The network of `203.0.114.0/24`. Raises ImproperlyConfigured."""
    try:
        return ip_network(entry.strip())
    except ValueError as reason:
        raise ImproperlyConfigured(f"IMPRIMATUR_LANDING_PAGES_REFUSED takes networks: {reason}.") from None


LANDING_PAGES_OPENED = frozenset(opened(each) for each in env.list("IMPRIMATUR_LANDING_PAGES_OPENED", default=[]))
LANDING_PAGES_REFUSED = tuple(refused(each) for each in env.list("IMPRIMATUR_LANDING_PAGES_REFUSED", default=[]))
