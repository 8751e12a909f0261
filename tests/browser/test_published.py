"""The whole way as people see it: real web server, worker and simulator; two log-ins; the ad goes live on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import settings
from tests.browser.conftest import Open
from tests.browser.driving import DEMO_PASSWORD, log_in, reload_until
from tests.flows.stack import Stack, stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.database]
TITLE = "Autumn jackets 2026"


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    with stack("postgresql" if settings.ON_POSTGRESQL else "sqlite") as started:
        yield started


def approve(page: Page) -> None:
    row = page.locator(".wp-row", has_text=TITLE)
    reload_until(page, row)
    row.click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Your approval is recorded.")).to_be_visible()


def test_approved_in_the_browser_and_live_on_the_channel(running: Stack, open_page: Open):
    brand = open_page()
    log_in(brand, running.url, "brand@demo.example", DEMO_PASSWORD)
    approve(brand)
    assert not any(TITLE in str(each) for each in running.simulator.state()["campaigns"]), "nothing before the last stage"

    finance = open_page()
    log_in(finance, running.url, "finance@demo.example", DEMO_PASSWORD)
    approve(finance)
    reload_until(finance, finance.get_by_test_id("track").locator('li:last-child[data-state="done"]'))
    expect(finance.get_by_test_id("publishing")).to_contain_text("live")
    live = [each for each in running.simulator.state()["campaigns"] if TITLE in str(each)]
    assert [each["operation_status"] for each in live] == ["ENABLE"]
