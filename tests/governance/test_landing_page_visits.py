"""Visits to landing pages, against real servers: what is seen, and that it ends whatever the other side does (R-54)."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import socket
import threading
import time
import zlib
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from core.canonical import canonical_text
from governance.contract import Binding, Mode, Result
from governance.evaluation import compiled
from governance.landing_pages import observe, wanted
from governance.landing_pages.addresses import Policy
from governance.landing_pages.outside import Limits, Outside, Unreached, resolve
from governance.landing_pages.page import head_of
from governance.registry import shown
from tests.governance.builders import ad, campaign, context, judge
from tests.governance.page_server import (
    HERE,
    PAGE,
    QUICK,
    Authority,
    Reply,
    answering,
    html,
    moved,
    outside,
    serving,
    visited,
)

MIB = 1024 * 1024


def seen(pages: dict[str, Reply], path: str = "/", limits: Limits = QUICK) -> dict[str, Any]:
    """The observation of one path of a server of these pages, under http://shop.test."""
    with serving(pages) as server:
        return visited(f"http://shop.test:{server.port}{path}", outside(server.port), limits)


def raw(reply: bytes | Callable[[socket.socket], None], limits: Limits = QUICK) -> dict[str, Any]:
    """The observation of a server that answers with these bytes, or by this function."""
    send = (lambda line: line.sendall(reply)) if isinstance(reply, bytes) else reply
    with answering(send) as port:
        return visited(f"http://shop.test:{port}/", outside(port), limits)


# --- what is seen ----------------------------------------------------------------------------------------------------


def test_r54_a_page_is_seen_and_its_body_hash_kept() -> None:
    page = seen({"/shoe?a=%C3%BC": html(PAGE)}, "/shoe?a=ü#part")
    assert (page["status"], page["error"], page["final_host"]) == (200, None, "shop.test")
    assert page["body_sha256"] == hashlib.sha256(PAGE).hexdigest()
    assert (page["size_bytes_read"], page["truncated"]) == (len(PAGE), False)
    assert (page["title"], page["viewport"], page["downloads"]) == ("Shoe", True, False)
    assert page["hops"] == [page["url"]] == [page["final_url"]]
    assert page["tls"] is None
    json.dumps(page)
    canonical_text(page)


def test_r54_an_observation_always_has_the_same_keys_and_is_canonical() -> None:
    pages = [seen({"/": html()}), seen({"/": moved("/a")}), visited("", outside()), raw(b"nonsense")]
    assert {tuple(sorted(page)) for page in pages} == {tuple(sorted(pages[0]))}
    for page in pages:
        canonical_text(page)


def test_r54_the_visitor_says_who_it_is_and_takes_nothing_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("default login somebody password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with serving({}) as proxy, serving({"/": moved("/b", 307), "/b": html(Set_Cookie="a=1")}) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        server.pages["/"] = (302, {"Location": "/b", "Set-Cookie": "session=1"}, b"")
        assert visited(f"http://shop.test:{server.port}/", outside(server.port))["status"] == 200
        assert proxy.connections == 0
    assert [path for path, _ in server.asked] == ["/", "/b"]
    for _, headers in server.asked:
        assert "Imprimatur" in headers["User-Agent"]
        assert headers["Host"] == f"shop.test:{server.port}"
        assert not {"Cookie", "Authorization", "Referer", "Proxy-Authorization"} & set(headers)


@pytest.mark.parametrize(
    ("headers", "downloads"),
    [
        ({}, False),
        ({"Content-Type": "text/html"}, False),
        ({"Content-Type": "TEXT/HTML;charset=x"}, False),
        ({"Content-Type": "image/png"}, False),
        ({"Content-Type": "application/json"}, False),
        ({"Content-Type": "application/octet-stream"}, True),
        ({"Content-Type": "application/vnd.android.package-archive"}, True),
        ({"Content-Type": "application/zip"}, True),
        ({"Content-Type": "application/x-apple-diskimage"}, True),
        ({"Content-Type": "application/x-msi"}, True),
        ({"Content-Type": "application/x-msdownload"}, True),
        ({"Content-Type": "application/pdf"}, True),
        ({"Content-Type": "application/x-itunes-ipa"}, True),
        ({"Content-Type": "text/calendar"}, True),
        ({"Content-Type": "text/html", "Content-Disposition": "attachment"}, True),
        ({"Content-Type": "text/html", "Content-Disposition": 'Attachment; filename="a.apk"'}, True),
        ({"Content-Type": "text/html", "Content-Disposition": "form-data"}, True),
        ({"Content-Type": "text/html", "Content-Disposition": "inline; filename=a.html"}, False),
    ],
)
def test_r54_what_a_phone_would_save_is_a_download(headers: dict[str, str], downloads: bool) -> None:
    page = seen({"/": (200, headers, b"PK")})
    assert (page["error"], page["downloads"]) == (None, downloads)
    assert page["content_type"] == headers.get("Content-Type")


def test_r54_the_last_of_two_content_types_counts_as_in_browsers() -> None:
    page = raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Type: application/zip\r\nContent-Length: 2\r\n\r\nPK")
    assert page["downloads"] is True


# --- redirects -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_r54_redirects_are_followed_and_every_address_kept(status: int) -> None:
    with serving({"/": moved("a?x=1#y", status), "/b%20c": html()}) as server:
        base, www = f"http://shop.test:{server.port}", f"http://www.test:{server.port}"
        server.pages["/a?x=1"] = moved(f"//www.test:{server.port}/b c", status)
        page = visited(f"{base}/", outside(server.port))
    assert page["hops"] == [f"{base}/", f"{base}/a?x=1#y", f"{www}/b%20c"]
    assert (page["final_host"], page["status"]) == ("www.test", 200)


def test_r54_five_redirects_are_followed_and_not_six() -> None:
    chain = {f"/{number}": moved(f"/{number + 1}") for number in range(6)} | {"/6": html()}
    assert seen(chain, "/1")["status"] == 200
    page = seen(chain, "/0")
    assert (page["error"], len(page["hops"]), page["status"]) == ("too_many_redirects", 6, 302)
    assert seen({"/": moved("/")})["error"] == "too_many_redirects"


@pytest.mark.parametrize(
    ("location", "error", "detail"),
    [
        ("market://details?id=a", "scheme", "market"),
        ("intent://scan/#Intent;end", "scheme", "intent"),
        ("javascript:alert(1)", "scheme", "javascript"),
        ("data:text/html,x", "scheme", "data"),
        ("file:///etc/passwd", "scheme", "file"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "scheme", "gopher"),
        ("ftp://shop.test/", "scheme", "ftp"),
        ("http://shop.test:22/", "port", "22"),
        ("https://shop.test:6379/", "port", "6379"),
        ("http://127.0.0.1/", "address", "host"),
        ("http://2130706433/", "address", "host"),
        ("http://0x7f000001/", "address", "host"),
        ("http://0177.0.0.1/", "address", "host"),
        ("http://127.1/", "address", "host"),
        ("http://[::1]/", "address", "port"),
        ("http://[::ffff:127.0.0.1]/", "address", "port"),
        ("http://[", "address", "host"),
        ("http://localhost/", "address", "host"),
        ("http://user@shop.test/", "address", "user"),
        ("http://shop.test\\@evil.test/", "address", "characters"),
        ("\\\\evil.test/", "address", "characters"),
        ("///evil.test/", "address", "form"),
        ("http:///evil.test/", "address", "host"),
        ("/\tevil", "address", "characters"),
        ("https:evil.test", "address", "form"),
        ("http://shop.test:0/", "address", "port"),
        ("http://shop.test/" + "a" * 2_000, "address", "form"),
        ("", "too_many_redirects", None),
    ],
)
def test_r54_a_redirect_is_checked_like_the_first_address(location: str, error: str, detail: str | None) -> None:
    page = seen({"/": moved(location)})
    assert (page["error"], page["detail"]) == (error, detail)
    assert (page["status"], page["downloads"]) == (None if error != "too_many_redirects" else 302, None)
    if error != "too_many_redirects":  # what is wrong is named, not the page that leads there
        assert page["final_url"] == page["hops"][1] == shown(location, 2_000)


def test_r54_a_target_in_utf8_is_read_as_such_and_other_bytes_are_no_target() -> None:
    with answering(lambda line: line.sendall("HTTP/1.1 302 Found\r\nLocation: http://shop.test:22/ü\r\n\r\n".encode())) as port:
        assert visited(f"http://shop.test:{port}/", outside(port))["final_url"] == "http://shop.test:22/ü"
    assert raw(b"HTTP/1.1 302 Found\r\nLocation: /\xfc\r\n\r\n")["error"] == "protocol"


def test_r54_a_redirect_without_a_target_is_a_status() -> None:
    page = seen({"/": (302, {}, b"")})
    assert (page["error"], page["status"]) == (None, 302)
    (finding,) = judge("landing_page.reachable", ad(destination={"landing_page_url": page["url"]}), context(landing_page=page))
    assert finding.code == "landing_page.status"


def test_r54_a_meta_refresh_is_a_hop_so_that_its_download_is_seen() -> None:
    wait = b"<title>Your download begins</title><META content=\"3; URL='/get?id=1&amp;x=2'\" Http-Equiv=Refresh>"
    page = seen({"/": html(wait), "/get?id=1&x=2": (200, {"Content-Type": "application/zip"}, b"PK")})
    assert (page["downloads"], page["title"], len(page["hops"])) == (True, None, 2)
    page = seen({"/": html(b"", Refresh="0;url=/get"), "/get": (200, {"Content-Disposition": "attachment"}, b"")})
    assert (page["downloads"], len(page["hops"])) == (True, 2)
    page = seen({"/": html(b'<meta http-equiv="refresh" content="0; url=market://details?id=a">')})
    assert (page["error"], page["detail"]) == ("scheme", "market")
    with serving({}) as inside, serving({}) as server:
        server.pages["/"] = html(f'<meta http-equiv="refresh" content="0; url=http://a.test:{inside.port}/">'.encode())
        page = visited(f"http://shop.test:{server.port}/", outside(server.port))
        assert (page["error"], inside.connections) == ("port", 0)


@pytest.mark.parametrize("content", ["11; url=/away", "600", "5", "0; url=", "0; url=#top", "x; url=/away", ""])
def test_r54_a_page_that_renews_itself_or_waits_long_is_where_visitors_are(content: str) -> None:
    page = seen({"/": html(f'<title>Here</title><meta http-equiv="refresh" content="{content}">'.encode())})
    assert (page["title"], page["error"], len(page["hops"])) == ("Here", None, 1)


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (PAGE, "text/html", ("Shoe", True)),
        (b"<TITLE lang=de>\n A &amp; B </TITLE><META CONTENT=width=device-width NAME='Viewport'/>", None, ("A & B", True)),
        ("<title>Привет</title>".encode("koi8-r"), "text/html; charset=KOI8-R", ("Привет", False)),
        ("<title>Grüße</title>".encode("utf-16"), "text/html; charset=utf-16", ("Grüße", False)),
        ("<title>Grüße</title>".encode("latin-1"), "text/html", ("Gr\ufffd\ufffde", False)),
        (b"<!-- <meta name=viewport content=a> --><script>'<title>x'</script><title>A</title>", None, ("A", False)),
        (b"<!-- <title>A</title><meta name=viewport content=a>", None, ("", False)),
        (b"<noscript><meta name=viewport content=a></noscript><meta name=viewport content=' '>", None, ("", False)),
        (b"<meta name=description name=viewport content=a>", None, ("", False)),
        (b"<metaname=viewport content=a>", None, ("", False)),
        (b"", None, ("", False)),
    ],
)
def test_r54_title_and_viewport_are_read(body: bytes, content_type: str | None, expected: tuple[str, bool]) -> None:
    head = head_of(body, content_type)
    assert (head.title, head.viewport) == expected


@pytest.mark.parametrize("charset", ["punycode", "idna", "undefined", "unicode_escape", "utf-7", "zip", "rot13", "no-such", "-"])
def test_r54_a_page_does_not_choose_among_python_s_codecs(charset: str) -> None:
    begun = time.process_time()
    assert head_of(PAGE + b"\\N{-\xff" + b"a" * 200_000, f"text/html; charset={charset}").title == "Shoe"
    assert time.process_time() - begun < 2


# --- bounds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [0, 1, 3 * MIB])
def test_r54_at_most_a_mebibyte_is_read(more: int) -> None:
    body = b"a" * MIB + b"b" * more
    page = seen({"/": html(body)})
    assert (page["error"], page["size_bytes_read"], page["truncated"]) == (None, MIB, more > 0)
    assert page["body_sha256"] == hashlib.sha256(body[:MIB]).hexdigest()


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate"])
def test_r54_a_packed_page_is_read_and_a_bomb_does_not_go_off(coding: str) -> None:
    pack = zlib.compress if coding == "deflate" else gzip.compress
    page = seen({"/": html(pack(PAGE), Content_Encoding=coding)})
    assert (page["title"], page["body_sha256"]) == ("Shoe", hashlib.sha256(PAGE).hexdigest())
    page = seen({"/": html(pack(bytes(200 * MIB)), Content_Encoding=coding)})
    assert (page["error"], page["size_bytes_read"], page["truncated"]) == (None, MIB, True)
    page = seen({"/": html(pack(PAGE)[:-20], Content_Encoding=coding)})
    assert (page["error"], page["detail"]) == ("protocol", "incomplete")
    page = seen({"/": html(b"not packed", Content_Encoding=coding)})
    assert (page["error"], page["detail"]) == ("protocol", "coding")


def test_r54_an_unknown_coding_is_hashed_and_not_read() -> None:
    page = seen({"/": html(PAGE, Content_Encoding="br")})
    assert (page["error"], page["title"], page["viewport"], page["size_bytes_read"]) == (None, None, None, len(PAGE))


def test_r54_a_body_that_breaks_off_is_no_page() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    for rest in (b"Content-Length: 50\r\n\r\nshort", b"Transfer-Encoding: chunked\r\n\r\nff\r\nshort"):
        page = raw(head + rest)
        assert (page["error"], page["status"], page["body_sha256"]) == ("protocol", None, None)
    assert raw(head + b"\r\nwithout length, to the end")["status"] == 200


def test_r54_answers_that_only_announce_are_passed_over() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 16\r\n\r\n<title>A</title>"
    page = raw(b"HTTP/1.1 100 Continue\r\n\r\n" + interim * 3 + final)
    assert (page["status"], page["title"]) == (200, "A")
    assert raw(interim * 50 + final)["error"] == "protocol"
    assert raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000)["error"] == "protocol"


def trickling(data: bytes, pause: float = 0.05) -> Callable[[socket.socket], None]:
    """A server that sends one byte after the other."""

    def reply(line: socket.socket) -> None:
        for byte in data:
            line.sendall(bytes([byte]))
            time.sleep(pause)

    return reply


@pytest.mark.parametrize(
    "reply",
    [
        trickling(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000),
        trickling(b"H" * 1_000),
        lambda line: (line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), trickling(b"a" * 1_000)(line)),
        lambda line: (line.sendall(b"HTTP/1.1 200 OK\r\n\r\n"), trickling(b"a" * 1_000)(line)),
        lambda line: time.sleep(5),
    ],
    ids=["headers", "status", "length", "to the end", "silence"],
)
def test_r54_a_slow_server_is_left_at_the_deadline(reply: Callable[[socket.socket], None]) -> None:
    begun = time.monotonic()
    page = raw(reply, Limits(connect_seconds=1, read_seconds=0.9, total_seconds=1.2))
    assert page["error"] == "timeout"
    assert time.monotonic() - begun < 2.5
    assert 800 <= page["duration_ms"] < 2_500


def test_r54_one_deadline_holds_for_all_redirects() -> None:
    def reply(line: socket.socket) -> None:
        time.sleep(0.5)
        line.sendall(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n")

    page = raw(reply, Limits(read_seconds=1, total_seconds=1.3))
    assert page["error"] == "timeout"
    assert 1 <= len(page["hops"]) <= 3, "as many as fit before the deadline; a busy machine does fewer"


def test_r54_endless_headers_end() -> None:
    def reply(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            line.sendall(b"X-Header: " + b"a" * 10_000 + b"\r\n")

    page = raw(reply)
    assert (page["error"], page["detail"]) == ("protocol", "too_long")


# --- TLS -------------------------------------------------------------------------------------------------------------


def test_r54_tls_is_checked_for_the_name_though_the_address_is_pinned(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with serving({"/": html()}, tls=authority.server("shop.test")) as server:
        world = outside(server.port, trust=authority.trust())
        page = visited(f"https://shop.test:{server.port}/", world)
        assert (page["error"], page["status"], page["tls"]["version"]) == (None, 200, "TLSv1.3")
        assert server.names == ["shop.test"]
        assert server.asked[0][1]["Host"] == f"shop.test:{server.port}"
        page = visited(f"https://other.test:{server.port}/", world)
        assert (page["error"], page["detail"], page["status"]) == ("tls", "other_host", None)
        assert visited(f"https://shop.test:{server.port}/", outside(server.port))["detail"] == "untrusted"
        assert visited(f"http://shop.test:{server.port}/", world)["error"] in ("protocol", "connection")
    assert len(server.asked) == 1


def test_r54_tls_faults_are_told_apart(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with serving({"/": html()}, tls=authority.server("shop.test", days=-1)) as server:
        page = visited(f"https://shop.test:{server.port}/", outside(server.port, trust=authority.trust()))
        assert (page["error"], page["detail"]) == ("tls", "expired")
    with serving({"/": html()}) as server:
        page = visited(f"https://shop.test:{server.port}/", outside(server.port, trust=authority.trust()))
        assert (page["error"], page["detail"]) == ("tls", "handshake")


def test_r54_a_handshake_that_never_ends_is_left() -> None:
    with answering(lambda line: time.sleep(4)) as port:
        page = visited(f"https://shop.test:{port}/", outside(port), Limits(connect_seconds=0.5, total_seconds=2))
    assert page["error"] == "timeout"
    assert page["duration_ms"] < 1_500


# --- names and connections -------------------------------------------------------------------------------------------


def test_r54_a_name_without_an_address_and_a_closed_port() -> None:
    assert visited("https://shop.test/", outside(names={}))["error"] == "dns"
    with serving({}) as server:
        port = server.port
    assert visited(f"http://shop.test:{port}/", outside(port))["error"] == "connection"


def test_r54_the_next_address_is_tried_when_one_takes_no_connection() -> None:
    with serving({"/": html()}) as server:
        opened = frozenset((ip_address(each), server.port) for each in ("127.0.0.1", "127.0.0.3"))
        world = Outside(Policy(opened=opened), lambda *asked: ["127.0.0.3", "127.0.0.1"])
        assert visited(f"http://shop.test:{server.port}/", world)["status"] == 200


@pytest.mark.parametrize(("fault", "detail"), [(socket.EAI_NONAME, "unknown"), (socket.EAI_AGAIN, "no_answer")])
def test_r54_the_system_s_resolver_is_asked_for_the_whole_name(monkeypatch: pytest.MonkeyPatch, fault: int, detail: str) -> None:
    asked = []

    def nothing(host: bytes, port: int, **kinds: Any) -> Any:
        asked.append(host)
        raise socket.gaierror(fault, "no")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    with pytest.raises(Unreached) as reason:
        resolve("shop.test", 443, 1)
    assert (reason.value.code, reason.value.detail, asked) == ("dns", detail, [b"shop.test."])


def test_r54_a_resolver_that_hangs_is_left_at_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **kinds: [("", "", "", "", ("127.0.0.1", 1))] * let_go.wait(9))
    begun = time.monotonic()
    with pytest.raises(Unreached) as reason:
        resolve("shop.test", 443, 0.2)
    let_go.set()
    assert (reason.value.code, reason.value.detail) == ("dns", "no_answer")
    assert time.monotonic() - begun < 2


def test_r54_no_connection_stays_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        seen({"/": moved("/a"), "/a": html()})
        raw(b"nonsense")
    assert len(os.listdir("/proc/self/fd")) <= before


# --- settings, and who needs it --------------------------------------------------------------------------------------


def test_r54_pages_are_not_fetched_where_it_is_switched_off() -> None:
    with serving({"/": html()}) as server:
        url = f"http://shop.test:{server.port}/"
        page = observe(url, outside=outside(server.port))
        assert (page["error"], server.connections) == ("not_fetched", 0)
        with override_settings(LANDING_PAGES_FETCHED=True):
            assert observe(url, outside=outside(server.port))["status"] == 200
            # What the settings say: production's policy, which knows no such port.
            assert observe(url)["error"] == "port"
        assert server.connections == 1


def test_r54_an_operator_can_open_an_address_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **kinds: [(2, 1, 6, "", ("127.0.0.1", given[1]))])
    with serving({"/": html()}) as server, override_settings(LANDING_PAGES_FETCHED=True):
        url = f"http://staging.test:{server.port}/"
        with override_settings(LANDING_PAGES_OPENED=frozenset({(HERE, server.port)})):
            assert observe(url)["status"] == 200
        with override_settings(LANDING_PAGES_OPENED=frozenset({(ip_address("127.0.0.2"), server.port)})):
            assert observe(url)["error"] == "refused_address"
        with override_settings(LANDING_PAGES_SECONDS=(1.0, 1.0, 1e-9), LANDING_PAGES_OPENED=frozenset({(HERE, server.port)})):
            assert observe(url)["error"] == "timeout"
        assert server.connections == 1


LINES = [Binding("landing_page.https", Mode.HARD), Binding("no.such.rule", Mode.HARD)]
READS = Binding("landing_page.mobile", Mode.WARN)


def test_r54_a_page_is_wanted_where_a_line_judges_it() -> None:
    url = "https://shop.example.com/shoe"
    assert wanted(ad(), compiled([*LINES, READS])) == url
    assert wanted(ad(), compiled(LINES)) is None
    assert wanted(ad(), compiled([Binding(READS.rule, Mode.OFF)])) is None
    assert wanted(campaign(), compiled([READS])) is None
    for nothing in ("", None, 5):
        assert wanted(ad(destination={"landing_page_url": nothing}), compiled([READS])) is None
    assert wanted(ad(destination=...), compiled([READS])) is None


def test_r54_what_is_seen_is_what_the_rules_judge() -> None:
    with serving({"/": moved("/a"), "/a": html()}) as server:
        page = visited(f"http://shop.test:{server.port}/", outside(server.port))
    subject, around = ad(destination={"landing_page_url": page["url"]}), context(landing_page=page)
    results = {
        rule: judge(rule, subject, around, params)[0]
        for rule, params in (
            ("landing_page.reachable", {}), ("landing_page.final_domain", {"domains": ["shop.test"]}),
            ("landing_page.no_download", {}), ("landing_page.mobile", {}),
        )
    }  # fmt: skip
    assert results.pop("landing_page.reachable").code == "landing_page.unencrypted_hop"
    assert {each.result for each in results.values()} == {Result.PASS}
