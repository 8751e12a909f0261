"""Server-side request forgery: a landing page never leads the service to something near it (R-54).

The servers are real and listen. That a refused address could have been reached is shown by controls: the same visit, with a
policy that opens the address, arrives.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from config import landing_pages as settings
from governance.landing_pages.addresses import PORTS, Policy, is_public
from governance.landing_pages.outside import Outside
from tests.governance.page_server import html, moved, serving, visited

NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1",
    "127.255.255.254", "168.63.129.16", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::10.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:100.64.0.1", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:0808:0808::1", "3fff::1", "3fff:fff::1",
    "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
    "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
    "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
    "2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "2a00:1450:4001::1", "2620:fe::fe",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_r54_an_address_near_the_service_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not Policy().allows(ip_address(address), 443)


@pytest.mark.parametrize("address", PUBLIC)
def test_r54_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))
    assert Policy().allows(ip_address(address), 443)


@given(address=st.ip_addresses())
def test_r54_what_python_calls_private_is_never_public(address: IPv4Address | IPv6Address) -> None:
    odd = not address.is_global or address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    assert not (odd and is_public(address))


def test_r54_only_the_ports_of_the_web_are_asked() -> None:
    policy = Policy()
    assert {port for port in range(65_536) if policy.allows(ip_address("8.8.8.8"), port)} == PORTS == {80, 443}


def test_r54_what_an_operator_opens_is_one_address_and_port_and_what_they_refuse_is_refused() -> None:
    policy = Policy(
        opened=frozenset({settings.opened("10.1.2.3:8443"), settings.opened("[fd00::1]:443")}),
        refused=(settings.refused("8.8.0.0/16"), settings.refused("2a00::/16")),
    )
    assert policy.allows(ip_address("10.1.2.3"), 8443)
    assert policy.allows(ip_address("fd00::1"), 443)
    assert policy.knows(8443)
    for address, port in (
        ("10.1.2.3", 443), ("10.1.2.4", 8443), ("fd00::2", 443), ("1.1.1.1", 8443), ("8.8.8.8", 443), ("2a00::1", 443),
        ("::ffff:10.1.2.3", 8443),
    ):  # fmt: skip
        assert not policy.allows(ip_address(address), port)
    assert policy.allows(ip_address("8.9.0.0"), 443)


@pytest.mark.parametrize(
    "entry", ["", "10.1.2.3", "10.1.2.3:", "10.1.2.3:0", "10.1.2.3:65536", "10.1.2.3:x", "shop.test:443", "10.1.2.0/24:443", "fd00::1", ":443"]
)
def test_r54_what_is_opened_is_an_address_with_a_port(entry: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="such as"):
        settings.opened(entry)


@pytest.mark.parametrize("entry", ["", "shop.test", "8.8.8.8/8", "8.8.8.8/33", "*"])
def test_r54_what_is_refused_is_a_network(entry: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="networks"):
        settings.refused(entry)


# --- against a server that listens -----------------------------------------------------------------------------------

# Spellings by which a server on 127.0.0.1 can be reached from its own machine.
SPELLINGS = ["127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1"]
FRIENDS = ["127.1.2.3", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "::", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%1"]


def world(port: int, *answers: Sequence[str], opened: Sequence[str] = ()) -> tuple[Outside, list[str]]:
    """Production's policy but for the port, so that the address alone decides; one answer a look-up, the last one for ever."""
    asked: list[str] = []

    def resolve(host: str, at: int, seconds: float) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    policy = Policy(frozenset({port}), frozenset((ip_address(each), port) for each in opened))
    return Outside(policy, resolve), asked


@pytest.mark.parametrize("address", [*SPELLINGS, *FRIENDS])
def test_r54_the_service_itself_is_never_connected_to(address: str) -> None:
    with serving({"/": html()}) as server:
        page = visited(f"http://shop.test:{server.port}/", world(server.port, [address])[0])
        assert (page["error"], page["status"], server.connections) == ("refused_address", None, 0)
        if address in SPELLINGS:  # the control: it was the policy that kept it away
            page = visited(f"http://shop.test:{server.port}/", world(server.port, [address], opened=[address])[0])
            assert (page["status"], server.connections) == (200, 1)
    assert address not in str(page["detail"])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "0", "localhost",
        "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127.0.0.1.", "１２７.0.0.1", "127。0。0。1", "shop.test@127.0.0.1",
        "127.0.0.1%00.shop.test", "127.0.0.1#.shop.test", "127.0.0.1\\.shop.test",
    ],
)  # fmt: skip
def test_r54_an_address_written_as_a_number_is_no_landing_page(host: str) -> None:
    with serving({"/": html()}) as server:
        outside, asked = world(server.port, ["127.0.0.1"], opened=["127.0.0.1"])
        for url in (f"http://{host}:{server.port}/", f"http://{host}/"):
            page = visited(url, outside)
            assert (page["error"], page["status"]) == ("address", None)
        assert (asked, server.connections) == ([], 0)


def test_r54_a_second_answer_of_the_name_server_leads_nowhere() -> None:
    """DNS rebinding: the name is looked up once for a request, and the connection goes to the answer that was judged."""
    with serving({"/": html()}) as public, socket.create_server(("127.0.0.2", public.port)) as private:
        private.settimeout(0.2)
        outside, asked = world(public.port, ["127.0.0.1"], ["127.0.0.2"], opened=["127.0.0.1"])
        page = visited(f"http://shop.test:{public.port}/", outside)
        assert (page["status"], public.connections, asked) == (200, 1, ["shop.test"])
        with pytest.raises(TimeoutError):
            private.accept()


def test_r54_the_name_is_judged_anew_for_every_hop() -> None:
    with serving({"/": moved("/again"), "/again": html()}) as public, socket.create_server(("127.0.0.2", public.port)) as private:
        private.settimeout(0.2)
        outside, asked = world(public.port, ["127.0.0.1"], ["127.0.0.2"], opened=["127.0.0.1"])
        page = visited(f"http://shop.test:{public.port}/", outside)
        assert (page["error"], len(page["hops"]), public.connections) == ("refused_address", 2, 1)
        assert asked == ["shop.test", "shop.test"]
        with pytest.raises(TimeoutError):
            private.accept()


def test_r54_one_refused_address_among_several_refuses_the_name() -> None:
    with serving({"/": html()}) as server:
        for answer in (["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1", "::1"]):
            page = visited(f"http://shop.test:{server.port}/", world(server.port, answer, opened=["127.0.0.1"])[0])
            assert page["error"] == "refused_address"
        assert server.connections == 0


@pytest.mark.parametrize("answer", [["not an address"], [""], ["127.0.0.1/8"], ["1e1"], []])
def test_r54_a_resolver_s_nonsense_is_no_address(answer: list[str]) -> None:
    assert visited("https://shop.test/", Outside(Policy(), lambda *asked: answer))["error"] == "dns"


def test_r54_a_submitter_does_not_learn_what_names_mean_inside(caplog: pytest.LogCaptureFixture) -> None:
    page = visited("https://intranet.test/", Outside(Policy(), lambda *asked: ["10.11.12.13"]))
    assert "10.11.12.13" not in str(page)
    assert "10.11.12.13" in caplog.text  # the operator does


def test_r54_the_tables_hold_networks_without_overlap() -> None:
    """A network inside another would be a line that does nothing."""
    from governance.landing_pages.addresses import _NOT_PUBLIC

    for one in _NOT_PUBLIC:
        assert [other for other in _NOT_PUBLIC if other != one and other.version == one.version and other.overlaps(one)] == []
    assert all(ip_network(str(each)) == each for each in _NOT_PUBLIC)
