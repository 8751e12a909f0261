"""The rows of the REST door, one line an endpoint and method: who may, what succeeds, how it is called."""

from __future__ import annotations

from typing import Any

from tests import builders
from tests.api.test_whole_way import bodies
from tests.matrix.principals import Principal
from tests.matrix.rules import NEVER, Expected, Row, also, does, lists, outside, public, sees
from tests.matrix.target import Names


def _id(name: str) -> dict[str, str]:
    return {"id": name}


def _campaign(names: Names) -> dict[str, Any]:
    return {**bodies(names.target.world)[0], "ad_account": names.account}


def _ad_group(names: Names) -> dict[str, Any]:
    return {**bodies(names.target.world)[1], "campaign": names.campaign}


def _ad(names: Names) -> dict[str, Any]:
    return {**bodies(names.target.world)[2], "ad_group": names.ad_group, "media": [names.media]}


def _file(names: Names) -> dict[str, Any]:
    return {"ad_account": names.account, "file": builders.video()}


def _approve(names: Names) -> dict[str, Any]:
    return {"verdict": "approve", "digest": names.digest, "stage": "content"}


def _rename(names: Names) -> dict[str, Any]:
    return {"name": "Renamed"}


def _why_not(who: Principal) -> str:
    """Why somebody who sees a request may not decide it."""
    if who.name.startswith("machine"):
        return "machine_decision"
    return "self_approval" if who.name == "submitter" else "forbidden"


def _comments(who: Principal) -> bool:
    return any(who.may(permission, "account") for permission in ("submit", "approve_content", "approve_budget", "approve_legal"))


def _comment(names: Names) -> dict[str, Any]:
    return {"revision": names.revision, "path": "/structure", "text": "Louder."}


_comments_on_it = also(does("submit", "account"), _comments)


def _split(names: Names) -> dict[str, Any]:
    return {"digest": names.digest, "returned": [names.reviewed_ad], "comment": "The price is wrong."}


def _reject_several(names: Names) -> dict[str, Any]:
    items = [{"approval_request": names.request, "digest": names.digest, "stage": "content"}]
    return {"verdict": "reject", "items": items, "comment": "The price is wrong."}


def _bulk(who: Principal, answer: int) -> Expected:
    """Everybody is answered, and told of each request by itself what became of it."""
    return outside(who) or Expected(answer, allowed=who.may("approve_content", "account") and not _why_no_machine(who))


def _why_no_machine(who: Principal) -> bool:
    return who.name.startswith("machine")


def _submitted_it(who: Principal) -> bool:
    return who.name == "submitter"


PUBLIC = [
    Row("GET healthz", public),
    Row("GET readyz", public, 503),  # no worker runs beside the tests
    Row("GET openapi", public),
    Row("GET docs", public),
    Row("GET ^api(?:/.*)?$", lambda who, answer: NEVER, literal="/api/v1/nothing/"),
]

RESOURCES = [
    Row("GET brands-list", lists("brand"), shows="brand"),
    Row("GET brands-detail", sees("brand"), url=_id("brand"), shows="brand"),
    Row("GET ad-accounts-list", lists("account"), shows="account"),
    Row("GET ad-accounts-detail", sees("account"), url=_id("account"), shows="account"),
    Row("GET pages-list", lists("page"), shows="page"),
    Row("GET pages-detail", sees("page"), url=_id("page"), shows="page"),
    Row("GET media-list", lists("account"), shows="media"),
    Row("GET media-detail", sees("account"), url=_id("media"), shows="media"),
    Row("POST media-list", does("submit", "account"), 201, body=_file),
    Row("GET campaigns-list", lists("account"), shows="campaign"),
    Row("POST campaigns-list", does("submit", "account"), 201, body=_campaign),
    Row("GET campaigns-detail", sees("account"), url=_id("campaign"), shows="campaign"),
    Row("PATCH campaigns-detail", does("submit", "account"), url=_id("campaign"), body=_rename),
    Row("POST campaigns-lower", does("operate", "account"), 400, url=_id("campaign"), body=lambda _: {"budget": "1.00"}, quiet=True),
    Row("GET campaigns-revisions", sees("account"), url=_id("campaign")),
    Row("GET campaigns-history", sees("account"), url=_id("campaign")),
    Row("GET ad-groups-list", lists("account"), shows="ad_group"),
    Row("POST ad-groups-list", does("submit", "account"), 201, body=_ad_group),
    Row("GET ad-groups-detail", sees("account"), url=_id("ad_group"), shows="ad_group"),
    Row("PATCH ad-groups-detail", does("submit", "account"), url=_id("ad_group"), body=_rename),
    Row("POST ad-groups-lower", does("operate", "account"), 400, url=_id("ad_group"), body=lambda _: {"budget": "1.00"}, quiet=True),
    Row("GET ad-groups-revisions", sees("account"), url=_id("ad_group")),
    Row("GET ad-groups-history", sees("account"), url=_id("ad_group")),
    Row("GET ads-list", lists("account"), shows="ad"),
    Row("POST ads-list", does("submit", "account"), 201, body=_ad),
    Row("GET ads-detail", sees("account"), url=_id("ad"), shows="ad"),
    Row("PATCH ads-detail", does("submit", "account"), url=_id("ad"), body=_rename),
    Row("GET ads-revisions", sees("account"), url=_id("reviewed_ad"), shows="reviewed_ad"),
    Row("GET ads-history", sees("account"), url=_id("reviewed_ad"), shows="reviewed_ad"),
    Row("GET approval-requests-list", lists("account"), shows="request"),
    Row("GET approval-requests-detail", sees("account"), url=_id("request"), shows="request"),
    *(
        Row("GET approval-requests-diffs", sees("account"), url=_id("request"), query=f"?against={against}", note=against)
        for against in ("approved", "reviewed", "previous")
    ),
    Row("POST approval-requests-list", does("submit", "account"), 202, body=lambda names: {"campaign": names.campaign}),
    Row(
        "POST approval-requests-list", does("submit", "account"), 202, note="by items",
        body=lambda names: {"items": [{"type": kind, "id": getattr(names, kind)} for kind in ("campaign", "ad_group", "ad")]},
    ),
    Row(
        "POST approval-requests-list", does("submit", "account"), 202, query="?dry_run=true", note="dry run", quiet=True,
        body=lambda names: {"campaign": names.campaign},
    ),
    Row(
        "POST approval-requests-preview", does("submit", "account"), 200, quiet=True,
        body=lambda names: {"campaign": names.campaign},
    ),
    Row(
        "POST approval-requests-decisions", does("approve_content", "account", _why_not), 201, url=_id("request"), body=_approve
    ),
    Row("POST approval-requests-split", does("approve_content", "account", _why_not), 201, url=_id("request"), body=_split),
    Row("POST approval-requests-bulk-decisions", _bulk, body=_reject_several),
    Row(
        "POST approval-requests-claim", does("approve_content", "account", _why_not), url=_id("request"), body=lambda names: {}
    ),
    Row("POST approval-requests-release", does("view", "account"), url=_id("request"), body=lambda names: {}),
    Row(
        "POST approval-requests-withdraw", also(does("operate", "account"), _submitted_it), url=_id("request"),
        body=lambda names: {},
    ),
    Row(
        "POST approval-requests-revoke", does("operate", "account"), url=_id("approved"),
        body=lambda names: {"reason": "The price is wrong."},
    ),
    Row(  # a person publishes it
        "POST approval-requests-reschedule", also(does("publish", "account"), _submitted_it), 409, url=_id("approved"),
        body=lambda names: {"publish_at": "2030-01-01T00:00:00Z"}, quiet=True,
    ),
    Row("GET comments", sees("account"), url={"request_id": "request"}, shows="comment"),
    Row("POST comments", _comments_on_it, 201, url={"request_id": "request"}, body=_comment),
    Row(
        "POST comment-resolve", _comments_on_it, url={"request_id": "request", "comment": "comment"}, body=lambda names: {},
    ),
    Row(
        "POST comment-reopen", _comments_on_it, url={"request_id": "request", "comment": "settled_comment"},
        body=lambda names: {},
    ),
    Row("GET check-runs-list", lists("account"), shows="run", query="?page_size=200"),
    Row("GET check-runs-detail", sees("account"), url=_id("run"), shows="run"),
    Row("GET findings-list", lists("account"), shows="finding", query="?page_size=200"),
    Row("GET findings-detail", sees("account"), url=_id("finding"), shows="finding"),
    Row("GET clearances-list", lists("account"), shows="clearance"),
    Row("GET clearances-detail", sees("account"), url=_id("clearance"), shows="clearance"),
    Row("GET publications-list", lists("account"), shows="publication"),
    Row(
        "POST publications-list", does("publish", "account"), 202, body=lambda names: {"approval_request": names.approved}
    ),
    Row("GET publications-detail", sees("account"), url=_id("publication"), shows="publication"),
    Row("GET drift-findings-list", lists("account"), shows="drift"),
    Row("GET drift-findings-detail", sees("account"), url=_id("drift"), shows="drift"),
    Row("GET audit-events-list", lists("account", "audit"), shows="event", query="?action=approvals.request.submitted"),
    Row("GET audit-events-detail", sees("account", "audit"), url=_id("event"), shows="event"),
]  # fmt: skip

ROWS = [*PUBLIC, *RESOURCES]
