"""`python -m tests.browser.pictures`: take the screenshots of docs/screenshots from the demo, with worker and simulator."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS, log_in
from tests.browser.test_published import PASSWORD, reload_until
from tests.flows.stack import ROOT, stack

FOLDER = ROOT / "docs" / "screenshots"


def keep(page: Page, path: Path) -> None:
    """As a PNG of 256 colours: a third of the size, and nobody sees it."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function("[...document.querySelectorAll('video')].every(video => video.readyState >= 1)")
    page.wait_for_timeout(1000)
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def enter(browser: Browser, url: str, who: str, title: str = "", **options: Any) -> Page:
    page = browser.new_context(**options).new_page()
    log_in(page, url, f"{who}@demo.example", PASSWORD)
    if title:
        row = page.locator(".wp-row", has_text=title)
        reload_until(page, row)
        row.click()
    return page


def main() -> None:
    """Six pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    desk = {"viewport": {"width": 1280, "height": 1240}}
    with stack("sqlite") as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = enter(browser, running.url, "brand", "Autumn jackets", **desk)
        keep(page, FOLDER / "request.png")
        queue = enter(browser, running.url, "brand", viewport={"width": 1280, "height": 720})
        queue.goto(f"{running.url}/workplace/?tab=all")
        keep(queue, FOLDER / "queue.png")
        phone = {"viewport": {"width": 420, "height": 900}}
        keep(enter(browser, running.url, "brand", "Autumn jackets", **phone), FOLDER / "request_phone.png")
        enter_german(browser, running.url, desk)
        enter_access(browser, running.url, desk)
        browser.close()


def enter_access(browser: Browser, url: str, desk: dict[str, Any]) -> None:
    """Where access managers begin, and one person."""
    page = enter(browser, url, "access", **desk)
    page.goto(f"{url}/workplace/access/")
    keep(page, FOLDER / "access.png")
    page.locator(".wp-row", has_text="brand@demo.example").click()
    keep(page, FOLDER / "access_person.png")


def enter_german(browser: Browser, url: str, desk: dict[str, Any]) -> None:
    """The German page, for somebody whose own language it is."""
    page = enter(browser, url, "marke", **desk)
    page.goto(f"{url}/workplace/?tab=all")
    page.locator(".wp-row", has_text="Wintermischung").click()
    keep(page, FOLDER / "request_de.png")


if __name__ == "__main__":
    main()
