"""The whole way as people see it: real web server, worker and simulator; two log-ins; the ad goes live on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import settings
from tests.browser.conftest import Open, log_in
from tests.flows.stack import Stack, stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.shared_out, pytest.mark.database]
PASSWORD = "imprimatur-demo"
TITLE = "Autumn jackets 2026"
PATIENCE_SECONDS = 180


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    with stack("postgresql" if settings.ON_POSTGRESQL else "sqlite") as started:
        yield started


def reload_until(page: Page, what: Locator) -> None:
    """Look again until something is there; the worker needs its time, and pages do not move by themselves."""
    for _look in range(PATIENCE_SECONDS):
        if what.count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    expect(what).to_be_visible()


def approve(page: Page) -> None:
    row = page.locator(".wp-row", has_text=TITLE)
    reload_until(page, row)
    row.click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Your approval is recorded.")).to_be_visible()


def test_approved_in_the_browser_and_live_on_the_channel(running: Stack, open_page: Open):
    brand = open_page()
    log_in(brand, running.url, "brand@demo.example", PASSWORD)
    approve(brand)
    assert not any(TITLE in str(each) for each in running.simulator.state()["campaigns"]), "nothing before the last stage"

    finance = open_page()
    log_in(finance, running.url, "finance@demo.example", PASSWORD)
    approve(finance)
    reload_until(finance, finance.get_by_test_id("track").locator('li:last-child[data-state="done"]'))
    expect(finance.get_by_test_id("publishing")).to_contain_text("live")
    live = [each for each in running.simulator.state()["campaigns"] if TITLE in str(each)]
    assert [each["operation_status"] for each in live] == ["ENABLE"]
