"""Driving a browser through the pages, without the product being loaded."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

DEMO_PASSWORD = "imprimatur-demo"
PATIENCE_SECONDS = 180
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def log_in(page: Page, base: str, email: str, password: str) -> None:
    """Through the log-in page, as people do."""
    page.goto(f"{base}/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{base}/workplace/")


def reload_until(page: Page, what: Locator) -> None:
    """Look again until something is there; the worker needs its time, and pages do not move by themselves."""
    for _look in range(PATIENCE_SECONDS):
        if what.count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    expect(what).to_be_visible()
