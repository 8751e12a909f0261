"""Rules about where an ad leads: a landing page over TLS on a domain that the brand allows (R-54).

Addresses are read more strictly than browsers read them. Whatever two readers could take differently (user
names, backslashes, blanks, numeric hosts, odd dots) is refused rather than guessed, because the reader that
counts is the browser of the person who taps the ad.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from governance.contract import (
    Context,
    InvalidParams,
    JsonObject,
    Subject,
    Verdict,
    failed,
    not_applicable,
    passed,
)
from governance.parameters import some_texts
from governance.registry import rule, shown
from governance.rules.declared import DOMAINS
from governance.rules.reading import campaign_of, section, text

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
MAX_ADDRESS = 2_000


@dataclass(frozen=True, slots=True)
class Address:
    """A landing page's scheme, host (lower case, ASCII form) and port (0 when none is written)."""

    scheme: str
    host: str
    port: int


class Malformed(ValueError):
    """An address that is refused; the text is the reason's word for the message."""


def parse_address(url: str) -> Address:
    """The parts of a landing page's address. Raises Malformed with `characters`, `user`, `port`, `host` or
    `form`.
    """
    if len(url) > MAX_ADDRESS:
        raise Malformed("form")
    if "\\" in url or any(each == " " or not each.isprintable() for each in url):
        raise Malformed("characters")
    match = _ADDRESS.fullmatch(url)
    if match is None:
        raise Malformed("form")
    authority = match["authority"]
    if "@" in authority:
        raise Malformed("user")
    name, colon, port = authority.partition(":")
    if colon and not (port.isascii() and port.isdecimal() and len(port) <= 5 and int(port)):
        raise Malformed("port")
    return Address(match["scheme"].lower(), ascii_host(name), int(port or 0))


def ascii_host(name: str) -> str:
    """A domain name in its lower-case ASCII form (`xn--` for other scripts). Raises Malformed("host").

    Refused: numeric hosts, names without a dot, a dot at either end, and every character that a browser would
    map to another one (full-width letters, ideographic full stops), so that no name can pose as another.
    """
    labels = [_ascii_label(label) for label in name.split(".")]
    host = ".".join(labels)
    if len(labels) < 2 or len(host) > 253 or not re.search("[a-z]", labels[-1]) or labels[-1].startswith("0x"):
        raise Malformed("host")
    return host


def _ascii_label(label: str) -> str:
    lower = label.lower()
    if not lower.isascii():
        stable = unicodedata.normalize("NFKC", lower) == lower
        if not stable or not all(each == "-" or unicodedata.category(each)[0] in "LMN" for each in lower):
            raise Malformed("host")
        lower = "xn--" + lower.encode("punycode").decode("ascii")
    if not _LABEL.fullmatch(lower):
        raise Malformed("host")
    return lower


def is_within(host: str, domain: str) -> bool:
    """Whether the host is the domain or below it; both in ASCII form."""
    return host == domain or host.endswith(f".{domain}")


def ascii_domains(names: list[str]) -> list[str]:
    """Allowed domains in their ASCII form. Raises InvalidParams."""
    try:
        return [ascii_host(name) for name in names]
    except Malformed:
        raise InvalidParams("params.domains", "names such as example.com, without scheme, path or wildcard") from None


def _url(subject: Subject) -> str:
    destination = section(subject.sections, "destination")
    return text(destination, "landing_page_url", "destination.landing_page_url")


@rule(
    code="landing_page.present",
    version=1,
    applies_to=("ad",),
    sections=("destination",),
    reads=("campaign",),
    params={"objectives": ["traffic", "web_conversions", "product_sales"]},
    schema={"objectives": some_texts(50, 60)},
    codes=("landing_page.missing", "landing_page.not_needed"),
    source="seed (objectives that lead to a website); TikTok facts 1.4",
)
def present(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """An ad whose objective leads somewhere has a landing page."""
    structure = section(campaign_of(context), "structure")
    objective = text(structure, "objective", "campaign.structure.objective")
    if _url(subject):
        yield passed()
    elif objective in params["objectives"]:
        yield failed("landing_page.missing", {"objective": objective}, objective=objective)
    else:
        yield not_applicable("landing_page.not_needed", objective=shown(objective))


@rule(
    code="landing_page.https",
    version=1,
    applies_to=("ad",),
    sections=("destination",),
    codes=("landing_page.malformed", "landing_page.not_https", "landing_page.port_not_allowed"),
    source="R-54 (landing page over TLS)",
)
def https(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The landing page is served over TLS, on the port meant for it."""
    url = _url(subject)
    if not url:
        yield not_applicable("check.nothing_given")
        return
    evidence = {"url": shown(url, 300)}
    try:
        address = parse_address(url)
    except Malformed as reason:
        yield failed("landing_page.malformed", evidence, url=shown(url), reason=str(reason))
        return
    if address.scheme != "https":
        yield failed("landing_page.not_https", evidence, url=shown(url))
    elif address.port not in (0, 443):
        yield failed("landing_page.port_not_allowed", evidence, url=shown(url), port=address.port)
    else:
        yield passed(evidence=evidence)


@rule(
    code="landing_page.domain",
    version=1,
    applies_to=("ad",),
    sections=("destination",),
    params={"domains": []},
    schema={"domains": DOMAINS},
    codes=("landing_page.malformed", "landing_page.domain_not_allowed", "landing_page.no_domains_configured"),
    source="R-54 (landing page on an allowed domain)",
    check=lambda params: ascii_domains(params["domains"]),
)
def domain(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The landing page is on an allowed domain or below one. An empty list allows nothing (R-03)."""
    url = _url(subject)
    if not url:
        yield not_applicable("check.nothing_given")
        return
    domains = ascii_domains(params["domains"])
    evidence = {"url": shown(url, 300), "allowed": domains}
    try:
        host = parse_address(url).host
    except Malformed as reason:
        yield failed("landing_page.malformed", evidence, url=shown(url), reason=str(reason))
        return
    evidence["host"] = host
    if not domains:
        yield failed("landing_page.no_domains_configured", evidence, host=host)
    elif any(is_within(host, each) for each in domains):
        yield passed(evidence=evidence)
    else:
        allowed = shown(", ".join(domains), 200)
        yield failed("landing_page.domain_not_allowed", evidence, host=host, allowed=allowed)
