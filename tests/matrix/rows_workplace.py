"""The rows of the workplace, one line a page or form and method; every model admin's pages follow from one line a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.matrix.principals import Principal
from tests.matrix.rules import (
    UNSEEN,
    Anywhere,
    Expected,
    Row,
    Rule,
    act,
    all_enter,
    also,
    does,
    entering,
    held,
    model_list,
    model_row,
    page,
    public,
    refused,
)
from tests.matrix.target import Names

PREFIX = "/workplace/"


def _about(name: str) -> dict[str, str]:
    return {"identifier": name}


def _approve(names: Names) -> dict[str, Any]:
    return {"verdict": "approve", "digest": names.digest, "stage": "content"}


def _comments(who: Principal) -> bool:
    return any(who.may(permission, "account") for permission in ("submit", "approve_content", "approve_budget", "approve_legal"))


def _comment(names: Names) -> dict[str, Any]:
    return {"revision": names.revision, "path": "/structure", "text": "Louder."}


_comments_on_it = also(does("submit", "account"), _comments)


def _reject_several(names: Names) -> dict[str, Any]:
    return {"verdict": "reject", "choice": [f"{names.request}:{names.digest}:content"], "comment": "The price is wrong."}


def _split(names: Names) -> dict[str, Any]:
    return {"digest": names.digest, "returned": [names.reviewed_ad], "back": "The price is wrong.", "sure": "1"}


def _submitted_it(who: Principal) -> bool:
    return who.name == "submitter"


# --- who opens what -----------------------------------------------------------------------------------------------------------


def below(level: str, permission: str = "view") -> Anywhere:
    """Whether somebody holds a permission on what an object of the target lies below."""
    return lambda who: who.may(permission, level)


def _superuser(who: Principal) -> bool:
    return who.name == "superuser"


def _administers(who: Principal) -> bool:
    """Whoever looks after access or reads the log anywhere, and superusers, who administer the system."""
    return _superuser(who) or who.anywhere("manage_access") or who.anywhere("audit")


def _administers_here(who: Principal) -> bool:
    return _superuser(who) or who.governs


def _governs_the_brand(who: Principal) -> bool:
    """Grants are told to whoever looks after access, or audits, where they were given."""
    return _superuser(who) or who.may("manage_access", "brand") or who.may("audit", "brand")


VIEWERS = held("view")


# --- pages --------------------------------------------------------------------------------------------------------------------


def _queue(who: Principal, answer: int) -> Expected:
    may = who.may("view", "account")
    return Expected(answer, allowed=may, shown=may)


def _ticked(who: Principal, answer: int) -> Expected:
    may = who.may("approve_content", "account")
    return Expected(answer, allowed=may, shown=may)


def _decides(who: Principal, answer: int) -> Expected:
    """Everybody is led to the page that says what became of each."""
    return Expected(answer, allowed=who.may("approve_content", "account"))


def _apps(who: Principal, answer: int) -> Expected:
    return Expected(answer) if _administers(who) or who.anywhere("view") else Expected(404)


PAGES = [
    Row("GET home", public, 302),
    Row("POST home", public, 302, quiet=True),
    Row("GET admin:index", entering(_queue), query="?tab=all", shows="request"),
    Row("GET admin:request", page("account"), url=_about("request"), shows="request"),
    Row(
        "GET admin:route_preview", entering(does("submit", "account")), url={"kind": "=campaign", "identifier": "campaign"}, quiet=True
    ),
    Row("GET admin:media", page("account"), url=_about("media")),
    Row("GET admin:poster", page("account"), url=_about("media")),
    Row("POST admin:decide", act("approve_content", "account"), 303, url=_about("request"), body=_approve),
    Row("POST admin:split", act("approve_content", "account"), 303, url=_about("request"), body=_split, note="sure"),
    Row("POST admin:split", page("account"), url=_about("request"), body=lambda names: {**_split(names), "sure": ""}, quiet=True),
    Row("GET admin:bulk", entering(_ticked), query="?verdict=reject&request={request}", shows="request"),
    Row("POST admin:bulk", entering(_decides), 303, body=_reject_several),
    Row("GET admin:bulk_done", all_enter),
    Row("POST admin:claim", act("approve_content", "account"), 303, url=_about("request"), body=lambda names: {}),
    Row(
        "POST admin:withdraw", entering(also(does("operate", "account"), _submitted_it)), 303, url=_about("request"),
        body=lambda names: {},
    ),
    Row("POST admin:show_again", page("account"), 303, url=_about("request"), body=lambda names: {}, quiet=True),
    Row("POST admin:comment", entering(_comments_on_it), 303, url=_about("request"), body=_comment),
    Row(
        "POST admin:resolve_comment", entering(_comments_on_it), 303, url=_about("request") | {"comment": "comment"},
        body=lambda names: {},
    ),
    Row(
        "POST admin:reopen_comment", entering(_comments_on_it), 303, url=_about("request") | {"comment": "settled_comment"},
        body=lambda names: {},
    ),
    Row("POST admin:revoke", act("operate", "account"), 303, url=_about("approved"), body=lambda names: {"reason": "Wrong price."}),
    Row("POST admin:publish", act("publish", "account"), 303, url=_about("approved"), body=lambda names: {}),
    Row(  # a person publishes it
        "POST admin:reschedule", entering(also(does("publish", "account"), _submitted_it)), 409, url=_about("approved"),
        body=lambda names: {"publish_at": "2030-01-01T00:00"}, quiet=True,
    ),
]  # fmt: skip

def _log_out(who: Principal, answer: int) -> Expected:
    return Expected(answer, allowed=True) if who.enters else Expected(302)


def logging_out(name: str) -> list[Row]:
    """Whoever is in is asked, and goes; whoever is out is led to the log-in."""
    return [Row(f"GET {name}", _log_out), Row(f"POST {name}", _log_out, 302, body=lambda names: {})]


DJANGOS = [
    Row("GET set_language", public, 302),
    Row("POST set_language", public, 302, body=lambda names: {"language": "de"}),
    *(
        row for method in ("GET", "POST") for row in (
            Row(f"{method} admin:login", public, 302, quiet=True),
            Row(f"{method} admin:password_change", all_enter, 302, quiet=True),
        )
    ),
    *logging_out("admin:logout"),
    Row("GET admin:jsi18n", all_enter),
    Row("GET admin:password_change_done", all_enter),
    *(
        row for method in ("GET", "POST") for row in (
            Row(f"{method} admin:search", all_enter, query="?s=Autumn", quiet=True),
            Row(f"{method} admin:app_list", entering(_apps), literal="/workplace/accounts/", quiet=True),
        )
    ),
    Row(
        "GET admin:autocomplete", model_list(_administers, _administers_here), shows="user",
        query="?app_label=accounts&model_name=user&field_name=owner&term=colleague",
    ),
    Row("GET workplace/(?P<url>.*)$", entering(lambda who, answer: Expected(404)), literal="/workplace/nothing/"),
]


# --- models -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """One registered model: who opens its listing, who sees the target's row, and which object that is."""

    label: str
    example: str
    shown: Anywhere
    opens: Anywhere = VIEWERS
    query: str = ""
    words: str = ""
    """What of it stands in a listing, where that is not its key."""
    leads_on: bool = False
    """Requests have a page of their own."""


MODELS = [
    Model("accounts.organisation", "organisation", below("organisation")),
    Model("accounts.brand", "brand", below("brand")),
    Model("accounts.adaccount", "account", below("account")),
    Model("accounts.page", "page", below("page")),
    Model("accounts.user", "user", _administers_here, _administers, query="?q=colleague"),
    Model("accounts.usergroup", "group", _administers_here, _administers, words="group_title"),
    Model("accounts.rolegrant", "grant", _governs_the_brand, _administers, query="?q=colleague"),
    Model("approvals.approvalrequest", "request", below("account"), leads_on=True),
    Model("approvals.clearance", "clearance", below("account")),
    Model("audit.auditevent", "event", below("account", "audit"), held("audit"), query="?action=approvals.request.submitted"),
    Model("campaigns.campaign", "campaign", below("account")),
    Model("campaigns.adgroup", "ad_group", below("account")),
    Model("campaigns.ad", "ad", below("account")),
    Model("campaigns.mediaasset", "media", below("account")),
    Model("campaigns.revision", "revision", below("account")),
    Model("governance.checkrun", "run", below("account")),
    Model("governance.finding", "finding", below("account")),
    Model("publishing.publication", "publication", below("account")),
    Model("publishing.driftfinding", "drift", below("account")),
]


def _seen(model: Model) -> Rule:
    return lambda who, answer: Expected(answer, allowed=True) if model.shown(who) else UNSEEN


def _form(names: Names) -> dict[str, str]:
    return {"post": "yes", "name": "x", "title": "x", "state": "approved", "_selected_action": names.account}


def pages_of(model: Model) -> Iterator[Row]:
    """All pages that Django's admin gives to a model."""
    base = f"admin:{model.label.replace('.', '_')}"
    row = {"object_id": f"{model.example}_pk"}
    shows = model.words or f"{model.example}_pk"
    listing = model_list(model.opens, model.shown)
    yield Row(f"GET {base}_changelist", listing, query=model.query, shows=shows)
    yield Row(f"POST {base}_changelist", listing, query=model.query, body=_form, quiet=True)
    if model.leads_on:
        yield Row(f"GET {base}_change", entering(_seen(model)), 302, url=row)
        yield Row(f"POST {base}_change", entering(_seen(model)), 302, url=row, body=_form, quiet=True)
    else:
        yield Row(f"GET {base}_change", model_row(model.opens, model.shown), url=row)
        yield Row(f"POST {base}_change", refused, url=row, body=_form, quiet=True)
    for method in ("GET", "POST"):
        form = _form if method == "POST" else None
        yield Row(f"{method} {base}_history", all_enter, 302, url=row, body=form, quiet=True)
        yield Row(f"{method} {base}_add", refused, body=form, quiet=True)
        yield Row(f"{method} {base}_delete", refused, url=row, body=form, quiet=True)
        route = f"{PREFIX[1:]}{model.label.replace('.', '/')}/<path:object_id>/"
        yield Row(f"{method} {route}", all_enter, 302, url=row, body=form, quiet=True)


ROWS = [*PAGES, *DJANGOS, *(each for model in MODELS for each in pages_of(model))]
