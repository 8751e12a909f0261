"""A real browser: Debian's chromium through Playwright. Whatever it complains about fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response, sync_playwright

from tests.browser.driving import FLAGS, log_in
from tests.builders import PASSWORD, World


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser a session. Without one the tests are skipped, which under CI=true is a failure."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    # Playwright keeps an event loop in this thread, which makes Django refuse statements that are in fact synchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Complaints:
    """What went wrong in the browser: console errors (refused scripts among them), exceptions, bad answers."""

    found: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"{message.type}: {message.text}")

    def _error(self, error: Error) -> None:
        self.found.append(f"exception: {error}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.found.append(f"{response.status} {response.url}")


Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """A page in a browser context of its own; at the end nothing may have been complained about."""
    complaints, contexts = Complaints(), []

    def build(width: int = 1280, height: int = 900, **options: object) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield build
    for context in contexts:
        context.close()
    assert complaints.found == []


Enter = Callable[..., Page]


@pytest.fixture
def enter(world: World, live_server: Any, open_page: Open) -> Enter:
    """A page on which a person of the test's world has logged in."""

    def build(name: str, **options: Any) -> Page:
        page = open_page(**options)
        log_in(page, live_server.url, world.people[name].email, PASSWORD)
        return page

    return build
