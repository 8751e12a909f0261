"""The rows of the REST resources of accounts, roles and access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.matrix.principals import Principal
from tests.matrix.rules import (
    NEVER,
    UNSEEN,
    Expected,
    Row,
    Rule,
    also,
    does,
    lists_when,
    outside,
    sees,
    when,
)
from tests.matrix.target import Names

ALL = "?page_size=200"
REFUSED = Expected(403, "forbidden")


# --- who ----------------------------------------------------------------------------------------------------------------------


def of_the_house(who: Principal) -> bool:
    """Whether their own organisation is no secret to them: they see anything of it."""
    return who.is_insider and who.anywhere("view")


def governs(who: Principal) -> bool:
    return who.governs


def administers(who: Principal) -> bool:
    """Whether they manage access of the whole organisation."""
    return who.may("manage_access", "organisation")


def looks_after(level: str) -> Callable[[Principal], bool]:
    """Whether they manage access or audit on a level."""
    return lambda who: who.may("manage_access", level) or who.may("audit", level)


def _insider(who: Principal) -> bool:
    return who.is_insider


def _of_the_machine(who: Principal) -> bool:
    """The machine itself, and the person who answers for it."""
    return who.name in ("machine that submits", "operator")


# --- rules ----------------------------------------------------------------------------------------------------------------------


def then(seen: Callable[[Principal], bool], may: Callable[[Principal], bool], unseen: Expected = UNSEEN) -> Rule:
    """404 unless `seen`, 403 unless they `may`."""

    def rule(who: Principal, answer: int) -> Expected:
        if turned := outside(who):
            return turned
        if not seen(who):
            return unseen
        return Expected(answer, allowed=True) if may(who) else REFUSED

    return rule


def at_home(permission: str) -> Rule:
    """What one does to one's own organisation, without naming it: strangers do it to theirs."""

    def rule(who: Principal, answer: int) -> Expected:
        if turned := outside(who):
            return turned
        if who.user and who.user.organisation_id is None:
            return replace(REFUSED, untold=True)
        if not who.anywhere("view"):
            return NEVER
        may = who.may(permission, "organisation") if who.is_insider else permission in who.elsewhere
        return Expected(answer, allowed=True) if may else REFUSED

    return rule


def told_to_governors(shown: Callable[[Principal], bool] | None = None) -> Rule:
    """For whoever manages access or audits anywhere: strangers are told of their own."""

    def rule(who: Principal, answer: int) -> Expected:
        if turned := outside(who):
            return turned
        if not (who.anywhere("manage_access") or who.anywhere("audit")):
            return REFUSED
        may = None if shown is None else shown(who)
        return Expected(answer, allowed=bool(may), shown=may)

    return rule


def _for_oneself(who: Principal, answer: int) -> Expected:
    """Everybody makes tokens for themselves, but with a token that was narrowed."""
    return outside(who) or (REFUSED if who.name.startswith("token") else Expected(answer, allowed=True))


def _second(who: Principal) -> Expected | None:
    """Whoever proposed a change does not confirm it."""
    return Expected(403, "not_second_manager") if who.name == "access_manager" else None


def _confirms(who: Principal, answer: int) -> Expected:
    return (None if who.authenticates else _second(who)) or does("manage_access", "brand")(who, answer)


def _hidden_below(rule: Rule) -> Rule:
    """Whoever may not manage access there does not see that anything is awaited."""

    def hiding(who: Principal, answer: int) -> Expected:
        found = rule(who, answer)
        return UNSEEN if found == REFUSED else found

    return hiding


# --- bodies ---------------------------------------------------------------------------------------------------------------------


def _new_account(names: Names) -> dict[str, Any]:
    return {
        "brand": names.brand, "external_id": "fresh-1", "name": "Fresh", "currency": "USD", "timezone": "America/New_York",
        "country": "US",
    }  # fmt: skip


def _new_page(names: Names) -> dict[str, Any]:
    return {"brand": names.brand, "external_id": "fresh-1", "identity_type": "TT_USER", "handle": "fresh"}


def _new_grant(names: Names) -> dict[str, Any]:
    return {"role": "operator", "user": names.newcomer, "scope": {"type": "brand", "id": names.brand}}


def _title(names: Names) -> dict[str, Any]:
    return {"title": "Fresh"}


def _name(names: Names) -> dict[str, Any]:
    return {"name": "Fresh"}


def _nothing(names: Names) -> dict[str, Any]:
    return {}


def _id(name: str) -> dict[str, str]:
    return {"id": name}


MEMBERS = {"group": "group"}
POLICY = {"two_managers": True, "second_factor_roles": [], "forbidden_pairs": []}
ABOUT = "permission=submit&object=ad_account:{account}"

PLACES = [
    Row("GET organisations-list", lists_when(of_the_house), shows="organisation"),
    Row("GET organisations-detail", when(of_the_house), url=_id("organisation"), shows="organisation"),
    Row("POST organisations-list", lambda who, answer: outside(who) or REFUSED, body=_nothing),
    Row("PATCH organisations-detail", then(of_the_house, administers), url=_id("organisation"), body=_name, sought=True),
    Row(
        "POST brands-list", then(of_the_house, administers), 201, sought=True,
        body=lambda names: {"name": "Fresh", "organisation": names.organisation},
    ),
    Row("PATCH brands-detail", does("manage_access", "brand"), url=_id("brand"), body=_name, sought=True),
    Row("POST ad-accounts-list", does("manage_access", "brand"), 201, body=_new_account, sought=True),
    Row("PATCH ad-accounts-detail", does("manage_access", "account"), url=_id("account"), body=_name, sought=True),
    Row(
        "PATCH ad-accounts-detail", does("manage_access", "organisation"), url=_id("account"), note="move", sought=True,
        body=lambda names: {"brand": names.other_brand},
    ),
    Row("POST pages-list", does("manage_access", "brand"), 201, body=_new_page, sought=True),
    Row("PATCH pages-detail", does("manage_access", "page"), url=_id("page"), body=lambda names: {"handle": "fresh"}, sought=True),
]  # fmt: skip

PEOPLE = [
    Row("GET users-list", lists_when(governs), shows="user", query=ALL),
    Row("GET users-detail", when(governs), url=_id("user"), shows="user"),
    Row("POST users-list", at_home("manage_access"), 201, body=lambda names: {"email": "fresh@quokka.example", "name": "Fresh"}),
    Row("PATCH users-detail", then(governs, administers), url=_id("user"), body=_name, sought=True),
    Row(
        "PATCH users-detail", then(governs, administers), url=_id("user"), note="deactivate", sought=True,
        body=lambda names: {"is_active": False},
    ),
    Row("POST users-invite", then(governs, administers), url=_id("user"), body=_nothing, sought=True),
    Row("POST users-unlock", then(governs, administers), url=_id("user"), body=_nothing, sought=True),
    Row("POST users-end-sessions", then(governs, administers), url=_id("user"), body=_nothing, sought=True),
    Row("POST users-reset-second-factor", then(governs, administers), url=_id("user"), body=_nothing, sought=True),
    Row("GET service-accounts-list", lists_when(lambda who: governs(who) or _of_the_machine(who)), shows="machine", query=ALL),
    Row("GET service-accounts-detail", when(lambda who: governs(who) or _of_the_machine(who)), url=_id("machine"), shows="machine"),
    Row(
        "POST service-accounts-list", then(governs, administers), 201, sought=True,
        body=lambda names: {"owner": names.user, "email": "fresh@quokka.example", "name": "Fresh"},
    ),
    Row(
        "PATCH service-accounts-detail", url=_id("machine"), body=_name, sought=True,
        rule=also(
            then(lambda who: governs(who) or _of_the_machine(who), administers), lambda who: who.name == "machine that submits"
        ),
    ),
    Row("GET groups-list", lists_when(governs), shows="group", query=ALL),
    Row("GET groups-detail", when(governs), url=_id("group"), shows="group"),
    Row("POST groups-list", at_home("manage_access"), 201, body=_title),
    Row("PATCH groups-detail", then(governs, administers), url=_id("group"), body=_title, sought=True),
    Row("GET members", when(governs), url=MEMBERS, shows="user"),
    Row("POST members", then(governs, administers), 201, url=MEMBERS, body=lambda names: {"user": names.newcomer}, sought=True),
    Row("DELETE member", then(governs, administers), 204, url={**MEMBERS, "user": "user"}, sought=True),
]  # fmt: skip

ROLES = [
    Row("GET roles-list", lists_when(_insider), shows="role", query=ALL),
    Row("GET roles-detail", when(_insider), url=_id("role"), shows="role"),
    Row(
        "POST roles-list", at_home("manage_access"), 201, body=lambda names: {"title": "Fresh", "permissions": ["publish"]}
    ),
    Row("PATCH roles-detail", then(of_the_house, administers), url=_id("role"), body=_title, sought=True),
    Row("GET role-grants-list", lists_when(looks_after("brand")), shows="grant", query=ALL),
    Row("GET role-grants-detail", when(looks_after("brand")), url=_id("grant"), shows="grant"),
    Row(
        "POST role-grants-list", body=_new_grant, answer=201, sought=True, kept=("newcomer",),
        rule=then(lambda who: governs(who) and who.may("view", "brand"), lambda who: who.may("manage_access", "brand")),
    ),
    Row(
        "DELETE role-grants-detail", then(looks_after("brand"), lambda who: who.may("manage_access", "brand")), 204,
        url=_id("grant"), sought=True,
    ),
]  # fmt: skip

CHANGES = [
    Row("GET access-changes-list", lists_when(lambda who: who.may("manage_access", "brand")), shows="awaited", query=ALL),
    Row("GET access-changes-detail", sees("brand", "manage_access"), url=_id("awaited"), shows="awaited"),
    Row("POST access-changes-confirm", _hidden_below(_confirms), url=_id("awaited"), body=_nothing, sought=True),
    Row(
        "POST access-changes-decline", sees("brand", "manage_access"), url=_id("awaited"), body=_nothing, sought=True
    ),
    Row("GET access-policy", told_to_governors()),
    Row("GET access-policies-list", lists_when(governs), shows="policy", query=ALL),
    Row("GET access-policies-detail", when(governs), url=_id("policy"), shows="policy"),
    Row("POST access-policies-list", at_home("manage_access"), 201, body=lambda names: POLICY),
    Row(
        "GET explain", then(lambda who: governs(who) and who.may("view", "account"), looks_after("account")),
        query=f"?user={{user}}&{ABOUT}", shows="user",
    ),
    Row("GET explain", sees("account"), query=f"?{ABOUT}", note="oneself"),
    Row("GET holders", then(lambda who: who.may("view", "account"), looks_after("account")), query=f"?{ABOUT}"),
    Row("GET review", told_to_governors(looks_after("brand")), shows="grant", query=ALL),
    Row(
        "POST review", then(looks_after("brand"), lambda who: who.may("manage_access", "brand")), sought=True,
        body=lambda names: {"grants": [names.grant]},
    ),
    Row("GET api-tokens-list", lists_when(administers), shows="token", query=ALL),
    Row("GET api-tokens-detail", when(administers), url=_id("token"), shows="token"),
    Row("POST api-tokens-list", _for_oneself, 201, body=_name),
    Row(
        "POST api-tokens-list", then(governs, lambda who: False), 201, note="for another", sought=True,
        body=lambda names: {"name": "Fresh", "user": names.user},
    ),
    Row("DELETE api-tokens-detail", when(administers), 204, url=_id("token"), sought=True),
]  # fmt: skip

ROWS = [*PLACES, *PEOPLE, *ROLES, *CHANGES]
