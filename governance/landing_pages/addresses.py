"""Which addresses a landing page may be on: those that the whole internet can reach, and what an operator opens by name.

What is refused stands in tables of our own, because `ipaddress` judges differently from one Python to the next: 3.11.7 calls
::ffff:100.64.0.1, multicast and NAT64 global. Source: the special-purpose address registries of IANA.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network

PORTS: Final = frozenset({80, 443})


def _networks(*names: str) -> tuple[IpNetwork, ...]:
    return tuple(ip_network(name) for name in names)


_NOT_PUBLIC: Final = _networks(
    "0.0.0.0/8",  # this host: Linux connects it to itself
    "10.0.0.0/8",
    "100.64.0.0/10",  # carrier NAT, which clouds use within
    "127.0.0.0/8",
    "168.63.129.16/32",  # Azure's own service: a public address that only its machines reach
    "169.254.0.0/16",  # link-local, where clouds keep the credentials of a machine
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",  # protocols, Teredo among them, which carries an IPv4 address inside
    "2001:db8::/32",
    "2002::/16",  # 6to4, which carries an IPv4 address inside
    "3fff::/20",
)

# Outside of it lie loopback, unique local, link-local, site-local, multicast, segment routing, and the forms that carry an
# IPv4 address inside: mapped, compatible, NAT64.
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")


def is_public(address: IpAddress) -> bool:
    """Whether anybody on the internet could reach this address, and not something near this machine alone."""
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    return not _inside(address, _NOT_PUBLIC)


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be connected to: public addresses on `ports`, less `refused`, and the (address, port) pairs that are `opened`."""

    ports: frozenset[int] = PORTS
    opened: frozenset[tuple[IpAddress, int]] = field(default_factory=frozenset)
    refused: tuple[IpNetwork, ...] = ()

    def allows(self, address: IpAddress, port: int) -> bool:
        """Whether a connection to this address and port may be opened."""
        if (address, port) in self.opened:
            return True
        return port in self.ports and is_public(address) and not _inside(address, self.refused)

    def knows(self, port: int) -> bool:
        """Whether any address at all may be asked on this port."""
        return port in self.ports or any(port == each for _, each in self.opened)


def _inside(address: IpAddress, networks: Iterable[IpNetwork]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
