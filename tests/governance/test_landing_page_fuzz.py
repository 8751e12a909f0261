"""Hostile servers by the thousand: every visit ends in an observation, in time, and in little memory (R-54)."""

from __future__ import annotations

import gzip
import random
import socket
import struct
import time
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.canonical import canonical_text
from governance.landing_pages.outside import Limits
from governance.landing_pages.page import head_of
from governance.landing_pages.visiting import unseen
from governance.rules.landing_pages import FAULTS
from tests import settings
from tests.governance.page_server import PAGE, listening, outside, visited

pytestmark = pytest.mark.slow
VISITS = 5 * settings.EXAMPLES or 400
SEED = random.SystemRandom().randrange(2**32) if settings.EXAMPLES else 20_261
LIMITS = Limits(connect_seconds=2, read_seconds=0.4, total_seconds=0.8)
LONGEST_MS = 5_000
"""Of a visit that may take 800: the machine is shared, and a hang would be for ever."""

Dice = random.Random
Reply = Iterator[bytes]

CHARSETS = ("utf-8", "utf-7", "utf-16", "punycode", "idna", "zip", "hex", "unicode_escape", "undefined", "x" * 60, "\0", "koi8-r")
TARGETS = (
    "/", "/{n}", "/{n}?{n}", "//shop.test:{port}/{n}", "http://shop.test:{port}/{n}", "?{n}", "#", "..", "", " ", "\t/{n}", "///a",
    "http://", "http:///", "http://[", "http://]/", "http://[::1]:{port}/", "http://127.0.0.1:{port}/", "http://a.test:{port}0/",
    "//", "\\\\a.test", "javascript:1", "data:,", "market://a", "x" * 3_000, "/" * 500, "http://" + "a." * 200 + "test/",
    "http://shop.test:99999/", "http://shop.test:٣/", "/\0", "/\x7f", "/ü", "/%", "/%zz", "http://ü.test:{port}/", "HTTP://SHOP.TEST:{port}",
)  # fmt: skip


def cut(dice: Dice, data: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def noise(dice: Dice, most: int = 300) -> bytes:
    return dice.randbytes(dice.randrange(most))


def target(dice: Dice) -> bytes:
    return dice.choice(TARGETS).replace("{n}", str(dice.randrange(10**6))).encode()


def random_bytes(dice: Dice) -> Reply:
    yield dice.choice([b"", b"HTTP/", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", b"\x16\x03\x01", b"\0" * 9]) + noise(dice, 2_000)


def status_lines(dice: Dice) -> Reply:
    version = dice.choice([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2", b"HTTP/0.9", b"HTTP/1.", b"http/1.1", b"HTTP/1.1\0", b"ICY"])
    number = dice.choice([b"200", b"2", b"20000", b"-1", b"000", b"\xb2\xb0\xb0", b"101", b"204", b"304", b"9" * 5_000, b"2e2", b""])
    yield version + dice.choice([b" ", b"", b"\t", b"  "]) + number + dice.choice([b" OK", b"", b" " + noise(dice)]) + b"\r\n\r\n" + PAGE


def header_lines(dice: Dice) -> Reply:
    yield b"HTTP/1.1 200 OK\r\n"
    for _ in range(dice.choice([3, 90, 101, 3_000])):
        name = dice.choice([b"Content-Type", b"Content-Length", b"Set-Cookie", b"Refresh", b"X", b"", b"\0", b" folded", noise(dice, 20)])
        value = dice.choice([b"1", b"text/html", b"a" * 5_000, b"0;url=" + target(dice), b"\0\x80\xff", noise(dice), b"\r folded"])
        yield name + dice.choice([b": ", b":", b"", b" : "]) + value + dice.choice([b"\r\n", b"\n", b"\r", b"\r\n "])
    yield b"\r\n" + PAGE


def endless_headers(dice: Dice) -> Reply:
    yield b"HTTP/1.1 200 OK\r\n"
    line = dice.choice([b"A: b\r\n", b"A: " + b"b" * 60_000 + b"\r\n", b"b" * 9_000, b"\r", b" \r\n"])
    for _ in range(2_000):
        yield line


def interim_answers(dice: Dice) -> Reply:
    for _ in range(dice.choice([1, 4, 6, 5_000])):
        yield b"HTTP/1.1 " + dice.choice([b"100", b"103", b"102", b"199"]) + b" \r\n" + dice.choice([b"", b"Link: a\r\n"]) + b"\r\n"
    yield b"HTTP/1.1 200 OK\r\n\r\n" + PAGE


def lengths(dice: Dice) -> Reply:
    length = dice.choice([b"0", b"5", b"-5", b"1e3", b"9" * 4_400, b"9" * 18, b" 7 ", b"0x10", b"1_0", b"+3", b"5\r\nContent-Length: 9", b""])
    yield b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n" + cut(dice, PAGE * dice.choice([1, 1, 20_000]))


def chunks(dice: Dice) -> Reply:
    coding = dice.choice([b"chunked", b"Chunked", b"gzip, chunked", b"chunked, chunked", b"identity", b"\0"])
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + b"\r\n\r\n"
    for _ in range(dice.choice([1, 5, 20_000])):
        size = dice.choice([b"1", b"1", b"1", b"5", b"ffffffff", b"-1", b"-ffff", b"g", b"", b"0x1", b"1;" + b"e" * 400, b"\0", b" 1 "])
        yield size + dice.choice([b"\r\n", b"\r\n", b"\n", b""]) + dice.choice([b"a", b"abcde", noise(dice, 30)]) + b"\r\n"
    yield b"0\r\n" + dice.choice([b"\r\n", b"", b"Trailer: a\r\n" * 20_000, noise(dice)])


def packed(dice: Dice) -> Reply:
    data = dice.choice([PAGE, bytes(30 * 1024 * 1024), PAGE * 20_000, gzip.compress(bytes(10**7)), b""])
    body = dice.choice([gzip.compress, zlib.compress, lambda data: zlib.compress(data)[2:-4]])(data)
    for _ in range(dice.choice([0, 0, 1, 9])):
        at = dice.randrange(len(body))
        body = body[:at] + dice.randbytes(1) + body[at + 1 :]
    coding = dice.choice([b"gzip", b"x-gzip", b"deflate", b"br", b"gzip, gzip", b"GZIP ", b"\0", b"zstd"])
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: " + coding + b"\r\n\r\n" + dice.choice([body, cut(dice, body)])


def redirects(dice: Dice) -> Reply:
    status = dice.choice([b"301", b"302", b"303", b"307", b"308", b"300", b"304", b"399"])
    yield b"HTTP/1.1 " + status + b" \r\nLocation: " + target(dice) + b"\r\n" * dice.choice([1, 2])
    yield dice.choice([b"", b"Location: " + target(dice) + b"\r\n", b"Location: " + b"a" * 70_000 + b"\r\n", noise(dice)]) + b"\r\n"


def loops(dice: Dice) -> Reply:
    yield b"HTTP/1.1 302 Found\r\nLocation: /%d\r\n\r\n" % dice.randrange(10**6)


def markup(dice: Dice) -> Reply:
    pieces = [
        b"<!--", b"-->", b"<script>", b"</script>", b"<title>", b"</title>", b"<meta ", b"<meta name=viewport ", b">", b"<", b"content=",
        b"'", b'"', b"http-equiv=refresh ", b"content='0;url=/1' ", b"content=\"0;url=" + target(dice) + b'" ', b" " * 50, b"a=b " * 50,
        b"&#0;", b"&#xfffffff;", b"&" * 50, b"\0", b"\xff\xfe", b"<![CDATA[", b"]]>", b"<noscript>", "İ".encode(), noise(dice, 30),
    ]  # fmt: skip
    kind = b"text/html" + dice.choice([b"", b";charset=" + dice.choice(CHARSETS).encode(), b"; charset=\"" + noise(dice, 30)])
    few = dice.sample(pieces, dice.choice([1, 2, 8, len(pieces)]))
    body = b"".join(dice.choice(few) for _ in range(dice.choice([5, 100, 60_000])))
    yield b"HTTP/1.1 200 OK\r\nContent-Type: " + kind.replace(b"\n", b"") + b"\r\n\r\n" + body


def mutated(dice: Dice) -> Reply:
    whole = bytearray(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nRefresh: 0;url=/5\r\n\r\n" % len(PAGE) + PAGE)
    for _ in range(dice.choice([1, 3, 20])):
        at = dice.randrange(len(whole))
        change = dice.randrange(4)
        if change == 0:
            whole[at] = dice.randrange(256)
        elif change == 1:
            del whole[at : at + dice.randrange(9)]
        elif change == 2:
            whole[at:at] = whole[at : at + dice.randrange(200)]
        else:
            whole[at:at] = dice.choice([b"\0", b"\r\n", b"\n\n", b"\xff" * 20])
    yield bytes(whole)


def dripping(dice: Dice) -> Reply:
    for byte in b"".join(dice.choice([mutated, chunks, lengths, redirects])(dice))[:4_000]:
        yield bytes([byte])
        time.sleep(dice.choice([0, 0.001, 0.02]))


def silent(dice: Dice) -> Reply:
    yield cut(dice, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + PAGE)
    time.sleep(dice.choice([0.2, 0.5, 1]))


KINDS: tuple[Callable[[Dice], Reply], ...] = (
    random_bytes, status_lines, header_lines, endless_headers, interim_answers, lengths, chunks, packed, redirects, loops, markup,
    mutated, dripping, silent,
)  # fmt: skip


def hostile(line: socket.socket, head: bytes) -> None:
    """Answer by the number in the path; hang up politely, or not."""
    digits = bytes(each for each in head.partition(b"\r\n")[0] if each in b"0123456789")[:-2]  # HTTP/1.1 ends the line
    dice = random.Random(f"{SEED} {digits.decode() or 0}")
    for piece in KINDS[dice.randrange(len(KINDS))](dice):
        line.sendall(piece.replace(b"{port}", b"%d" % line.getsockname()[1]))
    if dice.random() < 0.2:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset instead of an end


def test_r54_hostile_answers_end_in_an_observation() -> None:
    keys = set(unseen("x"))

    def visit(number: int, port: int) -> dict[str, Any]:
        scheme = "https" if number % 20 == 19 else "http"
        page = visited(f"{scheme}://shop.test:{port}/{number}", outside(port), LIMITS)
        assert set(page) == keys
        assert page["error"] is None or page["error"] in FAULTS, page
        assert page["duration_ms"] < LONGEST_MS, (SEED, number, page)
        assert (page["size_bytes_read"] or 0) <= LIMITS.body_bytes
        assert len(page["hops"]) <= LIMITS.redirects + 1
        assert len(canonical_text(page)) < 40_000
        return page

    with listening(hostile) as port, ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda number: visit(number, port), range(VISITS)))
    outcomes = Counter(page["error"] for page in pages)
    assert sum(outcomes.values()) == VISITS
    assert set(outcomes) >= {None, "protocol", "timeout", "tls"}, outcomes
    assert outcomes[None] > VISITS // 20, outcomes  # what is hardly broken is still read


WORST = {
    "bomb": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(300 * 1024 * 1024)),
    "body": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999999999999\r\n\r\n",
    "to the end": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
    "negative chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    "status line": b"",
    "header": b"HTTP/1.1 200 OK\r\nX: ",
    "trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
}


@pytest.mark.parametrize("name", WORST)
def test_r54_the_worst_answers_take_little_memory(name: str) -> None:
    filler = b"<meta " * 10_000

    def reply(line: socket.socket, head: bytes) -> None:
        line.sendall(WORST[name])
        for _ in range(200):
            line.sendall(filler)

    with listening(reply) as port:
        visited(f"http://shop.test:{port}/", outside(port))
        tracemalloc.start()
        page = visited(f"http://shop.test:{port}/", outside(port))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert page["duration_ms"] < LONGEST_MS
    assert (page["size_bytes_read"] or 0) <= 1024 * 1024
    assert peak < 12 * 1024 * 1024


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<script", "<meta ", "<meta name=", "<title", "<title ", "a=", "='", '="', "<meta a='", "&", "&#", " ", "<", "<meta\0", "-"],
)
def test_r54_markup_is_read_in_linear_time(piece: str) -> None:
    """Of 256 KiB in the worst shapes: a search that looks ahead from every opening would take minutes."""
    for body in (piece * (262_144 // len(piece)), "<meta " + piece * 200_000, "<meta name='viewport' content='" + piece * 200_000):
        begun = time.process_time()
        head_of(body.encode(), "text/html")
        assert time.process_time() - begun < 2
