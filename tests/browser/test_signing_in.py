"""Logging in with a second factor in a real browser, under our content security policy: an app's code, and a passkey."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import builders
from tests.browser.conftest import Open
from tests.browser.driving import log_in
from tests.builders import PASSWORD, World
from tests.workplace.signing import code_of, events

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def world(transactional_db: None) -> World:
    cache.clear()
    return builders.organisation("Acme")


def log_out(page: Page, base: str) -> None:
    page.goto(f"{base}/account/second-factor/")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{base}/account/login/**")


def password(page: Page, base: str, user: User) -> None:
    page.goto(f"{base}/account/login/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_an_authenticator_app_is_set_up_and_then_asked_for(world: World, live_server: Any, open_page: Open):
    user, page = world.user("content"), open_page()
    log_in(page, live_server.url, user.email, PASSWORD)
    page.goto(f"{live_server.url}/account/second-factor/")
    page.get_by_role("link", name="Set up").click()
    page.get_by_text("It cannot scan?").click()
    assert page.locator("img.wp-qr").evaluate("picture => picture.naturalWidth") > 0
    secret = page.get_by_test_id("totp-secret").inner_text()
    page.get_by_label("Type the code that it shows").fill(code_of(secret))
    page.get_by_role("button", name="Set up").click()
    codes = page.get_by_test_id("recovery-codes").inner_text().split()
    assert len(codes) == 10
    log_out(page, live_server.url)

    password(page, live_server.url, user)
    page.get_by_label("Code from your authenticator app").fill(code_of(secret, 1))
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{live_server.url}/workplace/")
    log_out(page, live_server.url)

    password(page, live_server.url, user)
    page.get_by_label("Code from your authenticator app").fill(codes[3])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{live_server.url}/workplace/")


def virtual_authenticator(page: Page) -> None:
    """Chromium's own: a device with a fingerprint that always matches."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_then_is_the_whole_log_in(world: World, live_server: Any, open_page: Open):
    base = live_server.url.replace("127.0.0.1", "localhost")
    user, page = world.user("content"), open_page()
    virtual_authenticator(page)
    log_in(page, base, user.email, PASSWORD)
    page.goto(f"{base}/account/second-factor/webauthn/add/")
    page.get_by_label("A name by which you know it again").fill("Work laptop")
    page.get_by_label("Also log in with it alone").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_test_id("recovery-codes")).to_be_visible()
    log_out(page, base)

    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{base}/workplace/")
    assert '"method":"passkey"' in events("accounts.session.opened", user)[-1].canonical
    log_out(page, base)

    password(page, base, user)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{base}/workplace/")
    assert '"method":"password+passkey"' in events("accounts.session.opened", user)[-1].canonical
