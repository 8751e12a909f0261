"""No address gets past the list of allowed domains (R-54)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.contract import Result
from governance.rules.destinations import Malformed, ascii_host, is_within, parse_address
from tests.governance.builders import ad, judge

ALLOWED = ["example.com", "müller.de", "straße.example"]

GOOD = [
    "https://example.com",
    "https://example.com/",
    "https://example.com/path?q=1#part",
    "https://EXAMPLE.com/Path",
    "HTTPS://Shop.Example.COM",
    "https://a.b.c.example.com:443/x",
    "https://example.com?next=https://evil.example",
    "https://example.com#@evil.example",
    "https://example.com/@evil.example",
    "https://example.com/?__CAMPAIGN_ID__=__CID__",
    "https://müller.de/",
    "https://MÜLLER.de/",
    "https://xn--mller-kva.de/",
    "https://www.XN--MLLER-KVA.de/",
    "https://straße.example/",
    "https://grüße-aus.müller.de/",
    "https://xn--strae-oqa.example/",
]

BAD = [
    "https://evil.example",
    "https://evilexample.com",
    "https://example.com.evil.example",
    "https://example.org",
    "https://com",
    "https://example.com@evil.example",
    "https://example.com:443@evil.example/",
    "https://user:word@example.com",
    "https://@example.com",
    "https://example.com\\@evil.example",
    "https://evil.example\\.example.com",
    "https:\\\\example.com",
    "https://example.com/a\\b",
    "https://example.com/a b",
    "https:/example.com",
    "https:example.com",
    "//example.com",
    "https:///example.com",
    "https://example.com.",
    "https://example.com../",
    "https://.example.com",
    "https://a..example.com",
    "https://evil.example/.example.com",
    "https://evil.example?.example.com",
    "https://evil.example#.example.com",
    "https://evil.example%2eexample.com",
    "https://evil.example%00.example.com",
    "https://evil.example\x00.example.com",
    "https://evil.example\n.example.com",
    "https://exa\tmple.com",
    " https://example.com",
    "https://example.com ",
    "https://example.com\u3000/",
    "https://exam\u200bple.com",
    "https://exam\u00adple.com",
    "https://example\u3002com",
    "https://example\uff0ecom",
    "https://ｅxample.com",
    "https://ехample.com",
    "https://example.com:8443a/",
    "https://example.com:9x/",
    "https://example.com:/",
    "https://example.com:0/",
    "https://example.com:999999/",
    "https://example.com:４４３/",
    "https://[::1]/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.0x1/",
    "https://1.0x7f/",
    "https://-example.com/",
    "https://strasse.example/",
    "https://muller.de/",
    "javascript://example.com/%0aalert(1)",
    "data:text/html,example.com",
]


@pytest.mark.parametrize("url", GOOD)
def test_r54_an_allowed_address_passes(url: str) -> None:
    for rule, params in (("landing_page.domain", {"domains": ALLOWED}), ("landing_page.https", {})):
        (finding,) = judge(rule, ad(destination={"landing_page_url": url}), params=params)
        assert finding.result is Result.PASS, finding


@pytest.mark.parametrize("url", BAD)
def test_r54_a_trick_address_fails(url: str) -> None:
    subject = ad(destination={"landing_page_url": url})
    findings = judge("landing_page.domain", subject, params={"domains": ALLOWED}) + judge("landing_page.https", subject)
    assert Result.FAIL in {each.result for each in findings}
    assert Result.ERROR not in {each.result for each in findings}


LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)


@given(
    host=st.lists(LABEL, min_size=2, max_size=4).map(".".join),
    domain=st.lists(LABEL, min_size=2, max_size=3).map(".".join),
)
def test_r54_a_host_passes_exactly_when_its_labels_end_in_the_domain(host: str, domain: str) -> None:
    wanted = domain.split(".")
    assert len(ascii_host("a." * 121 + "example.com")) == 253
    for name in (
        "aa." + "a." * 120 + "example.com",
        host,
        f"{host}.{domain}",
        domain,
        f"{host}{domain}",
        f"{domain}.{host}",
    ):
        inside = name.split(".")[-len(wanted) :] == wanted
        (finding,) = judge(
            "landing_page.domain",
            ad(destination={"landing_page_url": f"https://{name.upper()}/"}),
            params={"domains": [domain]},
        )
        assert finding.result is (Result.PASS if inside else Result.FAIL)


@given(before=st.text(max_size=15), after=st.text(max_size=15))
def test_r54_text_around_an_allowed_name_never_widens_it(before: str, after: str) -> None:
    url = f"https://{before}example.com{after}"
    (finding,) = judge(
        "landing_page.domain", ad(destination={"landing_page_url": url}), params={"domains": ["example.com"]}
    )
    if finding.result is Result.PASS:
        # Read as a browser would at its most generous: what stands before the first / ? # or backslash.
        authority = before + "example.com" + after
        for mark in "/?#\\":
            authority = authority.split(mark)[0]
        assert "@" not in authority
        host = authority.lower().split(":")[0]
        assert host == "example.com" or host.endswith(".example.com")


@given(text=st.text(max_size=60))
def test_r54_any_text_is_read_or_refused(text: str) -> None:
    try:
        host = parse_address(text).host
    except Malformed:
        return
    assert host.isascii()
    assert host == host.lower()
    assert ascii_host(host) == host


def test_r54_long_names_are_refused() -> None:
    assert is_within(ascii_host("a." * 120 + "example.com"), "example.com")
    for name in ("a." * 125 + "example.com", "a" * 64 + ".example.com", "ü" * 60 + ".de"):
        with pytest.raises(Malformed):
            ascii_host(name)
