"""Draws the way from an API call to a published ad: `python docs/pictures/flow.py >docs/pictures/flow.svg`"""

from __future__ import annotations

import sys

BOXES = [
    ("Draft", "API client", "campaign, ad group, ad, media", "#e0f2fe"),
    ("Revision", "commit", "canonical snapshot + digest", "#e0f2fe"),
    ("Checks", "Celery, CI", "formats, budgets, brand words", "#fef3c7"),
    ("Stage 1", "brand manager", "content", "#dcfce7"),
    ("Stage 2", "finance", "budget", "#dcfce7"),
    ("Clearance", "merge", "this digest, until then", "#dcfce7"),
    ("Gate", "deploy", "asks once more", "#fee2e2"),
    ("TikTok", "channel", "off, read back, on", "#ede9fe"),
]
WIDTH, HEIGHT, GAP = 132, 84, 22


def box(index: int, title: str, who: str, what: str, colour: str) -> str:
    x = 16 + index * (WIDTH + GAP)
    middle = x + WIDTH / 2
    arrow = (
        f'<path d="M{x - GAP + 2} 78 h{GAP - 6}" stroke="#475569" stroke-width="2" marker-end="url(#head)"/>' if index else ""
    )
    return (
        f'{arrow}<rect x="{x}" y="36" width="{WIDTH}" height="{HEIGHT}" rx="10" fill="{colour}" stroke="#94a3b8"/>'
        f'<text x="{middle}" y="62" class="t">{title}</text><text x="{middle}" y="82" class="w">{who}</text>'
        f'<text x="{middle}" y="104" class="s">{what}</text>'
    )


def main() -> None:
    width = 32 + len(BOXES) * (WIDTH + GAP) - GAP
    parts = "".join(box(index, *entry) for index, entry in enumerate(BOXES))
    guard = 16 + 3 * (WIDTH + GAP) - 8
    sys.stdout.write(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 196" font-family="system-ui, sans-serif">'
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#475569"/></marker></defs>'
        "<style>.t{font-size:17px;font-weight:600;fill:#0f172a;text-anchor:middle}"
        ".w{font-size:12px;fill:#475569;text-anchor:middle}.s{font-size:11px;fill:#334155;text-anchor:middle}"
        ".n{font-size:13px;fill:#334155}</style>"
        f'<rect width="{width}" height="196" fill="#ffffff"/>{parts}'
        f'<path d="M{guard} 134 v14 h{5 * (WIDTH + GAP) + 4} v-14" fill="none" stroke="#b91c1c" stroke-width="2"/>'
        f'<text x="{guard}" y="170" class="n">Guarded in the database as well: no clearance without its decisions, '
        "no publication without its clearance, no evidence ever changed.</text>"
        '<text x="16" y="22" class="n">Every step writes the append-only log; every refusal too.</text>'
        "</svg>\n"
    )


if __name__ == "__main__":
    main()
