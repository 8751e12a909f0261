"""An approver's day in a real browser: log in, open the queue, look, decide, see it move on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from approvals.models import ApprovalRequest, Decision
from tests import builders
from tests.browser.conftest import Open
from tests.browser.driving import log_in
from tests.builders import PASSWORD, Tree, World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NASTY = '"><script>window.hacked=1</script><img src=/hacked onerror="window.hacked=1">'


@pytest.fixture
def world(transactional_db: None) -> World:
    return builders.organisation("Acme")


@pytest.fixture
def enter(world: World, live_server: Any, open_page: Open) -> Callable[..., Page]:
    def build(name: str, **options: Any) -> Page:
        page = open_page(**options)
        log_in(page, live_server.url, world.people[name].email, PASSWORD)
        return page

    return build


def open_request(page: Page, title: str) -> None:
    page.locator(".wp-row", has_text=title).click()
    expect(page.locator("h1", has_text=title).last).to_be_visible()


def track(page: Page) -> list[str | None]:
    return [step.get_attribute("data-state") for step in page.get_by_test_id("track").locator("li").all()]


def test_two_approvers_bring_a_request_from_the_queue_to_cleared(world: World, enter: Callable[..., Page]):
    request = world.request("in_review")
    content = enter("content")
    open_request(content, request.title)
    assert track(content) == ["done", "now", "next", "next", "next"]
    video = content.locator("video").first
    video.scroll_into_view_if_needed()
    content.wait_for_function("document.querySelector('video').readyState >= 1")
    assert round(video.evaluate("video => video.duration")) == 9
    content.get_by_label("Comment").fill("Looks good")
    content.get_by_role("button", name="Approve").click()
    expect(content.get_by_text("Your approval is recorded.")).to_be_visible()
    assert track(content) == ["done", "done", "now", "next", "next"]
    expect(content.get_by_test_id("stages")).to_contain_text("Looks good")

    budget = enter("budget")
    open_request(budget, request.title)
    budget.get_by_role("button", name="Approve").click()
    expect(budget.get_by_text("Your approval is recorded.")).to_be_visible()
    assert track(budget) == ["done", "done", "done", "done", "now"]
    expect(budget.get_by_test_id("publishing")).to_contain_text("cleared")
    assert ApprovalRequest.objects.get(pk=request.pk).state == "approved"
    budget.goto(budget.url.partition("/workplace/")[0] + "/workplace/")
    expect(budget.get_by_test_id("empty")).to_contain_text("Nothing waits for you")


def test_a_rejection_on_a_phone(world: World, enter: Callable[..., Page]):
    request = world.request("in_review")
    page = enter("content", width=420, height=860)
    open_request(page, request.title)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 420, f"the page is {wide} px wide and scrolls sideways"
    page.get_by_role("link", name="Decide: Content").click()
    page.get_by_label("Comment").fill("The price is wrong")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("This request is closed.")).to_be_visible()
    assert Decision.objects.get().verdict == "reject"


def test_what_others_wrote_runs_nowhere(world: World, enter: Callable[..., Page]):
    campaign = world.campaign(name=f"Nasty {NASTY}")
    group = world.ad_group(campaign, name=NASTY)
    ad = world.ad(group, name=NASTY, text=NASTY, hashtags=[NASTY[:60]], display_name=NASTY[:40])
    request = world.submit(Tree(campaign, group, ad), note=NASTY).request
    world.check(request)
    page = enter("auditor")
    base = page.url.partition("/workplace/")[0]
    for path in (f"requests/{request.pk}/", "?tab=all", "campaigns/ad/", f"campaigns/ad/{ad.pk}/change/", "audit/auditevent/"):
        page.goto(f"{base}/workplace/{path}")
        assert page.get_by_text("window.hacked=1").count() > 0, path
        assert page.evaluate("window.hacked") is None, path
