"""`python -m tests.browser.pictures`: take the screenshots of docs/screenshots from the demo, with worker and simulator.

With names of SETS, those alone: `python -m tests.browser.pictures rules`.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.driving import DEMO_PASSWORD, FLAGS, log_in, reload_until
from tests.flows.stack import ROOT, Client, Stack, stack
from tests.processes import eventually

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
    log_in(page, url, f"{who}@demo.example", DEMO_PASSWORD)
    if title:
        row = page.locator(".wp-row", has_text=title)
        reload_until(page, row)
        row.click()
    return page


DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 1240}}
PHONE: dict[str, Any] = {"viewport": {"width": 420, "height": 900}}


def main(wanted: list[str]) -> None:
    """The pictures of these sets, of all without one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with stack("sqlite") as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, take in SETS.items():
            if not wanted or name in wanted:
                take(browser, running)
        browser.close()


def requests(browser: Browser, running: Stack) -> None:
    """A request, the queue, the request on a phone."""
    keep(enter(browser, running.url, "brand", "Autumn jackets", **DESK), FOLDER / "request.png")
    queue = enter(browser, running.url, "brand", viewport={"width": 1280, "height": 720})
    queue.goto(f"{running.url}/workplace/?tab=all")
    keep(queue, FOLDER / "queue.png")
    keep(enter(browser, running.url, "brand", "Autumn jackets", **PHONE), FOLDER / "request_phone.png")


def access(browser: Browser, running: Stack) -> None:
    """Where access managers begin, and one person."""
    url = running.url
    page = enter(browser, url, "access", **DESK)
    page.goto(f"{url}/workplace/access/")
    keep(page, FOLDER / "access.png")
    page.locator(".wp-row", has_text="brand@demo.example").click()
    keep(page, FOLDER / "access_person.png")


def german(browser: Browser, running: Stack) -> None:
    """The German page, for somebody whose own language it is."""
    url = running.url
    page = enter(browser, url, "marke", **DESK)
    page.goto(f"{url}/workplace/?tab=all")
    page.locator(".wp-row", has_text="Wintermischung").click()
    keep(page, FOLDER / "request_de.png")


def rules(browser: Browser, running: Stack) -> None:
    """The rule sets, the form of a version, what it changes, and a soft finding that may be overridden."""
    client = running.client("sam@demo.example", "pictures")
    (brand,) = [each["id"] for each in client("GET", "brands/").body["results"] if each["name"] == "Fjordlight Outdoor"]
    running.manage("grant_role", "publisher@demo.example", "exception_approver", f"brand:{brand}")
    page = enter(browser, running.url, "access", **DESK)
    _soften(page, running.url)
    request = _submitted_again(client)
    for options, end in ((DESK, ""), (PHONE, "_phone")):
        page = enter(browser, running.url, "access", **options)
        _written(page, running.url, end)
        page = enter(browser, running.url, "publisher", **options)
        page.goto(f"{running.url}/workplace/requests/{request}/")
        reload_until(page, page.get_by_test_id("override-form"))
        page.locator(".wp-override > summary").first.click()
        page.get_by_label("Reason").first.fill("“Guaranteed” is part of the name of the shop’s repair service.")
        page.get_by_test_id("findings").scroll_into_view_if_needed()
        page.evaluate("document.querySelector('[data-testid=findings]').scrollIntoView()")
        keep(page, FOLDER / f"override{end}.png")


def replays(browser: Browser, running: Stack) -> None:
    """A version that would be stricter, tried on what the demo put forward."""
    client = running.client("access@demo.example", "pictures")
    (brand,) = [each["id"] for each in client("GET", "brands/").body["results"] if each["name"] == "Fjordlight Outdoor"]
    lines = [
        {"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jacket|jackets", "warm*", "storm*", "light*"]}},
        {"rule": "text.length", "mode": "warn", "params": {"limits": {"in_feed": {"max": 30}}}},
        {"rule": "landing_page.reachable", "mode": "hard"},
    ]
    body = {"key": "fjordlight-tone", "title": "Fjordlight, tone of voice", "scope": {"type": "brand", "id": brand}, "rules": lines, "propose": True}
    made = client("POST", "rule-sets/", body).body
    started = client("POST", f"rule-sets/{made['id']}/replays/", {}).body
    for options, end in ((DESK, ""), (PHONE, "_phone")):
        page = enter(browser, running.url, "access", **options)
        page.goto(f"{running.url}/workplace/replays/{started['id']}/")
        reload_until(page, page.get_by_text("completed", exact=True))
        keep(page, FOLDER / f"replay{end}.png")
        page.goto(f"{running.url}/workplace/rule-sets/{made['id']}/")
        page.get_by_test_id("replays").scroll_into_view_if_needed()
        keep(page, FOLDER / f"rule_set_on_trial{end}.png")


def envelopes(browser: Browser, running: Stack) -> None:
    """The list, one with a higher amount that awaits another manager, and what a request would take; what was measured of a film."""
    client = running.client("access@demo.example", "pictures")
    set_one = _enveloped(client)
    for options, end in ((DESK, ""), (PHONE, "_phone")):
        page = enter(browser, running.url, "brand", "Autumn jackets", **options)
        page.get_by_test_id("envelopes").evaluate("card => card.scrollIntoView()")
        keep(page, FOLDER / f"envelope_request{end}.png")
    set_one("ad_account", "Fjordlight Germany", "Fjordlight Germany", "2200.00", "EUR")
    one = set_one("brand", "Fjordlight Outdoor", "Fjordlight", "2600.00", "EUR")
    month = _published(running, client, one)
    _by_two(client)
    set_one("brand", "Fjordlight Outdoor", "Fjordlight", "4000.00", "EUR", "Black Friday: retail asks for two weeks more.")
    for options, end in ((DESK, ""), (PHONE, "_phone")):
        page = enter(browser, running.url, "access2", **options)
        page.goto(f"{running.url}/workplace/envelopes/?month={month}")
        keep(page, FOLDER / f"envelopes{end}.png")
        page.goto(f"{running.url}/workplace/envelopes/{one}/?month={month}")
        keep(page, FOLDER / f"envelope{end}.png")
    request = _analysed(running, client)
    page = enter(browser, running.url, "brand", **DESK)
    page.goto(f"{running.url}/workplace/requests/{request}/")
    reload_until(page, page.get_by_test_id("measured"))
    page.locator("[data-item=ad]").evaluate("card => card.scrollIntoView()")
    keep(page, FOLDER / "measured.png")


def policies(browser: Browser, running: Stack) -> None:
    """What would happen to a changed campaign; one that nobody could decide; a policy, and what its next version would change."""
    client, sam = running.client("access@demo.example", "pictures"), running.client("sam@demo.example", "policies")
    campaign = _approved_and_changed(running, sam)
    _second_policy(client)
    for options, end in ((DESK, ""), (PHONE, "_phone")):
        page = enter(browser, running.url, "sam", **options)
        page.goto(f"{running.url}/workplace/route-preview/campaign/{campaign}/")
        keep(page, FOLDER / f"route_preview{end}.png")
    page = enter(browser, running.url, "access", **DESK)
    page.goto(f"{running.url}/workplace/policies/")
    page.locator(".wp-row", has_text="Brand, then finance").click()
    keep(page, FOLDER / "policy.png")
    page.get_by_role("link", name="Write the next version").click()
    document = page.get_by_label("Condition and stages (YAML)")
    document.fill(document.input_value().replace("quorum: 1", "quorum: 1\n  everyone: true", 1))
    page.get_by_role("button", name="Look at what it changes").click()
    keep(page, FOLDER / "policy_edit.png")


def _approved_and_changed(running: Stack, sam: Client) -> str:
    """“Autumn jackets” is approved; then its submitter raises a budget and changes a text. The id of the campaign."""
    (request,) = [each for each in sam("GET", "approval-requests/?status=in_review").body["results"] if each["title"] == "Autumn jackets 2026"]
    for who, stage in (("brand", "content"), ("finance", "budget")):
        said = {"verdict": "approve", "digest": request["digest"], "stage": stage}
        answer = running.client(f"{who}@demo.example", "deciding")("POST", f"approval-requests/{request['id']}/decisions/", said)
        assert answer.status == 201, answer.body
    items = {each["type"]: each["id"] for each in sam("GET", f"approval-requests/{request['id']}/").body["items"]}
    group = sam("GET", f"ad-groups/{items['ad_group']}/").body
    budget = {"mode": group["budget"]["mode"], "amount": f"{float(group['budget']['amount']) * 2:.2f}"}
    for path, body in ((f"ad-groups/{items['ad_group']}/", {"budget": budget}), (f"ads/{items['ad']}/", {"text": "Warm from the first step."})):
        answer = sam("PATCH", path, body)
        assert answer.status == 200, answer.body
    return str(items["campaign"])


def _second_policy(client: Client) -> None:
    """Large campaigns ask one more from finance, and lawyers, of whom there are none."""
    (brand,) = [each["id"] for each in client("GET", "brands/").body["results"] if each["name"] == "Fjordlight Outdoor"]
    sections = ["budget", "bid", "schedule"]
    body = {
        "key": "fjordlight-large", "title": "Large budgets", "scope": {"type": "brand", "id": brand}, "condition": "request.exposure_minor > 100000",
        "stages": [{"key": "director", "title": "Director", "permission": "approve_content", "sections": sections, "quorum": 1, "step": 3}],
    }  # fmt: skip
    made = client("POST", "approval-policies/", body)
    assert made.status == 201, made.body


def _enveloped(client: Client) -> Callable[..., str]:
    """Envelopes of both brands and of an ad account; the answer sets another amount, and gives the envelope's id."""
    listed = {"brand": "brands/", "ad_account": "ad-accounts/"}
    places = {(kind, each["name"]): each["id"] for kind, path in listed.items() for each in client("GET", path).body["results"]}
    month = f"{datetime.now(UTC):%Y-%m}-01"

    def set_one(kind: str, place: str, title: str, amount: str, currency: str, reason: str = "") -> str:
        said = {"title": title, "amount": amount, "currency": currency, "first_month": month, "reason": reason}
        made = client("POST", "envelopes/", {"scope": {"type": kind, "id": places[kind, place]}, **said})
        assert made.status == 201, made.body
        return str(made.body["id"])

    set_one("brand", "Fjordlight Outdoor", "Fjordlight, autumn and winter", "2500.00", "EUR", "Until the budget of the year is agreed.")
    set_one("ad_account", "Fjordlight Germany", "Fjordlight Germany", "1500.00", "EUR")
    set_one("brand", "Kaffee Nordwind", "Nordwind", "2500.00", "EUR", "Agreed with Jonas.")
    set_one("brand", "Fjordlight Outdoor", "Fjordlight in dollars", "4000.00", "USD")
    return set_one


def _published(running: Stack, client: Client, envelope: str) -> str:
    """“Autumn jackets” is approved and published; the month in which most of the envelope is committed then."""
    (request,) = [each for each in client("GET", "approval-requests/?status=in_review").body["results"] if each["title"] == "Autumn jackets 2026"]
    for who, stage in (("brand", "content"), ("finance", "budget")):
        said = {"verdict": "approve", "digest": request["digest"], "stage": stage}
        answer = running.client(f"{who}@demo.example", "deciding")("POST", f"approval-requests/{request['id']}/decisions/", said)
        assert answer.status == 201, answer.body

    def committed() -> list[tuple[float, str]]:
        months = client("GET", f"envelopes/{envelope}/").body["months"]
        return sorted((float(each["committed"]), each["month"][:7]) for each in months if float(each["committed"]))

    return str(eventually("published and committed", committed)[-1][1])


def _by_two(client: Client) -> None:
    """What widens is confirmed by another from now on."""
    two = {"two_managers": True, "second_factor_roles": [], "forbidden_pairs": []}
    assert client("POST", "access-policies/", two).status == 201


def _analysed(running: Stack, client: Client) -> str:
    """A request whose film was looked at, because a rule about black bars is in force; its id."""
    (brand,) = [each["id"] for each in client("GET", "brands/").body["results"] if each["name"] == "Fjordlight Outdoor"]
    lines = [{"rule": "media.black_bars", "mode": "warn"}, {"rule": "media.loudness", "mode": "warn"}]
    body = {"key": "fjordlight-media", "title": "Fjordlight, films", "scope": {"type": "brand", "id": brand}, "rules": lines}
    made = client("POST", "rule-sets/", body)
    assert made.status == 201, made.body
    return _submitted_again(running.client("sam@demo.example", "films"))


def diffs(browser: Browser, running: Stack) -> None:
    """A change of a campaign that is live: against what was approved; on a phone against what the reviewer sent back."""
    request = _changed_twice(running)
    for options, end, against in ((DESK, "", "approved"), (PHONE, "_phone", "reviewed")):
        page = enter(browser, running.url, "brand", **options)
        page.goto(f"{running.url}/workplace/requests/{request}/?against={against}")
        page.get_by_test_id("changes").evaluate("card => card.scrollIntoView()")
        keep(page, FOLDER / f"diffs{end}.png")


def _changed_twice(running: Stack) -> str:
    """“Repair café tour”, approved by the demo, is changed, sent back, and changed again; the id of the last request."""
    client = running.client("sam@demo.example", "diffs")

    def one(kind: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in client("GET", f"{kind}/").body["results"] if each["name"].startswith(name))
        return found

    campaign, group, ad = (one(kind, "Repair café tour") for kind in ("campaigns", "ad-groups", "ads"))
    end = datetime.fromisoformat(group["schedule"]["end"]) + timedelta(days=7)
    targeting = group["targeting"] | {"locations": ["2921044", "2782113"], "age_groups": ["25_34", "35_44", "45_54"], "languages": ["de", "en"]}
    edits = {
        f"campaigns/{campaign['id']}/": {"budget": {"mode": "daily", "amount": "150.00"}},
        f"ad-groups/{group['id']}/": {
            "budget": {"mode": "daily", "amount": "80.00"}, "targeting": targeting, "schedule": {"end": end.isoformat()},
        },
        f"ads/{ad['id']}/": {"text": "Bring your jacket. We mend it while you wait. Free in fifteen cities."},
    }  # fmt: skip
    for path, body in edits.items():
        assert client("PATCH", path, body).status == 200, path
    first = _in_review(client, campaign["id"])
    said = {"verdict": "request_changes", "digest": first["digest"], "stage": "content", "comment": "Twelve cities are agreed, not fifteen."}
    answer = running.client("brand@demo.example", "sending back")("POST", f"approval-requests/{first['id']}/decisions/", said)
    assert answer.status == 201, answer.body
    assert client("PATCH", f"ads/{ad['id']}/", {"text": "Bring your jacket. We mend it while you wait. Free in twelve cities."}).status == 200
    return str(_in_review(client, campaign["id"])["id"])


def bundle(browser: Browser, running: Stack) -> None:
    """A reviewer ticks one of two films, is asked, and sees what stayed; the question on a phone, too."""
    client = running.client("sam@demo.example", "bundle")
    ad = next(each for each in client("GET", "ads/").body["results"] if each["name"].startswith("Repair café tour"))
    told = {name: value for name, value in ad.items() if name in AD_FIELDS} | {"name": "Repair café tour, second film"}
    made = client("POST", "ads/", told | {"text": "Bring your jacket to one of twelve cities. Seams, zips and buttons for 12 euros."})
    assert made.status == 201, made.body
    group = client("GET", f"ad-groups/{ad['ad_group']}/").body
    budget = {"budget": {"mode": "daily", "amount": "75.00"}}
    assert client("PATCH", f"ad-groups/{group['id']}/", budget).status == 200
    assert client("PATCH", f"ads/{ad['id']}/", {"text": "Bring your jacket. We mend it while you wait. Free in twelve cities."}).status == 200
    request = _in_review(client, group["campaign"])["id"]
    phone, page = (enter(browser, running.url, "brand", **options) for options in (PHONE, DESK))
    for each, end in ((phone, "_phone"), (page, "")):
        each.goto(f"{running.url}/workplace/requests/{request}/")
        each.get_by_test_id("split").locator("summary").click()
        each.get_by_test_id("split").get_by_label("Repair café tour, second film").check()
        each.get_by_label("What should change").fill("The repair is free; the second film still says 12 euros.")
        each.get_by_test_id("split").evaluate("card => card.scrollIntoView()")
        keep(each, FOLDER / f"bundle{end}.png")
        each.get_by_role("button", name="Go on").click()
        keep(each, FOLDER / f"bundle_sure{end}.png")
    page.get_by_role("button", name="Send back").click()
    keep(page, FOLDER / "bundle_rest.png")


AD_FIELDS = (
    "ad_group", "format", "media", "call_to_action", "landing_page_url", "display_name", "hashtags", "page", "spark_post", "disclosure",
)  # fmt: skip


def _in_review(client: Client, campaign: str) -> dict[str, Any]:
    """All that changed of a campaign, put forward and checked."""
    sent = client("POST", "approval-requests/", {"campaign": campaign, "note": "A week more of the tour, and Austria."})
    assert sent.status == 202, sent.body

    def checked() -> dict[str, Any] | None:
        found: dict[str, Any] = client("GET", f"approval-requests/{sent.body['id']}/").body
        assert found["status"] in ("awaiting_checks", "in_review"), found["findings"]
        return found if found["status"] == "in_review" else None

    found: dict[str, Any] = eventually("checked", checked)
    return found


def _soften(page: Page, url: str) -> None:
    """Forbidden words of a brand become something that a person may override."""
    page.goto(f"{url}/workplace/rule-sets/")
    page.locator(".wp-row", has_text="Fjordlight Outdoor: brand guidelines").click()
    page.get_by_role("link", name="Write the next version").click()
    page.locator('[data-rule="text.forbidden_words"] select').first.select_option("soft")
    page.get_by_role("button", name="Look at what it changes").click()
    page.get_by_role("button", name="Save this version").click()


def _written(page: Page, url: str, end: str) -> None:
    """The list; the form at its texts; what it would change."""
    page.goto(f"{url}/workplace/rule-sets/")
    keep(page, FOLDER / f"rule_sets{end}.png")
    page.locator(".wp-row", has_text="Fjordlight Outdoor: brand guidelines").click()
    page.get_by_role("link", name="Write the next version").click()
    words = page.locator('[data-rule="text.forbidden_words"]')
    words.locator("textarea").first.fill("miracle\nguaranteed\ncheapest\nbest in the world")
    page.locator('[data-rule="display_name.length"] select').first.select_option("warn")
    page.get_by_test_id("subject").filter(has=words).evaluate("card => card.scrollIntoView()")
    keep(page, FOLDER / f"rule_editor{end}.png")
    page.get_by_label("Propose only (on trial)").check()
    page.get_by_role("button", name="Look at what it changes").click()
    keep(page, FOLDER / f"rule_diff{end}.png")


def _submitted_again(client: Client) -> str:
    """The campaign that breaks the brand's words, judged by the rules of now; the id of its request."""
    (campaign,) = [each for each in client("GET", "campaigns/").body["results"] if each["name"] == "Trail shoes"]
    return str(client("POST", "approval-requests/", {"campaign": campaign["id"]}).body["id"])


SETS: dict[str, Callable[[Browser, Stack], None]] = {
    "requests": requests, "german": german, "access": access, "rules": rules, "replays": replays, "envelopes": envelopes, "diffs": diffs,
    "policies": policies, "bundle": bundle,
}  # fmt: skip

if __name__ == "__main__":
    main(sys.argv[1:])
