#!/usr/bin/env python3
"""Submit an ad for approval and watch it go live. Plain Python, no packages.

    IMPRIMATUR_URL=http://127.0.0.1:8000 IMPRIMATUR_TOKEN=impr_... python3 examples/submit_ad.py film.mp4

Without a film the first one of the ad account is used again. Leaves with 0 when the ad is published, 1 when somebody or
something said no (the reason is printed), 2 when the service does not answer.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

URL = os.environ.get("IMPRIMATUR_URL", "http://127.0.0.1:8000").rstrip("/") + "/api/v1/"
OVER = {"blocked", "rejected", "changes_requested", "withdrawn", "superseded", "expired", "revoked"}


def call(method, path, body=None, kind="application/json"):
    """One request. A problem (RFC 9457) ends the program with its words."""
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    headers = {"Authorization": f"Bearer {os.environ.get('IMPRIMATUR_TOKEN', '')}", "Content-Type": kind}
    if method == "POST":
        headers["Idempotency-Key"] = str(uuid.uuid4())
    try:
        with urllib.request.urlopen(urllib.request.Request(URL + path, data, headers, method=method), timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        fields = [f"\n  {each['field']}: {each['detail']}" for each in problem.get("errors", [])]
        leave(f"{method} {path}: {problem['detail']} ({problem['code']})" + "".join(fields), 1)
    except OSError as error:
        leave(f"{URL} does not answer: {error}", 2)


def leave(words, code):
    print(words, file=sys.stderr)
    sys.exit(code)


def oldest(path, what):
    """The last row of a listing; listings begin with the newest."""
    rows = call("GET", path)["results"]
    return rows[-1] if rows else leave(f"There is no {what} that you may use.", 1)


def upload(film, account):
    """POST media/ as a multipart form, made by hand."""
    edge = uuid.uuid4().hex
    form = f'--{edge}\r\nContent-Disposition: form-data; name="ad_account"\r\n\r\n{account}\r\n--{edge}\r\n'
    form += f'Content-Disposition: form-data; name="file"; filename="{os.path.basename(film.name)}"\r\n\r\n'
    body = form.encode() + film.read() + f"\r\n--{edge}--\r\n".encode()
    return call("POST", "media/", body, f"multipart/form-data; boundary={edge}")


def draft(account, media, landing_page):
    """A campaign with one ad group and one ad; the id of the campaign."""
    start = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=1)  # noqa: UP017 - any Python 3
    page = oldest(f"pages/?ad_account={account}", "page")
    budget = {"mode": "daily", "amount": "80.00"}
    campaign = call("POST", "campaigns/", {"ad_account": account, "name": "Example", "objective": "traffic", "budget": budget})
    group = call("POST", "ad-groups/", {
        "campaign": campaign["id"], "name": "Adults", "budget": {"mode": "daily", "amount": "40.00"},
        "placement": {"type": "selected", "apps": ["tiktok"]},
        "targeting": {"locations": ["2921044"], "age_groups": ["18_24", "25_34"]}, "bidding": {"strategy": "lowest_cost"},
        "schedule": {"start": start.isoformat(), "end": (start + timedelta(days=10)).isoformat()},
        "optimization_goal": "click",
    })  # fmt: skip
    call("POST", "ads/", {
        "ad_group": group["id"], "name": "Ad", "format": "in_feed", "media": [media], "text": "Warm jackets", "page": page["id"],
        "call_to_action": "learn_more", "landing_page_url": landing_page, "disclosure": {"ai_generated": False},
    })  # fmt: skip
    return campaign["id"]


def progress(request):
    """What a request looks like now: its lines, and whether it is over (None: not yet; a code: leave with it)."""
    checks = ", ".join(f"{check['type']} {check['outcome'] or check['status']}" for check in request["checks"])
    stages = [f"stage “{stage['title']}” is {stage['status']}" for stage in request["stages"]]
    lines = [f"request is {request['status']}", f"checks: {checks}", *stages]
    if request["status"] in OVER:
        said = [each["comment"] for stage in request["stages"] for each in stage["decided"] if each["comment"]]
        return [*lines, *(f"{f['type']}: {f['message']}" for f in request["findings"] if f["mode"] in ("hard", "soft")), *said], 1
    steps = call("GET", f"publications/?approval_request={request['id']}&page_size=200")["results"]
    for step in sorted(steps, key=lambda step: step["position"]):
        words = (step["operation"], step["type"], "is", step["status"], step["external_id"] or "", step["reason"])
        lines.append(" ".join(word for word in words if word))
    states = {step["status"] for step in steps}
    return lines, 1 if states & {"refused", "failed", "cancelled"} else 0 if states == {"published"} else None


def main():
    options = argparse.ArgumentParser()
    options.add_argument("video", nargs="?", type=argparse.FileType("rb"))
    options.add_argument("--ad-account", help="its id (default: the oldest that you may use)")
    options.add_argument("--landing-page", default="https://fjordlight.example/autumn")
    chosen = options.parse_args()
    account = chosen.ad_account or oldest("ad-accounts/", "ad account")["id"]
    media = upload(chosen.video, account) if chosen.video else oldest(f"media/?ad_account={account}&kind=video", "film")
    request = call("POST", "approval-requests/", {"campaign": draft(account, media["id"], chosen.landing_page)})
    print(f"submitted {len(request['items'])} items as {request['id']}")
    shown = {}
    while True:
        lines, code = progress(call("GET", f"approval-requests/{request['id']}/"))
        print("".join(f"{line}\n" for line in lines if line not in shown), end="", flush=True)
        if code is not None:
            return code
        shown.update(dict.fromkeys(lines))
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
