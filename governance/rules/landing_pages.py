"""Rules about what is behind a landing page: whether it answers, where it ends up, whether it downloads something (R-54).

They judge what governance.landing_pages observed; they ask nobody themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from governance.contract import CannotJudge, Context, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.registry import rule, shown
from governance.rules.declared import DOMAINS
from governance.rules.destinations import MAX_ADDRESS, ascii_domains, is_within
from governance.rules.reading import flag, section, text, texts, unreadable

FAULTS: Final = {
    "address": "landing_page.leads_to_malformed",
    "scheme": "landing_page.leads_to_app",
    "port": "landing_page.leads_to_port",
    "dns": "landing_page.name_unknown",
    "refused_address": "landing_page.not_public",
    "connection": "landing_page.no_connection",
    "timeout": "landing_page.too_slow",
    "tls": "landing_page.tls_fault",
    "protocol": "landing_page.broken_answer",
    "too_many_redirects": "landing_page.too_many_redirects",
}
"""What an observation's `error` says to people."""

TLS_REASONS: Final = ("expired", "other_host", "untrusted", "handshake")


def _observed(subject: Subject, context: Context) -> JsonObject | None:
    """What fetching the ad's landing page brought; None when the ad has none. Raises CannotJudge, also for another page's."""
    url = text(section(subject.sections, "destination"), "landing_page_url", "destination.landing_page_url")
    if not url:
        return None
    seen = context.landing_page
    if seen is None or seen.get("url") != shown(url, MAX_ADDRESS):
        raise CannotJudge("check.context_missing", what="landing_page")
    if seen.get("error") == "not_fetched":
        raise CannotJudge("landing_page.not_fetched")
    return seen


def _page(subject: Subject, context: Context) -> JsonObject | None:
    """As `_observed`, where a page came. Raises CannotJudge when none did: `reachable` says why."""
    seen = _observed(subject, context)
    if seen is not None and (seen.get("error") is not None or not _is_fine(_status(seen))):
        raise CannotJudge("landing_page.not_seen", url=_final(seen))
    return seen


def _final(seen: JsonObject) -> str:
    return shown(text(seen, "final_url", "landing_page.final_url"), 300)


def _status(seen: JsonObject) -> int:
    status = seen.get("status")
    if isinstance(status, bool) or not isinstance(status, int):
        raise unreadable("landing_page.status", "a whole number of at least 0, or null for no limit")
    return status


def _is_fine(status: int) -> bool:
    return 200 <= status < 300


def _hops(seen: JsonObject) -> list[str]:
    return [shown(each, 300) for each in texts(seen, "hops", "landing_page.hops")]


def _evidence(seen: JsonObject) -> JsonObject:
    kept = ("status", "error", "detail", "body_sha256", "fetched_at")
    return {"final_url": _final(seen), "hops": _hops(seen), **{name: seen.get(name) for name in kept}}


@rule(
    code="landing_page.reachable",
    version=1,
    applies_to=("ad",),
    sections=("destination",),
    reads=("landing_page",),
    codes=(*FAULTS.values(), "landing_page.status", "landing_page.unencrypted_hop", "landing_page.not_fetched"),
    source="R-54 (landing page reachable, over TLS on the whole way)",
)
def reachable(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The landing page answers with a page, and no redirect on the way to it is unencrypted."""
    seen = _observed(subject, context)
    if seen is None:
        yield not_applicable("check.nothing_given")
        return
    error = text(seen, "error", "landing_page.error")
    if error:
        yield _fault(error, seen)
        return
    status = _status(seen)
    if not _is_fine(status):
        yield failed("landing_page.status", _evidence(seen), url=_final(seen), status=status)
        return
    plain = [each for each in _hops(seen) if not each.lower().startswith("https://")]
    if plain:
        yield failed("landing_page.unencrypted_hop", _evidence(seen), url=plain[0])
    else:
        yield passed(evidence=_evidence(seen))


def _fault(error: str, seen: JsonObject) -> Verdict:
    if error not in FAULTS:
        raise unreadable("landing_page.error", "text")
    detail = text(seen, "detail", "landing_page.detail")
    reason = detail if error != "tls" or detail in TLS_REASONS else "handshake"
    return failed(FAULTS[error], _evidence(seen), url=_final(seen), reason=reason)


@rule(
    code="landing_page.final_domain",
    version=1,
    applies_to=("ad",),
    sections=("destination",),
    reads=("landing_page",),
    params={"domains": []},
    schema={"domains": DOMAINS},
    codes=(
        "landing_page.leaves_domain", "landing_page.no_domains_configured", "landing_page.not_fetched", "landing_page.not_seen",
    ),
    source="R-54 (landing page on an allowed domain, after all redirects)",
    check=lambda params: ascii_domains(params["domains"]),
)  # fmt: skip
def final_domain(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Where visitors end up is on an allowed domain or below one. An empty list allows nothing (R-03)."""
    seen = _page(subject, context)
    if seen is None:
        yield not_applicable("check.nothing_given")
        return
    host = shown(text(seen, "final_host", "landing_page.final_host"))
    if not host:
        raise unreadable("landing_page.final_host", "text")
    domains = ascii_domains(params["domains"])
    evidence = {**_evidence(seen), "allowed": domains}
    if not domains:
        yield failed("landing_page.no_domains_configured", evidence, host=host)
    elif any(is_within(host, each) for each in domains):
        yield passed(evidence=evidence)
    else:
        yield failed("landing_page.leaves_domain", evidence, host=host, allowed=shown(", ".join(domains), 200))


@rule(
    code="landing_page.no_download",
    version=1,
    applies_to=("ad",),
    sections=("destination",),
    reads=("landing_page",),
    codes=("landing_page.downloads", "landing_page.not_fetched", "landing_page.not_seen"),
    source="TikTok facts 6 (landing pages download nothing by themselves)",
)
def no_download(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Opening the landing page shows a page and saves no file."""
    seen = _page(subject, context)
    if seen is None:
        yield not_applicable("check.nothing_given")
        return
    evidence = {**_evidence(seen), "content_type": seen.get("content_type"), "disposition": seen.get("disposition")}
    downloads = flag(seen, "downloads", "landing_page.downloads")
    if downloads is None:
        raise unreadable("landing_page.downloads", "true or false")
    if downloads:
        kind = shown(text(seen, "content_type", "landing_page.content_type")) or "?"
        yield failed("landing_page.downloads", evidence, url=_final(seen), content_type=kind)
    else:
        yield passed(evidence=evidence)


@rule(
    code="landing_page.mobile",
    version=1,
    applies_to=("ad",),
    sections=("destination",),
    reads=("landing_page",),
    codes=("landing_page.not_for_phones", "landing_page.no_html", "landing_page.not_fetched", "landing_page.not_seen"),
    source="TikTok facts 6 (landing pages are made for phones)",
)
def mobile(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The landing page says how wide it is on a phone."""
    seen = _page(subject, context)
    if seen is None:
        yield not_applicable("check.nothing_given")
        return
    viewport = flag(seen, "viewport", "landing_page.viewport")
    if viewport is None:
        yield not_applicable("landing_page.no_html")
    elif viewport:
        yield passed(evidence=_evidence(seen))
    else:
        yield failed("landing_page.not_for_phones", _evidence(seen), url=_final(seen))
