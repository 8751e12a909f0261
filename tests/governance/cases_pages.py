"""Tables for the rules about what is behind a landing page (R-54)."""

from __future__ import annotations

from typing import Any

from governance.contract import Context
from governance.landing_pages.visiting import unseen
from governance.rules.landing_pages import FAULTS
from tests.governance.builders import ERROR, FAIL, NA, PASS, ad, case, context

URL = "https://shop.example.com/shoe"
FINAL = "https://www.example.com/shoe"


def seen(**changes: Any) -> Context:
    """A context in which the ad's landing page was redirected once and is in order."""
    page = {
        **unseen(URL), "final_url": FINAL, "final_host": "www.example.com", "status": 200, "hops": [URL, FINAL],
        "content_type": "text/html; charset=utf-8", "downloads": False, "size_bytes_read": 5, "truncated": False,
        "body_sha256": "0" * 64, "title": "Shoe", "viewport": True,
    }  # fmt: skip
    return context(landing_page={**page, **changes})


def without_answer(error: str, **changes: Any) -> Context:
    """A context in which the ad's landing page could not be reached."""
    return context(landing_page={**unseen(URL), "final_url": FINAL, "hops": [URL, FINAL], "error": error, **changes})


NO_PAGE = ad(destination={"landing_page_url": None})
ODD = ad(destination={"landing_page_url": 5})
OTHERS = seen(url="https://shop.example.com/hat")
OFF = without_answer("not_fetched", final_url=None, hops=[])
DOMAINS = {"domains": ["example.com"]}

# What every one of the four answers alike.
ALIKE = [
    case(rule, subject, result, code, around, params)
    for rule, params in (
        ("landing_page.reachable", {}), ("landing_page.final_domain", DOMAINS), ("landing_page.no_download", {}),
        ("landing_page.mobile", {}),
    )
    for subject, result, code, around in (
        (ad(), PASS, "check.passed", seen()),
        (NO_PAGE, NA, "check.nothing_given", seen()),
        (NO_PAGE, NA, "check.nothing_given", context()),
        (ad(), ERROR, "check.context_missing", context()),
        (ad(), ERROR, "check.context_missing", OTHERS),
        (ad(), ERROR, "landing_page.not_fetched", OFF),
        (ODD, ERROR, "check.unreadable", seen()),
        (ad(), ERROR, "check.unreadable", seen(status=None)),
        (ad(), ERROR, "check.unreadable", seen(status=True)),
        (ad(), ERROR, "check.unreadable", seen(status="200")),
    )
]  # fmt: skip

# Without a page that was seen there is nothing to say about it; only `reachable` says what is wrong.
UNSEEN = [
    case(rule, ad(), ERROR, "landing_page.not_seen", around, params)
    for rule, params in (("landing_page.final_domain", DOMAINS), ("landing_page.no_download", {}), ("landing_page.mobile", {}))
    for around in (without_answer("dns"), without_answer("too_many_redirects", status=302), seen(status=404), seen(status=199))
]

REACHABLE = [
    *(case("landing_page.reachable", ad(), FAIL, code, without_answer(error)) for error, code in FAULTS.items()),
    case("landing_page.reachable", ad(), FAIL, "landing_page.tls_fault", without_answer("tls", detail="expired")),
    case("landing_page.reachable", ad(), FAIL, "landing_page.tls_fault", without_answer("tls", detail="of another version")),
    case("landing_page.reachable", ad(), FAIL, "landing_page.leads_to_app", without_answer("scheme", detail="market")),
    case("landing_page.reachable", ad(), ERROR, "check.unreadable", without_answer("of another version")),
    case("landing_page.reachable", ad(), ERROR, "check.unreadable", without_answer("dns", detail=5)),
    case("landing_page.reachable", ad(), FAIL, "landing_page.status", seen(status=199)),
    case("landing_page.reachable", ad(), PASS, around=seen(status=299)),
    case("landing_page.reachable", ad(), FAIL, "landing_page.status", seen(status=300)),
    case("landing_page.reachable", ad(), FAIL, "landing_page.status", seen(status=404)),
    case("landing_page.reachable", ad(), FAIL, "landing_page.status", seen(status=503)),
    case("landing_page.reachable", ad(), PASS, around=seen(hops=["HTTPS://shop.example.com/shoe"])),
    case("landing_page.reachable", ad(), FAIL, "landing_page.unencrypted_hop", seen(hops=[URL, "http://go.example.com/", FINAL])),
    case("landing_page.reachable", ad(), FAIL, "landing_page.unencrypted_hop", seen(hops=["http://shop.example.com/shoe", FINAL])),
    case("landing_page.reachable", ad(), ERROR, "check.unreadable", seen(hops=[5])),
]

FINAL_DOMAIN = [
    case("landing_page.final_domain", ad(), PASS, around=seen(final_host="example.com"), params=DOMAINS),
    case("landing_page.final_domain", ad(), FAIL, "landing_page.leaves_domain", seen(final_host="evilexample.com"), DOMAINS),
    case("landing_page.final_domain", ad(), FAIL, "landing_page.leaves_domain", seen(final_host="example.com.evil.net"), DOMAINS),
    case("landing_page.final_domain", ad(), ERROR, "check.unreadable", seen(final_host=None), DOMAINS),
    case("landing_page.final_domain", ad(), PASS, around=seen(final_host="xn--mller-kva.de"), params={"domains": ["müller.de"]}),
    case("landing_page.final_domain", ad(), FAIL, "landing_page.no_domains_configured", seen()),
    case("landing_page.final_domain", ad(), ERROR, "check.params_invalid", seen(), {"domains": ["*.example.com"]}),
    case("landing_page.final_domain", ad(), ERROR, "check.unreadable", seen(final_host=5), DOMAINS),
]

NO_DOWNLOAD = [
    case("landing_page.no_download", ad(), FAIL, "landing_page.downloads", seen(downloads=True)),
    case("landing_page.no_download", ad(), FAIL, "landing_page.downloads", seen(downloads=True, content_type=None)),
    case("landing_page.no_download", ad(), ERROR, "check.unreadable", seen(downloads=None)),
    case("landing_page.no_download", ad(), ERROR, "check.unreadable", seen(downloads=0)),
]

MOBILE = [
    case("landing_page.mobile", ad(), FAIL, "landing_page.not_for_phones", seen(viewport=False)),
    case("landing_page.mobile", ad(), NA, "landing_page.no_html", seen(viewport=None)),
    case("landing_page.mobile", ad(), ERROR, "check.unreadable", seen(viewport="yes")),
]

CASES = [*ALIKE, *UNSEEN, *REACHABLE, *FINAL_DOMAIN, *NO_DOWNLOAD, *MOBILE]
