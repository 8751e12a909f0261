"""The web page at /: what is live, for people. Self-contained, and everything is escaped.

Ad texts come from outside; besides the escaping, a content security policy lets nothing
run or load but this page's own style, script and media.
"""

import secrets
from html import escape
from pathlib import Path

from simulator import page_ads
from simulator.envelope import Answer
from simulator.model import Advertiser, Entity
from simulator.page_words import amount, chip, facts, label, status_chips
from simulator.statuses import StatusReader
from simulator.store import Store

_WEB = Path(__file__).parent / "web"
_STYLE = (_WEB / "page.css").read_text()
_SCRIPT = (_WEB / "page.js").read_text()
_HTML = "text/html; charset=utf-8"
_MAX_CAMPAIGNS = 50  # an account's newest; a page of thousands helps nobody
_MAX_CHANGES = 12


def whole(store: Store) -> Answer:
    """The page. Call inside a transaction."""
    nonce = secrets.token_urlsafe(16)
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>TikTok simulator</title><link rel="icon" href="data:,"><style nonce="{nonce}">{_STYLE}</style></head><body>'
        '<header class="top"><div><div class="mark" aria-hidden="true">♪</div>'
        "<h1>TikTok simulator</h1>"
        '<span class="note">What the channel shows. Nothing here is on TikTok.</span>'
        '<span class="pulse" role="status">live</span></div></header>'
        f'<main data-seq="{store.last_seq()}">{_body(store)}</main>'
        f'<script nonce="{nonce}">{_SCRIPT}</script></body></html>'
    )
    policy = (
        "default-src 'none'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
        f"style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Answer(200, html.encode(), _HTML, {"Content-Security-Policy": policy})


def fragment(store: Store) -> Answer:
    """The part of the page that changes. Call inside a transaction."""
    return Answer(200, _body(store).encode(), _HTML, {"Content-Security-Policy": "sandbox"})


def _body(store: Store) -> str:
    reader = StatusReader(store, store.now())
    accounts = store.advertisers()
    if not accounts:
        return (
            '<p class="empty">No advertisers yet. Start with <code>--seed-demo</code> or '
            "<code>--fixture FILE</code>.</p>"
        )
    parts = [_tally(store, reader, accounts)]
    parts += [_account(store, reader, advertiser) for advertiser in accounts]
    return "".join([*parts, _changes(store)])


def _tally(store: Store, reader: StatusReader, accounts: list[Advertiser]) -> str:
    delivering = existing = campaigns = 0
    for advertiser in accounts:
        campaigns += sum(not campaign.is_deleted for campaign in store.of_account("campaign", advertiser.advertiser_id))
        for ad in store.of_account("ad", advertiser.advertiser_id):
            status = reader.secondary(ad)
            delivering += status == "AD_STATUS_DELIVERY_OK"
            existing += not status.endswith("_DELETE")
    numbers = (
        (len(accounts), "advertisers"),
        (campaigns, "campaigns"),
        (existing, "ads"),
        (delivering, "ads delivering"),
    )
    return (
        '<div class="tally">' + "".join(f"<div><b>{n}</b><span>{what}</span></div>" for n, what in numbers) + "</div>"
    )


def _account(store: Store, reader: StatusReader, advertiser: Advertiser) -> str:
    campaigns = [
        campaign for campaign in store.of_account("campaign", advertiser.advertiser_id) if not campaign.is_deleted
    ]
    shown = "".join(_campaign(store, reader, advertiser, one) for one in campaigns[:_MAX_CAMPAIGNS])
    more = len(campaigns) - _MAX_CAMPAIGNS
    if more > 0:
        shown += f'<p class="none">and {more} older campaigns</p>'
    if not campaigns:
        shown = '<p class="empty">No campaigns in this account.</p>'
    place = f"{advertiser.currency} · {advertiser.timezone} · {advertiser.country}"
    ok = "good" if advertiser.status == "STATUS_ENABLE" else "bad"
    return (
        f'<section class="account"><h2>{escape(advertiser.name)} '
        f"{chip(label(advertiser.status), ok, advertiser.status)}"
        f'<span class="meta">{escape(place)}</span>'
        f"<code>{escape(advertiser.advertiser_id)}</code></h2>{shown}</section>"
    )


def _campaign(store: Store, reader: StatusReader, advertiser: Advertiser, campaign: Entity) -> str:
    groups = [group for group in store.children(campaign) if not group.is_deleted]
    inner = "".join(_group(store, reader, advertiser, group) for group in groups)
    empty = "" if groups else '<p class="none">No ad groups.</p>'
    details = {
        "Objective": label(campaign.fields["objective_type"]),
        "Budget": amount(campaign.fields, advertiser.currency),
        "Budget optimisation": "on" if campaign.fields["budget_optimize_on"] else "off",
        "Special industries": ", ".join(map(label, campaign.fields["special_industries"])),
    }
    head = _row("h3", "Campaign", campaign, str(campaign.fields["campaign_name"]), reader, details)
    return f'<article class="campaign">{head}{inner}{empty}</article>'


def _group(store: Store, reader: StatusReader, advertiser: Advertiser, group: Entity) -> str:
    ads = [ad for ad in store.children(group) if not ad.is_deleted]
    tiles = "".join(page_ads.tile(store, reader, ad) for ad in ads)
    inner = f'<div class="ads">{tiles}</div>' if ads else '<p class="none">No ads.</p>'
    fields = group.fields
    placements = fields.get("placements") or ["automatic"]
    details = {
        "Budget": amount(fields, advertiser.currency),
        "Goal": label(fields["optimization_goal"]),
        "From": f"{fields['schedule_start_time']} UTC",
        "Until": f"{fields['schedule_end_time']} UTC" if fields.get("schedule_end_time") else "",
        "Placements": ", ".join(label(name) for name in placements),
        "Locations": ", ".join(fields.get("location_ids", [])[:6]),
    }
    head = _row("h4", "Ad group", group, str(fields["adgroup_name"]), reader, details)
    return f'<div class="group">{head}{inner}</div>'


def _row(tag: str, kind: str, entity: Entity, name: str, reader: StatusReader, details: dict[str, str]) -> str:
    secondary = reader.secondary(entity)
    return (
        f'<div class="row"><{tag}><span class="kind">{kind}</span>{escape(name)}</{tag}>'
        f'<div class="chips">{status_chips(entity, secondary)}</div>'
        f"{facts(details | {'Id': entity.id})}</div>"
    )


def _changes(store: Store) -> str:
    rows = "".join(
        f"<tr><td>{escape(entry['at'][:19].replace('T', ' '))}</td><td>{escape(entry['source'])}</td>"
        f"<td>{escape(entry['action'])}</td><td><code>{escape(entry['id'])}</code></td></tr>"
        for entry in store.newest_log(_MAX_CHANGES)
    )
    return (
        '<section class="account"><h2>Latest changes</h2><table><thead><tr><th>Time (UTC)</th>'
        f"<th>By</th><th>Change</th><th>Id</th></tr></thead><tbody>{rows}</tbody></table></section>"
    )
