"""What the bytes of a page say: its title, whether it is made for phones, where it sends people on.

Read by searching, not by a parser: Python's needs quadratic time on hostile markup. Every search here is linear in the text, of
which only the beginning is looked at. Scripts are not run, and what they do is not seen.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

LOOKED_AT: Final = 256 * 1024
"""Bytes of a page in which its head is searched."""

REFRESH_SECONDS: Final = 10
"""A page that sends people on within this time is a redirect to them; a later one is a page that renews itself."""

_META: Final = re.compile(r"<meta[\s/]([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([a-z-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title(?:\s[^<>]{0,500})?>([^<]{0,1000})", re.IGNORECASE)
_REFRESH: Final = re.compile(r"\s*(\d{1,9})(?:\.\d*)?\s*[;,]?\s*(?:url\s*=\s*)?(.*)", re.IGNORECASE | re.DOTALL)
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([a-z0-9_-]{1,20})", re.IGNORECASE)

# Codecs that somebody else's page may name. Python knows others, some of them slow without bound (punycode, idna).
_CHARSETS: Final = frozenset({
    "utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "iso-8859-2", "iso-8859-15", "windows-1250", "windows-1251",
    "windows-1252", "koi8-r", "shift_jis", "euc-jp", "gbk", "gb2312", "gb18030", "big5", "euc-kr",
})  # fmt: skip
_UNSEEN: Final = tuple(
    (re.compile(f"<{opening}", re.IGNORECASE | re.ASCII), re.compile(closing, re.IGNORECASE | re.ASCII))
    for opening, closing in (("!--", "-->"), ("script", "</script"), ("style", "</style"), ("noscript", "</noscript"))
)
_PAGES: Final = ("", "text/html", "application/xhtml+xml")
_SHOWN: Final = ("text/", "image/", "audio/", "video/")
_SHOWN_TOO: Final = frozenset({"", "application/xhtml+xml", "application/xml", "application/json"})
_SAVED: Final = frozenset({"text/calendar", "text/csv", "text/vcard", "text/x-vcard"})


@dataclass(frozen=True, slots=True)
class Head:
    """`title` may be empty; `refresh` is an address as the page writes it, or None."""

    title: str
    viewport: bool
    refresh: str | None


def media_type(content_type: str | None) -> str:
    """`text/html` of `Text/HTML; charset=utf-8`; empty when there is none."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_page(content_type: str | None) -> bool:
    """Whether a browser would read this as HTML."""
    return media_type(content_type) in _PAGES


def downloads(content_type: str | None, disposition: str | None) -> bool:
    """Whether a phone's browser saves this instead of showing it (RFC 6266: every disposition but `inline` is an attachment).

    All types that are not known to be shown count, PDF as well: Android saves it.
    """
    if disposition and media_type(disposition) not in ("", "inline"):
        return True
    kind = media_type(content_type)
    return kind in _SAVED or not (kind.startswith(_SHOWN) or kind in _SHOWN_TOO)


def head_of(body: bytes, content_type: str | None) -> Head:
    """What stands in the head of a page. Never raises."""
    text = _visible(_decoded(body[:LOOKED_AT], content_type))
    title = _TITLE.search(text)
    metas = [_attributes(match[1]) for match in _META.finditer(text)]
    viewport = any(each.get("name", "").lower() == "viewport" and each.get("content", "").strip() for each in metas)
    refreshes = (refresh_of(each.get("content")) for each in metas if each.get("http-equiv", "").lower() == "refresh")
    return Head(html.unescape(title[1]).strip() if title else "", viewport, next(filter(None, refreshes), None))


def refresh_of(value: str | None) -> str | None:
    """The address of `0; url=...` (a meta tag or a header) when it sends people on within REFRESH_SECONDS."""
    match = _REFRESH.fullmatch((value or "")[:4_000])
    if match is None or int(match[1]) > REFRESH_SECONDS:
        return None
    return match[2].strip().strip("\"'").strip() or None


def _decoded(body: bytes, content_type: str | None) -> str:
    named = _CHARSET.search(content_type or "")
    charset = named[1].lower() if named else "utf-8"
    return body.decode(charset if charset in _CHARSETS else "utf-8", errors="replace")


def _visible(text: str) -> str:
    """The text without comments, scripts, styles and what only browsers without scripts read."""
    for opening, closing in _UNSEEN:
        text = _without(text, opening, closing)
    return text


def _without(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    # Each place is looked at once; one lazy expression for both would look ahead to the end from every opening.
    kept, at = [], 0
    while start := opening.search(text, at):
        kept.append(text[at : start.start()])
        end = closing.search(text, start.end())
        if end is None:
            return "".join(kept)
        at = end.end()
    return "".join([*kept, text[at:]])


def _attributes(text: str) -> dict[str, str]:
    found = ((name.lower(), html.unescape(one or two or three)) for name, one, two, three in _ATTRIBUTE.findall(text))
    attributes: dict[str, str] = {}
    for name, value in found:
        attributes.setdefault(name, value)
    return attributes
